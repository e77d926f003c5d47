/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/prefilter.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <prefilter.skel.h>

#define PREFILTER_ROW(name, class, help) COUNTER_ROW(prefilter_stats, name, class, help)

const struct counter prefilter_counters[] = { PREFILTER_COUNTERS(PREFILTER_ROW) };
const size_t prefilter_counters_cnt = sizeof(prefilter_counters) / sizeof(prefilter_counters[0]);

_Static_assert(sizeof(struct prefilter_stats) == PREFILTER_COUNT_CNT * sizeof(uint64_t),
	       "the kernel counts in the same order");

struct prefilter {
	struct prefilter_bpf *skel;
	struct prefilter_net *nets; /* those in force */
	size_t nets_cnt;
	int cpus;
	struct prefilter_stats *tallies; /* room for one of each processor */
};

static int be_quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

/* A line for people about what went wrong. */
static int refuse(int err, const char *what, char *why, size_t why_cap)
{
	const char *need = err == -EPERM || err == -EACCES
				   ? " (needs CAP_BPF, which a user namespace can not give)"
				   : "";

	(void)snprintf(why, why_cap, "%s: %s%s", what, strerror(-err), need);
	return err == -EACCES ? -EPERM : err;
}

static struct prefilter_net_key net_key(const struct prefilter_net *net)
{
	struct prefilter_net_key key = { .len = net->len };

	memcpy(key.addr, net->addr, sizeof(key.addr));
	return key;
}

static bool nets_have(const struct prefilter_net *nets, size_t cnt, const struct prefilter_net *net)
{
	for (size_t i = 0; i < cnt; i++) {
		if (nets[i].len == net->len &&
		    memcmp(nets[i].addr, net->addr, sizeof(net->addr)) == 0)
			return true;
	}
	return false;
}

int prefilter_set_nets(struct prefilter *p, const struct prefilter_net *nets, size_t cnt)
{
	int fd = bpf_map__fd(p->skel->maps.nets);
	struct prefilter_net *copy = calloc(cnt ? cnt : 1, sizeof(*copy));
	uint8_t value = 1;

	if (!copy)
		return -ENOMEM;
	if (cnt)
		memcpy(copy, nets, cnt * sizeof(*copy));
	/* What is new comes before what is old goes: in between there is more, never less. */
	for (size_t i = 0; i < cnt; i++) {
		struct prefilter_net_key key = net_key(&nets[i]);

		if (nets[i].len > 128 || bpf_map_update_elem(fd, &key, &value, BPF_ANY) != 0) {
			free(copy);
			return nets[i].len > 128 ? -EINVAL : -errno;
		}
	}
	__atomic_store_n(&p->skel->bss->nets_cnt, (uint32_t)cnt, __ATOMIC_RELEASE);
	for (size_t i = 0; i < p->nets_cnt; i++) {
		struct prefilter_net_key key = net_key(&p->nets[i]);

		if (!nets_have(nets, cnt, &p->nets[i]))
			(void)bpf_map_delete_elem(fd, &key);
	}
	free(p->nets);
	p->nets = copy;
	p->nets_cnt = cnt;
	return 0;
}

void prefilter_set_ports(struct prefilter *p, const uint64_t *ports)
{
	for (size_t i = 0; i < PREFILTER_PORT_WORDS; i++)
		__atomic_store_n(&p->skel->bss->port_bits[i], ports ? ports[i] : UINT64_MAX,
				 __ATOMIC_RELAXED);
}

/* Settings that the program has from its beginning. */
static void configure(struct prefilter_bpf *skel, const struct prefilter_config *c)
{
	skel->rodata->settings = (struct prefilter_settings){
		.window = c->window ? c->window : PREFILTER_WINDOW,
		.snaplen = c->snaplen,
		.loopback = c->loopback,
		.l2_len = (uint16_t)c->l2_len,
		.body_cut = c->body_cut,
	};
	if (c->flows_max)
		(void)bpf_map__set_max_entries(skel->maps.flows, c->flows_max);
}

