/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/conn.h"

#include "http/alien.h"
#include "http/h2.h"
#include "http/turn.h"

/* A connection joined in the middle is TLS when so many chunks begin like its records: one
 * alone happens by chance in a body of binary data. */
#define TLS_CHUNKS 3

void conn_init(struct conn *k)
{
	memset(k, 0, sizeof(*k));
	http1_init(&k->dirs[0], HEAD_ANY);
	http1_init(&k->dirs[1], HEAD_ANY);
	k->client_dir = CONN_DIR_UNKNOWN;
}

void conn_fini(struct conn *k, struct conn_env *env)
{
	struct waiting *w;

	while ((w = pair_pop(&k->pair)))
		waiting_free(&env->one.pool, w);
	http1_fini(&k->dirs[0], &env->one);
	http1_fini(&k->dirs[1], &env->one);
	h2_free(k->h2, &env->one.pool);
	k->h2 = NULL;
}

/* Whether by now it is TLS that was joined in the middle. */
static bool is_late_tls(struct conn *k, const struct chunk *c)
{
	if (conn_is_role_known(k) || k->dirs[c->dir].state != HTTP1_SEEK ||
	    alien_kind(c->data) != ALIEN_TLS)
		return false;
	return ++k->tls_cnt == TLS_CHUNKS;
}

/* Whether it is HTTP/2 without a preface: the server began, or the preface was not captured. */
static enum conn_result h2_recognise(const struct step *s)
{
	bool is_lost = s->k->dirs[s->c->dir].state == HTTP1_SEEK;
	enum connection_protocol told = s->net->protocol;

	if (conn_is_role_known(s->k) || http1_is_in_head(&s->k->dirs[s->c->dir]) ||
	    told == CONNECTION_PROTOCOL_HTTP1)
		return CONN_GO_ON;
	/* The peers agreed on it, or the bytes prove it. */
	if (is_lost && (told == CONNECTION_PROTOCOL_HTTP2 || h2frame_is_proof(s->c->data)))
		return turn_h2(s, H2_BEGIN_JOINED, 0);
	if (!is_lost && alien_kind(s->c->data) == ALIEN_HTTP2)
		return turn_h2(s, H2_BEGIN_SERVER, !s->c->dir);
	return CONN_GO_ON;
}

/* A response that had to be sought, where no request waits and none can be missing, is no
 * response: it is a piece of a body that looks like one. */
static bool is_impostor(const struct step *s, unsigned dir)
{
	const struct pair *p = &s->k->pair;

	return s->k->dirs[dir].was_sought && conn_is_role_known(s->k) && dir != s->k->client_dir &&
	       p->has_requests && !p->first && !p->is_request_hole;
}

/* Read a chunk to its end, head by head. */
static enum conn_result data_follow(const struct step *s, uint64_t *skip)
{
	struct http1 *f = &s->k->dirs[s->c->dir];
	unsigned dir = s->c->dir;
	struct span rest = s->c->data;
	enum conn_result r = CONN_GO_ON;

	if (is_late_tls(s->k, s->c))
		return CONN_ALIEN;
	r = h2_recognise(s);
	while (r == CONN_GO_ON && !s->k->h2) {
		switch (http1_next(f, &s->env->one, s->c, &rest)) {
		case HTTP1_HEAD:
			if (!is_impostor(s, dir)) {
				r = turn_head(s, dir);
				break;
			}
			http1_seek(f, &s->env->one);
			rest = span_from(rest, rest.len);
			break;
		case HTTP1_ALIEN: r = turn_alien(s, dir); break;
		case HTTP1_DROPPED:
			step_count_dropped(s);
			turn_hole(s, dir, false);
			break;
		case HTTP1_BAD_CHUNK:
			s->env->stats.bad_chunks++;
			turn_hole(s, dir, false);
			break;
		default:
			/* Bytes passed over unread may have been a response. */
			if (f->state == HTTP1_SEEK && !http1_is_in_head(f))
				turn_hole(s, dir, false);
			*skip = f->skip;
			return CONN_GO_ON;
		}
	}
	if (r == CONN_GO_ON)
		*skip = h2_data(s, rest);
	return r;
}

/* Whether a response that was lost may have ended HTTP: then what looks like a head may be the
 * content of a tunnel. Java's client asks for h2c on every connection, in vain; it is let off. */
static bool may_have_switched(const struct step *s, unsigned dir)
{
	const struct pair *p = &s->k->pair;

	return conn_is_role_known(s->k) && dir != s->k->client_dir && p->first &&
	       p->last->may_switch;
}

/* Bytes of this direction are missing: what is known of a head that was begun is told, then the
 * next one is looked for. */
static enum conn_result cut_follow(const struct step *s, unsigned dir)
{
	struct http1 *f = &s->k->dirs[dir];
	bool was_in_head = http1_is_in_head(f);
	bool is_at_head = f->state == HTTP1_START && (s->c->gap_len || was_in_head);
	enum conn_result r = CONN_GO_ON;

	/* A body that lasts until the end has lost some bytes, no head. */
	if (f->state == HTTP1_IGNORE)
		return r;
	if (http1_cut(f, &s->env->one) == HTTP1_HEAD) {
		r = turn_head(s, dir);
		is_at_head = false;
	} else if (was_in_head && conn_is_role_known(s->k)) {
		s->env->stats.heads_cut++;
	}
	if (r != CONN_GO_ON)
		return r;
	turn_hole(s, dir, is_at_head);
	if (!may_have_switched(s, dir))
		return CONN_GO_ON;
	turn_unanswered(s, HTTP_LOST);
	return CONN_DONE;
}

