/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/pool.h"

#include <stdlib.h>
#include <string.h>

/* The smallest class that holds size bytes; POOL_CLASSES when none does. */
static unsigned class_of(size_t size)
{
	unsigned k = 0;

	while (k < POOL_CLASSES && size > (size_t)POOL_SMALLEST << k)
		k++;
	return k;
}

void pool_fini(struct pool *p)
{
	for (unsigned k = 0; k < POOL_CLASSES; k++) {
		while (p->free[k]) {
			struct block *b = p->free[k];

			p->free[k] = b->next;
			free(b);
		}
		p->free_cnt[k] = 0;
	}
}

struct block *pool_take(struct pool *p, size_t size)
{
	unsigned k = class_of(size);
	size_t cap = k < POOL_CLASSES ? (size_t)POOL_SMALLEST << k : size;
	struct block *b;

	/* Blocks in the free lists do not count: they hold nobody's bytes. */
	p->is_full = p->held + cap > HTTP_HELD_TOTAL_MAX;
	if (p->is_full)
		return NULL;
	/* The one given last is the likeliest to be in the cache. */
	if (k < POOL_CLASSES && p->free[k]) {
		b = p->free[k];
		p->free[k] = b->next;
		p->free_cnt[k]--;
	} else {
		b = malloc(sizeof(*b) + cap);
		if (!b)
			return NULL;
		b->cap = cap;
	}
	b->next = NULL;
	p->held += cap;
	return b;
}

void pool_give(struct pool *p, struct block *b)
{
	unsigned k;

	if (!b)
		return;
	p->held -= b->cap;
	k = class_of(b->cap);
	/* A burst must not stay for good. */
	if (k == POOL_CLASSES || p->free_cnt[k] == HTTP_POOL_FREE_MAX) {
		free(b);
		return;
	}
	b->next = p->free[k];
	p->free[k] = b;
	p->free_cnt[k]++;
}

struct block *pool_grow(struct pool *p, struct block *b, size_t used, size_t size)
{
	struct block *bigger;

	if (b && b->cap >= size)
		return b;
	/* Doubling keeps the copying linear; a class rounds up by itself. */
	if (b && size < 2 * b->cap)
		size = 2 * b->cap;
	bigger = pool_take(p, size);
	if (!bigger)
		return NULL;
	/* With nothing used there may be no b. */
	if (used)
		memcpy(bigger->bytes, b->bytes, used);
	pool_give(p, b);
	return bigger;
}
