/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * words: short byte strings (origins, header lists) that the memories refer to by hash, so that
 * each is kept once and a resource stays small.
 */
#ifndef CORS_WORDS_H
#define CORS_WORDS_H

#include "base/span.h"
#include "cors/memory.h"

struct words {
	struct memory *memory;
	uint64_t seed;
	uint64_t evicted; /* words forgotten: only texts lose by it, never a verdict */
};

/* Room for max words. False when memory is short. */
bool words_init(struct words *n, uint64_t seed, uint32_t max);
void words_fini(struct words *n);

/* Remember the bytes and give their name: a hash, never 0. Those longer than CORS_NAME_MAX have
 * a name too, but cannot be had back. */
uint64_t words_put(struct words *n, struct span s);

/* The bytes of a name, or absent when they are forgotten. Valid until the next words_put(). */
struct span words_get(struct words *n, uint64_t name);

#endif
