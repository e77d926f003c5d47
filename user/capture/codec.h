/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * codec: decompressors as one table. They work on spans and read nothing themselves.
 *
 * In:   compressed bytes, in pieces of any size.
 * Out:  the bytes as they were. Members (gzip) and frames (zstd) that follow each
 *       other are one stream.
 * Spec: RFC 1952; RFC 8878.
 */
#ifndef CAPTURE_CODEC_H
#define CAPTURE_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Bytes that codec_find() wants to see; with fewer it finds what can be told by them. */
#define CODEC_MAGIC_LEN 4

struct codec {
	const struct codec_ops *ops;
	bool between;    /* the input may end here: no member or frame is open */
	const char *why; /* after a failed run: the library's own words, static */
};

struct codec_ops {
	const char *name; /* "gzip", "zstd"; for people */
	/* The state of a new stream, or NULL when there is no memory. */
	struct codec *(*open)(void);
	/*
	 * Decompress from *in, which is moved on, to dst. Runs until one of them is used up.
	 *
	 * true   *len bytes were written to dst, perhaps 0
	 * false  the data is broken after the *len bytes; c->why says how
	 */
	bool (*run)(struct codec *c, struct span *in, uint8_t *dst, size_t cap, size_t *len);
	void (*close)(struct codec *c);
};

extern const struct codec_ops codec_gzip;
extern const struct codec_ops codec_zstd;

/* What the first bytes of an input are compressed with; NULL when with nothing known. */
const struct codec_ops *codec_find(struct span head);

#endif
