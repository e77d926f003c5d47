/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * net: packets in, chunks out. Decoding, defragmenting, the flow table and TCP
 * reassembly in one chain.
 *
 * In:   struct packet, in capture order.
 * Out:  struct chunk, through the function given at the start.
 * Spec: RFC 9293.
 *
 * The clock is the packets' time. It never goes back, and it moves on with every packet of
 * the input, so that timeouts fall in the same place whoever follows which connection.
 */
#ifndef NET_NET_H
#define NET_NET_H

#include <stdint.h>

#include "base/counter.h"
#include "net/chunk.h"
#include "net/decode.h"

/* One bit for each TCP port. */
struct port_set {
	uint64_t bits[65536 / 64];
};

static inline bool port_set_has(const struct port_set *set, uint16_t port)
{
	return set->bits[port / 64] >> (port % 64) & 1;
}

/* Whether one of both is in the set; set may be NULL, for any. */
static inline bool port_set_has_either(const struct port_set *set, uint16_t a, uint16_t b)
{
	return !set || port_set_has(set, a) || port_set_has(set, b);
}

static inline void port_set_add(struct port_set *set, uint16_t port)
{
	set->bits[port / 64] |= 1ull << (port % 64);
}

/* A live capture that leaves bytes out on purpose, to save copying them. */
struct net_capture {
	/* Whether it left out sequence numbers from up to, not including, until of what src sent.
	 */
	bool (*was_cut)(void *ctx, const struct endpoint *src, const struct endpoint *dst,
			uint32_t from, uint32_t until);
	/* conn->want has changed. first are the sequence numbers of the first bytes of both
	 * directions; has_first says which are known. */
	void (*want)(void *ctx, const struct connection *conn, const uint32_t first[2],
		     const bool has_first[2]);
	void *ctx;
};

struct net_config {
	const struct port_set *ports; /* follow these ports only; NULL for any. Borrowed */
	uint64_t seed;      /* keys the decoder; whoever else decodes for it has the same */
	uint32_t flows_max; /* 0 means NET_FLOWS_MAX */
	uint32_t hold_max;  /* bytes held in all; 0 means NET_HOLD_TOTAL_MAX */
	const struct net_capture *capture; /* NULL when nothing is left out. Borrowed */
	chunk_fn emit;
	void *ctx;
};

#define NET_COUNTERS(X)                                                                            \
	X(connections, COUNTER_TRAFFIC, "TCP connections followed")                                \
	X(connections_midstream, COUNTER_NOTE, "connections that were open before the capture")    \
	X(connections_evicted, COUNTER_LOSS, "connections dropped because too many were open")     \
	X(connections_timed_out, COUNTER_NOTE, "connections given up after a long silence")        \
	X(connections_reset, COUNTER_NOTE, "connections ended by an RST")                          \
	X(connections_refused, COUNTER_NOTE, "connections refused: an RST in answer to the SYN")   \
	X(ports_ignored, COUNTER_NOTE, "segments of ports that were not asked for")                \
	X(payload_bytes, COUNTER_TRAFFIC, "TCP payload bytes, each counted once")                  \
	X(skipped_bytes, COUNTER_NOTE, "payload bytes of bodies, passed over unread")              \
	X(retransmitted, COUNTER_NOTE, "segments that brought nothing new")                        \
	X(reordered, COUNTER_NOTE, "segments held until earlier bytes came")                       \
	X(overlap_differs, COUNTER_NOTE,                                                           \
	  "segments sent twice with different bytes; the first were kept")                         \
	X(keepalive_probes, COUNTER_NOTE, "keep-alive and zero-window probes")                     \
	X(out_of_window, COUNTER_NOTE, "segments too far from their stream to belong to it")       \
	X(gaps, COUNTER_LOSS, "holes in streams: lost by the capture or cut by its snap length")   \
	X(gap_bytes, COUNTER_LOSS, "bytes in these holes, where their number is known")            \
	X(cut_gaps, COUNTER_NOTE, "stretches that the capture left out between messages")          \
	X(body_bytes_missed, COUNTER_NOTE,                                                         \
	  "body bytes that came late or never; no verdict needs them")                             \
	X(hold_overflows, COUNTER_LOSS, "holes given up because too many bytes were held")         \
	X(no_memory, COUNTER_LOSS, "segments dropped because memory was short")

struct net_stats {
	NET_COUNTERS(COUNTER_FIELD)
};

extern const struct counter net_counters[];
extern const size_t net_counters_cnt;

struct net;

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct net *net_new(const struct net_config *config);

/* Frees everything. Connections still open are dropped without a word: call net_finish()
 * first to have their ends told. Takes NULL. */
void net_free(struct net *n);

/* Follow one packet. Chunks that it completes are emitted before the call returns. */
void net_packet(struct net *n, const struct packet *p);

/* The two halves of net_packet(), in this order, for who must tell what the clock brings about, in
 * all connections, from what the packet does, in its own: a packet's time, ... */
void net_time(struct net *n, uint64_t time_ns);
void net_packet_content(struct net *n, const struct packet *p);
/* ... or what somebody else has decoded of it, when its ports are to be followed. Segments of other
 * ports are only counted. */
void net_segment(struct net *n, const struct segment *s);
void net_ignored(struct net *n, uint64_t segments);

/* Segments that each go on (see struct segment), all together; fewer than acknowledge 2^31 bytes.
 */
struct net_train {
	uint32_t bytes; /* of payload, on the wire */
	uint32_t ack;   /* the last one's that is no data; with has_ack */
	bool has_ack;
};

static inline void net_train_add(struct net_train *t, const struct segment *s)
{
	t->bytes += s->payload_len;
	if (!s->payload_len) {
		t->ack = s->ack;
		t->has_ack = true;
	}
}

/*
 * Both halves at once, of one packet or several whose segments go on: what these bring, NULL when
 * another net follows their connection. time_ns is the last one's, and the clock would follow each
 * of them (clock_follow()).
 *
 * True when this was all that they could bring about. False: nothing was done; call the halves, for
 * each.
 */
bool net_pass(struct net *n, uint64_t time_ns, const struct net_train *train);

/* It is now_ns, though no packet says so: a live capture's clock moves on in silence too. */
void net_tick(struct net *n, uint64_t now_ns);

/*
 * The input ends, or another one with an earlier clock follows: every hole is given up, every
 * connection ends with CHUNK_END, in the order in which they began. net_packet() may be called
 * again afterwards, with a clock that starts anew.
 */
void net_finish(struct net *n);

/* The capture's clock: the latest time of any packet, 0 before the first. */
uint64_t net_clock(const struct net *n);

/* Connections open now. */
uint32_t net_open(const struct net *n);

const struct net_stats *net_stats(const struct net *n);
const struct decoder *net_decoder(const struct net *n);

#endif
