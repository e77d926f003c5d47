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
	bool is_doubtful; /* there may be none, so that the next bytes are a head already: in a
			   * response to a request that is not known, which may have been HEAD,
			   * and in a request that waits for 100 (Continue) */
};

/* What follows a request. Never BODY_UNTIL_CLOSE or BODY_TUNNEL. */
struct body framing_request(const struct head *h);

/* What follows a response. method is absent where the request is not known for sure. */
struct body framing_response(const struct head *h, struct span method);

#endif
