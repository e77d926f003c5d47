/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pool: the memory of half-read heads and waiting requests, bounded in all and used again, so
 * that traffic in its steady state asks nothing of malloc.
 *
 * In:   how many bytes are wanted.
 * Out:  a block of at least so many.
 */
#ifndef HTTP_POOL_H
#define HTTP_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"

/* Sizes 512, 1024, 2048 and 4096; a browser's request takes the second or third. What is
 * larger is rare and goes back to malloc at once. */
#define POOL_CLASSES  4
#define POOL_SMALLEST 512

struct block {
	struct block *next; /* in the free list; the owner's to use while taken */
	size_t cap;         /* bytes at bytes[] */
	_Alignas(16) uint8_t bytes[];
};

struct pool {
	struct block *free[POOL_CLASSES];
	unsigned free_cnt[POOL_CLASSES];
	uint64_t held; /* bytes of the blocks that are taken, at most HTTP_HELD_TOTAL_MAX */
	bool is_full;  /* why the last take failed: the limit, else memory was short */
};

/* Give all free blocks back to malloc. Taken blocks must have been given first. */
void pool_fini(struct pool *p);

/* A block of at least size bytes, not cleared; NULL, with is_full telling why. */
struct block *pool_take(struct pool *p, size_t size);

/* Takes NULL. */
void pool_give(struct pool *p, struct block *b);

/* A block of at least size bytes that begins with the first used bytes of b, which is given.
 * NULL when there is none; b is the caller's as before. b may be NULL when used is 0. */
struct block *pool_grow(struct pool *p, struct block *b, size_t used, size_t size);

#endif
