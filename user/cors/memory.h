/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * memory: a bounded table of things remembered, keyed by a 64-bit hash.
 *
 * All memory is taken when it is made; afterwards nothing is allocated. When it is full, the
 * oldest thing that was not asked for since the last round is forgotten.
 */
#ifndef CORS_MEMORY_H
#define CORS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

struct memory;

/* Room for max (at least 1) things of size bytes, of which the first zeroed are zero in a new one;
 * the others may be anything. Each one forgotten adds to *evicted, which must outlive the memory.
 * NULL when memory is short. */
struct memory *memory_new(uint32_t max, size_t size, size_t zeroed, uint64_t *evicted);
/* Takes NULL. */
void memory_free(struct memory *m);

/* The thing of this key, or NULL. Valid until the next memory_add(). */
void *memory_find(struct memory *m, uint64_t key);

/*
 * Begin to fetch what a later call with this key will touch: first the place in the index, then,
 * once that had time to come, the thing. Without effect but on time.
 */
void memory_hint_place(const struct memory *m, uint64_t key);
void memory_hint_thing(const struct memory *m, uint64_t key);

/* The thing of this key; a new one when there was none. Never NULL. */
void *memory_add(struct memory *m, uint64_t key);

/* The i-th thing held, in no particular order, for walking over all; NULL when i is past the
 * last. */
void *memory_at(struct memory *m, uint32_t i);

#endif
