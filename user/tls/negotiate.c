/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/negotiate.h"

#include "tls/unlock.h"

static void client_hello(struct session *s, unsigned dir, struct span body)
{
	struct hello_client h;

	if (!hello_client_read(body, &h) ||
	    (s->client_dir != SESSION_DIR_UNKNOWN && s->client_dir != dir)) {
		session_fail(s, SESSION_BAD_HELLO);
		return;
	}
	s->client_dir = (uint8_t)dir;
	memcpy(s->client_random, h.random, TLS_RANDOM_LEN);
	s->has_client_random = true;
	/* After HelloRetryRequest there is none (RFC 8446, 4.1.2). */
	s->has_early = h.has_early_data && !s->has_retry && !s->suite;
}

/* Both hellos come again. */
static void hello_retry(struct session *s, struct session_env *env)
{
	env->stats.early_refused += s->has_early;
	s->has_retry = true;
	s->has_early = false;
	waiting_clear(&s->waiting, &env->waiting);
}

static void server_hello(struct session *s, struct session_env *env, unsigned dir, struct span body)
{
	struct hello_server h;

	if (!hello_server_read(body, &h) || s->client_dir == dir) {
		session_fail(s, SESSION_BAD_HELLO);
		return;
	}
	s->client_dir = !dir;
	if (h.is_retry) {
		hello_retry(s, env);
		return;
	}
	if (h.version != TLS_1_2 && h.version != TLS_1_3) {
		session_fail(s, SESSION_VERSION);
		return;
	}
	s->suite = suite_find(h.suite);
	if (!s->suite || s->suite->is_13 != (h.version == TLS_1_3)) {
		s->suite = NULL;
		session_fail(s, SESSION_CIPHER);
		return;
	}
	memcpy(s->server_random, h.random, TLS_RANDOM_LEN);
	s->is_etm = h.is_etm;
	if (!s->suite->is_13) {
		env->stats.early_refused += s->has_early;
		s->has_early = false;
		s->plain.protocol = h.protocol;
		return;
	}
	session_enter(s, dir, EPOCH_HANDSHAKE);
	if (!s->has_early)
		session_enter(s, !dir, EPOCH_HANDSHAKE);
}

static void extensions(struct session *s, struct session_env *env, unsigned dir, struct span body)
{
	struct hello_extensions h;

	if (!hello_extensions_read(body, &h))
		return;
	s->plain.protocol = h.protocol;
	if (!s->has_early)
		return;
	s->has_early = false;
	env->stats.early_data += h.has_early_data;
	env->stats.early_refused += !h.has_early_data;
	if (h.has_early_data) {
		session_enter(s, !dir, EPOCH_EARLY);
		return;
	}
	/* More of what was refused may come before the client knows. */
	waiting_clear(&s->waiting, &env->waiting);
	session_enter(s, !dir, EPOCH_HANDSHAKE);
	s->sides[!dir].is_unsure = true;
}

void negotiate_early_unknown(struct session *s)
{
	s->has_early = false;
	session_enter(s, s->client_dir, EPOCH_EARLY);
	s->sides[s->client_dir].is_unsure = true;
}

static void message_13(struct session *s, struct session_env *env, unsigned dir,
		       const struct handshake_message *m)
{
	struct side *d = &s->sides[dir];

	switch (m->type) {
	case HANDSHAKE_EXTENSIONS:
		if (d->epoch == EPOCH_HANDSHAKE && dir != s->client_dir)
			extensions(s, env, dir, m->body);
		break;
	case HANDSHAKE_END_OF_EARLY_DATA:
		if (d->epoch == EPOCH_EARLY)
			session_enter(s, dir, EPOCH_HANDSHAKE);
		break;
	case HANDSHAKE_FINISHED:
		/* Later ones are of a client's certificate (RFC 8446, 4.6.2). */
		if (d->epoch == EPOCH_HANDSHAKE)
			session_enter(s, dir, EPOCH_DATA);
		break;
	case HANDSHAKE_KEY_UPDATE:
		if (d->epoch != EPOCH_DATA)
			break;
		env->stats.key_updates++;
		unlock_update(s, env, dir);
		break;
	default: break;
	}
}

void negotiate_message(struct session *s, struct session_env *env, unsigned dir,
		       const struct handshake_message *m)
{
	bool is_hello_time = s->sides[dir].epoch == EPOCH_PLAIN || (s->suite && !s->suite->is_13);

	if (m->type == HANDSHAKE_CLIENT_HELLO && is_hello_time)
		client_hello(s, dir, m->body);
	else if (m->type == HANDSHAKE_SERVER_HELLO && is_hello_time)
		server_hello(s, env, dir, m->body);
	else if (session_is_13(s))
		message_13(s, env, dir, m);
}
