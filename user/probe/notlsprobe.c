/* SPDX-License-Identifier: BSD-2-Clause */

/* In place of tlsprobe.c where libbpf or its tools are missing. */
#include "probe/tlsprobe.h"

#include <errno.h>
#include <stdio.h>

#define TLSPROBE_ROW(name, class, help) COUNTER_ROW(tlsprobe_stats, name, class, help)
const struct counter tlsprobe_counters[] = { TLSPROBE_COUNTERS(TLSPROBE_ROW) };
const size_t tlsprobe_counters_cnt = sizeof(tlsprobe_counters) / sizeof(tlsprobe_counters[0]);

int tlsprobe_open(const struct tlsprobe_config *config, struct tlsprobe **out, char *why,
		  size_t why_cap)
{
	(void)config;
	*out = NULL;
	(void)snprintf(why, why_cap, "built without eBPF, which --tls needs");
	return -ENOSYS;
}

void tlsprobe_close(struct tlsprobe *p)
{
	(void)p;
}

/* No struct tlsprobe exists: what follows is never called, and there for the linker. */

int tlsprobe_attach(struct tlsprobe *p, const struct target *t, const char *path, int pid,
		    void **out)
{
	(void)p;
	(void)t;
	(void)path;
	(void)pid;
	*out = NULL;
	return -ENOSYS;
}

void tlsprobe_detach(void *attached)
{
	(void)attached;
}

size_t tlsprobe_read(struct tlsprobe *p, tlsprobe_fn fn, void *ctx)
{
	(void)p;
	(void)fn;
	(void)ctx;
	return 0;
}

void tlsprobe_want(struct tlsprobe *p, const struct tls_key *key, enum tls_want want)
{
	(void)p;
	(void)key;
	(void)want;
}

const char *tlsprobe_addresses(const struct tlsprobe *p)
{
	(void)p;
	return "";
}

int tlsprobe_stats(struct tlsprobe *p, struct tlsprobe_stats *out)
{
	(void)p;
	(void)out;
	return -ENOSYS;
}
