/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/conn.h"

#include "http/alien.h"
#include "http/h2.h"
#include "http/step.h"

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

/* Known from the first head on, in either direction. */
static bool is_role_known(const struct conn *k)
{
	return k->client_dir != CONN_DIR_UNKNOWN;
}

/* Tell w, which never gets a response, and give it back. */
static void tell_unanswered(const struct step *s, struct waiting *w, enum http_outcome outcome)
{
	step_tell(s, &(struct step_parts){ .request = &w->request,
					   .outcome = w->is_doubtful ? HTTP_LOST : outcome });
	waiting_free(&s->env->one.pool, w);
}

/* For everything that ends the direction of responses. */
static void tell_all_unanswered(const struct step *s, enum http_outcome outcome)
{
	struct waiting *w;

	while ((w = pair_pop(&s->k->pair)))
		tell_unanswered(s, w, outcome);
}

/* A hole in the responses puts every request that waits in doubt. */
static void response_hole(const struct step *s, bool is_at_head)
{
	struct pair *p = &s->k->pair;
	uint16_t before = p->doubtful_cnt;

	pair_response_hole(p, is_at_head);
	if (s->c->kind == CHUNK_GAP && s->c->is_cut)
		s->env->stats.cut_lost += (uint16_t)(p->doubtful_cnt - before);
}

/* Messages may be missing from here on in this direction. */
static void hole(const struct step *s, unsigned dir, bool is_at_head)
{
	if (!is_role_known(s->k))
		s->k->has_hole[dir] = true;
	else if (dir == s->k->client_dir)
		pair_request_hole(&s->k->pair);
	else
		response_hole(s, is_at_head);
}

/* The first head is here. What was missed before it has a meaning only now. */
static void role_set(const struct step *s, unsigned dir, bool is_request)
{
	struct conn *k = s->k;

	k->client_dir = (uint8_t)(is_request ? dir : !dir);
	k->dirs[k->client_dir].role = HEAD_REQUEST;
	k->dirs[!k->client_dir].role = HEAD_RESPONSE;
	for (unsigned d = 0; d < 2; d++) {
		if (k->has_hole[d])
			hole(s, d, false);
	}
}

/* Everything that a head says of itself and of its place, once a head. */
static void count_head(const struct step *s, const struct http1 *f)
{
	const struct head *h = &s->env->one.head;

	step_count_head(s);
	s->env->stats.resyncs += f->was_sought;
	s->env->stats.framing_conflicts +=
		(h->flaws &
		 (HTTP_FLAW_LENGTHS_DIFFER | HTTP_FLAW_LENGTH_AND_TE | HTTP_FLAW_BAD_LENGTH)) ||
		/* A server cannot find the end of such a request (RFC 9112, 6.3). */
		(h->is_request && h->coding == HEAD_CODING_OTHER);
}

/* The framer knows where the head began and ended, the parser does not. */
static void message_stamp(struct http_message *m, const struct http1 *f)
{
	m->time_ns = f->time_ns;
	m->packet = f->packet;
	m->packet_last = f->packet_last;
}

/* Go on behind a head, or look for the next one where its body's end cannot be told. */
static void body_follow(const struct step *s, unsigned dir, const struct body *b)
{
	http1_body(&s->k->dirs[dir], &s->env->one, b);
	if (b->kind == BODY_UNKNOWN)
		hole(s, dir, false);
}

/* Keep a request until its response comes. Without room it is as good as lost. */
static void request_keep(const struct step *s, const struct http1 *f)
{
	struct http_request r;
	struct waiting *w;

	if (s->k->pair.waiting_cnt == HTTP_PIPELINE_MAX) {
		s->env->stats.pipeline_over_limit++;
		pair_request_hole(&s->k->pair);
		return;
	}
	/* What r borrows is copied by waiting_new(). */
	message_request(&s->env->one.head, &r);
	message_stamp(&r.m, f);
	r.is_tls = s->net->is_tls;
	w = waiting_new(&s->env->one.pool, &r);
	if (w) {
		w->may_switch = s->env->one.head.has_upgrade || span_is(r.method, "CONNECT");
		pair_add(&s->k->pair, w);
		return;
	}
	step_count_dropped(s);
	pair_request_hole(&s->k->pair);
}

/* HTTP/2 from here on. What still waits for a response of HTTP/1 gets none. */
static enum conn_result h2_enter(const struct step *s, enum h2_begin begin, unsigned client_dir)
{
	tell_all_unanswered(s, HTTP_INVALID);
	if (conn_speaks_h2(s->k, s->env, begin, client_dir))
		return CONN_GO_ON;
	s->env->stats.no_memory++;
	return CONN_DONE;
}

/* A request head. Its response is waited for, whatever becomes of its body: a response may come
 * before that has ended. */
static enum conn_result request_take(const struct step *s, unsigned dir)
{
	struct http1 *f = &s->k->dirs[dir];
	struct body b;

