/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/quic.h"

#include "base/cursor.h"
#include "base/hash.h"

#define QUIC_V1 0x00000001u
#define QUIC_V2 0x6b3343cfu
/* A client's first datagram is at least so long, whatever it carries (RFC 9000, 14.1). The capture
 * may have cut it. */
#define INITIAL_MIN 21
/* Connection ids (RFC 9000, 17.2): none longer, and the first one that a client makes up none
 * shorter (7.2). */
#define ID_MAX 20
#define ID_MIN 8

void quic_init(struct quic *q, uint64_t seed)
{
	*q = (struct quic){ .seed = seed };
}

/*
 *	1, 1, type 2, ... 4 bits; version 4; length 1, destination id; length 1, source id; ...
 *
 * Initial is type 0 in version 1, 1 in version 2.
 */
static bool is_initial(struct span datagram)
{
	struct cursor c = cursor_make(datagram);
	uint8_t first = cursor_u8(&c);
	uint32_t version = cursor_be32(&c);
	uint8_t id_len = cursor_u8(&c);
	uint8_t type = first >> 4 & 3;

	if (datagram.len < INITIAL_MIN || (first & 0xc0) != 0xc0)
		return false;
	if (!(version == QUIC_V1 && type == 0) && !(version == QUIC_V2 && type == 1))
		return false;
	if (id_len < ID_MIN || id_len > ID_MAX)
		return false;
	cursor_skip(&c, id_len);
	return cursor_u8(&c) <= ID_MAX && !c.bad;
}

/* The same for both directions. */
static uint64_t hash_ends(const struct quic *q, const struct endpoint *a, const struct endpoint *b)
{
	uint64_t x = hash_bytes(a->addr.bytes, sizeof(a->addr.bytes), q->seed + a->port);
	uint64_t y = hash_bytes(b->addr.bytes, sizeof(b->addr.bytes), q->seed + b->port);

	return (x ^ y) | 1;
}

bool quic_is_new(struct quic *q, const struct endpoint *src, const struct endpoint *dst,
		 struct span datagram)
{
	uint64_t hash, *slot;

	if (!is_initial(datagram))
		return false;
	hash = hash_ends(q, src, dst);
	slot = &q->met[(hash >> 1) % NET_QUIC_MET];
	if (*slot == hash)
		return false;
	*slot = hash;
	return true;
}
