/* SPDX-License-Identifier: BSD-2-Clause */
#include <limits.h>
#include <stdlib.h>
#include <zlib.h>

#include "capture/codec.h"

/* zlib's way to say "a gzip wrapper and nothing else", on top of the window's bits. */
#define GZIP_WINDOW_BITS (15 + 16)

struct gzip {
	struct codec base;
	z_stream z;
};

static struct codec *gzip_open(void)
{
	struct gzip *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->base.ops = &codec_gzip;
	if (inflateInit2(&g->z, GZIP_WINDOW_BITS) != Z_OK) {
		free(g);
		return NULL;
	}
	return &g->base;
}

/* Writers pad the last member with zeros up to a block of the medium; gzip(1) skips them too. */
static void skip_padding(struct span *in)
{
	while (in->len && in->ptr[0] == 0)
		*in = span_from(*in, 1);
}

static bool gzip_run(struct codec *c, struct span *in, uint8_t *dst, size_t cap, size_t *len)
{
	struct gzip *g = (struct gzip *)c;
	int rc;

	*len = 0;
	/* Once at least: the tail of a long match may be waiting when all input is taken. */
	do {
		if (c->between)
			skip_padding(in);
		if (c->between && !in->len)
			break;
		c->between = false;
		g->z.next_in = (Bytef *)(uintptr_t)in->ptr; /* zlib only reads there */
		g->z.avail_in = (uInt)in->len;
		g->z.next_out = dst + *len;
		g->z.avail_out = (uInt)(cap - *len);
		rc = inflate(&g->z, Z_NO_FLUSH);
		*in = span_from(*in, in->len - g->z.avail_in);
		*len = cap - g->z.avail_out;
		if (rc == Z_STREAM_END) {
			c->between = true;
			rc = inflateReset(&g->z);
		}
		/* Z_BUF_ERROR: nothing to do without more input or room, which is no error. */
		if (rc != Z_OK && rc != Z_BUF_ERROR) {
			c->why = g->z.msg ? g->z.msg : "invalid data";
			return false;
		}
	} while (in->len && *len < cap);
	return true;
}

static void gzip_close(struct codec *c)
{
	struct gzip *g = (struct gzip *)c;

	inflateEnd(&g->z);
	free(g);
}

const struct codec_ops codec_gzip = {
	.name = "gzip",
	.open = gzip_open,
	.run = gzip_run,
	.close = gzip_close,
};
