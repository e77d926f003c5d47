/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Origins repeat: a few hundred of them serve thousands of resources. A word that was pushed out
 * costs a name in a sentence, never a verdict, since verdicts compare the hashes.
 */
#include "cors/words.h"

#include "base/hash.h"
#include "base/limits.h"

struct entry {
	uint8_t len;
	uint8_t bytes[CORS_NAME_MAX];
};

bool words_init(struct words *n, uint64_t seed, uint32_t max)
{
	n->seed = seed;
	n->evicted = 0;
	n->memory =
		memory_new(max, sizeof(struct entry), offsetof(struct entry, bytes), &n->evicted);
	return n->memory != NULL;
}

void words_fini(struct words *n)
{
	memory_free(n->memory);
	n->memory = NULL;
}

uint64_t words_put(struct words *n, struct span s)
{
	uint64_t name = hash_span(s, n->seed);
	struct entry *e;

	name += name == 0;
	if (s.len > CORS_NAME_MAX)
		return name;
	e = memory_add(n->memory, name);
	if (e->len == 0 && s.len) {
		e->len = (uint8_t)s.len;
		memcpy(e->bytes, s.ptr, s.len);
	}
	return name;
}

struct span words_get(struct words *n, uint64_t name)
{
	const struct entry *e = name ? memory_find(n->memory, name) : NULL;

	return e ? span_make(e->bytes, e->len) : span_make(NULL, 0);
}
