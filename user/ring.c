/* SPDX-License-Identifier: BSD-2-Clause */
#include "ring.h"

#include <errno.h>
#include <stdlib.h>

/* Before each record: how far the next one is. */
struct head {
	uint64_t len;  /* with this head, padded */
	uint64_t skip; /* no record: it stands at the beginning of the memory instead */
};
_Static_assert(sizeof(struct head) == RING_ALIGN, "records stay aligned");

int ring_init(struct ring *r, size_t cap)
{
	*r = (struct ring){ .bytes = malloc(cap), .cap = cap };
	return r->bytes ? 0 : -ENOMEM;
}

void ring_fini(struct ring *r)
{
	free(r->bytes);
	r->bytes = NULL;
}

static struct head *head_at(const struct ring *r, uint64_t pos)
{
	return (struct head *)(void *)(r->bytes + (pos & (r->cap - 1)));
}

void *ring_reserve(struct ring *r, size_t len)
{
	uint64_t tail = atomic_load_explicit(&r->tail, memory_order_relaxed);
	uint64_t need = (sizeof(struct head) + len + RING_ALIGN - 1) / RING_ALIGN * RING_ALIGN;
	uint64_t rest = r->cap - (tail & (r->cap - 1)), skip = rest < need ? rest : 0;

	if (tail + skip + need - r->head_seen > r->cap) {
		r->head_seen = atomic_load_explicit(&r->head, memory_order_acquire);
		if (tail + skip + need - r->head_seen > r->cap)
			return NULL;
	}
	if (skip)
		*head_at(r, tail) = (struct head){ .len = skip, .skip = 1 };
	*head_at(r, tail + skip) = (struct head){ .len = need };
	r->reserved = tail + skip + need;
	return head_at(r, tail + skip) + 1;
}

void ring_commit(struct ring *r)
{
	atomic_store_explicit(&r->tail, r->reserved, memory_order_release);
}

bool ring_is_half_full(struct ring *r)
{
	if (r->reserved - r->head_seen > r->cap / 2)
		r->head_seen = atomic_load_explicit(&r->head, memory_order_acquire);
	return r->reserved - r->head_seen > r->cap / 2;
}

void *ring_peek(struct ring *r)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);

	if (head == r->tail_seen) {
		r->tail_seen = atomic_load_explicit(&r->tail, memory_order_acquire);
		if (head == r->tail_seen)
			return NULL;
	}
	if (head_at(r, head)->skip) {
		head += head_at(r, head)->len;
		atomic_store_explicit(&r->head, head, memory_order_release);
	}
	return head_at(r, head) + 1;
}

void ring_drop(struct ring *r)
{
	uint64_t head = atomic_load_explicit(&r->head, memory_order_relaxed);

	atomic_store_explicit(&r->head, head + head_at(r, head)->len, memory_order_release);
}
