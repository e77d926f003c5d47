/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/turn.h"

#include "http/h2.h"

/* Tell w, which never gets a response, and give it back. */
static void tell_unanswered(const struct step *s, struct waiting *w, enum http_outcome outcome)
{
	step_tell(s, &(struct step_parts){ .request = &w->request,
					   .outcome = w->is_doubtful ? HTTP_LOST : outcome });
	waiting_free(&s->env->one.pool, w);
}

void turn_unanswered(const struct step *s, enum http_outcome outcome)
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

void turn_hole(const struct step *s, unsigned dir, bool is_at_head)
{
	if (!conn_is_role_known(s->k))
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
			turn_hole(s, d, false);
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
		turn_hole(s, dir, false);
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

enum conn_result turn_h2(const struct step *s, enum h2_begin begin, unsigned client_dir)
{
	turn_unanswered(s, HTTP_INVALID);
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
		return turn_h2(s, H2_BEGIN_PREFACE, dir);
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
	turn_unanswered(s, HTTP_INVALID);
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
	r = turn_h2(s, H2_BEGIN_UPGRADE, s->k->client_dir);
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

enum conn_result turn_head(const struct step *s, unsigned dir)
{
	count_head(s, &s->k->dirs[dir]);
	if (!conn_is_role_known(s->k))
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

enum conn_result turn_alien(const struct step *s, unsigned dir)
{
	struct pair *p = &s->k->pair;

	if (!conn_is_role_known(s->k))
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
	turn_hole(s, dir, false);
	return CONN_GO_ON;
}
