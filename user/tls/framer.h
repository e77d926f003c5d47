/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * framer: the records of one direction, from chunks.
 *
 * In:   the direction's bytes, and its holes.
 * Out:  records, still protected.
 * Spec: RFC 8446, 5.1.
 *
 * A record in one chunk is read where it is; only one that straddles chunks is copied. When the
 * place is lost, what looks like the head of a record with data is taken for one: whoever decrypts
 * it finds out, and comes back by framer_seek().
 */
#ifndef TLS_FRAMER_H
#define TLS_FRAMER_H

#include <stdbool.h>
#include <stdint.h>

#include "tls/buffers.h"

enum record_type {
	RECORD_CHANGE_CIPHER = 20,
	RECORD_ALERT = 21,
	RECORD_HANDSHAKE = 22,
	RECORD_DATA = 23,
};

struct record {
	uint8_t head[RECORD_HEAD_LEN];
	struct span body;
	bool was_sought;
	uint64_t time_ns; /* of the chunk that completed it */
	uint64_t packet;
};

enum framer_event {
	FRAMER_NONE,      /* the chunk is used up */
	FRAMER_HEAD,      /* a head is whole: framer_pass() may follow; then go on */
	FRAMER_RECORD,    /* out->body is a whole one, good until the next call */
	FRAMER_BAD,       /* no record begins like this */
	FRAMER_NO_BUFFER, /* the record is passed over, for want of room */
};

/* All zeros at first. */
struct framer {
	uint8_t head[RECORD_HEAD_LEN];
	uint8_t head_len;
	bool is_told;    /* FRAMER_HEAD was given */
	bool is_done;    /* FRAMER_RECORD was given */
	bool is_passing; /* nobody wants the record */
	bool is_seeking;
	bool was_sought;
	uint32_t left; /* bytes of the body that are still to come */
	uint32_t held_len;
	struct buffer *held; /* the body so far; NULL for none */
};

/* Read on in *rest. Of out, head, body and was_sought are filled. */
enum framer_event framer_next(struct framer *r, struct buffers *b, struct span *rest,
			      struct record *out);

/* After FRAMER_HEAD: the body is not wanted. */
static inline void framer_pass(struct framer *r)
{
	r->is_passing = true;
}

/* Bytes to come that need not be brought: from now on they count as passed. */
static inline uint32_t framer_skip(struct framer *r)
{
	uint32_t n = r->is_passing ? r->left : 0;

	if (n) {
		r->left = 0;
		r->is_done = true;
	}
	return n;
}

/* Whether a record that is wanted has begun and not ended. */
static inline bool framer_is_inside(const struct framer *r)
{
	return r->head_len && !r->is_done && !r->is_passing;
}

enum framer_loss {
	FRAMER_LOST_NOTHING, /* but what is passed over anyway */
	FRAMER_LOST_RECORD,  /* one, whose head and length are known: r->head */
	FRAMER_LOST_PLACE,   /* it seeks now */
};

/* len bytes are missing; 0: nobody knows how many. */
enum framer_loss framer_gap(struct framer *r, struct buffers *b, uint64_t len);

/* The place is lost. */
void framer_seek(struct framer *r, struct buffers *b);

void framer_fini(struct framer *r, struct buffers *b);

/* Bytes of the body that a head announces. */
static inline uint32_t record_len(const uint8_t *head)
{
	return (uint32_t)head[3] << 8 | head[4];
}

#endif
