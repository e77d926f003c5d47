/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/http.h"

#include <stdlib.h>

#include "base/limits.h"
#include "http/alien.h"
#include "http/conn.h"
#include "http/rest.h"

#define HTTP_COUNTER_ROW(name, class, help) COUNTER_ROW(http_stats, name, class, help)
const struct counter http_counters[] = { HTTP_COUNTERS(HTTP_COUNTER_ROW) };
const size_t http_counters_cnt = sizeof(http_counters) / sizeof(http_counters[0]);

struct http {
	struct conn_env env;
	struct conn *newest, *oldest; /* the busy connections, by when they became so */
	struct conn *spare;           /* linked by next, for those that become busy */
	unsigned spare_cnt;
	/* Their addresses are the consumers of connections that have no struct conn: */
	char ignored; /* of those that are passed over */
	char resting; /* of those that are between exchanges (rest.h) */
};

struct http *http_new(exchange_fn emit, void *ctx)
{
	struct http *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->env.emit = emit;
	h->env.ctx = ctx;
	head_init(&h->env.one.head);
	hpack_budget_init(&h->env.tables);
	return h;
}

static void list_add(struct http *h, struct conn *k)
{
	k->prev = NULL;
	k->next = h->newest;
	if (k->next)
		k->next->prev = k;
	else
		h->oldest = k;
	h->newest = k;
}

static void list_remove(struct http *h, struct conn *k)
{
	if (k->prev)
		k->prev->next = k->next;
	else
		h->newest = k->next;
	if (k->next)
		k->next->prev = k->prev;
	else
		h->oldest = k->prev;
}

/* conn->consumer is the caller's to set. */
static void conn_remove(struct http *h, struct conn *k)
{
	list_remove(h, k);
	conn_fini(k, &h->env);
	/* A burst must not stay for good. */
	if (h->spare_cnt == HTTP_POOL_FREE_MAX) {
		free(k);
		return;
	}
	k->next = h->spare;
	h->spare = k;
	h->spare_cnt++;
}

/* The one given last is the likeliest to be in the cache. Not cleared; NULL: memory is short. */
static struct conn *conn_take(struct http *h)
{
	struct conn *k = h->spare;

	if (!k)
		return malloc(sizeof(*k));
	h->spare = k->next;
	h->spare_cnt--;
	return k;
}

static struct conn *conn_add(struct http *h, struct connection *conn)
{
	struct conn *k = conn_take(h);

	if (!k)
		return NULL;
	conn_init(k);
	k->net = conn;
	list_add(h, k);
	conn->consumer = k;
	return k;
}

/* k rests if it can; it is gone then. */
static void conn_settle(struct http *h, struct conn *k)
{
	struct connection *conn = k->net;

	if (!rest_pack(k, &conn->consumer_note))
		return;
	conn_remove(h, k);
	conn->consumer = &h->resting;
}

/* See that there is room to hold what c brings: those that have held something for the longest are
 * the likeliest to do so in vain. */
static void make_room(struct http *h, const struct chunk *c)
{
	for (unsigned tries = 0; tries < HTTP_SHED_TRIES && h->oldest; tries++) {
		struct conn *k = h->oldest;

		if (h->env.one.pool.held + HTTP_HELD_ROOM <= HTTP_HELD_TOTAL_MAX)
			return;
		/* Its turn comes again when all others had theirs. */
		list_remove(h, k);
		list_add(h, k);
		if (conn_shed(k, &h->env, c))
			conn_settle(h, k);
	}
}

void http_free(struct http *h)
{
	if (!h)
		return;
	/* The producer may have connections open whose end it never tells. */
	while (h->newest)
		conn_remove(h, h->newest);
	while (h->spare)
		free(conn_take(h));
	pool_fini(&h->env.one.pool);
	head_fini(&h->env.one.head);
	free(h);
}

const struct http_stats *http_stats(const struct http *h)
{
	return &h->env.stats;
}

/* bytes is the chunk that gave it away. */
static void count_alien(struct http *h, struct span bytes)
{
	switch (alien_kind(bytes)) {
	case ALIEN_TLS: h->env.stats.tls_connections++; break;
	default: h->env.stats.other_connections++;
	}
}

/* Nothing more of the connection is wanted, in both directions. */
static uint64_t ignore(struct http *h, struct connection *conn)
{
	conn->consumer = &h->ignored;
	conn->want = CONNECTION_WANT_NOTHING;
	return CHUNK_SKIP_ALL;
}

/* A chunk of a connection that is busy, or becomes so. */
static uint64_t follow(struct http *h, struct conn *k, const struct chunk *c)
{
	struct connection *conn = k->net;
	uint64_t skip;

	if (chunk_is_last(c->kind)) {
		conn_end(k, &h->env, conn, c);
		conn_remove(h, k);
		conn->consumer = NULL;
		return 0;
	}
	switch (conn_chunk(k, &h->env, conn, c, &skip)) {
	case CONN_GO_ON:
		conn->want = conn_want(k);
		conn_settle(h, k);
		return skip;
	case CONN_ALIEN: count_alien(h, c->data); break;
	default: break;
	}
	conn_remove(h, k);
	return ignore(h, conn);
}

/* The first chunk. Most connections that are no HTTP are known at their first byte, and never
 * get a struct conn. */
static uint64_t first_chunk(struct http *h, struct connection *conn, const struct chunk *c)
{
	bool is_data = c->kind == CHUNK_DATA;
	struct conn *k;

	/* An end without a byte before it. */
	if (c->kind != CHUNK_GAP && !is_data)
		return 0;
	/* Empty lines may stand before the first head. */
	if (is_data && c->data.ptr[0] != '\r' && c->data.ptr[0] != '\n' &&
	    !head_may_start(c->data, HEAD_ANY) && alien_kind(c->data) != ALIEN_HTTP2) {
		count_alien(h, c->data);
		return ignore(h, conn);
	}
	k = conn_add(h, conn);
	if (k)
		return follow(h, k, c);
	h->env.stats.no_memory++;
	return ignore(h, conn);
}

/* The next chunk of a connection that rests. */
static uint64_t wake(struct http *h, struct connection *conn, const struct chunk *c)
{
	struct conn *k;

	/* Nobody waits to be told of its end. */
	if (chunk_is_last(c->kind) && rest_has_role(conn->consumer_note)) {
		conn->consumer = NULL;
		return 0;
	}
	k = conn_add(h, conn);
	if (!k) {
		h->env.stats.no_memory++;
		return ignore(h, conn);
	}
	rest_unpack(k, conn->consumer_note);
	return follow(h, k, c);
}

uint64_t http_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct http *h = ctx;

	if (conn->consumer == &h->ignored) {
		if (chunk_is_last(c->kind))
			conn->consumer = NULL;
		return CHUNK_SKIP_ALL;
	}
	make_room(h, c);
	if (!conn->consumer)
		return first_chunk(h, conn, c);
	if (conn->consumer == &h->resting)
		return wake(h, conn, c);
	return follow(h, conn->consumer, c);
}
