/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * out: bytes to a stream through one large buffer, append only. What comes after a write error
 * is dropped; the error is kept until somebody asks.
 *
 * stdio's own buffer would do, but for a lock and a call per piece: an exchange in JSON is
 * some hundred pieces.
 */
#ifndef REPORT_OUT_H
#define REPORT_OUT_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/span.h"

/* A pipe holds 64 KiB, so that a larger write would only wait for its reader. */
#define OUT_BUFFER_BYTES (64u << 10)

struct out {
	FILE *file; /* borrowed; nobody else writes to it between init and the last flush */
	char *buf;  /* OUT_BUFFER_BYTES, owned */
	size_t len; /* of them in use */
	int err;    /* the first write error as -errno, 0 while there was none */
};

/* 0, or -ENOMEM. */
int out_init(struct out *o, FILE *file);

/* Drops what was not flushed; takes a zeroed struct. The file stays open. */
void out_fini(struct out *o);

/* Hand everything to the kernel. 0, or the first error since out_init() as -errno. */
int out_flush(struct out *o);

/* out_bytes() for what does not fit into the buffer as it is. */
void out_bytes_slow(struct out *o, const void *ptr, size_t len);

/* Append len bytes, whatever they are. */
static inline void out_bytes(struct out *o, const void *ptr, size_t len)
{
	if (len > OUT_BUFFER_BYTES - o->len) {
		out_bytes_slow(o, ptr, len);
		return;
	}
	memcpy(o->buf + o->len, ptr, len);
	o->len += len;
}

/* Append one byte. */
static inline void out_char(struct out *o, char c)
{
	out_bytes(o, &c, 1);
}

/* Append a C string as it is: the program's own words, or what was made safe before. */
static inline void out_text(struct out *o, const char *text)
{
	out_bytes(o, text, strlen(text));
}

/* A string literal: its length is known to the compiler. */
#define out_lit(o, literal) out_bytes((o), "" literal, sizeof(literal) - 1)

/* In decimal. */
void out_u64(struct out *o, uint64_t n);

/* n blanks. */
void out_blanks(struct out *o, unsigned n);

/*
 * Bytes that came off the wire, for a terminal: what a terminal could obey or a reader could
 * not see is written as \xNN, each byte for itself: controls, DEL, C1 controls, marks that
 * turn the direction of writing, invisible characters, and everything that is not UTF-8.
 */
void out_safe(struct out *o, struct span s);

/* Columns that out_safe() takes for s, where each character takes one. */
size_t out_safe_width(struct span s);

#endif
