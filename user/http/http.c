/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/http.h"

#include <stdlib.h>

#include "http/alien.h"
#include "http/conn.h"

#define HTTP_COUNTER_ROW(name, class, help) COUNTER_ROW(http_stats, name, class, help)
const struct counter http_counters[] = { HTTP_COUNTERS(HTTP_COUNTER_ROW) };
const size_t http_counters_cnt = sizeof(http_counters) / sizeof(http_counters[0]);

struct http {
	struct conn_env env;
	struct conn *conns; /* all that are open, newest first */
	char ignored;       /* its address is the consumer of connections that are passed over,
			     * which so cost no memory */
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

/* conn->consumer is the caller's to set. */
static void conn_remove(struct http *h, struct conn *k)
{
	if (k->prev)
		k->prev->next = k->next;
	else
		h->conns = k->next;
	if (k->next)
		k->next->prev = k->prev;
	conn_fini(k, &h->env);
	free(k);
}

/* The list is there for http_free() alone. */
static struct conn *conn_add(struct http *h)
{
	struct conn *k = malloc(sizeof(*k));

	if (!k)
		return NULL;
	conn_init(k);
	k->next = h->conns;
	if (k->next)
		k->next->prev = k;
	h->conns = k;
	return k;
}

void http_free(struct http *h)
{
	if (!h)
		return;
	/* The producer may have connections open whose end it never tells. */
	while (h->conns)
		conn_remove(h, h->conns);
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

/* The first chunk. Most connections that are no HTTP are known at their first byte, and never
 * get a struct conn. */
static uint64_t first_chunk(struct http *h, struct connection *conn, const struct chunk *c)
{
	bool is_data = c->kind == CHUNK_DATA;

	/* An end without a byte before it. */
	if (c->kind != CHUNK_GAP && !is_data)
		return 0;
	/* Empty lines may stand before the first head. */
	if (is_data && c->data.ptr[0] != '\r' && c->data.ptr[0] != '\n' &&
	    !head_may_start(c->data, HEAD_ANY) && alien_kind(c->data) != ALIEN_HTTP2) {
		count_alien(h, c->data);
		return ignore(h, conn);
	}
	conn->consumer = conn_add(h);
	if (conn->consumer)
		return http_chunk(h, conn, c);
	h->env.stats.no_memory++;
	return ignore(h, conn);
}

uint64_t http_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct http *h = ctx;
	struct conn *k;
	uint64_t skip;

	if (conn->consumer == &h->ignored) {
		if (chunk_is_last(c->kind))
			conn->consumer = NULL;
		return CHUNK_SKIP_ALL;
	}
	k = conn->consumer;
	if (!k)
		return first_chunk(h, conn, c);
	if (chunk_is_last(c->kind)) {
		conn_end(k, &h->env, conn, c);
		conn_remove(h, k);
		conn->consumer = NULL;
		return 0;
	}
	switch (conn_chunk(k, &h->env, conn, c, &skip)) {
	case CONN_GO_ON: conn->want = conn_want(k); return skip;
	case CONN_ALIEN: count_alien(h, c->data); break;
	default: break;
	}
	conn_remove(h, k);
	return ignore(h, conn);
}
