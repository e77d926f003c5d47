/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * reader: the records of one direction, from chunks.
 *
 * In:   the direction's bytes, and its holes.
 * Out:  records, still protected.
 * Spec: RFC 8446, 5.1.
 *
 * A record in one chunk is read where it is; only one that straddles chunks is copied. When the
 * place is lost, what looks like the head of a record with data is taken for one: whoever decrypts
 * it finds out, and comes back by reader_seek().
 */
#ifndef TLS_READER_H
#define TLS_READER_H

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

enum reader_event {
	READER_NONE,      /* the chunk is used up */
	READER_HEAD,      /* a head is whole: reader_pass() may follow; then go on */
	READER_RECORD,    /* out->body is a whole one, good until the next call */
	READER_BAD,       /* no record begins like this */
	READER_NO_BUFFER, /* the record is passed over, for want of room */
};

/* All zeros at first. */
struct reader {
	uint8_t head[RECORD_HEAD_LEN];
	uint8_t head_len;
	bool is_told;    /* READER_HEAD was given */
	bool is_done;    /* READER_RECORD was given */
	bool is_passing; /* nobody wants the record */
	bool is_seeking;
	bool was_sought;
	uint32_t left; /* bytes of the body that are still to come */
	uint32_t held_len;
	struct buffer *held; /* the body so far; NULL for none */
};

/* Read on in *rest. Of out, head, body and was_sought are filled. */
enum reader_event reader_next(struct reader *r, struct buffers *b, struct span *rest,
			      struct record *out);

/* After READER_HEAD: the body is not wanted. */
static inline void reader_pass(struct reader *r)
{
	r->is_passing = true;
}

/* Bytes to come that need not be brought: from now on they count as passed. */
static inline uint32_t reader_skip(struct reader *r)
{
	uint32_t n = r->is_passing ? r->left : 0;

	if (n) {
		r->left = 0;
		r->is_done = true;
	}
	return n;
}

/* Whether a record that is wanted has begun and not ended. */
static inline bool reader_is_inside(const struct reader *r)
{
	return r->head_len && !r->is_done && !r->is_passing;
}

enum reader_loss {
	READER_LOST_NOTHING, /* but what is passed over anyway */
	READER_LOST_RECORD,  /* one, whose head and length are known: r->head */
	READER_LOST_PLACE,   /* it seeks now */
};

/* len bytes are missing; 0: nobody knows how many. */
enum reader_loss reader_gap(struct reader *r, struct buffers *b, uint64_t len);

/* The place is lost. */
void reader_seek(struct reader *r, struct buffers *b);

void reader_fini(struct reader *r, struct buffers *b);

/* Bytes of the body that a head announces. */
static inline uint32_t record_len(const uint8_t *head)
{
	return (uint32_t)head[3] << 8 | head[4];
}

#endif
