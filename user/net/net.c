/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/net.h"

#include <stdlib.h>

#include "base/limits.h"
#include "net/tcp.h"

#define ROW(name, class, help) COUNTER_ROW(net_stats, name, class, help)
const struct counter net_counters[] = { NET_COUNTERS(ROW) };
#undef ROW
const size_t net_counters_cnt = sizeof(net_counters) / sizeof(net_counters[0]);

struct net {
	struct decoder *decoder;
	struct tcp tcp;
	struct net_stats stats;
	const struct port_set *ports;
	uint64_t seed;
	uint32_t part, parts;
	uint64_t clock_ns;
	bool has_leapt; /* the last packet's time was far ahead of the clock */
};

struct net *net_new(const struct net_config *config)
{
	struct net *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->ports = config->ports;
	n->seed = config->seed;
	n->part = config->part;
	n->parts = config->parts;
	n->decoder = decoder_new(config->seed);
	if (!n->decoder)
		goto out_free;
	if (tcp_init(&n->tcp, config, &n->stats))
		goto out_decoder;
	return n;

out_decoder:
	decoder_free(n->decoder);
out_free:
	free(n);
	return NULL;
}

void net_free(struct net *n)
{
	if (!n)
		return;
	tcp_fini(&n->tcp);
	decoder_free(n->decoder);
	free(n);
}

/*
 * The clock follows the packets' times but for going back. One packet alone whose time is so far
 * ahead that every connection would time out has a damaged time; a second one confirms it.
 */
static void clock_follow(struct net *n, uint64_t time_ns)
{
	if (time_ns <= n->clock_ns) {
		n->has_leapt = false;
		return;
	}
	if (n->clock_ns && time_ns - n->clock_ns > NET_FLOW_IDLE_NS && !n->has_leapt) {
		n->has_leapt = true;
		return;
	}
	n->has_leapt = false;
	n->clock_ns = time_ns;
	tcp_clock(&n->tcp, time_ns);
}

void net_packet_time(struct net *n, const struct packet *p)
{
	clock_follow(n, p->time_ns);
}

void net_packet_content(struct net *n, const struct packet *p)
{
	struct segment s;

	if (decoder_packet(n->decoder, p, &s) != DECODE_TCP)
		return;
	if (n->ports && !port_set_has(n->ports, s.src.port) &&
	    !port_set_has(n->ports, s.dst.port)) {
		/* Of no part: the first one counts it. */
		n->stats.ports_ignored += n->part == 0;
		return;
	}
	if (n->parts > 1 && flow_part(&s, n->seed, n->parts) != n->part)
		return;
	tcp_segment(&n->tcp, &s);
}

void net_packet(struct net *n, const struct packet *p)
{
	net_packet_time(n, p);
	net_packet_content(n, p);
}

void net_tick(struct net *n, uint64_t now_ns)
{
	if (now_ns <= n->clock_ns)
		return;
	n->clock_ns = now_ns;
	tcp_clock(&n->tcp, now_ns);
}

void net_finish(struct net *n)
{
	decoder_finish(n->decoder);
	tcp_finish(&n->tcp);
	n->clock_ns = 0;
	n->has_leapt = false;
}

uint64_t net_clock(const struct net *n)
{
	return n->clock_ns;
}

uint32_t net_open(const struct net *n)
{
	return n->tcp.table.cnt;
}

const struct net_stats *net_stats(const struct net *n)
{
	return &n->stats;
}

const struct decoder *net_decoder(const struct net *n)
{
	return n->decoder;
}
