/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/http1.h"

void http1_init(struct http1 *f, enum head_role role)
{
	*f = (struct http1){ .state = HTTP1_START, .role = (uint8_t)role };
}

/* Each head is held for itself: nothing of it outlives it. */
static void held_drop(struct http1 *f, struct http1_env *env)
{
	pool_give(&env->pool, f->held);
	f->held = NULL;
	f->held_len = 0;
	f->held_seen = 0;
	f->is_start_read = false;
}

void http1_fini(struct http1 *f, struct http1_env *env)
{
	held_drop(f, env);
}

void http1_seek(struct http1 *f, struct http1_env *env)
{
	held_drop(f, env);
	f->state = HTTP1_SEEK;
}

void http1_ignore(struct http1 *f, struct http1_env *env)
{
	held_drop(f, env);
	f->state = HTTP1_IGNORE;
}

/* Enter a body whose first byte is next, whatever doubt there was. */
static void body_enter(struct http1 *f, const struct body *b)
{
	switch (b->kind) {
	case BODY_LENGTH:
		f->state = HTTP1_BODY;
		f->left = b->length;
		break;
	case BODY_CHUNKED:
		f->state = HTTP1_CHUNKED;
		f->chunked = (struct chunked){ .state = CHUNKED_SIZE };
		break;
	case BODY_UNTIL_CLOSE: f->state = HTTP1_IGNORE; break;
	case BODY_UNKNOWN: f->state = HTTP1_SEEK; break;
	default: f->state = HTTP1_START;
	}
}

void http1_body(struct http1 *f, struct http1_env *env, const struct body *b)
{
	held_drop(f, env);
	/* Where no body can be, or its end is not known anyway, there is nothing to find out. */
	if (b->is_doubtful && b->kind != BODY_NONE && b->kind != BODY_UNKNOWN) {
		f->state = HTTP1_PEEK;
		f->body = *b;
		f->peek_cnt = 0;
		return;
	}
	body_enter(f, b);
}

/* All that is held of the head. */
static struct span held_span(const struct http1 *f)
{
	return span_make(f->held->bytes, f->held_len);
}

/* Hold n bytes more of *rest. False when there is no room: what was held is then gone. */
static bool held_add(struct http1 *f, struct http1_env *env, struct span *rest, size_t n)
{
	struct block *b = pool_grow(&env->pool, f->held, f->held_len, f->held_len + n);

	if (!b) {
		http1_seek(f, env);
		*rest = span_from(*rest, rest->len);
		return false;
	}
	f->held = b;
	memcpy(b->bytes + f->held_len, rest->ptr, n);
	f->held_len += (uint32_t)n;
	*rest = span_from(*rest, n);
	return true;
}

/* A head is in env->head. Where it was sought it has to prove itself, otherwise what is left of
 * the chunk is passed over. */
static enum http1_event head_found(struct http1 *f, struct http1_env *env, struct span *rest)
{
	/* The caller counts how often a position was found again. */
	f->was_sought = f->state == HTTP1_SEEK;
	if (f->was_sought && !head_is_proof(&env->head, !(env->head.flaws & HTTP_FLAW_HEAD_OVER))) {
		http1_seek(f, env);
		*rest = span_from(*rest, rest->len);
		return HTTP1_NONE;
	}
	return HTTP1_HEAD;
}

/* What is at the start is no start line. While seeking that is the ordinary case. */
static enum http1_event head_alien(struct http1 *f, struct http1_env *env, struct span *rest)
{
	if (f->state != HTTP1_SEEK)
		return HTTP1_ALIEN;
	http1_seek(f, env);
	*rest = span_from(*rest, rest->len);
	return HTTP1_NONE;
}

/* A head has reached HTTP_HEAD_MAX: what of it is read is told. */
static enum http1_event head_over(struct http1 *f, struct http1_env *env, struct span *rest)
{
	if (!env->head.has_start)
		return head_alien(f, env, rest);
	env->head.flaws |= HTTP_FLAW_HEAD_OVER;
	*rest = span_from(*rest, rest->len);
	return head_found(f, env, rest);
}

/* While seeking, a candidate is held for long only if its start line is a usual one. */
static bool is_worth_holding(const struct http1 *f, const struct http1_env *env, struct span bytes)
{
	const struct head *h = &env->head;

	if (!h->has_start)
		return head_may_start(bytes, f->role);
	return f->state != HTTP1_SEEK || head_is_proof(h, false);
}

/* *rest is at a head's first byte. */
static enum http1_event head_begin(struct http1 *f, struct http1_env *env, const struct chunk *c,
				   struct span *rest)
{
	struct span bytes;

