/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * framing: what follows a head.
 *
 * In:   a head, and for a response the method of its request.
 * Out:  struct body.
 * Spec: RFC 9112, 6.3, in its order.
 */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "http/head.h"

enum body_kind {
	BODY_NONE,
	BODY_LENGTH, /* length bytes */
	BODY_CHUNKED,
	BODY_UNTIL_CLOSE, /* the rest of the direction */
	BODY_TUNNEL,      /* the rest of both directions is no HTTP/1 */
	BODY_UNKNOWN,     /* the head contradicts itself or is not whole: where it ends cannot be
			   * told, the next head must be looked for */
};

struct body {
	enum body_kind kind;
	uint64_t length;
	bool is_doubtful; /* a response to a request that is not known: to HEAD it would have no
			   * body, so the next bytes may be a head already */
};

struct body framing_request(const struct head *h);

/* method is absent where the request is not known for sure. */
struct body framing_response(const struct head *h, struct span method);

#endif
