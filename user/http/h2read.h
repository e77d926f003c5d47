/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * h2read: the frames of one direction of an HTTP/2 connection.
 *
 * In:   the direction's chunks.
 * Out:  the frames that somebody reads, each with its whole payload; how many of the bytes to come
 *       belong to one that nobody reads.
 * Spec: RFC 9113, 3.4 and 4.1.
 *
 * A payload that lies in one chunk is read where it is. Only one that straddles chunks is copied.
 * Where the position is lost, the first bytes of each chunk are looked at until they are frames
 * beyond doubt.
 */
#ifndef HTTP_H2READ_H
#define HTTP_H2READ_H

#include "http/h2frame.h"
#include "http/pool.h"
#include "net/chunk.h"

enum h2read_state {
	H2READ_PREFACE, /* the rest of the client's preface comes next */
	H2READ_HEADER,  /* a frame comes next, or the rest of its header */
	H2READ_PAYLOAD, /* left bytes of a payload that is wanted come next */
	H2READ_SEEK,    /* the position is lost */
	H2READ_IGNORE,  /* nothing more is wanted */
};

enum h2read_event {
	H2READ_NONE,    /* the chunk is used up; skip tells what to pass over */
	H2READ_FRAME,   /* frame and payload are filled; borrowed until the next call */
	H2READ_BAD,     /* this is no frame, or no preface; it seeks now */
	H2READ_DROPPED, /* a payload could not be held (pool.is_full tells why) or is longer than
			 * HTTP_HEAD_MAX: it is passed over */
};

struct h2read {
	uint8_t state; /* enum h2read_state */
	uint8_t got;   /* bytes of the preface or of header[] */
	uint8_t header[H2FRAME_HEADER];
	struct h2frame frame;
	struct span payload; /* H2READ_FRAME */
	uint32_t left;       /* of the payload */
	struct block *held;  /* its bytes so far; NULL for none */
	uint32_t held_len;
	uint64_t time_ns;     /* of the chunk with the frame's first byte */
	uint64_t packet;      /* the same */
	uint64_t packet_last; /* of the chunk with the payload's last byte */
	uint64_t skip;        /* to be returned for the chunk; H2READ_NONE only */
};

/* Bytes of the preface that an HTTP/1 reader takes for a head. */
#define H2READ_PREFACE_HEAD 18

/* A direction at its beginning: preface is how many bytes of the preface were read already, or
 * negative where none comes. */
void h2read_init(struct h2read *r, int preface);
/* Drops what is held. */
void h2read_fini(struct h2read *r, struct pool *p);

/* Read on in *rest, what is left of c->data. Call until H2READ_NONE. */
enum h2read_event h2read_next(struct h2read *r, struct pool *p, const struct chunk *c,
			      struct span *rest);

/* Bytes are missing: it seeks from now on. */
void h2read_seek(struct h2read *r, struct pool *p);

/* Nothing more of this direction is wanted. */
void h2read_ignore(struct h2read *r, struct pool *p);

#endif