	/* The cheap look first: most chunks here are body. */
	if (f->state == HTTP1_SEEK && !head_may_start(*rest, f->role))
		return head_alien(f, env, rest);
	f->time_ns = c->time_ns;
	f->packet = c->packet;
	f->packet_last = c->packet;
	/* The limit must not depend on how the head is cut into chunks. */
	bytes = span_first(*rest, HTTP_HEAD_MAX);
	switch (head_parse(&env->head, bytes, f->role)) {
	case HEAD_OK: *rest = span_from(*rest, env->head.len); return head_found(f, env, rest);
	case HEAD_BAD: return head_alien(f, env, rest);
	default: break;
	}
	if (bytes.len == HTTP_HEAD_MAX)
		return head_over(f, env, rest);
	if (!is_worth_holding(f, env, bytes))
		return head_alien(f, env, rest);
	f->is_start_read = env->head.has_start;
	/* The end has three bytes at the most, so two of these may belong to it. */
	f->held_seen = bytes.len < 2 ? 0 : (uint32_t)bytes.len - 2;
	return held_add(f, env, rest, bytes.len) ? HTTP1_NONE : HTTP1_DROPPED;
}

/* The start line of the held head, looked at once its line end is there. added is how many of
 * the held bytes are new. HEAD_MORE when it is good or cannot be told yet. */
static enum head_result held_start(struct http1 *f, struct http1_env *env, size_t added)
{
	struct span bytes = held_span(f);
	enum head_result r;

	if (span_find(span_from(bytes, bytes.len - added), '\n') == added)
		return head_may_start(bytes, f->role) ? HEAD_MORE : HEAD_BAD;
	r = head_parse(&env->head, bytes, f->role);
	f->is_start_read = env->head.has_start;
	return r;
}

/* *rest goes on with the held head. */
static enum http1_event head_go_on(struct http1 *f, struct http1_env *env, const struct chunk *c,
				   struct span *rest)
{
	size_t before = f->held_len;
	/* What is held may go beyond the head; *rest is set right by its length. */
	struct span whole = *rest;
	size_t n = HTTP_HEAD_MAX - before;
	enum head_result r = HEAD_MORE;
	size_t end;

	f->packet_last = c->packet;
	n = n < whole.len ? n : whole.len;
	if (!held_add(f, env, rest, n))
		return HTTP1_DROPPED;
	/* Bytes that are no HTTP are to be known as soon as they can. */
	if (!f->is_start_read)
		r = held_start(f, env, n);
	if (r == HEAD_BAD)
		return head_alien(f, env, rest);
	if (r == HEAD_MORE && (end = head_end(held_span(f), f->held_seen)))
		r = head_parse(&env->head, span_first(held_span(f), end), f->role);
	if (r == HEAD_OK) {
		*rest = span_from(whole, env->head.len - before);
		return head_found(f, env, rest);
	}
	f->held_seen = f->held_len < 2 ? 0 : f->held_len - 2;
	if (f->held_len < HTTP_HEAD_MAX)
		return HTTP1_NONE;
	/* The head as it stands, once more: it was parsed when it was shorter. */
	head_parse(&env->head, held_span(f), f->role);
	return head_over(f, env, rest);
}

/* At a message's first byte, or inside a head. */
static enum http1_event at_start(struct http1 *f, struct http1_env *env, const struct chunk *c,
				 struct span *rest)
{
	if (http1_is_in_head(f))
		return head_go_on(f, env, c, rest);
	/* RFC 9112, 2.2: empty lines before a message are passed over. */
	while (rest->len && (rest->ptr[0] == '\r' || rest->ptr[0] == '\n'))
		*rest = span_from(*rest, 1);
	return rest->len ? head_begin(f, env, c, rest) : HTTP1_NONE;
}

/* Only a chunk's first byte can be a head's, or what goes on with one that is held. */
static enum http1_event at_seek(struct http1 *f, struct http1_env *env, const struct chunk *c,
				struct span *rest)
{
	if (http1_is_in_head(f))
		return head_go_on(f, env, c, rest);
	if (rest->ptr == c->data.ptr)
		return head_begin(f, env, c, rest);
	*rest = span_from(*rest, rest->len);
	return HTTP1_NONE;
}

/* A body of known length. */
static void at_body(struct http1 *f, struct span *rest)
{
	uint64_t n = f->left < rest->len ? f->left : rest->len;

	*rest = span_from(*rest, (size_t)n);
	f->skip = f->left - n;
	f->left = 0;
	/* The producer passes over the rest, so that the next byte is after the body. */
	f->state = HTTP1_START;
}

