/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/h2.h"

#include <stdlib.h>

#include "http/h2message.h"

void h2_join(struct h2 *h, unsigned dir)
{
	hpack_lose(&h->dirs[dir].hpack);
	h->dirs[dir].is_block_lost = true;
	h->dirs[dir].read.state = H2READ_SEEK;
	h->holes_below = H2_HOLE_OPEN;
}

struct h2 *h2_new(struct hpack_budget *budget, enum h2_begin begin, unsigned client_dir)
{
	struct h2 *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	for (unsigned dir = 0; dir < 2; dir++) {
		hpack_init(&h->dirs[dir].hpack, budget);
		h2read_init(&h->dirs[dir].read, -1);
		if (begin == H2_BEGIN_JOINED)
			h2_join(h, dir);
	}
	if (begin != H2_BEGIN_JOINED)
		h2read_init(&h->dirs[client_dir].read,
			    begin == H2_BEGIN_PREFACE ? H2READ_PREFACE_HEAD : 0);
	return h;
}

static void block_drop(struct h2_block *b, struct pool *p)
{
	pool_give(p, b->held);
	*b = (struct h2_block){ 0 };
}

void h2_free(struct h2 *h, struct pool *p)
{
	if (!h)
		return;
	for (unsigned dir = 0; dir < 2; dir++) {
		h2read_fini(&h->dirs[dir].read, p);
		hpack_fini(&h->dirs[dir].hpack);
		block_drop(&h->dirs[dir].block, p);
	}
	h2streams_fini(&h->streams, p);
	free(h);
}

void h2_upgraded(const struct step *s, struct waiting *w)
{
	if (w && h2streams_add(&s->k->h2->streams, &s->env->one.pool, 1, w))
		return;
	if (w)
		step_count_dropped(s);
	waiting_free(&s->env->one.pool, w);
	h2message_request_miss(s->k->h2, 1);
}

/* Messages may be missing from here on in the direction of s->c. */
static void lose(const struct step *s)
{
	struct h2 *h = s->k->h2;
	struct h2_dir *d = &h->dirs[s->c->dir];

	block_drop(&d->block, &s->env->one.pool);
	d->is_block_lost = true;
	hpack_lose(&d->hpack);
	if (!conn_is_role_known(s->k))
		return;
	if (step_is_client(s)) {
		h->holes_below = H2_HOLE_OPEN;
		return;
	}
	for (uint32_t i = 0; i < h->streams.cnt; i++) {
		struct waiting *w = h2streams_at(&h->streams, i)->request;

		if (!w->is_doubtful && s->c->kind == CHUNK_GAP && s->c->is_cut)
			s->env->stats.cut_lost++;
		w->is_doubtful = true;
	}
}

/* Hold more of a block that is not whole. */
static void block_hold(const struct step *s, struct h2_dir *d, struct span bytes)
{
	struct h2_block *k = &d->block;
	struct block *b = NULL;

	if (k->is_dropped)
		return;
	/* Continuations can be sent without end. */
	if (k->len + bytes.len > HTTP_HEAD_MAX)
		s->env->stats.heads_over_limit++;
	else if (!(b = pool_grow(&s->env->one.pool, k->held, k->len, k->len + bytes.len)))
		step_count_dropped(s);
	if (!b) {
		k->is_dropped = true;
		return;
	}
	k->held = b;
	memcpy(b->bytes + k->len, bytes.ptr, bytes.len);
	k->len += (uint32_t)bytes.len;
}

/* A fragment of the open block; the last one completes it. */
static void fragment_take(const struct step *s, struct h2_dir *d, struct span bytes)
{
	bool is_last = d->read.frame.flags & H2FRAME_END_HEADERS;

	if (is_last && !d->block.held && !d->block.is_dropped) {
		h2message_take(s, d, bytes);
	} else {
		block_hold(s, d, bytes);
		if (!is_last)
			return;
		if (d->block.is_dropped) {
			hpack_lose(&d->hpack);
			if (conn_is_role_known(s->k))
				h2message_miss(s, d, HTTP_LOST);
		} else {
			h2message_take(s, d, span_make(d->block.held->bytes, d->block.len));
		}
	}
	block_drop(&d->block, &s->env->one.pool);
}

/* What padding, and extra bytes after its length, leave of a payload (RFC 9113, 6.2 and 6.6).
 * Absent when it is shorter than it says. */
static struct span unpad(const struct h2frame *f, struct span payload, size_t extra)
{
	size_t pad = 0;

	if (f->flags & H2FRAME_PADDED) {
		if (!payload.len)
			return (struct span){ 0 };
		pad = payload.ptr[0];
		payload = span_from(payload, 1);
	}
	if (payload.len < extra + pad)
		return (struct span){ 0 };
	return span_make(payload.ptr + extra, payload.len - extra - pad);
}

/* Peers would end the connection for it. */
static void frame_bad(const struct step *s)
{
	s->env->stats.http2_bad_frames++;
	lose(s);
}

/* HEADERS or PUSH_PROMISE. */
static void block_begin(const struct step *s, struct h2_dir *d)
{
	const struct h2frame *f = &d->read.frame;
	bool is_promise = f->type == H2FRAME_PUSH_PROMISE;
	size_t extra = is_promise ? 4 : f->flags & H2FRAME_HAS_PRIORITY ? 5 : 0;
	struct span bytes = unpad(f, d->read.payload, extra);

	if (!span_is_present(bytes)) {
		frame_bad(s);
		return;
	}
	d->block = (struct h2_block){ .stream = f->stream,
				      .is_promise = is_promise,
				      .time_ns = d->read.time_ns,
				      .packet = d->read.packet };
	fragment_take(s, d, bytes);
}

