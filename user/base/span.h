/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * span: borrowed bytes. Whoever passes a span keeps owning the bytes; they are
 * valid until the call that was given the span returns. To keep them, copy.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct span {
	const uint8_t *ptr; /* NULL means absent; an empty value has a pointer and len 0 */
	size_t len;
};

static inline struct span span_make(const void *ptr, size_t len)
{
	return (struct span){ .ptr = ptr, .len = len };
}

/* The characters of a C string, without its NUL. */
static inline struct span span_text(const char *text)
{
	return span_make(text, strlen(text));
}

/* False for the span of something that was not there. */
static inline bool span_is_present(struct span s)
{
	return s.ptr != NULL;
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/* Equal when ASCII letters are folded. The bytes may hold anything, NUL included. */
static inline bool span_eq_nocase(struct span a, struct span b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++) {
		uint8_t x = a.ptr[i], y = b.ptr[i];

		if (x == y)
			continue;
		if ((x ^ y) != 0x20 || (x | 0x20) < 'a' || (x | 0x20) > 'z')
			return false;
	}
	return true;
}

static inline bool span_is(struct span s, const char *text)
{
	return span_eq(s, span_text(text));
}

static inline bool span_is_nocase(struct span s, const char *text)
{
	return span_eq_nocase(s, span_text(text));
}

static inline bool span_starts(struct span s, const char *text)
{
	size_t n = strlen(text);

	return s.len >= n && memcmp(s.ptr, text, n) == 0;
}

/* The bytes from offset n on; empty when there are no more than n; absent of an absent one. */
static inline struct span span_from(struct span s, size_t n)
{
	if (!s.ptr)
		return s;
	return n >= s.len ? span_make(s.ptr + s.len, 0) : span_make(s.ptr + n, s.len - n);
}

/* The first n bytes, or all when there are fewer. */
static inline struct span span_first(struct span s, size_t n)
{
	return span_make(s.ptr, n < s.len ? n : s.len);
}

/* Without leading and trailing SP and HTAB, which is HTTP's OWS (RFC 9110, 5.6.3). */
static inline struct span span_trim(struct span s)
{
	while (s.len && (s.ptr[0] == ' ' || s.ptr[0] == '\t'))
		s = span_from(s, 1);
	while (s.len && (s.ptr[s.len - 1] == ' ' || s.ptr[s.len - 1] == '\t'))
		s.len--;
	return s;
}

/* Offset of the first such byte, or s.len when there is none. */
static inline size_t span_find(struct span s, uint8_t byte)
{
	const uint8_t *p = s.len ? memchr(s.ptr, byte, s.len) : NULL;

	return p ? (size_t)(p - s.ptr) : s.len;
}

#endif
