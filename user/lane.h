/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * lane: one private chain from packets to exchanges. Lanes share nothing, so that several can
 * run beside each other without a lock.
 *
 * In:   struct packet, in capture order.
 * Out:  struct exchange, through the function given at the start.
 */
#ifndef LANE_H
#define LANE_H

#include <stdint.h>

#include "http/http.h"
#include "net/net.h"
#include "tls/tls.h"

struct lane;

struct lane_config {
	const struct port_set *ports;      /* NULL for any; borrowed */
	uint64_t seed;                     /* keys the tables */
	const struct net_capture *capture; /* see net_config; borrowed */
	const struct tls_keys *keys;       /* see tls_config, as the two that follow */
	bool (*more_keys)(void *ctx);
	void *more_keys_ctx;
	uint32_t sharers; /* lanes that share the limits on memory; 0: one */
	exchange_fn emit;
	void *ctx;
};

/* NULL when memory is short. */
struct lane *lane_new(const struct lane_config *config);
void lane_free(struct lane *l);

/* A packet, in two steps: what ends by its time, in all connections, in the order in which they
 * began; then what it brings to its own, decoded here or elsewhere: see net.h. */
void lane_time(struct lane *l, uint64_t time_ns);
void lane_packet_content(struct lane *l, const struct packet *p);
void lane_segment(struct lane *l, const struct segment *s);
bool lane_pass(struct lane *l, uint64_t time_ns, const struct net_train *train);
void lane_ignored(struct lane *l, uint64_t segments);

/* It is now_ns, though no packet came: see net_tick(). */
void lane_tick(struct lane *l, uint64_t now_ns);

/* The input ends: whatever is open ends with it. packets may follow, with an own clock. */
void lane_finish(struct lane *l);

/* For the counters of the layers inside. */
const struct net *lane_net(const struct lane *l);
const struct tls *lane_tls(const struct lane *l);
const struct http *lane_http(const struct lane *l);

#endif
