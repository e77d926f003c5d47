/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/framing.h"

/* Two lengths or none at all: RFC 9112, 6.3 calls it unrecoverable. With Transfer-Encoding
 * beside them they do not matter. */
static bool has_bad_length(const struct head *h)
{
	return h->flaws & (HTTP_FLAW_LENGTHS_DIFFER | HTTP_FLAW_BAD_LENGTH);
}

/* What is missing may be what frames the body. */
static bool is_cut(const struct head *h)
{
	return h->flaws & (HTTP_FLAW_HEAD_CUT | HTTP_FLAW_HEAD_OVER);
}

struct body framing_request(const struct head *h)
{
	/* After a final answer instead of 100 a client goes on without the body. */
	struct body b = { .kind = BODY_NONE, .is_doubtful = h->has_expect };

	if (is_cut(h)) {
		b.kind = BODY_UNKNOWN;
	} else if (h->coding == HEAD_CODING_CHUNKED) {
		b.kind = BODY_CHUNKED;
	} else if (h->coding == HEAD_CODING_OTHER || has_bad_length(h)) {
		/* A server cannot tell the end of such a body, and answers 400. */
		b.kind = BODY_UNKNOWN;
	} else if (h->has_length && h->length) {
		b.kind = BODY_LENGTH;
		b.length = h->length;
	}
	return b;
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
	/* Transfer-Encoding overrides Content-Length. */
	if (h->coding == HEAD_CODING_CHUNKED) {
		b.kind = BODY_CHUNKED;
	} else if (h->coding == HEAD_CODING_NONE && has_bad_length(h)) {
		b.kind = BODY_UNKNOWN;
	} else if (h->coding == HEAD_CODING_NONE && h->has_length) {
		/* A length of 0 leaves nothing to be in doubt about. */
		b.kind = h->length ? BODY_LENGTH : BODY_NONE;
		b.length = h->length;
	} else {
		b.kind = BODY_UNTIL_CLOSE;
	}
	return b;
}
