/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * h2head: a header block of HTTP/2 as a struct head, as if it had been one of HTTP/1.
 *
 * In:   a whole block.
 * Out:  struct head: method, target, host and status from the pseudo-header fields, and the kept
 *       fields. All cookie fields are one, since clients split them (RFC 9113, 8.2.3).
 * Spec: RFC 9113, 8.2 and 8.3.
 */
#ifndef HTTP_H2HEAD_H
#define HTTP_H2HEAD_H

#include "http/arena.h"
#include "http/head.h"
#include "http/hpack.h"

enum h2head_kind {
	H2HEAD_REQUEST,   /* has a pseudo-header field that only requests have */
	H2HEAD_RESPONSE,  /* has a status */
	H2HEAD_TRAILERS,  /* has none of these, and every field is known */
	H2HEAD_UNCLEAR,   /* what it is stands in fields that are not known */
	H2HEAD_MALFORMED, /* no peer accepts it (RFC 9113, 8.1.1) */
	H2HEAD_BROKEN,    /* it cannot be read: no HPACK, or no memory (is_memory_short) */
	H2HEAD_KINDS,
};

struct h2head {
	struct head *head;  /* the caller's, to be filled */
	struct arena arena; /* what head borrows; the caller empties it */
	bool is_memory_short;
	uint32_t unknown_cnt; /* fields that are not known */
	uint32_t fields_cnt;  /* all fields, these included */
};

/* Read block into h->head, which is usable for H2HEAD_REQUEST and H2HEAD_RESPONSE only. A request
 * whose method or target is not known has none (span_is_present). */
enum h2head_kind h2head_read(struct h2head *h, struct hpack *hpack, struct pool *p,
			     struct span block);

#endif