/* Load the program, with all that belongs to it. */
static int load(struct prefilter *p, const struct prefilter_config *c, char *why, size_t why_cap)
{
	int err;

	p->cpus = libbpf_num_possible_cpus();
	if (p->cpus < 0)
		return refuse(p->cpus, "number of processors", why, why_cap);
	p->tallies = calloc((size_t)p->cpus, sizeof(*p->tallies));
	p->skel = prefilter_bpf__open();
	if (!p->tallies || !p->skel)
		return refuse(-ENOMEM, "eBPF program", why, why_cap);
	configure(p->skel, c);
	err = prefilter_bpf__load(p->skel);
	if (err)
		return refuse(err, "loading the eBPF program", why, why_cap);
	prefilter_set_ports(p, c->ports);
	err = prefilter_set_nets(p, c->nets, c->nets_cnt);
	return err ? refuse(err, "address prefixes", why, why_cap) : 0;
}

int prefilter_open(const struct prefilter_config *c, struct prefilter **out, char *why,
		   size_t why_cap)
{
	struct prefilter *p = calloc(1, sizeof(*p));
	libbpf_print_fn_t before;
	int err;

	*out = NULL;
	if (!p)
		return refuse(-ENOMEM, "eBPF program", why, why_cap);
	before = libbpf_set_print(be_quiet);
	err = load(p, c, why, why_cap);
	(void)libbpf_set_print(before);
	if (err) {
		prefilter_close(p);
		return err;
	}
	*out = p;
	return 0;
}

void prefilter_close(struct prefilter *p)
{
	if (!p)
		return;
	prefilter_bpf__destroy(p->skel);
	free(p->nets);
	free(p->tallies);
	free(p);
}

int prefilter_attach(struct prefilter *p, int fd, char *why, size_t why_cap)
{
	int prog = bpf_program__fd(p->skel->progs.handle_packet);
	int on = 1;

	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_BPF, &prog, sizeof(prog)) != 0)
		return refuse(-errno, "putting the eBPF program on the socket", why, why_cap);
	if (setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(on)) != 0)
		return refuse(-errno, "locking the filter of the socket", why, why_cap);
	return 0;
}

static struct prefilter_key key_of(const struct prefilter_flow *flow)
{
	struct prefilter_key key = { .sport = flow->sport, .dport = flow->dport };

	memcpy(key.src, flow->src, sizeof(key.src));
	memcpy(key.dst, flow->dst, sizeof(key.dst));
	return key;
}

int prefilter_hint(struct prefilter *p, const struct prefilter_flow *flow, uint32_t first,
		   enum prefilter_hint hint)
{
	int fd = bpf_map__fd(p->skel->maps.hints);
	struct prefilter_key key = key_of(flow);
	struct prefilter_hint_entry entry = { .first = first, .hint = hint };

	if (hint != PREFILTER_HINT_NONE && bpf_map_update_elem(fd, &key, &entry, BPF_ANY) != 0)
		return -errno;
	if (hint == PREFILTER_HINT_NONE && bpf_map_delete_elem(fd, &key) != 0)
		return errno == ENOENT ? 0 : -errno;
	/* Only now: who sees the new number must find the hint. */
	(void)__atomic_add_fetch(&p->skel->bss->generation, 1, __ATOMIC_RELEASE);
	return 0;
}

static int state_of(struct prefilter *p, const struct prefilter_flow *flow,
		    struct prefilter_state *out)
{
	struct prefilter_key key = key_of(flow);

	return bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.flows), &key, out) ? -errno : 0;
}

int prefilter_skipped(struct prefilter *p, const struct prefilter_flow *flow,
		      struct prefilter_cut *out)
{
	struct prefilter_state st;
	int err = state_of(p, flow, &st);

	if (err)
		return err;
	*out = (struct prefilter_cut){ st.cut_packets, st.cut_bytes, st.first };
	return 0;
}

enum prefilter_gap prefilter_gap(struct prefilter *p, const struct prefilter_flow *flow,
				 uint32_t from, uint32_t until)
{
	struct prefilter_state st;

	return state_of(p, flow, &st) ? PREFILTER_GAP_UNKNOWN : runs_gap(&st, from, until);
}

int prefilter_stats(struct prefilter *p, struct prefilter_stats *out)
{
	uint64_t *sums = (uint64_t *)out;
	uint32_t zero = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(p->skel->maps.tallies), &zero, p->tallies) != 0)
		return -errno;
	memset(out, 0, sizeof(*out));
	for (int cpu = 0; cpu < p->cpus; cpu++) {
		const uint64_t *counts = (const uint64_t *)&p->tallies[cpu];

		for (size_t i = 0; i < PREFILTER_COUNT_CNT; i++)
			sums[i] += counts[i];
	}
	return 0;
}