/* A chunked body: only its size lines are looked at. */
static enum http1_event at_chunked(struct http1 *f, struct http1_env *env, struct span *rest)
{
	switch (chunked_next(&f->chunked, rest, &f->skip)) {
	case CHUNKED_DONE: f->state = HTTP1_START; break;
	case CHUNKED_BAD:
		http1_seek(f, env);
		*rest = span_from(*rest, rest->len);
		return HTTP1_BAD_CHUNK;
	default: break;
	}
	return HTTP1_NONE;
}

/* Bytes that came with earlier chunks are a head's first ones. */
static enum http1_event head_reenter(struct http1 *f, struct http1_env *env, struct span before)
{
	f->state = HTTP1_START;
	if (before.len && !held_add(f, env, &before, before.len))
		return HTTP1_DROPPED;
	return HTTP1_NONE;
}

/* The bytes are no head: those passed while they looked like one were body. */
static enum http1_event peek_is_body(struct http1 *f, struct http1_env *env, struct span *rest)
{
	struct span before = span_make(f->peeked, f->peek_cnt);

	body_enter(f, &f->body);
	if (!before.len)
		return HTTP1_NONE;
	if (f->state == HTTP1_BODY && f->left < before.len)
		return head_reenter(f, env, span_from(before, (size_t)f->left));
	if (f->state == HTTP1_BODY)
		f->left -= before.len;
	/* Letters of a method may be digits of a size. */
	if (f->state != HTTP1_CHUNKED || at_chunked(f, env, &before) == HTTP1_NONE)
		return HTTP1_NONE;
	*rest = span_from(*rest, rest->len);
	return HTTP1_BAD_CHUNK;
}

static enum http1_event at_peek(struct http1 *f, struct http1_env *env, const struct chunk *c,
				struct span *rest)
{
	size_t room = STARTLINE_PEEK_MAX - f->peek_cnt;
	size_t n = room < rest->len ? room : rest->len;

	/* If it is a head, this is where it began. */
	if (!f->peek_cnt) {
		f->time_ns = c->time_ns;
		f->packet = c->packet;
	}
	memcpy(f->peeked + f->peek_cnt, rest->ptr, n);
	switch (startline_peek(span_make(f->peeked, f->peek_cnt + n), (enum head_role)f->role)) {
	case HEAD_OK: return head_reenter(f, env, span_make(f->peeked, f->peek_cnt));
	case HEAD_BAD: return peek_is_body(f, env, rest);
	default: break;
	}
	f->peek_cnt = (uint8_t)(f->peek_cnt + n);
	*rest = span_from(*rest, n);
	return HTTP1_NONE;
}

enum http1_event http1_next(struct http1 *f, struct http1_env *env, const struct chunk *c,
			    struct span *rest)
{
	enum http1_event event = HTTP1_NONE;

	/* What was asked for before is void: each call answers anew. */
	f->skip = f->state == HTTP1_IGNORE ? CHUNK_SKIP_ALL : 0;
	while (rest->len && event == HTTP1_NONE) {
		switch (f->state) {
		case HTTP1_START: event = at_start(f, env, c, rest); break;
		case HTTP1_SEEK: event = at_seek(f, env, c, rest); break;
		case HTTP1_BODY: at_body(f, rest); break;
		case HTTP1_PEEK: event = at_peek(f, env, c, rest); break;
		case HTTP1_CHUNKED: event = at_chunked(f, env, rest); break;
		default: f->skip = CHUNK_SKIP_ALL; return HTTP1_NONE;
		}
	}
	/* A body that begins with the next chunk need not be delivered at all. */
	if (event == HTTP1_NONE && f->state == HTTP1_BODY)
		at_body(f, rest);
	/* Entered without another byte in the chunk. */
	if (f->state == HTTP1_IGNORE)
		f->skip = CHUNK_SKIP_ALL;
	return event;
}

enum http1_event http1_cut(struct http1 *f, struct http1_env *env)
{
	struct head *h = &env->head;
	/* A candidate that was not proven must be one as far as it is there. */
	bool is_sought = f->state == HTTP1_SEEK;

	if (f->state == HTTP1_IGNORE)
		return HTTP1_NONE;
	if (!f->held_len || (f->state != HTTP1_START && !is_sought) ||
	    head_parse(h, held_span(f), f->role) != HEAD_MORE || !h->has_start ||
	    (is_sought && !head_is_proof(h, false))) {
		http1_seek(f, env);
		return HTTP1_NONE;
	}
	h->flaws |= HTTP_FLAW_HEAD_CUT;
	f->was_sought = is_sought;
	return HTTP1_HEAD;
}
