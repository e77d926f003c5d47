/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * search: a text within a span.
 */
#ifndef BASE_SEARCH_H
#define BASE_SEARCH_H

#include "base/span.h"

/* Offset of the first occurrence of text in s, or s.len. text is not empty. */
static inline size_t search_find(struct span s, const char *text)
{
	size_t n = strlen(text);
	const uint8_t *p = s.ptr;

	while (s.len >= n && (size_t)(p - s.ptr) <= s.len - n) {
		p = memchr(p, text[0], s.len - n - (size_t)(p - s.ptr) + 1);
		if (!p)
			break;
		if (memcmp(p, text, n) == 0)
			return (size_t)(p - s.ptr);
		p++;
	}
	return s.len;
}

static inline bool search_has(struct span s, const char *text)
{
	return s.len && search_find(s, text) < s.len;
}

/* The same with ASCII letters folded; text is in lower case, and an empty one is everywhere. */
static inline bool search_has_nocase(struct span s, const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; n && i + n <= s.len; i++) {
		uint8_t c = s.ptr[i];

		if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) == (uint8_t)text[0] &&
		    strncasecmp((const char *)s.ptr + i, text, n) == 0)
			return true;
	}
	return n == 0;
}

#endif