	if (s->env->one.head.version == HTTP_2)
		return h2_enter(s, H2_BEGIN_PREFACE, dir);
	s->env->stats.requests++;
	request_keep(s, f);
	if (s->env->one.head.version == HTTP_0_9) {
		/* One request, and nothing after it (RFC 1945, 4.1). */
		http1_ignore(f, &s->env->one);
		return CONN_GO_ON;
	}
	b = framing_request(&s->env->one.head);
	body_follow(s, dir, &b);
	return CONN_GO_ON;
}

/* A 1xx head belongs to the oldest request, which goes on waiting. */
static enum conn_result informational_take(const struct step *s, unsigned dir)
{
	/* No method gives a 1xx head a body. */
	struct body b = framing_response(&s->env->one.head, span_text(""));

	s->env->stats.informational++;
	if (s->k->pair.informational_cnt < UINT8_MAX)
		s->k->pair.informational_cnt++;
	body_follow(s, dir, &b);
	return CONN_GO_ON;
}

/* Both directions are no HTTP/1 any more; what still waits gets nothing that can be read. */
static enum conn_result tunnel_enter(const struct step *s)
{
	s->env->stats.upgrades++;
	/* Requests behind the one that switched: their bytes were taken for the new protocol's. */
	tell_all_unanswered(s, HTTP_INVALID);
	return CONN_DONE;
}

/* The request that asked for HTTP/2 is answered there, on stream 1 (RFC 7540, 3.2). Which one that
 * is may not be known. */
static enum conn_result upgrade_enter(const struct step *s, const struct pair_match *m)
{
	struct waiting *w = m->is_unsure ? NULL : m->request;
	enum conn_result r;

	if (m->request && !w)
		tell_unanswered(s, m->request, HTTP_LOST);
	s->env->stats.upgrades++;
	r = h2_enter(s, H2_BEGIN_UPGRADE, s->k->client_dir);
	if (r == CONN_GO_ON)
		h2_upgraded(s, w);
	else
		waiting_free(&s->env->one.pool, w);
	return r;
}

/* Tell the response in env->head with its request, if m has one. */
static void response_tell(const struct step *s, struct pair_match *m, const struct http1 *f)
{
	const struct head *h = &s->env->one.head;
	struct http_response r;

	message_response(h, &r);
	message_stamp(&r.m, f);
	r.informational_cnt = s->k->pair.informational_cnt;
	/* The next response counts its own. */
	s->k->pair.informational_cnt = 0;
	if (!m->request)
		s->env->stats.responses_without_request++;
	step_tell(s, &(struct step_parts){ .request = m->request ? &m->request->request : NULL,
					   .response = &r,
					   .outcome = m->request ? HTTP_RESPONSE : HTTP_LOST,
					   .is_unsure = m->is_unsure });
}

/* A response head: a final one, or one more before it. Requests that it proves to be lost are told
 * first, so that exchanges come in the order of their requests. */
static enum conn_result response_take(const struct step *s, unsigned dir)
{
	const struct head *h = &s->env->one.head;
	struct pair_match m;
	struct body b;

	if (h->status / 100 == 1 && h->status != 101)
		return informational_take(s, dir);
	s->env->stats.responses++;
	pair_match(&s->k->pair, &m);
	while (m.lost) {
		struct waiting *w = m.lost;

		m.lost = w->next;
		w->is_doubtful = true;
		tell_unanswered(s, w, HTTP_LOST);
	}
	if (h->status == 101 && h->has_h2c)
		return upgrade_enter(s, &m);
	response_tell(s, &m, &s->k->dirs[dir]);
	/* Only a sure pairing says whether the method was HEAD or CONNECT. */
	b = framing_response(h, m.request && !m.is_unsure ? m.request->request.method
							  : (struct span){ 0 });
	waiting_free(&s->env->one.pool, m.request);
	if (b.kind == BODY_TUNNEL)
		return tunnel_enter(s);
	body_follow(s, dir, &b);
	return CONN_GO_ON;
}

/* A head in either direction; the first one gives the roles. */
static enum conn_result head_take(const struct step *s, unsigned dir)
{
	count_head(s, &s->k->dirs[dir]);
	if (!is_role_known(s->k))
		role_set(s, dir, s->env->one.head.is_request);
	return dir == s->k->client_dir ? request_take(s, dir) : response_take(s, dir);
}

/* The response to a request of HTTP/0.9 is its body alone (RFC 1945, 6). */
static void simple_response_take(const struct step *s, unsigned dir)
{
	struct waiting *w = pair_pop(&s->k->pair);
	/* There is no status; browsers take it for 200. */
	struct http_response r = { .m.version = HTTP_0_9, .status = 200 };

	r.m.time_ns = s->k->dirs[dir].time_ns;
	r.m.packet = r.m.packet_last = s->k->dirs[dir].packet;
	s->env->stats.responses++;
	step_tell(s, &(struct step_parts){ .request = &w->request,
					   .response = &r,
					   .outcome = HTTP_RESPONSE,
					   .is_unsure = s->k->pair.is_request_hole });
	waiting_free(&s->env->one.pool, w);
	http1_ignore(&s->k->dirs[dir], &s->env->one);
}

