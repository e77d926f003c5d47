/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/window.h"

#include <errno.h>
#include <stdlib.h>

#define PAGE 4096u

/* Head room at first: a whole packet of an ordinary snapshot length needs no more. */
#define HEAD_ROOM (64u << 10)

/* Give w a buffer with so much head room, and carry over what is seen. False: no memory, and
 * nothing changed. */
static bool buffer_grow(struct window *w, size_t head)
{
	size_t left = (size_t)(w->end - w->pos);
	uint8_t *alloc = malloc(head + CAPTURE_WINDOW + PAGE);

	if (!alloc)
		return false;
	w->buf = alloc + (PAGE - (uintptr_t)alloc % PAGE) % PAGE;
	w->base = w->buf + head;
	w->limit = w->base + CAPTURE_WINDOW;
	if (left)
		memcpy(w->base - left, w->pos, left);
	w->pos = w->base - left;
	w->end = w->base;
	free(w->alloc);
	w->alloc = alloc;
	return true;
}

int window_init(struct window *w, int fd, const volatile sig_atomic_t *stop)
{
	int err;

	*w = (struct window){ .alloc = NULL };
	err = input_init(&w->in, fd, stop);
	if (err)
		return err;
	if (buffer_grow(w, HEAD_ROOM))
		return 0;
	input_fini(&w->in);
	return -ENOMEM;
}

void window_init_shared(struct window *w, struct share *share)
{
	*w = (struct window){ .share = share };
	w->in.fd = -1;
	w->in.codec = (struct codec *)(uintptr_t)share_codec(share);
	w->in.size_bytes = share_size(share);
}

void window_fini(struct window *w)
{
	if (w->share) {
		share_leave(w->share, w->number);
		free(w->alloc);
		return;
	}
	input_fini(&w->in);
	free(w->alloc);
}

/* Move what is left to just before base, so that base on is free. False: no memory. */
static bool carry_left(struct window *w)
{
	size_t left = (size_t)(w->end - w->pos), room = (size_t)(w->base - w->buf);

	if (left > room) {
		while (room < left)
			room *= 2;
		w->no_memory = !buffer_grow(w, room);
		return !w->no_memory;
	}
	if (left)
		memmove(w->base - left, w->pos, left);
	w->pos = w->base - left;
	w->end = w->base;
	return true;
}

/* Move what is left to buf, with room for n bytes in all. */
static bool bridge(struct window *w, size_t n)
{
	size_t left = (size_t)(w->end - w->pos);
	uint8_t *buf = w->buf;

	if (n > w->buf_cap) {
		buf = malloc(n * 2);
		w->no_memory = !buf;
		if (!buf)
			return false;
		w->buf_cap = n * 2;
	}
	if (left)
		memmove(buf, w->pos, left);
	if (buf != w->buf)
		free(w->buf);
	w->alloc = w->buf = buf;
	w->pos = buf;
	w->end = buf + left;
	return true;
}

/* Go on to the next block, when all of this one was shown. False when there is none. */
static bool next_block(struct window *w)
{
	const struct share_block *b = w->block;

	if (b && b->status != INPUT_OK) {
		w->in.status = b->status;
		w->in.err = b->err;
		return false;
	}
	if (b)
		share_put(w->share, w->number++);
	w->block = share_get(w->share, w->number);
	w->in.raw_bytes = w->block->used;
	w->shown = 0;
	return true;
}

static bool want_shared(struct window *w, size_t n)
{
	while ((size_t)(w->end - w->pos) < n) {
		size_t left = (size_t)(w->end - w->pos), take;

		if (!w->block || w->shown == w->block->len) {
			/* What is left goes with its block otherwise. */
			if ((left && !bridge(w, n)) || !next_block(w))
				return false;
			continue;
		}
		if (left == 0) {
			w->pos = w->block->bytes + w->shown;
			w->end = w->block->bytes + w->block->len;
			w->shown = w->block->len;
			continue;
		}
		take = w->block->len - w->shown;
		if (take > n - left)
			take = n - left;
		if (!bridge(w, n))
			return false;
		memcpy(w->end, w->block->bytes + w->shown, take);
		w->end += take;
		w->shown += take;
	}
	return true;
}

bool window_want(struct window *w, size_t n)
{
	if (w->share)
		return want_shared(w, n);
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
