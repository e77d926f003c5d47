/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * input: the bytes of a capture, plain or compressed, in order and once.
 *
 * In:   a file descriptor of anything that can be read: file, pipe, terminal.
 * Out:  bytes, after any compression was undone.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/span.h"
#include "capture/codec.h"

enum input_status {
	INPUT_OK = 0,
	INPUT_END,     /* nothing more comes, and nothing is missing */
	INPUT_CUT,     /* the compressed data ends in its middle */
	INPUT_BROKEN,  /* the compressed data is wrong; input.codec->why says how */
	INPUT_ERROR,   /* the system cannot read on; input.err says why */
	INPUT_STOPPED, /* somebody does not want to wait any longer: *input.stop is set */
};

struct input {
	int fd;                            /* owned */
	const volatile sig_atomic_t *stop; /* ends the wait for bytes; borrowed, may be NULL */
	void (*idle)(void *ctx);           /* called while it is waited for; may be NULL */
	void *idle_ctx;
	bool can_wait;            /* bytes may come late: no regular file */
	int err;                  /* errno of INPUT_ERROR */
	enum input_status status; /* once it is not INPUT_OK it stays so */
	struct codec *codec;      /* NULL for plain input */
	uint64_t raw_bytes;       /* read from fd so far */
	uint64_t size_bytes;      /* of a regular file when it was opened; else 0 */
	struct span held;         /* of raw[], not yet given or decompressed */
	uint8_t raw[CAPTURE_RAW];
};

/*
 * Take over fd, look at its first bytes and set up what they need. Blocks until they come, or
 * *stop is set (which is looked at several times a second; NULL for never).
 *
 * 0        *in is ready; input_fini() closes fd
 * -errno   it cannot be read, or -ENOMEM; fd is closed
 */
int input_init(struct input *in, int fd, const volatile sig_atomic_t *stop);
/* Close fd and free the decompressor. */
void input_fini(struct input *in);

/*
 * Read what is there, up to cap bytes, to dst; waits for the first byte only, so that a
 * capture that is being piped in is seen as it comes. 0 when none will come; in->status
 * then says why. An input that breaks gives all bytes before the break first.
 */
size_t input_read(struct input *in, uint8_t *dst, size_t cap);

/* Bytes of the input itself that were used up: compressed bytes where it is compressed. */
static inline uint64_t input_used(const struct input *in)
{
	return in->raw_bytes - in->held.len;
}

#endif
