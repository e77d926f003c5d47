/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * plain: connections, from what probes saw of them.
 *
 * In:   events of the kernel's half (bpf/tlsshared.h), in its order.
 * Out:  chunks (net/chunk.h): each direction in order, every hole told by its exact length. ends[0]
 *       is the probed process, so what it wrote has direction 0.
 *
 * Pure: no I/O, no clock. A connection is an object of a process, never a descriptor: addresses are
 * what happens to be known of it.
 */
#ifndef PROBE_PLAIN_H
#define PROBE_PLAIN_H

#include "base/counter.h"
#include "bpf/tlsshared.h"
#include "net/chunk.h"

#define PLAIN_COUNTERS(X)                                                                          \
	X(connections, COUNTER_TRAFFIC, "TLS connections followed")                                \
	X(delivered_bytes, COUNTER_TRAFFIC, "bytes of their plaintext that were looked at")        \
	X(skipped_bytes, COUNTER_NOTE, "bytes of bodies passed over")                              \
	X(body_bytes_missed, COUNTER_NOTE, "bytes of bodies that were not seen")                   \
	X(cut_gaps, COUNTER_NOTE, "gaps that the cut of bodies left")                              \
	X(gaps, COUNTER_LOSS, "gaps in the plaintext")                                             \
	X(gap_bytes, COUNTER_LOSS, "bytes missing in them")                                        \
	X(joined, COUNTER_NOTE, "TLS connections joined in the middle")                            \
	X(unaddressed, COUNTER_NOTE, "TLS connections whose addresses never became known")         \
	X(timeouts, COUNTER_NOTE, "TLS connections closed after long silence")                     \
	X(evicted, COUNTER_LOSS, "TLS connections dropped because too many were open")             \
	X(repeated, COUNTER_LOSS, "events out of their order, dropped")                            \
	X(no_memory, COUNTER_LOSS, "TLS connections not followed because memory was short")

struct plain_stats {
	PLAIN_COUNTERS(COUNTER_FIELD)
};

extern const struct counter plain_counters[];
extern const size_t plain_counters_cnt;

struct plain_config {
	chunk_fn emit;
	/* The consumer's wish changed; may be NULL. */
	void (*want)(void *ctx, const struct tls_key *key, enum tls_want want);
	/* Fill in what is known of a process, of which *p has the id and a thread's name; may be
	 * NULL. */
	void (*describe)(void *ctx, struct process *p);
	/* True when it is certain that the process has ended; may be NULL. */
	bool (*is_gone)(void *ctx, uint32_t pid);
	void *ctx;
	uint64_t seed;            /* keys the table */
	uint32_t connections_max; /* 0: PROBE_CONNECTIONS_MAX */
	const char *source;       /* lives as long as the run */
};

struct plain;

/* NULL when memory is short. */
struct plain *plain_new(const struct plain_config *config);
/* Takes NULL. Connections that are open are dropped without a word. */
void plain_free(struct plain *p);

/* Follow an event; data is its e->len bytes. time_ns is e->time_ns by the clock of packets. */
void plain_event(struct plain *p, const struct tls_event *e, struct span data, uint64_t time_ns);

/* Bytes and ends that the kernel's half has lost so far. Connections open at the time may miss
 * their last bytes, which nothing tells later. */
void plain_note_lost(struct plain *p, uint64_t lost);

/* It is now_ns: end what was silent for too long, and what belongs to processes that are gone. */
void plain_tick(struct plain *p, uint64_t now_ns);

/* The capture ends. */
void plain_finish(struct plain *p, uint64_t now_ns);

const struct plain_stats *plain_stats(const struct plain *p);

#endif
