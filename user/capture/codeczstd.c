/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <zstd.h>

#include "capture/codec.h"

/* RFC 8878, 3.1.1.2. */
#define BLOCK_HEADER 3

struct zstd {
	struct codec base;
	ZSTD_DStream *d;
	size_t hint; /* bytes that the library wants next: a block and the header behind it */
};

static struct codec *zstd_open(void)
{
	struct zstd *z = calloc(1, sizeof(*z));

	if (!z)
		return NULL;
	z->base.ops = &codec_zstd;
	/* The window of a frame is bounded by the library's own default, 128 MiB. */
	z->d = ZSTD_createDStream();
	if (!z->d) {
		free(z);
		return NULL;
	}
	return &z->base;
}

static bool zstd_run(struct codec *c, struct span *in, uint8_t *dst, size_t cap, size_t *len)
{
	struct zstd *z = (struct zstd *)c;
	ZSTD_inBuffer from = { .src = in->ptr, .size = in->len };
	ZSTD_outBuffer to = { .dst = dst, .size = cap };
	bool ok = true;

	*len = 0;
	/* Asked without input, the library would take it for the start of another frame. */
	if (c->between && !in->len)
		return true;
	/* Once at least: a frame may still have output when all of its input is taken. */
	do {
		size_t left = in->len - from.pos, step, rc;

		/* The library keeps back what it decompressed in the call that meets the damage.
		 * So it is given one block at a time, without the header behind it. */
		step = z->hint > BLOCK_HEADER ? z->hint - BLOCK_HEADER : BLOCK_HEADER;
		from.size = from.pos + (step < left ? step : left);
		rc = ZSTD_decompressStream(z->d, &to, &from);
		if (ZSTD_isError(rc)) {
			c->why = ZSTD_getErrorName(rc);
			ok = false;
			break;
		}
		c->between = rc == 0;
		z->hint = rc;
	} while (from.pos < in->len && to.pos < to.size);
	*in = span_from(*in, from.pos);
	*len = to.pos;
	return ok;
}

static void zstd_close(struct codec *c)
{
	struct zstd *z = (struct zstd *)c;

	ZSTD_freeDStream(z->d);
	free(z);
}

const struct codec_ops codec_zstd = {
	.name = "zstd",
	.open = zstd_open,
	.run = zstd_run,
	.close = zstd_close,
};
