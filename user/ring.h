/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * ring: records from one thread to one other, in order, without a lock and without an allocation.
 *
 * In:   records, written in place by the producer.
 * Out:  the same, read in place by the consumer.
 *
 *	bytes  [.......|rec|record|r|......(rest: too short for the next)]
 *	               ^head        ^tail  Both count bytes for ever; what lies between is full.
 */
#ifndef RING_H
#define RING_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Records begin at multiples of it. */
#define RING_ALIGN 16

struct ring {
	uint8_t *bytes; /* aligned for anything; owned */
	size_t cap;     /* a power of two */
	/* Each side writes lines of the cache that the other side only reads. */
	alignas(64) _Atomic uint64_t head;
	uint64_t tail_seen; /* the consumer's: as far as it knows there are records */
	alignas(64) _Atomic uint64_t tail;
	uint64_t head_seen; /* the producer's: as far as it knows there is room */
	uint64_t reserved;  /* where the reserved record ends; meaningful in between */
};

/* 0, or -ENOMEM. cap is a power of two, and twice the longest record with its RING_ALIGN bytes of
 * length at least. */
int ring_init(struct ring *r, size_t cap);
void ring_fini(struct ring *r);

/* The producer's: room for a record of len bytes, or NULL when the consumer must take some first.
 * The record is there once it is committed. */
void *ring_reserve(struct ring *r, size_t len);
void ring_commit(struct ring *r);
bool ring_is_half_full(struct ring *r);

/* The consumer's: the oldest record, borrowed until it is dropped; NULL when there is none. */
void *ring_peek(struct ring *r);
void ring_drop(struct ring *r);

#endif
