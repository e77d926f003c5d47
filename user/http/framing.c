/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/framing.h"

/* Two lengths or none at all: RFC 9112, 6.3 calls it unrecoverable. With Transfer-Encoding
 * beside them they do not matter. */
static bool has_bad_length(const struct head *h)
{
	return h->flaws & (HTTP_FLAW_LENGTHS_DIFFER | HTTP_FLAW_BAD_LENGTH);
}

static bool is_cut(const struct head *h)
{
	return h->flaws & (HTTP_FLAW_HEAD_CUT | HTTP_FLAW_HEAD_OVER);
}

struct body framing_request(const struct head *h)
{
	if (is_cut(h))
		return (struct body){ .kind = BODY_UNKNOWN };
	if (h->coding == HEAD_CODING_CHUNKED)
		return (struct body){ .kind = BODY_CHUNKED };
	/* A server cannot tell the end of such a body, and answers 400. */
	if (h->coding == HEAD_CODING_OTHER || has_bad_length(h))
		return (struct body){ .kind = BODY_UNKNOWN };
	if (h->has_length && h->length)
		return (struct body){ .kind = BODY_LENGTH, .length = h->length };
	return (struct body){ .kind = BODY_NONE };
}

struct body framing_response(const struct head *h, struct span method)
{
	struct body b = { .kind = BODY_NONE, .is_doubtful = !span_is_present(method) };

	if (h->status == 101 ||
	    (h->status / 100 == 2 && span_is_present(method) && span_is(method, "CONNECT")))
		return (struct body){ .kind = BODY_TUNNEL };
	if (is_cut(h))
		return (struct body){ .kind = BODY_UNKNOWN };
	if (h->status / 100 == 1 || h->status == 204 || h->status == 304 ||
	    (span_is_present(method) && span_is(method, "HEAD")))
		return b;
	if (h->coding == HEAD_CODING_CHUNKED) {
		b.kind = BODY_CHUNKED;
	} else if (h->coding == HEAD_CODING_NONE && has_bad_length(h)) {
		b.kind = BODY_UNKNOWN;
	} else if (h->coding == HEAD_CODING_NONE && h->has_length) {
		b.kind = h->length ? BODY_LENGTH : BODY_NONE;
		b.length = h->length;
	} else {
		b.kind = BODY_UNTIL_CLOSE;
	}
	return b;
}
