/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * window: a view of the input that moves forward and never back.
 *
 *	buf            base                                limit
 *	 | head room    | CAPTURE_WINDOW bytes               |
 *	         ^pos ......................... ^end
 *
 * A read goes to base, so that the file's pages and the buffer's keep the same
 * alignment: copying between pages that lie a few bytes apart costs five times as
 * much. What is left of the window before (a record cut by its end) is moved in front
 * of base first; the head room grows when a record is longer than it.
 *
 * Where the input is shared (capture/share.h), the window shows the shared block itself; buf holds
 * what lies across the borders of blocks, one record at a time.
 */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "capture/input.h"
#include "capture/share.h"

struct window {
	struct input in; /* of a shared input: what the window has seen of its status */
	uint8_t *alloc;  /* of malloc, not aligned */
	uint8_t *buf;    /* aligned to the page */
	uint8_t *base;   /* aligned to the page */
	uint8_t *limit;  /* base + CAPTURE_WINDOW */
	uint8_t *pos;    /* next byte to be taken */
	uint8_t *end;    /* one past the last byte read */
	uint64_t offset; /* of pos in the (decompressed) input */
	bool no_memory;  /* a record did not fit and the head room could not grow */
	/* Of a shared input: */
	struct share *share;             /* NULL: in is read */
	const struct share_block *block; /* NULL: none yet */
	uint64_t number;                 /* of the block */
	size_t shown;                    /* bytes of the block that are, or were, in the window */
	size_t buf_cap;                  /* bytes at buf */
};

/* The rule of input_init(): it owns fd from here on, whatever it returns. */
int window_init(struct window *w, int fd, const volatile sig_atomic_t *stop);
/* The same over a shared input, as one of its readers. Cannot fail. */
void window_init_shared(struct window *w, struct share *share);
/* Ends the input and all that was borrowed from the window. */
void window_fini(struct window *w);

/*
 * See that n bytes can be looked at; what was borrowed from the window before ends here.
 * False when the input ends (w->in.status says why) or there is no memory before that.
 */
bool window_want(struct window *w, size_t n);

/* Skip n bytes, however many; the number really skipped, fewer where the input ends. */
uint64_t window_skip(struct window *w, uint64_t n);

/* What can be seen now; borrowed until the next window_want() or window_skip(). */
static inline struct span window_seen(const struct window *w)
{
	return span_make(w->pos, (size_t)(w->end - w->pos));
}

/* Take n bytes that are seen. They stay where they are until the next window_want(). */
static inline void window_take(struct window *w, size_t n)
{
	w->pos += n;
	w->offset += n;
}

#endif
