/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * copy: messages copied into one piece of memory, their lines first and then the bytes.
 *
 * In:   what is borrowed; memory of the size that was asked for.
 * Out:  the same, which borrows that memory alone.
 */
#ifndef HTTP_COPY_H
#define HTTP_COPY_H

#include "http/exchange.h"

/* Where the next bytes go; they have no alignment to keep. */
struct copy {
	uint8_t *at;
};

/* Absent stays absent, and takes no room. */
static inline struct span copy_span(struct copy *c, struct span s)
{
	struct span to = span_make(c->at, s.len);

	if (!span_is_present(s))
		return s;
	memcpy(c->at, s.ptr, s.len);
	c->at += s.len;
	return to;
}

/* How much room the names and values of m's lines may take. */
size_t copy_size(const struct http_message *m);

/* Copy m's lines to to[], and what they borrow behind c. Their names and values are present. */
void copy_fields(struct copy *c, struct http_field *to, const struct http_message *m);

#endif
