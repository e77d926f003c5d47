/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/h2frames.h"

#include <stdio.h>
#include <stdlib.h>

#define FIELDS_MAX 1024
#define BLOCK_MAX  (1u << 20)

struct h2frames *h2frames_new(void)
{
	struct h2frames *b = calloc(1, sizeof(*b));

	if (!b || nghttp2_hd_deflate_new(&b->deflaters[0], 1u << 20) ||
	    nghttp2_hd_deflate_new(&b->deflaters[1], 1u << 20))
		abort();
	return b;
}

void h2frames_free(struct h2frames *b)
{
	nghttp2_hd_deflate_del(b->deflaters[0]);
	nghttp2_hd_deflate_del(b->deflaters[1]);
	free(b);
}

static struct replay_step *step_add(struct h2frames *b)
{
	if (b->cnt == H2FRAMES_STEPS_MAX)
		abort();
	b->is_cut = false;
	b->steps[b->cnt] = (struct replay_step){ 0 };
	return &b->steps[b->cnt++];
}

void h2frames_cut(struct h2frames *b)
{
	b->is_cut = true;
}

void h2frames_raw(struct h2frames *b, unsigned dir, struct span bytes)
{
	struct replay_step *s = b->cnt ? &b->steps[b->cnt - 1] : NULL;

	if (!bytes.len)
		return;
	if (bytes.len > sizeof(b->bytes) - b->used)
		abort();
	if (!s || b->is_cut || s->kind != CHUNK_DATA || s->dir != dir) {
		s = step_add(b);
		s->dir = (uint8_t)dir;
		s->text = (const char *)b->bytes + b->used;
	}
	memcpy(b->bytes + b->used, bytes.ptr, bytes.len);
	b->used += bytes.len;
	s->len += bytes.len;
}

void h2frames_text(struct h2frames *b, unsigned dir, const char *text)
{
	h2frames_raw(b, dir, span_text(text));
}

void h2frames_other(struct h2frames *b, enum chunk_kind kind, unsigned dir, size_t len)
{
	struct replay_step *s = step_add(b);

	*s = (struct replay_step){ .kind = kind, .dir = (uint8_t)dir, .len = len };
}

static void put_u32(uint8_t *to, uint32_t n)
{
	for (int i = 0; i < 4; i++)
		to[i] = (uint8_t)(n >> (24 - 8 * i));
}

void h2frames_add(struct h2frames *b, unsigned dir, uint8_t type, unsigned flags, uint32_t stream,
		  struct span payload)
{
	uint8_t header[H2FRAME_HEADER];

	/* The length has three bytes: the fourth is overwritten. */
	put_u32(header, (uint32_t)payload.len << 8);
	header[3] = type;
	header[4] = (uint8_t)flags;
	put_u32(header + 5, stream);
	h2frames_raw(b, dir, span_make(header, sizeof(header)));
	h2frames_raw(b, dir, payload);
}

/* Lines as fields; how many. */
static size_t fields_read(const char *lines, nghttp2_nv *out)
{
	size_t n = 0;

	while (*lines) {
		const char *colon = strchr(lines + 1, ':'), *end = strchr(lines, '\n');

		if (!colon || !end || n == FIELDS_MAX)
			abort();
		out[n++] = (nghttp2_nv){ .name = (uint8_t *)(uintptr_t)lines,
					 .namelen = (size_t)(colon - lines),
					 .value = (uint8_t *)(uintptr_t)colon + 2,
					 .valuelen = (size_t)(end - colon) - 2 };
		lines = end + 1;
	}
	return n;
}

struct span h2frames_block(struct h2frames *b, unsigned dir, const char *lines)
{
	static nghttp2_nv fields[FIELDS_MAX];
	static uint8_t block[BLOCK_MAX];
	size_t n = fields_read(lines, fields);
	ssize_t len = nghttp2_hd_deflate_hd(b->deflaters[dir], block, sizeof(block), fields, n);

	if (len < 0)
		abort();
	return span_make(block, (size_t)len);
}

void h2frames_begin(struct h2frames *b)
{
	h2frames_text(b, 0, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	h2frames_add(b, 0, H2FRAME_SETTINGS, 0, 0, span_text(""));
	h2frames_add(b, 1, H2FRAME_SETTINGS, 0, 0, span_text(""));
}

void h2frames_headers(struct h2frames *b, unsigned dir, unsigned flags, uint32_t stream,
		      const char *lines)
{
	h2frames_add(b, dir, H2FRAME_HEADERS, flags | H2FRAME_END_HEADERS, stream,
		     h2frames_block(b, dir, lines));
}

void h2frames_data(struct h2frames *b, unsigned dir, unsigned flags, uint32_t stream, size_t len)
{
	/* HEADERS on stream 1 with :status 200, again and again. */
	static const uint8_t frame[] = { 0, 0, 1, H2FRAME_HEADERS, 5, 0, 0, 0, 1, 0x88 };
	static uint8_t data[BLOCK_MAX];

	if (len > sizeof(data))
		abort();
	for (size_t i = 0; i < len; i++)
		data[i] = b->has_fakes ? frame[i % sizeof(frame)] : (uint8_t)('a' + i % 26);
	h2frames_add(b, dir, H2FRAME_DATA, flags, stream, span_make(data, len));
}

void h2frames_reset(struct h2frames *b, unsigned dir, uint32_t stream, uint32_t code)
{
	uint8_t payload[4];

	put_u32(payload, code);
	h2frames_add(b, dir, H2FRAME_RST_STREAM, 0, stream, span_make(payload, sizeof(payload)));
}

void h2frames_goaway(struct h2frames *b, unsigned dir, uint32_t last, uint32_t code)
{
	uint8_t payload[8];

	put_u32(payload, last);
	put_u32(payload + 4, code);
	h2frames_add(b, dir, H2FRAME_GOAWAY, 0, 0, span_make(payload, sizeof(payload)));
}

void h2frames_get(struct h2frames *b, uint32_t stream, unsigned n)
{
	char lines[256];

	snprintf(lines, sizeof(lines),
		 ":method: GET\n:scheme: http\n:authority: h\n:path: /%u\n"
		 "origin: https://a%u\n",
		 n, n);
	h2frames_headers(b, 0, H2FRAME_END_STREAM, stream, lines);
}

void h2frames_ok(struct h2frames *b, uint32_t stream, unsigned n)
{
	char lines[64];

	snprintf(lines, sizeof(lines), ":status: 200\nvary: %u\n", n);
	h2frames_headers(b, 1, 0, stream, lines);
	h2frames_data(b, 1, H2FRAME_END_STREAM, stream, 30);
}
