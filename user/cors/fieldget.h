/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fieldget: field values as a browser reads them.
 *
 * In:   the kept lines of one message.
 * Out:  the combined value of a name: all its lines, joined with ", ".
 * Spec: Fetch, #concept-header-list-get; absent and empty are different things.
 */
#ifndef CORS_FIELDGET_H
#define CORS_FIELDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/span.h"
#include "http/exchange.h"

/* Where the lines of each name begin, found in one pass over the message. */
struct fieldget {
	const struct http_message *m; /* borrowed; NULL: no message, no field */
	uint8_t first[HTTP_NAME_CNT]; /* index of the name's first line plus 1; 0: none */
	uint8_t lines[HTTP_NAME_CNT]; /* how many lines it has */
};
_Static_assert(HTTP_FIELDS_MAX < UINT8_MAX, "indexes fit");

/* The combined value of a name. Borrows the message and, when lines were joined, buf. */
struct fieldget_value {
	struct span value; /* absent when there is no such line */
	unsigned lines;
	bool is_cut; /* what is here is not the whole value */
	uint8_t buf[CORS_JOINED_MAX];
};

/* Index the message; NULL gives an index in which every name is absent. */
void fieldget_index(struct fieldget *g, const struct http_message *m);

/* The value of the name's first line; absent when there is none. */
static inline struct span fieldget_first(const struct fieldget *g, enum http_name id)
{
	return g->first[id] ? g->m->fields[g->first[id] - 1].value : span_make(NULL, 0);
}

/* fieldget_next() where there is at least one more line. */
bool fieldget_next_line(const struct fieldget *g, enum http_name id, unsigned *at,
			struct span *value);

/* The next line of a name after line *at (set it to 0 for the first); false: no more. Inlined for
 * the many names that are absent, and the others, which nearly all have one line. */
static inline bool fieldget_next(const struct fieldget *g, enum http_name id, unsigned *at,
				 struct span *value)
{
	return g->lines[id] > (*at != 0) && fieldget_next_line(g, id, at, value);
}

/* fieldget_combine() where there are several lines. */
void fieldget_join(const struct fieldget *g, enum http_name id, struct fieldget_value *out);

/* "get" of the Fetch standard into out. */
static inline void fieldget_combine(const struct fieldget *g, enum http_name id,
				    struct fieldget_value *out)
{
	out->lines = g->lines[id];
	out->value = fieldget_first(g, id);
	out->is_cut = out->lines && g->m->fields[g->first[id] - 1].is_cut;
	if (out->lines > 1)
		fieldget_join(g, id, out);
}

/* True when a line of this name was kept only in part. */
bool fieldget_is_cut(const struct fieldget *g, enum http_name id);

/* The next member of a comma list, trimmed, empty ones too; false: the list is used up. A
 * comma inside a quoted string does not split (RFC 9110, 5.6.1 and 5.6.4). */
bool fieldget_member(struct span *list, struct span *member);

/* A non-negative number of digits only, at most UINT64_MAX / 16; false when s is none. */
bool fieldget_number(struct span s, uint64_t *out);

static inline bool fieldget_has(const struct fieldget *g, enum http_name id)
{
	return g->first[id] != 0;
}

/* fieldget_has_member() where there is such a line. */
bool fieldget_line_has_member(const struct fieldget *g, enum http_name id, const char *member);

/* Whether any line of a comma list holds the member, ASCII letters folded. */
static inline bool fieldget_has_member(const struct fieldget *g, enum http_name id,
				       const char *member)
{
	return fieldget_has(g, id) && fieldget_line_has_member(g, id, member);
}

#endif
