/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * hash: xxHash's XXH3, inlined. Tables that an outsider can fill are keyed with
 * a random seed against chosen collisions; names that people compare between
 * runs (cause ids) use seed 0.
 */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <endian.h>

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

/* Two words in one: the halves of their product, folded. Where an outsider chooses one of them, the
 * other is to hold a secret. */
static inline uint64_t hash_words(uint64_t a, uint64_t b)
{
	__extension__ unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* One hash of two, in this order; nothing is read but the two. */
static inline uint64_t hash_pair(uint64_t a, uint64_t b)
{
	const uint64_t both[] = { a, b };

	return hash_bytes(both, sizeof(both), 0);
}

/* Bytes i to i + 8 of the n at p, zeros past their end. No copy has a length that varies, which
 * would cost more than all the rest of hash_folded(). */
static inline uint64_t hash_word(const uint8_t *p, size_t n, size_t i)
{
	uint64_t word = 0;

	if (n - i >= 8) {
		memcpy(&word, p + i, 8);
		return word;
	}
	if (n >= 8) {
		memcpy(&word, p + n - 8, 8);
		return htole64(le64toh(word) >> (8 - (n - i)) * 8);
	}
	for (; i < n; i++)
		word |= (uint64_t)p[i] << i % 8 * 8;
	return htole64(word);
}

/* The same for the same letters in either case (ASCII). Bytes beyond HASH_FOLDED_MAX do not
 * count. */
#define HASH_FOLDED_MAX 256
static inline uint64_t hash_folded(struct span s, uint64_t seed)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t words[HASH_FOLDED_MAX / 8];
	size_t n = s.len < sizeof(words) ? s.len : sizeof(words);

	/* Eight at a time: the top bit of a byte tells whether the byte is a capital. */
	for (size_t i = 0; i < n; i += 8) {
		uint64_t word = hash_word(s.ptr, n, i), low, from_a, past_z;

		low = word & 0x7f * each;
		from_a = low + (0x80 - 'A') * each;
		past_z = low + (0x7f - 'Z') * each;
		words[i / 8] = word | ((from_a ^ past_z) & ~word & 0x80 * each) >> 2;
	}
	return hash_bytes(words, n, seed);
}

#endif
