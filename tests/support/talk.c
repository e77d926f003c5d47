/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void log_add(struct talk *t, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->log + t->log_len, TALK_LOG_MAX - t->log_len, format, args);
	va_end(args);
	assert_true(n >= 0 && (size_t)n < TALK_LOG_MAX - t->log_len);
	t->log_len += (size_t)n;
}

static void log_data(struct talk *t, const struct chunk *c)
{
	if (t->last_dir == c->dir)
		t->log_len--; /* go on before the closing quote */
	else
		log_add(t, "%s%u\"", t->log_len ? " " : "", c->dir);
	log_add(t, "%.*s\"", (int)c->data.len, (const char *)c->data.ptr);
	t->last_dir = c->dir;
}

static uint64_t on_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	static const char *const names[] = { "data",   "gap",     "fin",     "reset",
					     "closed", "timeout", "evicted", "end" };
	struct talk *t = ctx;
	const char *blank = t->log_len ? " " : "";
	uint64_t skip = t->skip[c->dir];

	(void)conn;
	if (c->kind == CHUNK_DATA) {
		log_data(t, c);
		t->skip[c->dir] = skip == CHUNK_SKIP_ALL ? skip : 0;
		return skip;
	}
	t->last_dir = -1;
	if (c->kind == CHUNK_GAP && c->gap_len)
		log_add(t, "%s%ugap(%llu)", blank, c->dir, (unsigned long long)c->gap_len);
	else if (c->kind == CHUNK_GAP)
		log_add(t, "%s%ugap(?)", blank, c->dir);
	else if (c->kind <= CHUNK_CLOSED)
		log_add(t, "%s%u%s", blank, c->dir, names[c->kind]);
	else
		log_add(t, "%s%s", blank, names[c->kind]);
	return 0;
}

static bool was_cut(void *ctx, const struct endpoint *src, const struct endpoint *dst,
		    uint32_t from, uint32_t until)
{
	struct talk *t = ctx;
	uint32_t base = t->isn[t->cut.dir] + 1;

	(void)dst;
	return src->port == t->ends[t->cut.dir].port && from == base + (uint32_t)t->cut.from &&
	       until == base + (uint32_t)t->cut.until;
}

static void on_want(void *ctx, const struct connection *conn, const uint32_t first[2],
		    const bool has_first[2])
{
	struct talk *t = ctx;

	(void)first;
	(void)has_first;
	t->wants++;
	t->want = conn->want;
}

struct talk *talk_new(uint32_t flows_max, uint32_t hold_max)
{
	struct talk *t = calloc(1, sizeof(*t));
	struct net_config config = {
		.flows_max = flows_max, .hold_max = hold_max, .seed = 1, .emit = on_chunk, .ctx = t
	};

	if (!t)
		return NULL;
	t->capture = (struct net_capture){ .was_cut = was_cut, .want = on_want, .ctx = t };
	config.capture = &t->capture;
	t->net = net_new(&config);
	if (!t->net) {
		free(t);
		return NULL;
	}
	t->ends[0] = packets_endpoint("10.9.0.1", 51234);
	t->ends[1] = packets_endpoint("10.9.0.2", 8080);
	t->isn[0] = 0xfffffff0; /* wraps within the first bytes */
	t->isn[1] = 0x7ffffff8; /* crosses the sign of a distance */
	t->time_ns = 1700000000ull * 1000000000;
	t->last_dir = -1;
	return t;
}

void talk_free(struct talk *t)
{
	if (!t)
		return;
	net_free(t->net);
	free(t);
}

int talk_begin(void **state)
{
	*state = talk_new(0, 0);
	return *state ? 0 : -1;
}

int talk_end(void **state)
{
	talk_free(*state);
	return 0;
}

void talk_send_bytes(struct talk *t, unsigned dir, int64_t seq, int64_t ack, uint8_t flags,
		     const void *payload, size_t len)
{
	struct packet p = packets_frame(&t->room, &t->ends[dir], &t->ends[1 - dir],
					t->isn[dir] + 1 + (uint32_t)seq,
					t->isn[1 - dir] + 1 + (uint32_t)ack, flags, payload, len);

	p.time_ns = t->time_ns;
	p.number = ++t->number;
	t->time_ns += 1000000;
	net_packet(t->net, &p);
}

void talk_send(struct talk *t, unsigned dir, int64_t seq, int64_t ack, uint8_t flags,
	       const char *payload)
{
	talk_send_bytes(t, dir, seq, ack, flags, payload, strlen(payload));
}

void talk_handshake(struct talk *t)
{
	talk_send(t, 0, -1, 0, TCP_SYN, "");
	talk_send(t, 1, -1, 0, TCP_SYN | TCP_ACK, "");
	talk_send(t, 0, 0, 0, TCP_ACK, "");
}

const char *talk_log(struct talk *t)
{
	t->log[t->log_len] = 0;
	t->log_len = 0;
	t->last_dir = -1;
	return t->log;
}

const char *talk_finish(struct talk *t)
{
	net_finish(t->net);
	return talk_log(t);
}

const struct net_stats *talk_stats(const struct talk *t)
{
	return net_stats(t->net);
}
