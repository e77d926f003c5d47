/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * endpoint: an address and a port.
 */
#ifndef NET_ENDPOINT_H
#define NET_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/hash.h"

/* An IPv6 address in network order, or an IPv4 one as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
struct address {
	uint8_t bytes[16];
};

struct endpoint {
	struct address addr;
	uint16_t port; /* host order */
};

/* Every segment's: XXH3 would take longer for so few bytes than all else that is done with most. */
static inline uint64_t endpoint_hash(const struct endpoint *e, uint64_t seed)
{
	const uint64_t odd = 0x9e3779b97f4a7c15; /* 2^64 by the golden ratio: bits evenly spread */
	uint64_t upper, lower;

	memcpy(&upper, e->addr.bytes, sizeof(upper));
	memcpy(&lower, e->addr.bytes + sizeof(upper), sizeof(lower));
	/* The first factor is not 0 for the seed 0 and an address of IPv4. */
	return hash_words(hash_words(upper ^ seed ^ odd, lower ^ ~seed) ^ e->port, odd);
}

/* The same for both directions of a connection. */
static inline uint64_t endpoints_hash(const struct endpoint *a, const struct endpoint *b,
				      uint64_t seed)
{
	return endpoint_hash(a, seed) + endpoint_hash(b, seed);
}

/* Word by word, since memcmp() is a call. */
static inline bool endpoint_eq(const struct endpoint *a, const struct endpoint *b)
{
	uint64_t x[2], y[2];

	memcpy(x, a->addr.bytes, sizeof(x));
	memcpy(y, b->addr.bytes, sizeof(y));
	return !((x[0] ^ y[0]) | (x[1] ^ y[1]) | (uint64_t)(a->port ^ b->port));
}

static inline struct address address_from_v4(const uint8_t v4[4])
{
	struct address a = { .bytes = { [10] = 0xff, [11] = 0xff } };

	memcpy(a.bytes + 12, v4, 4);
	return a;
}

static inline bool address_is_v4(const struct address *a)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(a->bytes, prefix, sizeof(prefix)) == 0;
}

#endif
