/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/net.h"

#include <stdlib.h>

#include "net/clock.h"
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
	struct clock clock;
};

struct net *net_new(const struct net_config *config)
{
	struct net *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->ports = config->ports;
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

void net_time(struct net *n, uint64_t time_ns)
{
	if (clock_follow(&n->clock, time_ns))
		tcp_clock(&n->tcp, n->clock.now_ns);
}

void net_segment(struct net *n, const struct segment *s)
{
	struct net_train train = { 0 };

	if (s->goes_on && tcp_may_pass(&n->tcp, s->payload_len)) {
		net_train_add(&train, s);
		tcp_pass(&n->tcp, &train);
	} else {
		tcp_segment(&n->tcp, s);
	}
}

bool net_pass(struct net *n, uint64_t time_ns, const struct net_train *train)
{
	/* What the clock brings about may be told before the segment. */
	if (time_ns >= n->tcp.tick_ns)
		return false;
	/* Of what does not pass, each segment comes at its own time: the clock is not there yet. */
	if (train && !tcp_may_pass(&n->tcp, train->bytes))
		return false;
	net_time(n, time_ns);
	if (train)
		tcp_pass(&n->tcp, train);
	return true;
}

void net_ignored(struct net *n, uint64_t segments)
{
	n->stats.ports_ignored += segments;
}

void net_packet_content(struct net *n, const struct packet *p)
{
	struct segment s;

	if (decoder_packet(n->decoder, p, &s) != DECODE_TCP)
		return;
	if (port_set_has_either(n->ports, s.src.port, s.dst.port))
		net_segment(n, &s);
	else
		net_ignored(n, 1);
}

void net_packet(struct net *n, const struct packet *p)
{
	net_time(n, p->time_ns);
	net_packet_content(n, p);
}

void net_tick(struct net *n, uint64_t now_ns)
{
	if (now_ns <= n->clock.now_ns)
		return;
	n->clock.now_ns = now_ns;
	tcp_clock(&n->tcp, now_ns);
}

void net_finish(struct net *n)
{
	decoder_finish(n->decoder);
	tcp_finish(&n->tcp);
	n->clock = (struct clock){ 0 };
}

uint64_t net_clock(const struct net *n)
{
	return n->clock.now_ns;
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
