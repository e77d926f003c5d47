/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/text.h"

#include <stdlib.h>

struct text text_init(char *buf, size_t cap)
{
	buf[0] = '\0';
	return (struct text){ .buf = buf, .len = 0, .cap = cap, .is_cut = false };
}

void text_span(struct text *t, struct span s)
{
	/* After a first cut nothing more is added: a text with a hole inside would lie. */
	if (t->is_cut || s.len >= t->cap - t->len) {
		t->is_cut = t->is_cut || s.len != 0;
		return;
	}
	if (s.len)
		memcpy(t->buf + t->len, s.ptr, s.len);
	t->len += s.len;
	t->buf[t->len] = '\0';
}

void text_add(struct text *t, const char *s)
{
	if (s)
		text_span(t, span_text(s));
}

void text_char(struct text *t, char c)
{
	if (t->is_cut || t->len + 1 >= t->cap) {
		t->is_cut = true;
		return;
	}
	t->buf[t->len++] = c;
	t->buf[t->len] = '\0';
}

/* Length of the well-formed UTF-8 sequence at s (Unicode 15, table 3-7); 0 when it is none. */
static size_t utf8_len(struct span s)
{
	uint8_t lead = s.ptr[0], low = 0x80, high = 0xbf;
	size_t n;

	if (lead < 0x80)
		return 1;
	if (lead < 0xc2 || lead > 0xf4)
		return 0;
	n = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (s.len < n)
		return 0;
	/* The second byte excludes overlong forms, surrogates and what is beyond U+10FFFF. */
	if (lead == 0xe0)
		low = 0xa0;
	if (lead == 0xf0)
		low = 0x90;
	if (lead == 0xed)
		high = 0x9f;
	if (lead == 0xf4)
		high = 0x8f;
	if (s.ptr[1] < low || s.ptr[1] > high)
		return 0;
	for (size_t i = 2; i < n; i++)
		if ((s.ptr[i] & 0xc0) != 0x80)
			return 0;
	return n;
}

/* Append as much of well-formed UTF-8 as fits, no sequence in part. */
static void text_run(struct text *t, struct span s)
{
	size_t room = t->cap - t->len - 1;

	if (s.len > room && !t->is_cut) {
		while (room && (s.ptr[room] & 0xc0) == 0x80)
			room--;
		text_span(t, span_first(s, room));
		t->is_cut = true;
	}
	text_span(t, s);
}

/* How many bytes at the begin of s are ASCII and not NUL. */
static size_t ascii_len(struct span s)
{
	const uint64_t each = 0x0101010101010101;
	size_t n = 0;
	uint64_t word;

	for (; s.len - n >= sizeof(word); n += sizeof(word)) {
		memcpy(&word, s.ptr + n, sizeof(word));
		/* The top bit of a byte tells that it is no ASCII, or that it was zero. */
		if ((word | (word - each)) & 0x80 * each)
			break;
	}
	while (n < s.len && s.ptr[n] && s.ptr[n] < 0x80)
		n++;
	return n;
}

void text_wire(struct text *t, struct span s)
{
	while (s.len) {
		/* Nearly all that is sent is ASCII. */
		size_t good = ascii_len(s), n;

		/* A NUL is well-formed, but would end the C string. */
		while (good < s.len && s.ptr[good] && (n = utf8_len(span_from(s, good))))
			good += n;
		text_run(t, span_first(s, good));
		s = span_from(s, good);
		if (!s.len)
			break;
		text_add(t, "\xef\xbf\xbd");
		s = span_from(s, 1);
	}
}

void text_u64(struct text *t, uint64_t n)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	text_span(t, span_make(digits + at, sizeof(digits) - at));
}

void text_hex(struct text *t, uint64_t n, unsigned digits)
{
	while (digits--)
		text_char(t, "0123456789abcdef"[n >> (4 * digits) & 15]);
}

/* Which of keys is in the braces that open at p, or -1. */
static int key_at(const char *p, const char *const *keys, size_t *len)
{
	for (int i = 0; keys[i]; i++) {
		*len = strlen(keys[i]);
		if (strncmp(p + 1, keys[i], *len) == 0 && p[1 + *len] == '}')
			return i;
	}
	return -1;
}

void text_fill(struct text *t, const char *template, const char *const *keys,
	       const struct span *values)
{
	const char *from = template, *p = template;

	while (*p) {
		size_t len = 0;
		int key = *p == '{' ? key_at(p, keys, &len) : -1;

		if (key < 0) {
			p++;
			continue;
		}
		text_span(t, span_make(from, (size_t)(p - from)));
		text_wire(t, values[key]);
		p += len + 2;
		from = p;
	}
	text_add(t, from);
}

char *text_dup(const struct text *t)
{
	char *copy = malloc(t->len + 1);

	if (copy)
		memcpy(copy, t->buf, t->len + 1);
	return copy;
}
