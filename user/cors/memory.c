/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Open addressing over a fixed array of slots. The index holds half of each key, so that a probe
 * touches a slot only when it is very likely the right one; with memories of tens of megabytes,
 * cache misses are what an exchange costs. Eviction goes round the slots and spares those that
 * were asked for since (second chance), which comes close to "least recently used" without a
 * list to keep.
 */
#include "cors/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What is fetched ahead of a thing. A wrong guess about the line costs time only. */
#define CACHE_LINE 64
#define HINT_MAX   256

/* What stands before each thing. */
struct slot {
	uint64_t key;
	bool is_used; /* asked for since the hand last passed */
};

/* A place of the index. The key's part tells most keys apart without touching the slot. */
struct place {
	uint32_t slot; /* number plus 1; 0: empty */
	uint32_t part; /* low half of the key, which also says where the run begins */
};

struct memory {
	struct place *index; /* open addressing, linear probing */
	uint32_t mask;       /* of the index */
	char *slots;
	size_t stride; /* of a slot with its thing */
	size_t zeroed; /* bytes of a new thing that are zero */
	uint32_t max, cnt;
	uint32_t hand; /* next slot to look at when one has to go */
	uint64_t *evicted;
};

struct memory *memory_new(uint32_t max, size_t size, size_t zeroed, uint64_t *evicted)
{
	struct memory *m = calloc(1, sizeof(*m));
	uint32_t cap = 4;

	if (!m)
		return NULL;
	/* Half empty at the most used, so that probes are short. */
	while (cap < 2 * (uint64_t)max)
		cap *= 2;
	m->mask = cap - 1;
	m->max = max;
	m->zeroed = zeroed;
	m->evicted = evicted;
	m->stride = sizeof(struct slot) + ((size + 7) & ~(size_t)7);
	m->index = calloc(cap, sizeof(*m->index));
	m->slots = calloc(max, m->stride);
	if (!m->index || !m->slots) {
		memory_free(m);
		return NULL;
	}
	return m;
}

void memory_free(struct memory *m)
{
	if (!m)
		return;
	free(m->index);
	free(m->slots);
	free(m);
}

/* Slots are of one size each, so that a slot never moves while it is in use. */
static struct slot *slot_at(const struct memory *m, uint32_t i)
{
	return (struct slot *)(void *)(m->slots + i * m->stride);
}

/* Position in the index of the key, or of the empty place where it would go. */
static uint32_t probe(const struct memory *m, uint64_t key)
{
	uint32_t at = (uint32_t)key & m->mask;

	while (m->index[at].slot && (m->index[at].part != (uint32_t)key ||
				     slot_at(m, m->index[at].slot - 1)->key != key))
		at = (at + 1) & m->mask;
	return at;
}

void memory_hint_place(const struct memory *m, uint64_t key)
{
	__builtin_prefetch(&m->index[(uint32_t)key & m->mask]);
}

void memory_hint_thing(const struct memory *m, uint64_t key)
{
	const struct place *p = &m->index[(uint32_t)key & m->mask];
	const char *slot;

	/* Not at home: it is not there, or a neighbour's run is in the way, which is seldom. */
	if (!p->slot || p->part != (uint32_t)key)
		return;
	slot = (const char *)slot_at(m, p->slot - 1);
	for (size_t at = 0; at < m->stride && at < HINT_MAX; at += CACHE_LINE)
		__builtin_prefetch(slot + at);
}

void *memory_find(struct memory *m, uint64_t key)
{
	uint32_t i = m->index[probe(m, key)].slot;
	struct slot *s;

	if (i == 0)
		return NULL;
	s = slot_at(m, i - 1);
	s->is_used = true;
	return s + 1;
}

/* Empty a place of the index and close the gap in the runs that cross it. */
static void unlink_at(struct memory *m, uint32_t at)
{
	uint32_t next = at;

	m->index[at] = (struct place){ 0, 0 };
	for (;;) {
		uint32_t home;

		next = (next + 1) & m->mask;
		if (m->index[next].slot == 0)
			return;
		home = m->index[next].part & m->mask;
		/* It may move when its home is not between the gap and itself. */
		if (((next - home) & m->mask) < ((next - at) & m->mask))
			continue;
		m->index[at] = m->index[next];
		m->index[next] = (struct place){ 0, 0 };
		at = next;
	}
}

/* A slot for a new thing: unused room first, then the oldest that nobody asked for. */
static struct slot *slot_take(struct memory *m, uint32_t *i)
{
	struct slot *s;

	/* Room that was never used is zero, and is not touched before it must be. */
	if (m->cnt < m->max) {
		*i = m->cnt++;
		return slot_at(m, *i);
	}
	for (;;) {
		*i = m->hand;
		m->hand = (m->hand + 1) % m->max;
		s = slot_at(m, *i);
		if (!s->is_used)
			break;
		s->is_used = false;
	}
	unlink_at(m, probe(m, s->key));
	++*m->evicted;
	/* The next one's place in the index is anywhere. */
	memory_hint_place(m, slot_at(m, m->hand)->key);
	__builtin_prefetch(slot_at(m, (m->hand + 1) % m->max));
	memset(s + 1, 0, m->zeroed);
	return s;
}

void *memory_add(struct memory *m, uint64_t key)
{
	void *thing = memory_find(m, key);
	struct slot *s;
	uint32_t i;

	if (thing)
		return thing;
	s = slot_take(m, &i);
	s->key = key;
	m->index[probe(m, key)] = (struct place){ .slot = i + 1, .part = (uint32_t)key };
	return s + 1;
}

void *memory_at(struct memory *m, uint32_t i)
{
	return i < m->cnt ? slot_at(m, i) + 1 : NULL;
}
