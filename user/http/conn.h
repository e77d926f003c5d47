/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * conn: one connection: which end asks, and what becomes of each request. HTTP/1 here, HTTP/2 in
 * h2.h once that is known to be spoken.
 *
 * In:   the chunks of both directions (net/chunk.h).
 * Out:  exchanges.
 * Spec: RFC 9112, 9.
 *
 * The role of a direction is read from its first start line; the other direction has the other
 * role then. A connection is told to be something else (CONN_ALIEN) only as long as no direction
 * has shown HTTP.
 */
#ifndef HTTP_CONN_H
#define HTTP_CONN_H

#include "http/h2.h"
#include "http/http.h"
#include "http/http1.h"
#include "http/pair.h"

#define CONN_DIR_UNKNOWN 2

/* A connection that is in the middle of something: 320 bytes. A waiting request takes a block of
 * the pool besides, mostly of 1 or 2 KiB. Between exchanges it rests (rest.h), for 8 bytes. */
struct conn {
	struct conn *prev, *next; /* the owner's connections, busy for longer and for shorter */
	struct connection *net;   /* whose it is */
	struct http1 dirs[2];
	struct pair pair;
	struct h2 *h2;      /* HTTP/2 is spoken; dirs and pair are not used any more */
	uint32_t index;     /* of the next exchange */
	uint8_t client_dir; /* the direction of requests, or CONN_DIR_UNKNOWN */
	uint8_t tls_cnt;    /* chunks that began like a TLS record, while nothing is known */
	bool has_hole[2];   /* a hole was told before the roles were known */
};

/* What all connections share. */
struct conn_env {
	exchange_fn emit;
	void *ctx;
	struct http_stats stats;
	struct http1_env one;
	struct hpack_budget tables;
};

enum conn_result {
	CONN_GO_ON,
	CONN_DONE,  /* nothing more of it is HTTP: it switched protocols, and is counted */
	CONN_ALIEN, /* it never was; not counted yet */
};

/* Known from the first head on, in either direction. */
static inline bool conn_is_role_known(const struct conn *k)
{
	return k->client_dir != CONN_DIR_UNKNOWN;
}

/* A connection of which no byte was seen. */
void conn_init(struct conn *k);
/* It speaks HTTP/2 from here on (h2.h). client_dir is meaningless where it was joined. False when
 * memory is short. */
bool conn_speaks_h2(struct conn *k, struct conn_env *env, enum h2_begin begin, unsigned client_dir);
/* Requests that still wait are dropped. */
void conn_fini(struct conn *k, struct conn_env *env);

/*
 * Follow c, which is not the last chunk. net is whose chunk it is.
 *
 * CONN_GO_ON  *skip is what http_chunk() is to return
 */
enum conn_result conn_chunk(struct conn *k, struct conn_env *env, const struct connection *net,
			    const struct chunk *c, uint64_t *skip);

/* What a capture that leaves bodies out should let through of k. */
enum connection_want conn_want(const struct conn *k);

/* The bytes that k holds are wanted for others: its requests are told as lost, its half-read heads
 * are dropped. They are counted. Time and packet are c's. True when there were any. */
bool conn_shed(struct conn *k, struct conn_env *env, const struct chunk *c);

/* Follow c, the last chunk: every request that waits is told with what came instead. */
void conn_end(struct conn *k, struct conn_env *env, const struct connection *net,
	      const struct chunk *c);

#endif