/* Where a start line was due, something else came. */
static enum conn_result alien_take(const struct step *s, unsigned dir)
{
	struct pair *p = &s->k->pair;

	if (!is_role_known(s->k))
		return CONN_ALIEN;
	if (dir != s->k->client_dir && p->first && p->first->request.m.version == HTTP_0_9) {
		simple_response_take(s, dir);
		return CONN_GO_ON;
	}
	s->env->stats.bad_heads++;
	/* After a hole it may be the rest of another response, and then proves nothing. */
	if (dir != s->k->client_dir && p->first && !p->is_response_hole)
		tell_unanswered(s, pair_pop(p), HTTP_INVALID);
	http1_seek(&s->k->dirs[dir], &s->env->one);
	hole(s, dir, false);
	return CONN_GO_ON;
}

/* Whether by now it is TLS that was joined in the middle. */
static bool is_late_tls(struct conn *k, const struct chunk *c)
{
	if (is_role_known(k) || k->dirs[c->dir].state != HTTP1_SEEK ||
	    alien_kind(c->data) != ALIEN_TLS)
		return false;
	return ++k->tls_cnt == TLS_CHUNKS;
}

/* Whether it is HTTP/2 without a preface: the server began, or the preface was not captured. */
static enum conn_result h2_recognise(const struct step *s)
{
	bool is_lost = s->k->dirs[s->c->dir].state == HTTP1_SEEK;
	enum connection_protocol told = s->net->protocol;

	if (is_role_known(s->k) || http1_is_in_head(&s->k->dirs[s->c->dir]) ||
	    told == CONNECTION_PROTOCOL_HTTP1)
		return CONN_GO_ON;
	/* The peers agreed on it, or the bytes prove it. */
	if (is_lost && (told == CONNECTION_PROTOCOL_HTTP2 || h2frame_is_proof(s->c->data)))
		return h2_enter(s, H2_BEGIN_JOINED, 0);
	if (!is_lost && alien_kind(s->c->data) == ALIEN_HTTP2)
		return h2_enter(s, H2_BEGIN_SERVER, !s->c->dir);
	return CONN_GO_ON;
}

/* A response that had to be sought, where no request waits and none can be missing, is no
 * response: it is a piece of a body that looks like one. */
static bool is_impostor(const struct step *s, unsigned dir)
{
	const struct pair *p = &s->k->pair;

	return s->k->dirs[dir].was_sought && is_role_known(s->k) && dir != s->k->client_dir &&
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
				r = head_take(s, dir);
				break;
			}
			http1_seek(f, &s->env->one);
			rest = span_from(rest, rest.len);
			break;
		case HTTP1_ALIEN: r = alien_take(s, dir); break;
		case HTTP1_DROPPED:
			step_count_dropped(s);
			hole(s, dir, false);
			break;
		case HTTP1_BAD_CHUNK:
			s->env->stats.bad_chunks++;
			hole(s, dir, false);
			break;
		default:
			/* Bytes passed over unread may have been a response. */
			if (f->state == HTTP1_SEEK && !http1_is_in_head(f))
				hole(s, dir, false);
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

	return is_role_known(s->k) && dir != s->k->client_dir && p->first && p->last->may_switch;
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
		r = head_take(s, dir);
		is_at_head = false;
	} else if (was_in_head && is_role_known(s->k)) {
		s->env->stats.heads_cut++;
	}
	if (r != CONN_GO_ON)
		return r;
	hole(s, dir, is_at_head);
	if (!may_have_switched(s, dir))
		return CONN_GO_ON;
	tell_all_unanswered(s, HTTP_LOST);
	return CONN_DONE;
}

/* A head that its sender left unfinished is no message: browsers and servers drop it. */
static void head_give_up(const struct step *s, unsigned dir)
{
	struct http1 *f = &s->k->dirs[dir];

	s->env->stats.heads_unfinished += http1_is_in_head(f) && is_role_known(s->k);
	http1_ignore(f, &s->env->one);
}

/* One direction is complete. */
static void fin_follow(const struct step *s, unsigned dir)
{
	head_give_up(s, dir);
	/* After its FIN a client still gets responses; after a server's none come. */
	if (is_role_known(s->k) && dir != s->k->client_dir)
		tell_all_unanswered(s, HTTP_CLOSED);
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
	hole(s, dir, false);
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
		tell_all_unanswered(&s, HTTP_LOST);
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
	unsigned server = is_role_known(k) ? !k->client_dir : 0;
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
			 head_take(&s, dir) != CONN_GO_ON)
			return;
	}
	if (!is_role_known(k))
		env->stats.other_connections++;
	else
		tell_all_unanswered(&s, outcome_of(c->kind));
}
