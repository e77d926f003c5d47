/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/window.h"

#include <errno.h>
#include <stdlib.h>

#define PAGE 4096u

/* Head room at first: a whole packet of an ordinary snapshot length needs no more. */
#define HEAD_ROOM (64u << 10)

/* Room for size bytes after so much head room. False: no memory. */
static bool memory_make(struct window_memory *m, size_t head, size_t size)
{
	uint8_t *alloc = malloc(head + size + PAGE);

	if (!alloc)
		return false;
	*m = (struct window_memory){ .alloc = alloc, .head = head, .size = size };
	return true;
}

/* Go on in m, whose head room suffices: what is seen moves to just before its base. */
static void memory_use(struct window *w, struct window_memory m)
{
	size_t left = (size_t)(w->end - w->pos);
	uint8_t *base = m.alloc + (PAGE - (uintptr_t)m.alloc % PAGE) % PAGE + m.head;

	if (left)
		memmove(base - left, w->pos, left);
	w->memory = m;
	w->pos = base - left;
	w->end = base;
	w->limit = base + m.size;
}

int window_init(struct window *w, int fd, const volatile sig_atomic_t *stop)
{
	struct window_memory m;
	int err;

	*w = (struct window){ .turn = NULL };
	err = input_init(&w->in, fd, stop);
	if (err)
		return err;
	if (memory_make(&m, HEAD_ROOM, CAPTURE_WINDOW)) {
		memory_use(w, m);
		return 0;
	}
	input_fini(&w->in);
	return -ENOMEM;
}

void window_fini(struct window *w)
{
	if (w->turn)
		w->memory = w->turn(w->turn_ctx, w->memory);
	input_fini(&w->in);
	free(w->memory.alloc);
}

/* Make room behind what is left of the window. False: no memory. */
static bool carry_left(struct window *w)
{
	struct window_memory next = w->memory, larger;
	size_t left = (size_t)(w->end - w->pos), head;

	if (w->turn)
		next = w->memory = w->turn(w->turn_ctx, w->memory);
	head = next.alloc ? next.head : HEAD_ROOM;
	while (head < left)
		head *= 2;
	if (next.alloc && head == next.head) {
		memory_use(w, next);
		return true;
	}
	w->no_memory = !memory_make(&larger, head, next.size);
	if (w->no_memory)
		return false;
	memory_use(w, larger);
	free(next.alloc);
	return true;
}

bool window_want(struct window *w, size_t n)
{
	while ((size_t)(w->end - w->pos) < n) {
		size_t got;

		/* A pipe gives less than asked for: go on behind it, as long as there is room. */
		if (w->end == w->limit && !carry_left(w))
			return false;
		got = input_read(&w->in, w->end, (size_t)(w->limit - w->end));
		if (got == 0)
			return false;
		w->end += got;
	}
	return true;
}

uint64_t window_skip(struct window *w, uint64_t n)
{
	uint64_t skipped = 0;

	while (skipped < n) {
		size_t seen = (size_t)(w->end - w->pos);
		size_t step = n - skipped < seen ? (size_t)(n - skipped) : seen;

		window_take(w, step);
		skipped += step;
		if (skipped < n && !window_want(w, 1))
			break;
	}
	return skipped;
}
