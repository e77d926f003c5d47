/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * h2streams: the requests of one HTTP/2 connection that wait, by stream.
 *
 * In:   requests in the order of their streams, which is the order in which clients open them.
 * Out:  the request of a stream.
 * Spec: RFC 9113, 5.1.1.
 */
#ifndef HTTP_H2STREAMS_H
#define HTTP_H2STREAMS_H

#include "http/message.h"

struct h2stream {
	uint32_t id;
	uint8_t informational_cnt; /* 1xx since the request */
	struct waiting *request;
};

/* Zeroed: none. */
struct h2streams {
	struct block *rows; /* struct h2stream, by rising id; NULL: none yet */
	uint32_t cnt;       /* at most HTTP_STREAMS_MAX */
};

/* Drops the requests. */
void h2streams_fini(struct h2streams *t, struct pool *p);

/* w waits on stream id from now on, and is t's. False when there is no room (or a request waits
 * there already): w stays the caller's. */
bool h2streams_add(struct h2streams *t, struct pool *p, uint32_t id, struct waiting *w);

/* The stream's row; NULL when nothing waits there. Good until the next call that changes t. */
struct h2stream *h2streams_find(const struct h2streams *t, uint32_t id);

/* The i-th row by rising id; i < cnt. */
struct h2stream *h2streams_at(const struct h2streams *t, uint32_t i);

/* Take row out. Its request is the caller's. */
struct waiting *h2streams_take(struct h2streams *t, struct h2stream *row);

#endif