static uint32_t read_u32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* RFC 9113, 7. */
#define ERROR_REFUSED_STREAM 7

static void reset_take(const struct step *s, const struct h2_dir *d)
{
	struct h2stream *row = h2streams_find(&s->k->h2->streams, d->read.frame.stream);
	struct step_parts parts = { .outcome = HTTP_RESET,
				    .is_reset_by_client = step_is_client(s),
				    .has_error_code = true,
				    .error_code = read_u32(d->read.payload.ptr) };

	if (!row)
		return;
	if (!step_is_client(s) && parts.error_code == ERROR_REFUSED_STREAM)
		parts.outcome = HTTP_REFUSED;
	h2message_unanswered(s, row, parts);
}

/* The server will not look at streams above the one that it names; on the others it may still
 * answer. */
static void goaway_take(const struct step *s, const struct h2_dir *d)
{
	struct h2 *h = s->k->h2;

	if (!conn_is_role_known(s->k) || step_is_client(s))
		return;
	h->has_goaway = true;
	h->goaway_error = read_u32(d->read.payload.ptr + 4);
	h->goaway_last = read_u32(d->read.payload.ptr) & 0x7fffffff;
	h2message_refused(s);
}

/* Between the frames of a block comes no other (RFC 9113, 6.10), and CONTINUATION only there. */
static bool is_in_order(const struct h2_dir *d)
{
	const struct h2frame *f = &d->read.frame;

	if (f->type == H2FRAME_CONTINUATION)
		return d->block.stream == f->stream;
	return d->block.stream == 0;
}

static void frame_take(const struct step *s, struct h2_dir *d)
{
	if (!is_in_order(d)) {
		/* The rest of a block whose beginning was lost is no surprise. */
		if (d->read.frame.type != H2FRAME_CONTINUATION || d->block.stream ||
		    !d->is_block_lost)
			frame_bad(s);
		return;
	}
	d->is_block_lost = false;
	switch (d->read.frame.type) {
	case H2FRAME_HEADERS:
	case H2FRAME_PUSH_PROMISE: block_begin(s, d); break;
	case H2FRAME_CONTINUATION: fragment_take(s, d, d->read.payload); break;
	case H2FRAME_RST_STREAM: reset_take(s, d); break;
	default: goaway_take(s, d); break;
	}
}

/* A frame that was to be read could not be held. */
static void frame_dropped(const struct step *s, const struct h2_dir *d)
{
	if (d->read.frame.len > HTTP_HEAD_MAX)
		s->env->stats.heads_over_limit++;
	else
		step_count_dropped(s);
	lose(s);
}

uint64_t h2_data(const struct step *s, struct span rest)
{
	struct h2_dir *d = &s->k->h2->dirs[s->c->dir];

	for (;;) {
		bool was_lost = d->read.state == H2READ_SEEK;
		enum h2read_event event = h2read_next(&d->read, &s->env->one.pool, s->c, &rest);

		s->env->stats.resyncs += was_lost && d->read.state != H2READ_SEEK;
		switch (event) {
		case H2READ_FRAME: frame_take(s, d); break;
		case H2READ_BAD: frame_bad(s); break;
		case H2READ_DROPPED: frame_dropped(s, d); break;
		default:
			/* Bytes passed over unread may have been messages. */
			if (d->read.state == H2READ_SEEK)
				lose(s);
			return d->read.skip;
		}
	}
}

void h2_gap(const struct step *s)
{
	h2read_seek(&s->k->h2->dirs[s->c->dir].read, &s->env->one.pool);
	lose(s);
}

void h2_fin(const struct step *s)
{
	struct h2_dir *d = &s->k->h2->dirs[s->c->dir];

	s->env->stats.heads_unfinished += d->block.stream != 0;
	block_drop(&d->block, &s->env->one.pool);
	h2read_ignore(&d->read, &s->env->one.pool);
	/* After its FIN a client still gets responses; after a server's none come. */
	if (conn_is_role_known(s->k) && !step_is_client(s))
		h2_end(s, HTTP_CLOSED);
}

void h2_end(const struct step *s, enum http_outcome outcome)
{
	const struct h2 *h = s->k->h2;

	h2message_unanswered_above(s, 0,
				   (struct step_parts){ .outcome = outcome,
							.has_error_code = h->has_goaway,
							.error_code = h->goaway_error });
}

bool h2_shed(const struct step *s)
{
	struct h2 *h = s->k->h2;
	bool has_shed = h->streams.cnt != 0;

	s->env->stats.held_over_limit += h->streams.cnt;
	h2_end(s, HTTP_LOST);
	for (uint8_t dir = 0; dir < 2; dir++) {
		struct chunk c = *s->c;
		struct step one = { s->k, s->env, s->net, &c };

		if (!h->dirs[dir].block.held && !h->dirs[dir].read.held)
			continue;
		c.dir = dir;
		s->env->stats.held_over_limit++;
		h2_gap(&one);
		has_shed = true;
	}
	return has_shed;
}
