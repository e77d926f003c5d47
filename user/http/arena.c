/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/arena.h"

/* What a block is asked to hold at the least: a browser's request fits. */
#define ARENA_BLOCK 2048

/* Another block in front, of at least len bytes. */
static bool grow(struct arena *a, struct pool *p, size_t len)
{
	struct block *b = pool_take(p, len > ARENA_BLOCK ? len : ARENA_BLOCK);

	if (!b)
		return false;
	b->next = a->blocks;
	a->blocks = b;
	a->used = 0;
	return true;
}

struct span arena_copy(struct arena *a, struct pool *p, struct span s)
{
	struct span to;

	if ((!a->blocks || a->blocks->cap - a->used < s.len) && !grow(a, p, s.len))
		return (struct span){ 0 };
	to = span_make(a->blocks->bytes + a->used, s.len);
	memcpy(a->blocks->bytes + a->used, s.ptr, s.len);
	a->used += s.len;
	return to;
}

void arena_empty(struct arena *a, struct pool *p)
{
	while (a->blocks) {
		struct block *b = a->blocks;

		a->blocks = b->next;
		pool_give(p, b);
	}
	a->used = 0;
}
