/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * hash: xxHash's XXH3, inlined. Tables that an outsider can fill are keyed with
 * a random seed against chosen collisions; names that people compare between
 * runs (cause ids) use seed 0.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#define XXH_INLINE_ALL
#include <xxhash.h>
#pragma GCC diagnostic pop

#include "base/span.h"

static inline uint64_t hash_bytes(const void *ptr, size_t len, uint64_t seed)
{
	return XXH3_64bits_withSeed(ptr, len, seed);
}

static inline uint64_t hash_span(struct span s, uint64_t seed)
{
	return hash_bytes(s.ptr, s.len, seed);
}

/* The same for the same letters in either case (ASCII). Bytes beyond HASH_FOLDED_MAX do not
 * count. */
#define HASH_FOLDED_MAX 256
static inline uint64_t hash_folded(struct span s, uint64_t seed)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t words[HASH_FOLDED_MAX / 8];
	size_t n = s.len < sizeof(words) ? s.len : sizeof(words);

	if (!n)
		return hash_bytes(words, 0, seed);
	words[(n - 1) / 8] = 0;
	memcpy(words, s.ptr, n);
	/* Eight at a time: the top bit of a byte tells whether the byte is a capital. */
	for (size_t i = 0; i < (n + 7) / 8; i++) {
		uint64_t low = words[i] & 0x7f * each;
		uint64_t from_a = low + (0x80 - 'A') * each, past_z = low + (0x7f - 'Z') * each;

		words[i] |= ((from_a ^ past_z) & ~words[i] & 0x80 * each) >> 2;
	}
	return hash_bytes(words, n, seed);
}

#endif
