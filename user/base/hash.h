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

#endif
