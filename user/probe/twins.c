/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/twins.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"

/* Places that a pair of addresses may have. */
#define WAYS 4

/* A pair of addresses by its hash: two pairs with the same 64 bits do not occur. */
struct place {
	uint64_t hash;
	uint64_t time_ns;
};

struct twins {
	uint64_t seed;
	struct place places[TWINS_MAX];
};

struct twins *twins_new(uint64_t seed)
{
	struct twins *t = calloc(1, sizeof(*t));

	if (t)
		t->seed = seed;
	return t;
}

void twins_free(struct twins *t)
{
	free(t);
}

static uint64_t hash_of(const struct twins *t, const struct endpoint *local,
			const struct endpoint *remote)
{
	uint8_t key[36];

	memcpy(key, local->addr.bytes, 16);
	memcpy(key + 16, remote->addr.bytes, 16);
	memcpy(key + 32, &local->port, 2);
	memcpy(key + 34, &remote->port, 2);
	return hash_bytes(key, sizeof(key), t->seed);
}

void twins_note(struct twins *t, const struct endpoint *local, const struct endpoint *remote,
		uint64_t time_ns)
{
	uint64_t hash = hash_of(t, local, remote);
	struct place *set = &t->places[hash % (TWINS_MAX / WAYS) * WAYS], *best = set;

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].hash == hash) {
			best = &set[i];
			break;
		}
		if (set[i].time_ns < best->time_ns)
			best = &set[i];
	}
	*best = (struct place){ hash, time_ns };
}

bool twins_has(const struct twins *t, const struct endpoint *local, const struct endpoint *remote,
	       uint64_t time_ns)
{
	uint64_t hash = hash_of(t, local, remote);
	const struct place *set = &t->places[hash % (TWINS_MAX / WAYS) * WAYS];

	for (size_t i = 0; i < WAYS; i++) {
		if (set[i].hash == hash && set[i].time_ns + TWINS_NS > time_ns)
			return true;
	}
	return false;
}
