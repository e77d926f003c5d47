/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * flow: one followed TCP connection, and the table that finds it.
 *
 * A flow is found by its two endpoints, in either order, and by nothing else: the same packet
 * seen on two interfaces, with and without its VLAN tag, or inside and outside a tunnel belongs
 * to one connection, where its copies are retransmissions and never a second exchange.
 */
#ifndef NET_FLOW_H
#define NET_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "net/chunk.h"
#include "net/decode.h"

struct piece;

/* One direction. */
struct stream {
	uint64_t skip;      /* bytes from next on that the consumer has no use for */
	struct piece *held; /* came before their turn; see net/hold.h */
	uint32_t first;     /* sequence number of the first byte */
	uint32_t next;      /* sequence number wanted next */
	uint32_t acked;     /* the latest that the peer has acknowledged */
	uint32_t last_seq;  /* the last segment that the consumer was given: where, ... */
	uint32_t last_len;  /* ... how long, ... */
	uint32_t last_hash; /* ... and what, to tell a copy with other bytes from a mere copy */
	bool is_open;       /* first and next are known */
	bool has_acked;     /* acked is known */
	bool has_syn;       /* first is the sequence number after a SYN */
	bool has_fin;       /* complete; CHUNK_FIN was told */
	uint8_t strays;     /* segments in a row whose numbers are not of this stream */
};

enum flow_state {
	FLOW_FREE,
	FLOW_SYN, /* nothing but SYNs yet */
	FLOW_OPEN,
	FLOW_CLOSED, /* its end was told; kept to recognise late copies */
};

struct flow {
	struct connection conn;
	struct stream dir[2];
	uint64_t ends_hash; /* its segments' */
	uint64_t last_ns;   /* clock at its last segment */
	uint64_t stall_ns;  /* clock when the first held piece began to wait; with is_stalled */
	uint64_t reset_ns;  /* time of an RST that nothing has contradicted yet; 0 for none */
	uint64_t reset_packet;
	uint32_t id;         /* its place in the table */
	uint32_t wheel_next; /* neighbours in its timer slot; 0 for none. See net/wheel.h */
	uint32_t wheel_prev;
	uint32_t wheel_slot;
	uint32_t stall_cnt;      /* segments of the connection since stall_ns */
	uint64_t held_bytes;     /* of both directions, as net/hold.h counts them */
	uint8_t state;           /* enum flow_state */
	uint8_t reset_dir;       /* who sent the RST */
	bool is_stalled;         /* a piece is held in either direction */
	bool is_stall_scheduled; /* ... and the timer knows */
	bool is_told;            /* a chunk was emitted, so that the end must be told too */
	bool was_reset;          /* FLOW_CLOSED by an RST: new data would disprove it */
};

/* Flows to an allocation: they are never moved, since consumers keep their connections. */
#define FLOW_SLAB_BITS 10
#define FLOW_SLAB      (1u << FLOW_SLAB_BITS)

struct flow_table {
	struct flow **slabs; /* flows by id, FLOW_SLAB of them to an allocation; id 0 unused */
	uint32_t slabs_cnt;
	uint32_t free_head;  /* id of a free flow, linked by wheel_next; 0 for none */
	uint64_t *index;     /* open addressing: upper half of the hash, id; 0 is empty */
	uint32_t index_mask; /* slots - 1; a power of two */
	struct flow *latest; /* what the last search found, or NULL: packets come in trains */
	uint32_t cnt;        /* flows in use */
	uint32_t max;
};

/* 0, or -ENOMEM. */
int flow_table_init(struct flow_table *t, uint32_t max);
void flow_table_fini(struct flow_table *t);

static inline struct flow *flow_by_id(const struct flow_table *t, uint32_t id)
{
	return &t->slabs[id >> FLOW_SLAB_BITS][id & (FLOW_SLAB - 1)];
}

/* Which of so many parts the connection of s is in: both directions in the same one, all parts with
 * about as many. */
uint32_t flow_part(const struct segment *s, uint32_t parts);

/* The flow of s, or NULL. *dir becomes the index of the sender in conn.ends. */
struct flow *flow_find(struct flow_table *t, const struct segment *s, unsigned *dir);

/*
 * A new, zeroed flow whose conn.ends[dir] is the sender of s; it must not be in the table yet.
 * NULL when t->cnt is t->max or memory is short.
 */
struct flow *flow_add(struct flow_table *t, const struct segment *s, unsigned dir);

/* Take f out. Its held pieces are the caller's to drop before. */
void flow_remove(struct flow_table *t, struct flow *f);

#endif
