/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * cursor: the one way to read packet bytes. A read past the end gives 0 and
 * sets bad, which stays set; test it once a header, not once a field.
 */
#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct cursor {
	const uint8_t *ptr; /* next byte to read */
	const uint8_t *end; /* one past the last */
	bool bad;           /* something was read that is not there */
};

static inline struct cursor cursor_make(struct span s)
{
	return (struct cursor){ .ptr = s.ptr, .end = s.ptr + s.len, .bad = false };
}

static inline size_t cursor_left(const struct cursor *c)
{
	return (size_t)(c->end - c->ptr);
}

/* What is left, borrowed from whoever owns the bytes. */
static inline struct span cursor_rest(const struct cursor *c)
{
	return span_make(c->ptr, cursor_left(c));
}

/* The next n bytes, or NULL (and bad) when there are fewer. Moves on. */
static inline const uint8_t *cursor_take(struct cursor *c, size_t n)
{
	const uint8_t *p = c->ptr;

	if (cursor_left(c) < n) {
		c->bad = true;
		c->ptr = c->end;
		return NULL;
	}
	c->ptr += n;
	return p;
}

static inline void cursor_skip(struct cursor *c, size_t n)
{
	(void)cursor_take(c, n);
}

/* Forget all but the next n bytes; more than are left changes nothing. */
static inline void cursor_limit(struct cursor *c, size_t n)
{
	if (n < cursor_left(c))
		c->end = c->ptr + n;
}

static inline uint8_t cursor_u8(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 1);

	return p ? p[0] : 0;
}

static inline uint16_t cursor_be16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return (uint16_t)(p ? p[0] << 8 | p[1] : 0);
}

static inline uint32_t cursor_be24(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 3);

	return p ? (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2] : 0;
}

static inline uint32_t cursor_be32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p ? (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3] : 0;
}

static inline uint16_t cursor_le16(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 2);

	return (uint16_t)(p ? p[1] << 8 | p[0] : 0);
}

static inline uint32_t cursor_le32(struct cursor *c)
{
	const uint8_t *p = cursor_take(c, 4);

	return p ? (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0] : 0;
}

#endif
