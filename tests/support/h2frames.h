/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * h2frames: a conversation in HTTP/2, written frame by frame into steps for replay.h.
 *
 * In:   frames, with payloads as they stand or fields that nghttp2's deflater encodes.
 * Out:  steps. What one side sends in a row is one step, unless it is cut.
 * Spec: RFC 9113, 4 and 6.
 *
 * Short of room or memory it aborts; it is for tests alone.
 */
#ifndef SUPPORT_H2FRAMES_H
#define SUPPORT_H2FRAMES_H

#include <nghttp2/nghttp2.h>

#include "http/h2frame.h"
#include "support/replay.h"

#define H2FRAMES_STEPS_MAX 4096
#define H2FRAMES_BYTES_MAX (2u << 20)

struct h2frames {
	nghttp2_hd_deflater *deflaters[2]; /* of what dir sends */
	struct replay_step steps[H2FRAMES_STEPS_MAX];
	size_t cnt;
	bool is_cut;    /* the next frame begins a step */
	bool has_fakes; /* DATA is made of what looks like frames; letters otherwise */
	size_t used;
	uint8_t bytes[H2FRAMES_BYTES_MAX]; /* what the steps borrow */
};

/* A conversation without a step. */
struct h2frames *h2frames_new(void);
void h2frames_free(struct h2frames *b);

/* Bytes of dir as they stand. */
void h2frames_raw(struct h2frames *b, unsigned dir, struct span bytes);
void h2frames_text(struct h2frames *b, unsigned dir, const char *text);
/* The next bytes begin a step of their own. */
void h2frames_cut(struct h2frames *b);
/* A step that is no data: a hole of len bytes (0: unknown), a FIN, an end. */
void h2frames_other(struct h2frames *b, enum chunk_kind kind, unsigned dir, size_t len);

/* A frame. */
void h2frames_add(struct h2frames *b, unsigned dir, uint8_t type, unsigned flags, uint32_t stream,
		  struct span payload);

/* A header block of dir: lines "name: value\n". Borrowed until the next call. */
struct span h2frames_block(struct h2frames *b, unsigned dir, const char *lines);

/* The client's preface and SETTINGS, then the server's SETTINGS. */
void h2frames_begin(struct h2frames *b);
/* HEADERS with all of a block. */
void h2frames_headers(struct h2frames *b, unsigned dir, unsigned flags, uint32_t stream,
		      const char *lines);
/* DATA of so many bytes. */
void h2frames_data(struct h2frames *b, unsigned dir, unsigned flags, uint32_t stream, size_t len);
void h2frames_reset(struct h2frames *b, unsigned dir, uint32_t stream, uint32_t code);
void h2frames_goaway(struct h2frames *b, unsigned dir, uint32_t last, uint32_t code);

/* GET /n to h with an origin of its own, and its response, 200 with Vary: n. */
void h2frames_get(struct h2frames *b, uint32_t stream, unsigned n);
void h2frames_ok(struct h2frames *b, uint32_t stream, unsigned n);

#endif
