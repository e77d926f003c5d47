/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * text: a bounded builder of C strings, for the core, which has no stdio.
 *
 * What does not fit is left out and is_cut is set; the text always ends in a NUL. Bytes that come
 * from the wire go through text_wire(), so that the result is valid UTF-8 whatever was sent.
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct text {
	char *buf;   /* owned by whoever called text_init() */
	size_t len;  /* without the NUL */
	size_t cap;  /* with the NUL */
	bool is_cut; /* something did not fit */
};

/* An empty text in cap bytes at buf; cap is at least 1. */
struct text text_init(char *buf, size_t cap);

/* Append a C string; NULL adds nothing. */
void text_add(struct text *t, const char *s);
/* Append bytes as they are, all or none of them. */
void text_span(struct text *t, struct span s);
/* Append bytes of the wire: what is not UTF-8 becomes U+FFFD. Control characters stay; whoever
 * prints escapes them. */
void text_wire(struct text *t, struct span s);
void text_char(struct text *t, char c);
/* Append a number in decimal. */
void text_u64(struct text *t, uint64_t n);
/* Append the lowest digits hexadecimal digits of n, lower case. */
void text_hex(struct text *t, uint64_t n, unsigned digits);

/*
 * Append a template: {name} is replaced by the value of that name, through text_wire(). Names
 * are those of keys[], a NULL-terminated list, and values are in the same order. What is in
 * braces but is no name stays as it is, so that snippets may have braces of their own.
 */
void text_fill(struct text *t, const char *template, const char *const *keys,
	       const struct span *values);

/* What was built, borrowed. */
static inline struct span text_get(const struct text *t)
{
	return span_make(t->buf, t->len);
}

/* A copy of the text on the heap, which the caller frees; NULL when memory is short. */
char *text_dup(const struct text *t);

#endif
