/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Room for more bytes. 0, or -ENOMEM. */
static int grow(struct lines *l, size_t more)
{
	size_t cap = l->cap ? l->cap : 1024;
	char *buf;

	if (l->len + more <= l->cap)
		return 0;
	while (cap < l->len + more)
		cap *= 2;
	buf = realloc(l->buf, cap);
	if (!buf)
		return -ENOMEM;
	l->buf = buf;
	l->cap = cap;
	return 0;
}

/* The letter that stands for c after a backslash; 0 when c stands for itself. */
static char escape_of(uint8_t c)
{
	switch (c) {
	case '\\': return '\\';
	case '\n': return 'n';
	case '\r': return 'r';
	case '\0': return '0';
	default: return 0;
	}
}

/* Whether one of the eight bytes at p may need a backslash: it is one, or below SO, which is the
 * next control character after CR. */
static bool is_special(const uint8_t *p)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t word, below, backslash;

	memcpy(&word, p, sizeof(word));
	below = (word - 0x0e * each) & ~word;
	backslash = word ^ '\\' * each;
	backslash = (backslash - each) & ~backslash;
	return (below | backslash) & 0x80 * each;
}

/* Nearly all names and values are: no byte of s needs a backslash. False when one may. */
static bool is_plain(struct span s)
{
	if (s.len < 8)
		return false;
	for (size_t i = 0; i + 8 < s.len; i += 8) {
		if (is_special(s.ptr + i))
			return false;
	}
	return !is_special(s.ptr + s.len - 8);
}

static void put(struct lines *l, struct span s)
{
	if (is_plain(s)) {
		memcpy(l->buf + l->len, s.ptr, s.len);
		l->len += s.len;
		return;
	}
	for (size_t i = 0; i < s.len; i++) {
		char letter = escape_of(s.ptr[i]);

		if (letter)
			l->buf[l->len++] = '\\';
		l->buf[l->len++] = letter ? letter : (char)s.ptr[i];
	}
}

static void put_text(struct lines *l, const char *text)
{
	size_t n = strlen(text);

	memcpy(l->buf + l->len, text, n);
	l->len += n;
}

int lines_write(struct lines *l, const struct http_message *m)
{
	l->len = 0;
	for (size_t i = 0; i < m->fields_cnt; i++) {
		const struct http_field *f = &m->fields[i];

		/* Every byte escaped, and " : " "\." LF. */
		if (grow(l, 2 * (f->name.len + f->value.len) + 6) != 0)
			return -ENOMEM;
		put(l, f->name);
		put_text(l, f->has_blank ? " : " : ": ");
		put(l, f->value);
		put_text(l, f->is_cut ? "\\.\n" : "\n");
	}
	return 0;
}

/* Undo the escapes of s, into to; returns the length. */
static size_t unescape(char *to, struct span s, bool *is_cut)
{
	size_t len = 0;

	*is_cut = false;
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '\\' && i + 1 < s.len) {
			c = s.ptr[++i];
			if (c == '.') {
				*is_cut = true;
				continue;
			}
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == '0' ? '\0' : c;
		}
		to[len++] = (char)c;
	}
	return len;
}

/* One line; a name has no colon, so that the first one ends it. */
static void line_read(struct lines *l, struct span line)
{
	struct http_field *f = &l->fields[l->fields_cnt++];
	size_t colon = span_find(line, ':');
	struct span name = span_first(line, colon);
	struct span value = span_from(line, colon + 2);
	bool is_cut;
	size_t n;

	f->has_blank = name.len && name.ptr[name.len - 1] == ' ';
	name.len -= f->has_blank;
	n = unescape(l->buf + l->len, name, &is_cut);
	f->name = span_make(l->buf + l->len, n);
	l->len += n;
	n = unescape(l->buf + l->len, value, &f->is_cut);
	f->value = span_make(l->buf + l->len, n);
	l->len += n;
	f->id = http_name_of(f->name);
}

int lines_read(struct lines *l, struct span text)
{
	struct http_field *fields;
	size_t cnt = 0;

	for (size_t i = 0; i < text.len; i++)
		cnt += text.ptr[i] == '\n';
	l->len = l->fields_cnt = 0;
	fields = realloc(l->fields, (cnt + 1) * sizeof(*fields));
	if (!fields || grow(l, text.len + 1) != 0) {
		l->fields = fields ? fields : l->fields;
		return -ENOMEM;
	}
	l->fields = fields;
	while (text.len) {
		struct span line = span_first(text, span_find(text, '\n'));

		if (line.len < text.len) /* one without its end is none */
			line_read(l, line);
		text = span_from(text, line.len + 1);
	}
	return 0;
}

void lines_fini(struct lines *l)
{
	free(l->buf);
	free(l->fields);
	*l = (struct lines){ 0 };
}
