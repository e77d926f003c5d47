/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/names.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"

struct name {
	struct name *next; /* of the same bucket */
	size_t len;
	char text[];
};

struct names {
	uint64_t refused;
	size_t cnt;
	/* Fixed: a run meets a handful of names, and the worst file stays below NAMES_MAX. */
	struct name *buckets[NAMES_MAX / 16];
};

struct names *names_new(void)
{
	return calloc(1, sizeof(struct names));
}

void names_free(struct names *n)
{
	if (!n)
		return;
	for (size_t i = 0; i < sizeof(n->buckets) / sizeof(n->buckets[0]); i++) {
		struct name *next;

		for (struct name *e = n->buckets[i]; e; e = next) {
			next = e->next;
			free(e);
		}
	}
	free(n);
}

static struct name *name_new(struct span text)
{
	struct name *e = malloc(sizeof(*e) + text.len + 1);

	if (!e)
		return NULL;
	e->len = text.len;
	if (text.len)
		memcpy(e->text, text.ptr, text.len);
	e->text[text.len] = '\0';
	return e;
}

const char *names_keep(struct names *n, struct span text)
{
	size_t buckets = sizeof(n->buckets) / sizeof(n->buckets[0]);
	struct name **at = &n->buckets[hash_span(text, 0) % buckets];
	struct name *e;

	for (e = *at; e; e = e->next)
		if (span_eq(span_make(e->text, e->len), text))
			return e->text;
	e = n->cnt < NAMES_MAX ? name_new(text) : NULL;
	if (!e) {
		n->refused++;
		return NULL;
	}
	e->next = *at;
	*at = e;
	n->cnt++;
	return e->text;
}

uint64_t names_refused(const struct names *n)
{
	return n->refused;
}
