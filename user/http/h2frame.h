/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * h2frame: the nine bytes before every frame of HTTP/2.
 *
 * In:   bytes.
 * Out:  struct h2frame; whether bytes in the middle of a connection begin a frame.
 * Spec: RFC 9113, 4.1 and 6.
 */
#ifndef HTTP_H2FRAME_H
#define HTTP_H2FRAME_H

#include "base/span.h"

#define H2FRAME_HEADER 9

enum h2frame_type {
	H2FRAME_DATA,
	H2FRAME_HEADERS,
	H2FRAME_PRIORITY,
	H2FRAME_RST_STREAM,
	H2FRAME_SETTINGS,
	H2FRAME_PUSH_PROMISE,
	H2FRAME_PING,
	H2FRAME_GOAWAY,
	H2FRAME_WINDOW_UPDATE,
	H2FRAME_CONTINUATION,
};

#define H2FRAME_END_STREAM   0x1
#define H2FRAME_ACK          0x1 /* of SETTINGS and PING */
#define H2FRAME_END_HEADERS  0x4
#define H2FRAME_PADDED       0x8
#define H2FRAME_HAS_PRIORITY 0x20

struct h2frame {
	uint32_t len;    /* of the payload, below 2^24 */
	uint32_t stream; /* 0: the connection itself; the reserved bit is dropped */
	uint8_t type;    /* enum h2frame_type, or an extension's */
	uint8_t flags;
};

/* Decode the header. Anything is one; see h2frame_is_sound(). */
void h2frame_read(const uint8_t bytes[static H2FRAME_HEADER], struct h2frame *out);

/* False when no peer that keeps to the standard sends such a frame: one of the ten types with a
 * length or a stream that it cannot have. The receiver would end the connection. */
bool h2frame_is_sound(const struct h2frame *f);

/*
 * Whether bytes begin with a frame beyond reasonable doubt: two or more headers that follow each
 * other, or one with a payload that ends where the bytes end; every one of a known type, with no
 * flag that this type does not have.
 */
bool h2frame_is_proof(struct span bytes);

#endif
