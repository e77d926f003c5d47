/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/flow.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Grown twofold when three quarters are full, so that a probe stays short. */
#define INDEX_SLOTS_MIN 4096

static uint64_t slot_make(uint64_t hash, uint32_t id)
{
	return (hash & 0xffffffff00000000ull) | id;
}

static uint32_t slot_id(uint64_t slot)
{
	return (uint32_t)slot;
}

/* Where a slot's search begins. The index uses the bits that the slot keeps of the hash. */
static uint32_t slot_home(const struct flow_table *t, uint64_t slot)
{
	return (uint32_t)(slot >> 32) & t->index_mask;
}

int flow_table_init(struct flow_table *t, uint32_t max)
{
	*t = (struct flow_table){ .max = max, .index_mask = INDEX_SLOTS_MIN - 1 };
	t->slabs = calloc(max / FLOW_SLAB + 1, sizeof(*t->slabs));
	t->index = calloc(INDEX_SLOTS_MIN, sizeof(*t->index));
	if (t->slabs && t->index)
		return 0;
	flow_table_fini(t);
	return -ENOMEM;
}

void flow_table_fini(struct flow_table *t)
{
	for (uint32_t i = 0; i < t->slabs_cnt; i++)
		free(t->slabs[i]);
	free(t->slabs);
	free(t->index);
	*t = (struct flow_table){ 0 };
}

uint32_t flow_part(const struct segment *s, uint32_t parts)
{
	return (uint32_t)((s->ends_hash >> 32) * parts >> 32);
}

/* Whether s is of f; *dir becomes the index of the sender. */
static bool flow_has(const struct flow *f, const struct segment *s, unsigned *dir)
{
	const struct endpoint *ends = f->conn.ends;

	*dir = !endpoint_eq(&ends[0], &s->src);
	return endpoint_eq(&ends[*dir], &s->src) && endpoint_eq(&ends[1 - *dir], &s->dst);
}

struct flow *flow_find(struct flow_table *t, const struct segment *s, unsigned *dir)
{
	uint64_t tag;

	if (t->latest && t->latest->ends_hash == s->ends_hash && flow_has(t->latest, s, dir))
		return t->latest;
	tag = slot_make(s->ends_hash, 0);
	for (uint32_t i = slot_home(t, tag);; i = (i + 1) & t->index_mask) {
		uint64_t slot = t->index[i];

		if (!slot)
			return NULL;
		if (slot_make(slot, 0) == tag && flow_has(flow_by_id(t, slot_id(slot)), s, dir))
			return t->latest = flow_by_id(t, slot_id(slot));
	}
}

static void index_put(struct flow_table *t, uint64_t slot)
{
	uint32_t i = slot_home(t, slot);

	while (t->index[i])
		i = (i + 1) & t->index_mask;
	t->index[i] = slot;
}

/* Twice the slots. False when memory is short, with the table as it was. */
static bool index_grow(struct flow_table *t)
{
	uint64_t *old = t->index;
	uint32_t old_slots = t->index_mask + 1;
	uint64_t *grown = calloc((size_t)old_slots * 2, sizeof(*grown));

	if (!grown)
		return false;
	t->index = grown;
	t->index_mask = old_slots * 2 - 1;
	for (uint32_t i = 0; i < old_slots; i++)
		if (old[i])
			index_put(t, old[i]);
	free(old);
	return true;
}

/* One more slab of free flows. */
static bool slab_add(struct flow_table *t)
{
	uint32_t first = t->slabs_cnt * FLOW_SLAB;
	struct flow *slab = calloc(FLOW_SLAB, sizeof(*slab));

	if (!slab)
		return false;
	t->slabs[t->slabs_cnt++] = slab;
	for (uint32_t i = FLOW_SLAB; i-- > 0;) {
		if (first + i == 0)
			continue; /* id 0 says "none" */
		slab[i].id = first + i;
		slab[i].wheel_next = t->free_head;
		t->free_head = first + i;
	}
	return true;
}

struct flow *flow_add(struct flow_table *t, const struct segment *s, unsigned dir)
{
	struct flow *f;
	uint32_t id;

	if (t->cnt >= t->max)
		return NULL;
	if (t->cnt + 1 > (t->index_mask + 1) / 4 * 3 && !index_grow(t))
		return NULL;
	if (!t->free_head && !slab_add(t))
		return NULL;
	id = t->free_head;
	f = flow_by_id(t, id);
	t->free_head = f->wheel_next;
	*f = (struct flow){ .id = id };
	f->conn.ends[dir] = s->src;
	f->conn.ends[1 - dir] = s->dst;
	f->conn.source = s->source;
	f->conn.first_packet = s->packet;
	f->ends_hash = s->ends_hash;
	index_put(t, slot_make(s->ends_hash, id));
	t->cnt++;
	return f;
}

/* Close the hole at i, so that no search stops early (Knuth, 6.4, algorithm R). */
static void index_delete(struct flow_table *t, uint32_t i)
{
	uint32_t mask = t->index_mask, hole = i;

	for (i = (i + 1) & mask; t->index[i]; i = (i + 1) & mask) {
		uint32_t home = slot_home(t, t->index[i]);

		if (((i - home) & mask) >= ((i - hole) & mask)) {
			t->index[hole] = t->index[i];
			hole = i;
		}
	}
	t->index[hole] = 0;
}

void flow_remove(struct flow_table *t, struct flow *f)
{
	uint64_t slot = slot_make(f->ends_hash, f->id);
	uint32_t i = slot_home(t, slot);

	while (t->index[i] != slot)
		i = (i + 1) & t->index_mask;
	index_delete(t, i);
	if (t->latest == f)
		t->latest = NULL;
	f->state = FLOW_FREE;
	f->wheel_next = t->free_head;
	t->free_head = f->id;
	t->cnt--;
}
