/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * One pass over the kept lines finds where each name begins; after that, asking for a field
 * costs one look-up, and most requests are told to be none of ours without touching a value.
 */
#include "cors/fieldget.h"

void fieldget_index(struct fieldget *g, const struct http_message *m)
{
	g->m = m;
	memset(g->first, 0, sizeof(g->first));
	memset(g->lines, 0, sizeof(g->lines));
	if (!m)
		return;
	/* Backwards, so that a name's first line is the last to be written. */
	for (size_t i = m->fields_cnt < HTTP_FIELDS_MAX ? m->fields_cnt : HTTP_FIELDS_MAX; i; i--) {
		enum http_name id = m->fields[i - 1].id;

		g->first[id] = (uint8_t)i;
		g->lines[id]++;
	}
	g->first[HTTP_NAME_NONE] = 0;
}

bool fieldget_next_line(const struct fieldget *g, enum http_name id, unsigned *at,
			struct span *value)
{
	for (size_t i = *at ? *at : g->first[id] - 1u; i < g->m->fields_cnt && i < HTTP_FIELDS_MAX;
	     i++) {
		if (g->m->fields[i].id != id)
			continue;
		*value = g->m->fields[i].value;
		*at = (unsigned)i + 1;
		return true;
	}
	return false;
}

bool fieldget_is_cut(const struct fieldget *g, enum http_name id)
{
	if (!g->first[id])
		return false;
	/* Lines beyond the last of this name are not looked at. */
	for (unsigned i = g->first[id] - 1u, left = g->lines[id]; left; i++) {
		if (g->m->fields[i].id != id)
			continue;
		if (g->m->fields[i].is_cut)
			return true;
		left--;
	}
	return false;
}

/* Append to the joined value; what does not fit marks it as cut. */
static size_t join(struct fieldget_value *out, size_t len, struct span s)
{
	if (s.len > sizeof(out->buf) - len) {
		out->is_cut = true;
		s.len = sizeof(out->buf) - len;
	}
	if (s.len)
		memcpy(out->buf + len, s.ptr, s.len);
	return len + s.len;
}

void fieldget_join(const struct fieldget *g, enum http_name id, struct fieldget_value *out)
{
	struct span line;
	unsigned at = 0;
	size_t len = 0;

	out->is_cut = fieldget_is_cut(g, id);
	while (fieldget_next(g, id, &at, &line)) {
		if (line.ptr != out->value.ptr || len)
			len = join(out, len, span_text(", "));
		len = join(out, len, line);
	}
	out->value = span_make(out->buf, len);
}

/* The end of a list's first member where quotes may hold commas. */
static size_t quoted_end(struct span list)
{
	bool is_quoted = false;
	size_t i;

	for (i = 0; i < list.len; i++) {
		uint8_t c = list.ptr[i];

		if (c == '"')
			is_quoted = !is_quoted;
		else if (is_quoted && c == '\\' && i + 1 < list.len)
			i++;
		else if (c == ',' && !is_quoted)
			break;
	}
	return i;
}

bool fieldget_member(struct span *list, struct span *member)
{
	size_t i;

	if (!list->ptr)
		return false;
	i = span_find(*list, ',');
	/* Up to a first quote the two agree on what is a member's end. */
	if (span_find(span_first(*list, i), '"') < i)
		i = quoted_end(*list);
	*member = span_trim(span_first(*list, i));
	*list = i < list->len ? span_from(*list, i + 1) : span_make(NULL, 0);
	return true;
}

bool fieldget_line_has_member(const struct fieldget *g, enum http_name id, const char *member)
{
	struct span line, m, wanted = span_text(member);
	unsigned at = 0;

	while (fieldget_next(g, id, &at, &line))
		while (fieldget_member(&line, &m))
			if (span_eq_nocase(m, wanted))
				return true;
	return false;
}

bool fieldget_number(struct span s, uint64_t *out)
{
	uint64_t n = 0;

	if (s.len == 0)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		n = n * 10 + (s.ptr[i] - '0');
		if (n > UINT64_MAX / 16)
			n = UINT64_MAX / 16; /* larger than anything that is compared with */
	}
	*out = n;
	return true;
}
