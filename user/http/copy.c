/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/copy.h"

/* Name and value stand side by side in nearly every line: then one copy does for both. */
#define SIDE_BY_SIDE 4

/* How many bytes a line takes in one piece; 0 when its parts are not side by side. */
static size_t line_len(const struct http_field *f)
{
	uintptr_t name_end = (uintptr_t)f->name.ptr + f->name.len;
	uintptr_t value = (uintptr_t)f->value.ptr;

	return value > name_end && value - name_end <= SIDE_BY_SIDE
		       ? value - (uintptr_t)f->name.ptr + f->value.len
		       : 0;
}

size_t copy_size(const struct http_message *m)
{
	size_t size = 0;

	for (size_t i = 0; i < m->fields_cnt; i++) {
		size_t n = line_len(&m->fields[i]);

		size += n ? n : m->fields[i].name.len + m->fields[i].value.len;
	}
	return size;
}

/* Blanks and colon between the two come along, which is cheaper than leaving them out. */
static void field_copy(struct copy *c, struct http_field *to, const struct http_field *from)
{
	size_t n = line_len(from);

	*to = *from;
	if (n) {
		struct span line = copy_span(c, span_make(from->name.ptr, n));

		to->name = span_first(line, from->name.len);
		to->value = span_from(line, n - from->value.len);
	} else {
		to->name = copy_span(c, from->name);
		to->value = copy_span(c, from->value);
	}
}

void copy_fields(struct copy *c, struct http_field *to, const struct http_message *m)
{
	for (size_t i = 0; i < m->fields_cnt; i++)
		field_copy(c, &to[i], &m->fields[i]);
}
