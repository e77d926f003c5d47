/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/tls.h"

#include <stdlib.h>

#include <openssl/crypto.h>

#include "base/limits.h"
#include "tls/session.h"

#define TLS_COUNTER_ROW(name, class, help) COUNTER_ROW(tls_stats, name, class, help)
const struct counter tls_counters[] = { TLS_COUNTERS(TLS_COUNTER_ROW) };
const size_t tls_counters_cnt = sizeof(tls_counters) / sizeof(tls_counters[0]);

/* What connection.between points to where it is no session. */
struct marks {
	char passing;   /* it is no TLS, or came when there were no secrets */
	char ignored;   /* nothing more of it can be read, and nobody was told of it */
	char joined[4]; /* not known yet; only CHUNK_GAP was seen, of directions 1, 2 or both */
};

struct tls {
	struct session_env env;
	struct session *sessions; /* all, newest first */
	uint32_t sessions_cnt;
	struct marks marks;
};

struct tls *tls_new(const struct tls_config *config)
{
	struct tls *t = calloc(1, sizeof(*t));

	if (t)
		t->env.config = *config;
	return t;
}

static void session_remove(struct tls *t, struct session *s)
{
	if (s->prev)
		s->prev->next = s->next;
	else
		t->sessions = s->next;
	if (s->next)
		s->next->prev = s->prev;
	t->sessions_cnt--;
	session_fini(s, &t->env);
	free(s);
}

/* NULL, counted, when there is no room. */
static struct session *session_add(struct tls *t, const struct connection *conn)
{
	struct session *s = NULL;

	if (t->sessions_cnt == TLS_CONNECTIONS_MAX)
		t->env.stats.over_limit++;
	else if (!(s = malloc(sizeof(*s))))
		t->env.stats.no_memory++;
	if (!s)
		return NULL;
	session_init(s, conn);
	s->next = t->sessions;
	if (s->next)
		s->next->prev = s;
	t->sessions = s;
	t->sessions_cnt++;
	return s;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	while (t->sessions)
		session_remove(t, t->sessions);
	buffers_fini(&t->env.buffers);
	cipher_env_fini(&t->env.cipher);
	OPENSSL_cleanse(&t->env, sizeof(t->env));
	free(t);
}

const struct tls_stats *tls_stats(const struct tls *t)
{
	return &t->env.stats;
}

const char *tls_library_version(void)
{
	return OpenSSL_version(OPENSSL_VERSION_STRING);
}

static uint64_t pass_on(struct tls *t, struct connection *conn, const struct chunk *c)
{
	return t->env.config.emit(t->env.config.ctx, conn, c);
}

/* Nothing more of the connection is wanted. */
static uint64_t ignore(struct tls *t, struct connection *conn)
{
	conn->between = &t->marks.ignored;
	conn->want = CONNECTION_WANT_NOTHING;
	return CHUNK_SKIP_ALL;
}

/* How many bytes of a record's head it takes to tell TLS from all else. */
#define TELLING_LEN 3

static bool starts_like(struct span data, uint8_t type)
{
	const uint8_t head[TELLING_LEN] = { type, 3 };
	size_t n = data.len < 2 ? data.len : 2;

	return memcmp(data.ptr, head, n) == 0 && (data.len < TELLING_LEN || data.ptr[2] <= 4);
}

/* Which directions' gaps are not passed on yet: bit 0 and 1. */
static unsigned joined_of(const struct tls *t, const struct connection *conn)
{
	return conn->between ? (unsigned)((char *)conn->between - t->marks.joined) : 0;
}

/* It is no TLS that can be read: the consumer is told what was kept back, then c. */
static uint64_t let_pass(struct tls *t, struct connection *conn, const struct chunk *c)
{
	unsigned joined = joined_of(t, conn);
	uint64_t skip[2] = { 0, 0 };

	conn->between = &t->marks.passing;
	for (uint8_t dir = 0; dir < 2; dir++) {
		struct chunk gap = { .kind = CHUNK_GAP, .dir = dir, .time_ns = c->time_ns };

		if (joined >> dir & 1)
			skip[dir] = pass_on(t, conn, &gap);
	}
	if (chunk_is_last(c->kind))
		conn->between = NULL;
	else if (c->kind == CHUNK_DATA && skip[c->dir] == CHUNK_SKIP_ALL)
		return CHUNK_SKIP_ALL;
	return pass_on(t, conn, c);
}

static uint64_t take_over(struct tls *t, struct connection *conn, const struct chunk *c)
{
	struct session *s = session_add(t, conn);

	if (!s)
		return ignore(t, conn);
	t->env.stats.tls_followed++;
	conn->between = s;
	/* Where a record ends is not seen from outside. */
	conn->want = CONNECTION_WANT_ALL;
	return tls_chunk(t, conn, c);
}

/* A connection of which nothing but holes was seen. */
static uint64_t first_chunk(struct tls *t, struct connection *conn, const struct chunk *c)
{
	bool is_active = t->env.config.more || tls_keys_has_any(t->env.config.keys);

	if (!is_active)
		return let_pass(t, conn, c);
	if (c->kind == CHUNK_GAP && c->gap_len == 0) {
		conn->between = &t->marks.joined[joined_of(t, conn) | 1u << c->dir];
		return 0;
	}
	if (c->kind != CHUNK_DATA)
		return let_pass(t, conn, c);
	if (starts_like(c->data, 22))
		return take_over(t, conn, c);
	/* Records, but the handshake before them was not seen. */
	if (joined_of(t, conn) && c->data.len >= TELLING_LEN && starts_like(c->data, 23))
		t->env.stats.no_hello++;
	return let_pass(t, conn, c);
}

static bool is_undecided(const struct tls *t, const struct connection *conn)
{
	const char *mark = conn->between;

	return !mark || (mark >= t->marks.joined && mark < t->marks.joined + 4);
}

static uint64_t follow(struct tls *t, struct connection *conn, const struct chunk *c)
{
	struct session *s = conn->between;
	uint64_t skip = 0;

	if (chunk_is_last(c->kind)) {
		session_end(s, &t->env, c);
		session_remove(t, s);
		conn->between = NULL;
		return 0;
	}
	if (session_chunk(s, &t->env, c, &skip)) {
		if (s->plain.want == CONNECTION_WANT_NOTHING)
			conn->want = CONNECTION_WANT_NOTHING;
		return skip;
	}
	session_remove(t, s);
	return ignore(t, conn);
}

uint64_t tls_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct tls *t = ctx;

	if (conn->between == &t->marks.passing) {
		if (chunk_is_last(c->kind))
			conn->between = NULL;
		return pass_on(t, conn, c);
	}
	if (is_undecided(t, conn))
		return first_chunk(t, conn, c);
	if (conn->between != &t->marks.ignored)
		return follow(t, conn, c);
	if (chunk_is_last(c->kind))
		conn->between = NULL;
	return CHUNK_SKIP_ALL;
}
