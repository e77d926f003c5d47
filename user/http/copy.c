/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What is kept of a head mostly stands in a row there: a name, its value, and the next line. A row
 * is copied as one piece, with the few bytes between its parts, which is cheaper than leaving them
 * out: most of what a short copy costs is the call.
 */
#include "http/copy.h"

/* Bytes between two parts of a row: a colon with its blank, or a line end. */
#define BETWEEN_MAX 2

/* Parts that stand in a row, not yet copied. */
struct row {
	const uint8_t *begin, *end;
	uint8_t *to; /* where begin will be */
};

size_t copy_size(const struct http_message *m)
{
	/* Whether the bytes between the parts will be copied does not matter enough to find out. */
	size_t size = m->fields_cnt * 2 * BETWEEN_MAX;

	for (size_t i = 0; i < m->fields_cnt; i++)
		size += m->fields[i].name.len + m->fields[i].value.len;
	return size;
}

static void row_end(struct row *r)
{
	size_t n = (size_t)(r->end - r->begin);

	if (n)
		memcpy(r->to, r->begin, n);
	r->to += n;
}

/* Let s be the next part of the row, or of a new one. Where its bytes will be. */
static const uint8_t *row_add(struct row *r, struct span s)
{
	/* What is before the row's end is far behind it, too. */
	if ((uintptr_t)s.ptr - (uintptr_t)r->end > BETWEEN_MAX) {
		row_end(r);
		r->begin = s.ptr;
	}
	r->end = s.ptr + s.len;
	return r->to + (s.ptr - r->begin);
}

void copy_fields(struct copy *c, struct http_field *to, const struct http_message *m)
{
	struct row r = { NULL, NULL, c->at };

	for (size_t i = 0; i < m->fields_cnt; i++) {
		to[i] = m->fields[i];
		to[i].name.ptr = row_add(&r, to[i].name);
		to[i].value.ptr = row_add(&r, to[i].value);
	}
	row_end(&r);
	c->at = r.to;
}
