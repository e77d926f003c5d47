/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * window: a view of the input that moves forward and never back.
 *
 *	               base                                limit
 *	 | head room    | CAPTURE_WINDOW bytes               |
 *	         ^pos ......................... ^end
 *
 * A read goes to base, so that the file's pages and the buffer's keep the same
 * alignment: copying between pages that lie a few bytes apart costs five times as
 * much. What is left of the window before (a record cut by its end) is moved in front
 * of base first; the head room grows when a record is longer than it.
 *
 * Who wants what was borrowed to last longer takes the memory away: see turn.
 */
#ifndef CAPTURE_WINDOW_H
#define CAPTURE_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "capture/input.h"

/* What a window reads into: see above. */
struct window_memory {
	uint8_t *alloc; /* of malloc, not aligned; NULL: none yet */
	size_t head;    /* bytes of head room */
	size_t size;    /* bytes after it */
};

struct window {
	struct input in;
	struct window_memory memory;
	uint8_t *limit;  /* one past memory */
	uint8_t *pos;    /* next byte to be taken */
	uint8_t *end;    /* one past the last byte read */
	uint64_t offset; /* of pos in the (decompressed) input */
	bool no_memory;  /* a record did not fit and the head room could not grow */
	/* Called when the window needs room, and at its end: takes over the memory that is full and
	 * gives other memory, of which alloc may be NULL, in return. What full holds must stay as
	 * it is until the next call. NULL: the window uses its memory again. */
	struct window_memory (*turn)(void *ctx, struct window_memory full);
	void *turn_ctx;
};

/* The rule of input_init(): it owns fd from here on, whatever it returns. */
int window_init(struct window *w, int fd, const volatile sig_atomic_t *stop);
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
