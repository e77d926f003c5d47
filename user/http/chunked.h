/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * chunked: where a chunked body ends.
 *
 * In:   the bytes of the body in any pieces.
 * Out:  how many of them belong to it, and how many may be passed over unseen.
 * Spec: RFC 9112, 7.1. Only size lines are read: extensions and trailers are passed over, for
 *       trailer fields are no header fields (RFC 9110, 6.5.1) and browsers ignore them.
 */
#ifndef HTTP_CHUNKED_H
#define HTTP_CHUNKED_H

#include <stdint.h>

#include "base/span.h"

enum chunked_state {
	CHUNKED_SIZE,       /* before the first digit of a size */
	CHUNKED_DIGITS,     /* after at least one digit */
	CHUNKED_EXTENSION,  /* in the rest of a size line */
	CHUNKED_DATA,       /* left bytes of data follow */
	CHUNKED_DATA_CR,    /* after data, before its CR LF */
	CHUNKED_DATA_LF,    /* after data and CR */
	CHUNKED_TRAILER,    /* at the start of a trailer line */
	CHUNKED_TRAILER_CR, /* after a CR that opened a trailer line */
	CHUNKED_FIELD,      /* inside a trailer line */
};

struct chunked {
	enum chunked_state state;
	uint64_t left; /* of the size while its digits are read, then of the data */
};

enum chunked_result {
	CHUNKED_MORE, /* all bytes were taken; the body goes on */
	CHUNKED_DONE, /* the body has ended; *rest begins after it */
	CHUNKED_BAD,  /* no size, or one above 2^63 - 1, or no line end after data */
};

/*
 * Follow the body through *rest, which is moved on.
 *
 * CHUNKED_MORE  *skip is how many of the bytes to come are data. They must be passed over: the
 *               next byte given is the one after them
 */
enum chunked_result chunked_next(struct chunked *k, struct span *rest, uint64_t *skip);

#endif
