/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/h2message.h"

#include "http/h2head.h"

/* Clients open streams of odd numbers, servers promise even ones (RFC 9113, 5.1.1). */
static bool is_promised(uint32_t stream)
{
	return stream % 2 == 0;
}

void h2message_request_miss(struct h2 *h, uint32_t stream)
{
	if (h->holes_below <= stream)
		h->holes_below = stream + 1;
}

void h2message_unanswered(const struct step *s, struct h2stream *row, struct step_parts parts)
{
	struct waiting *w;

	parts.stream = row->id;
	w = h2streams_take(&s->k->h2->streams, row);
	parts.request = &w->request;
	if (w->is_doubtful)
		parts.outcome = HTTP_LOST;
	step_tell(s, &parts);
	waiting_free(&s->env->one.pool, w);
}

void h2message_unanswered_above(const struct step *s, uint32_t last, struct step_parts parts)
{
	struct h2streams *t = &s->k->h2->streams;

	for (uint32_t i = 0; i < t->cnt;) {
		struct h2stream *row = h2streams_at(t, i);

		if (row->id > last)
			h2message_unanswered(s, row, parts);
		else
			i++;
	}
}

void h2message_refused(const struct step *s)
{
	const struct h2 *h = s->k->h2;

	h2message_unanswered_above(s, h->goaway_last,
				   (struct step_parts){ .outcome = HTTP_REFUSED,
							.has_error_code = true,
							.error_code = h->goaway_error });
}

/* When and where the message's block came. */
static void message_stamp(const struct h2_dir *d, struct http_message *m)
{
	m->time_ns = d->block.time_ns;
	m->packet = d->block.packet;
	m->packet_last = d->read.packet_last;
}

/* Keep a request until its response comes. */
static void request_take(const struct step *s, const struct h2_dir *d)
{
	struct h2 *h = s->k->h2;
	const struct head *head = &s->env->one.head;
	uint32_t stream = d->block.stream;
	struct http_request r;
	struct waiting *w;

	s->env->stats.requests++;
	/* Requests come in the order of their streams: those before this one have come. */
	if (h->holes_below == H2_HOLE_OPEN)
		h->holes_below = stream;
	if (!head->method.len || !head->target.len) {
		s->env->stats.http2_requests_unknown++;
		h2message_request_miss(h, stream);
		return;
	}
	message_request(head, &r);
	message_stamp(d, &r.m);
	r.is_tls = s->net->is_tls;
	w = waiting_new(&s->env->one.pool, &r);
	if (w && h2streams_add(&h->streams, &s->env->one.pool, stream, w)) {
		/* It was under way when the server said so. */
		if (h->has_goaway)
			h2message_refused(s);
		return;
	}
	if (h->streams.cnt == HTTP_STREAMS_MAX)
		s->env->stats.pipeline_over_limit++;
	else if (w && h2streams_find(&h->streams, stream))
		s->env->stats.bad_heads++;
	else
		step_count_dropped(s);
	waiting_free(&s->env->one.pool, w);
	h2message_request_miss(h, stream);
}

/* Tell the response in env->head with its request, if that was seen. */
static void response_take(const struct step *s, const struct h2_dir *d)
{
	struct h2 *h = s->k->h2;
	struct h2stream *row = h2streams_find(&h->streams, d->block.stream);
	struct step_parts parts = { .outcome = HTTP_RESPONSE, .stream = d->block.stream };
	struct http_response r;
	struct waiting *w;

	message_response(&s->env->one.head, &r);
	message_stamp(d, &r.m);
	if (r.status / 100 == 1) {
		s->env->stats.informational++;
		if (row && row->informational_cnt < UINT8_MAX)
			row->informational_cnt++;
		return;
	}
	/* Nobody waits for it: its request was told before, as reset by the client perhaps. */
	if (!row && d->block.stream >= h->holes_below)
		return;
	s->env->stats.responses++;
	parts.response = &r;
	if (!row) {
		s->env->stats.responses_without_request++;
		parts.outcome = HTTP_LOST;
		step_tell(s, &parts);
		return;
	}
	r.informational_cnt = row->informational_cnt;
	w = h2streams_take(&h->streams, row);
	parts.request = &w->request;
	step_tell(s, &parts);
	waiting_free(&s->env->one.pool, w);
}

void h2message_miss(const struct step *s, const struct h2_dir *d, enum http_outcome outcome)
{
	struct h2stream *row;

	if (step_is_client(s)) {
		h2message_request_miss(s->k->h2, d->block.stream);
		return;
	}
	row = h2streams_find(&s->k->h2->streams, d->block.stream);
	if (row)
		h2message_unanswered(s, row, (struct step_parts){ .outcome = outcome });
}

/* Fields behind the content; without a response before them, that was in a hole, or never sent. */
static void trailers_take(const struct step *s, const struct h2_dir *d)
{
	if (!step_is_client(s))
		h2message_miss(s, d, HTTP_INVALID);
}

static void malformed_take(const struct step *s, const struct h2_dir *d)
{
	s->env->stats.bad_heads++;
	h2message_miss(s, d, HTTP_INVALID);
}

static void count_broken(const struct step *s, bool is_memory_short)
{
	if (!is_memory_short)
		s->env->stats.http2_bad_blocks++;
	else if (s->env->tables.is_full)
		s->env->stats.tables_over_limit++;
	else
		step_count_dropped(s);
}

/* Where a connection was joined in the middle, the first message tells who is who. */
static bool role_find(const struct step *s, enum h2head_kind kind, bool is_promise)
{
	if (conn_is_role_known(s->k))
		return true;
	if (is_promise || kind == H2HEAD_RESPONSE)
		s->k->client_dir = !s->c->dir;
	else if (kind == H2HEAD_REQUEST)
		s->k->client_dir = s->c->dir;
	return conn_is_role_known(s->k);
}

/* A whole block: a message, trailers, or a promise, which no browser takes any more. */
void h2message_take(const struct step *s, struct h2_dir *d, struct span bytes)
{
	struct h2head h = { .head = &s->env->one.head };
	enum h2head_kind kind = h2head_read(&h, &d->hpack, &s->env->one.pool, bytes);

	s->env->stats.http2_fields += h.fields_cnt;
	s->env->stats.http2_fields_unknown += h.unknown_cnt;
	s->env->stats.http2_pushes += d->block.is_promise;
	step_count_head(s);
	if (kind == H2HEAD_BROKEN)
		count_broken(s, h.is_memory_short);
	if (!role_find(s, kind, d->block.is_promise) || d->block.is_promise ||
	    is_promised(d->block.stream))
		kind = H2HEAD_KINDS;
	if ((kind == H2HEAD_REQUEST && !step_is_client(s)) ||
	    (kind == H2HEAD_RESPONSE && step_is_client(s)))
		kind = H2HEAD_MALFORMED;
	switch (kind) {
	case H2HEAD_REQUEST: request_take(s, d); break;
	case H2HEAD_RESPONSE: response_take(s, d); break;
	case H2HEAD_TRAILERS: trailers_take(s, d); break;
	case H2HEAD_UNCLEAR:
	case H2HEAD_BROKEN: h2message_miss(s, d, HTTP_LOST); break;
	case H2HEAD_MALFORMED: malformed_take(s, d); break;
	default: break;
	}
	arena_empty(&h.arena, &s->env->one.pool);
}
