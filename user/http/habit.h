/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * habit: which field name comes after which.
 *
 * In:   the names of field lines, in the order of the wire.
 * Out:  the name that came next last time, to be compared before any search.
 * Spec: none; RFC 9110, 5.3 lets field lines of different names come in any order.
 *
 * A client or server sends its fields in the order in which its program adds them, whatever their
 * values: so most names can be told from the one before, and one comparison says where the colon is
 * and which name it is. A wrong guess costs that comparison, and nothing else: bytes decide.
 *
 * Values are not remembered: they change from line to line, and some are secret.
 */
#ifndef HTTP_HABIT_H
#define HTTP_HABIT_H

#include "base/limits.h"
#include "http/field.h"
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* As many bytes are compared at once. */
#define HABIT_STEP 16

struct habit_name {
	uint8_t len;   /* of text[] with its colon; 0 for a place that no name has taken */
	uint8_t room;  /* how many bytes must be at hand to compare it; 0 as for len */
	uint8_t id;    /* enum http_name */
	uint8_t next;  /* what came after it last time: an index into all[] */
	uint16_t tail; /* a bit for each byte of the first HABIT_STEP that is not the name's */
	uint8_t text[HTTP_HABIT_NAME_MAX];
};

/* Zeroed: nothing has been met. */
struct habit {
	/* Names that are kept have the place of their id, others share what is behind. The place
	 * of HTTP_NAME_NONE is for names that are too long to be remembered. */
	struct habit_name all[HTTP_NAME_CNT + HTTP_HABIT_OTHERS];
	struct habit_name first[2]; /* for next alone: what a response, a request begins with */
};

#ifdef __SSE2__
/* A bit for each of HABIT_STEP bytes that are equal. */
static inline unsigned habit_equal(const uint8_t *a, const uint8_t *b)
{
	__m128i x = _mm_loadu_si128((const __m128i *)(const void *)a);
	__m128i y = _mm_loadu_si128((const __m128i *)(const void *)b);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y));
}
#endif

/* Whether n, with its colon, stands at p. Nothing at or past end is read. */
static inline bool habit_is_at(const struct habit_name *n, const uint8_t *p, const uint8_t *end)
{
	/* No room is more than any: one comparison for both. */
	if ((size_t)n->room - 1 >= (size_t)(end - p))
		return false;
#ifdef __SSE2__
	if ((habit_equal(p, n->text) | n->tail) != 0xffff)
		return false;
	/* The last step overlaps the one before. */
	for (size_t i = HABIT_STEP; i < n->len; i += HABIT_STEP) {
		size_t at = i + HABIT_STEP < n->len ? i : (size_t)n->len - HABIT_STEP;

		if (habit_equal(p + at, n->text + at) != 0xffff)
			return false;
	}
	return true;
#else
	return memcmp(p, n->text, n->len) == 0;
#endif
}

/* What is expected after last. */
static inline struct habit_name *habit_next(struct habit *t, const struct habit_name *last)
{
	return &t->all[last->next];
}

/*
 * After last came another name than expected: name, which is followed by a colon. From now on it is
 * what is expected there. Returns its place, with its id; good until the next call.
 */
struct habit_name *habit_meet(struct habit *t, struct habit_name *last, struct span name);

#endif
