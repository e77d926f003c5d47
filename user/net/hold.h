/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * hold: pieces of one direction that came before their turn, in order and without overlap.
 *
 * In:   segments, in any order.
 * Out:  pieces, the first one first. Where two segments carry the same sequence numbers, the
 *       bytes that came first are kept.
 */
#ifndef NET_HOLD_H
#define NET_HOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "net/decode.h"

struct piece {
	struct piece *next; /* later in the stream */
	uint32_t seq;       /* of its first byte */
	uint32_t len;       /* on the wire */
	uint32_t cap;       /* bytes at data; fewer than len where the capture cut it */
	uint32_t ack;       /* what its sender had received; counts only with has_ack */
	bool has_ack;
	bool has_fin; /* the stream ends after it */
	uint64_t time_ns;
	uint64_t packet;
	uint8_t data[];
};

enum hold_result {
	HOLD_OK,        /* kept, as far as it brought something new */
	HOLD_DIFFERS,   /* kept, and where it overlaps, its bytes differ from the first copy */
	HOLD_NO_MEMORY, /* what is missing now will look like a hole */
};

/*
 * Keep a copy of s in the list at *head. seq is where its payload begins, and *bytes grows by
 * what the list takes of memory.
 */
enum hold_result hold_add(struct piece **head, uint32_t seq, const struct segment *s,
			  uint64_t *bytes);

/* Take the first piece out; the caller frees it with hold_free(). *bytes shrinks. */
struct piece *hold_pop(struct piece **head, uint64_t *bytes);
void hold_free(struct piece *p);

/* Drop all that is held. */
void hold_clear(struct piece **head, uint64_t *bytes);

#endif
