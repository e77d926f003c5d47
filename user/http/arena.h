/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * arena: the bytes of one message that are kept while it is read, in blocks of the pool.
 *
 * In:   bytes to copy.
 * Out:  copies that stay where they are until the arena is emptied.
 */
#ifndef HTTP_ARENA_H
#define HTTP_ARENA_H

#include "base/span.h"
#include "http/pool.h"

/* Zeroed: empty. */
struct arena {
	struct block *blocks; /* linked by next, the one in use first */
	size_t used;          /* of the first */
};

/* A copy of s, which may be empty but not absent; absent when the pool has no room. */
struct span arena_copy(struct arena *a, struct pool *p, struct span s);

/* Give all blocks back; the copies are gone. */
void arena_empty(struct arena *a, struct pool *p);

#endif
