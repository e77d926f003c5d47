/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * message: from a head to the request or response of an exchange, and requests that wait.
 *
 * In:   struct head, which borrows packets.
 * Out:  struct http_request and http_response that borrow the same, or a waiting request: one
 *       block that holds copies of what is kept and nothing else.
 * Spec: RFC 9112, 3.2 for the target and the host.
 */
#ifndef HTTP_MESSAGE_H
#define HTTP_MESSAGE_H

#include "http/head.h"
#include "http/pool.h"

/* A request that waits for its response. It begins a block's bytes. */
struct waiting {
	struct waiting *next;
	bool is_doubtful; /* its response may have been lost in a hole since */
	bool may_switch;  /* it asks for another protocol or a tunnel: what follows a response
			   * that was not seen may be no HTTP */
	struct http_request request;
	struct http_field fields[]; /* then the bytes of names and values */
};

/* A request that borrows what h borrows. m's time and packets are the caller's to fill in. */
void message_request(const struct head *h, struct http_request *out);
/* A response that borrows what h borrows; the same holds, and informational_cnt is left 0. */
void message_response(const struct head *h, struct http_response *out);

/* A copy of r, to be given back with waiting_free(). NULL as pool_take(). */
struct waiting *waiting_new(struct pool *p, const struct http_request *r);
/* Takes NULL. */
void waiting_free(struct pool *p, struct waiting *w);

#endif
