/* SPDX-License-Identifier: BSD-2-Clause */

/* In place of prefilter.c where libbpf or its tools are missing. */
#include "capture/prefilter.h"

#include <errno.h>
#include <stdio.h>

#define PREFILTER_ROW(name, class, help) COUNTER_ROW(prefilter_stats, name, class, help)

const struct counter prefilter_counters[] = { PREFILTER_COUNTERS(PREFILTER_ROW) };
const size_t prefilter_counters_cnt = sizeof(prefilter_counters) / sizeof(prefilter_counters[0]);

int prefilter_open(const struct prefilter_config *c, struct prefilter **out, char *why,
		   size_t why_cap)
{
	(void)c;
	*out = NULL;
	(void)snprintf(why, why_cap, "built without eBPF");
	return -ENOSYS;
}

void prefilter_close(struct prefilter *p)
{
	(void)p;
}

/* No struct prefilter exists: what follows is never called, and there for the linker. */

int prefilter_attach(struct prefilter *p, int fd, char *why, size_t why_cap)
{
	(void)p;
	(void)fd;
	(void)snprintf(why, why_cap, "built without eBPF");
	return -ENOSYS;
}

void prefilter_set_ports(struct prefilter *p, const uint64_t *ports)
{
	(void)p;
	(void)ports;
}

int prefilter_set_nets(struct prefilter *p, const struct prefilter_net *nets, size_t cnt)
{
	(void)p;
	(void)nets;
	(void)cnt;
	return -ENOSYS;
}

int prefilter_hint(struct prefilter *p, const struct prefilter_flow *flow, uint32_t first,
		   enum prefilter_hint hint)
{
	(void)p;
	(void)flow;
	(void)first;
	(void)hint;
	return -ENOSYS;
}

int prefilter_skipped(struct prefilter *p, const struct prefilter_flow *flow,
		      struct prefilter_cut *out)
{
	(void)p;
	(void)flow;
	(void)out;
	return -ENOSYS;
}

enum prefilter_gap prefilter_gap(struct prefilter *p, const struct prefilter_flow *flow,
				 uint32_t from, uint32_t until)
{
	(void)p;
	(void)flow;
	(void)from;
	(void)until;
	return PREFILTER_GAP_UNKNOWN;
}

int prefilter_stats(struct prefilter *p, struct prefilter_stats *out)
{
	(void)p;
	(void)out;
	return -ENOSYS;
}
