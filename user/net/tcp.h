/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tcp: segments of all connections in, chunks out.
 *
 * In:   struct segment, in capture order, and the capture's clock.
 * Out:  struct chunk. Besides each direction's own order, chunks keep cause before effect: bytes
 *       that acknowledge others come after those, or after the word that those are missing.
 *       So a response never overtakes its request, nor the next request a lost response.
 * Spec: RFC 9293; RFC 5961 for how much to trust an RST.
 */
#ifndef NET_TCP_H
#define NET_TCP_H

#include "net/flow.h"
#include "net/stream.h"
#include "net/wheel.h"

struct tcp {
	struct flow_table table;
	struct wheel wheel;
	struct stream_out out;
	uint64_t now_ns;  /* the clock; never goes back */
	uint64_t tick_ns; /* when timers are to be looked at next: a whole second */
	uint64_t held;    /* bytes held by all flows */
	uint64_t held_max;
	/* The flow whose segment came last, when all of that was delivered and nothing of the flow
	 * waits. NULL after whatever else may have changed a flow. See tcp_pass(). */
	struct flow *train;
	unsigned train_dir; /* who sent it */
};

/* 0, or -ENOMEM. stats is borrowed until tcp_fini(). */
int tcp_init(struct tcp *t, const struct net_config *config, struct net_stats *stats);
void tcp_fini(struct tcp *t);

void tcp_segment(struct tcp *t, const struct segment *s);

/*
 * The next segments, with len bytes of payload, go on (segment.goes_on): whether the consumer has
 * no use for any of it. Nothing is done yet.
 */
bool tcp_may_pass(const struct tcp *t, uint32_t len);

/* Pass over them, as tcp_segment() would have. tcp_may_pass() was true, and tcp_clock() has been
 * called at most before t->tick_ns since then. */
void tcp_pass(struct tcp *t, const struct net_train *train);

/* The clock moves on to now_ns: what is due by then ends. */
void tcp_clock(struct tcp *t, uint64_t now_ns);

/* Nothing more comes: every connection ends with CHUNK_END, and the clock may start anew. */
void tcp_finish(struct tcp *t);

#endif