/* A head that its sender left unfinished is no message: browsers and servers drop it. */
static void head_give_up(const struct step *s, unsigned dir)
{
	struct http1 *f = &s->k->dirs[dir];

	s->env->stats.heads_unfinished += http1_is_in_head(f) && conn_is_role_known(s->k);
	http1_ignore(f, &s->env->one);
}

/* One direction is complete. */
static void fin_follow(const struct step *s, unsigned dir)
{
	head_give_up(s, dir);
	/* After its FIN a client still gets responses; after a server's none come. */
	if (conn_is_role_known(s->k) && dir != s->k->client_dir)
		turn_unanswered(s, HTTP_CLOSED);
}

/* The chunks of a connection that is known to speak HTTP/2. */
static void h2_follow(const struct step *s, uint64_t *skip)
{
	switch (s->c->kind) {
	case CHUNK_DATA: *skip = h2_data(s, s->c->data); break;
	case CHUNK_GAP: h2_gap(s); break;
	default: h2_fin(s); break;
	}
}

bool conn_speaks_h2(struct conn *k, struct conn_env *env, enum h2_begin begin, unsigned client_dir)
{
	k->h2 = h2_new(&env->tables, begin, client_dir);
	if (!k->h2)
		return false;
	env->stats.http2_connections++;
	http1_fini(&k->dirs[0], &env->one);
	http1_fini(&k->dirs[1], &env->one);
	if (begin == H2_BEGIN_JOINED) {
		env->stats.http2_joined++;
		return true;
	}
	k->client_dir = (uint8_t)client_dir;
	for (unsigned dir = 0; dir < 2; dir++) {
		/* With its preface, a direction is at its beginning, whatever was missing. */
		bool has_begun = begin == H2_BEGIN_UPGRADE ||
				 (begin == H2_BEGIN_PREFACE && dir == client_dir);

		if (k->has_hole[dir] && !has_begun)
			h2_join(k->h2, dir);
	}
	return true;
}

enum conn_result conn_chunk(struct conn *k, struct conn_env *env, const struct connection *net,
			    const struct chunk *c, uint64_t *skip)
{
	struct step s = { k, env, net, c };

	*skip = 0;
	if (k->h2) {
		h2_follow(&s, skip);
		return CONN_GO_ON;
	}
	switch (c->kind) {
	case CHUNK_DATA: return data_follow(&s, skip);
	case CHUNK_GAP:
		if (k->dirs[c->dir].state == HTTP1_IGNORE)
			*skip = CHUNK_SKIP_ALL;
		return cut_follow(&s, c->dir);
	default: fin_follow(&s, c->dir); return CONN_GO_ON;
	}
}

enum connection_want conn_want(const struct conn *k)
{
	/* The responses of a client that pipelines begin inside segments, behind bodies; frames
	 * of HTTP/2 begin anywhere. */
	return k->h2 || k->pair.has_pipelined ? CONNECTION_WANT_ALL : CONNECTION_WANT_HEADS;
}

/* A head that is half read in this direction will not be read. */
static bool head_shed(const struct step *s, unsigned dir)
{
	if (!http1_is_in_head(&s->k->dirs[dir]))
		return false;
	s->env->stats.held_over_limit++;
	http1_seek(&s->k->dirs[dir], &s->env->one);
	turn_hole(s, dir, false);
	return true;
}

bool conn_shed(struct conn *k, struct conn_env *env, const struct chunk *c)
{
	struct chunk end = { .kind = CHUNK_EVICTED, .time_ns = c->time_ns, .packet = c->packet };
	struct step s = { k, env, k->net, &end };
	bool has_shed;

	if (k->h2)
		return h2_shed(&s);
	has_shed = k->pair.waiting_cnt != 0;
	if (has_shed) {
		env->stats.held_over_limit += k->pair.waiting_cnt;
		turn_unanswered(&s, HTTP_LOST);
		/* The responses may still come, and belong to nothing then. */
		pair_request_hole(&k->pair);
	}
	has_shed |= head_shed(&s, 0);
	has_shed |= head_shed(&s, 1);
	return has_shed;
}

/* Only what the peers did themselves is blamed on them. */
static enum http_outcome outcome_of(enum chunk_kind kind)
{
	switch (kind) {
	case CHUNK_RESET: return HTTP_RESET;
	case CHUNK_CLOSED: return HTTP_CLOSED;
	case CHUNK_TIMEOUT: return HTTP_TIMEOUT;
	case CHUNK_EVICTED: return HTTP_LOST;
	default: return HTTP_PENDING;
	}
}

void conn_end(struct conn *k, struct conn_env *env, const struct connection *net,
	      const struct chunk *c)
{
	struct step s = { k, env, net, c };
	/* A response that has begun answers an earlier request than one that has. */
	unsigned server = conn_is_role_known(k) ? !k->client_dir : 0;
	bool is_our_end = c->kind == CHUNK_END || c->kind == CHUNK_EVICTED;

	if (k->h2) {
		h2_end(&s, outcome_of(c->kind));
		return;
	}
	for (unsigned i = 0; i < 2; i++) {
		unsigned dir = i ? !server : server;

		if (!is_our_end)
			head_give_up(&s, dir);
		else if (http1_cut(&k->dirs[dir], &env->one) == HTTP1_HEAD &&
			 turn_head(&s, dir) != CONN_GO_ON)
			return;
	}
	if (!conn_is_role_known(k))
		env->stats.other_connections++;
	else
		turn_unanswered(&s, outcome_of(c->kind));
}
