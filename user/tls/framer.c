/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/framer.h"

/* Less cannot be authenticated. */
#define DATA_MIN 16

/* At a record's first byte. */
static void framer_reset(struct framer *r, struct buffers *b)
{
	buffers_give(b, r->held);
	*r = (struct framer){ 0 };
}

void framer_fini(struct framer *r, struct buffers *b)
{
	framer_reset(r, b);
}

void framer_seek(struct framer *r, struct buffers *b)
{
	framer_reset(r, b);
	r->is_seeking = true;
}

/* The version is 3.1 in some first hellos, 3.3 since. */
static bool is_head(const uint8_t *head)
{
	return head[0] >= RECORD_CHANGE_CIPHER && head[0] <= RECORD_DATA && head[1] == 3 &&
	       head[2] <= 4 && record_len(head) <= RECORD_BODY_MAX;
}

static bool is_data_head(const uint8_t *head)
{
	return head[0] == RECORD_DATA && head[1] == 3 && head[2] == 3 &&
	       record_len(head) >= DATA_MIN && record_len(head) <= RECORD_BODY_MAX;
}

/* Take more of the head. */
static enum framer_event head_read(struct framer *r, struct span *rest)
{
	size_t want = RECORD_HEAD_LEN - r->head_len;
	size_t n = rest->len < want ? rest->len : want;

	memcpy(r->head + r->head_len, rest->ptr, n);
	*rest = span_from(*rest, n);
	r->head_len = (uint8_t)(r->head_len + n);
	if (r->head_len < RECORD_HEAD_LEN)
		return FRAMER_NONE;
	r->left = record_len(r->head);
	r->is_told = true;
	return is_head(r->head) ? FRAMER_HEAD : FRAMER_BAD;
}

/* Look for the head of a record with data. One that is split between chunks is not found. */
static enum framer_event seek(struct framer *r, struct span *rest)
{
	for (;;) {
		*rest = span_from(*rest, span_find(*rest, RECORD_DATA));
		if (rest->len < RECORD_HEAD_LEN)
			break;
		if (is_data_head(rest->ptr)) {
			r->is_seeking = false;
			r->was_sought = true;
			return head_read(r, rest);
		}
		*rest = span_from(*rest, 1);
	}
	*rest = span_from(*rest, rest->len);
	return FRAMER_NONE;
}

/* Hold part of a body. False when there is no room. */
static bool body_hold(struct framer *r, struct buffers *b, struct span part)
{
	if (!r->held)
		r->held = buffers_take(b);
	if (!r->held)
		return false;
	memcpy(r->held->bytes + r->held_len, part.ptr, part.len);
	r->held_len += (uint32_t)part.len;
	return true;
}

static enum framer_event record_done(struct framer *r, struct span body, struct record *out)
{
	memcpy(out->head, r->head, RECORD_HEAD_LEN);
	out->body = body;
	out->was_sought = r->was_sought;
	r->is_done = true;
	return FRAMER_RECORD;
}

/* Take more of the body. */
static enum framer_event body_read(struct framer *r, struct buffers *b, struct span *rest,
				   struct record *out)
{
	struct span part = span_first(*rest, r->left);

	*rest = span_from(*rest, part.len);
	r->left -= (uint32_t)part.len;
	if (r->is_passing) {
		if (!r->left)
			framer_reset(r, b);
		return FRAMER_NONE;
	}
	if (!r->left && !r->held)
		return record_done(r, part, out);
	if (!part.len)
		return FRAMER_NONE;
	if (!body_hold(r, b, part)) {
		r->is_passing = true;
		if (!r->left)
			framer_reset(r, b);
		return FRAMER_NO_BUFFER;
	}
	if (r->left)
		return FRAMER_NONE;
	return record_done(r, span_make(r->held->bytes, r->held_len), out);
}

enum framer_event framer_next(struct framer *r, struct buffers *b, struct span *rest,
			      struct record *out)
{
	enum framer_event e = FRAMER_NONE;

	if (r->is_done)
		framer_reset(r, b);
	while (e == FRAMER_NONE && (rest->len || (r->is_told && !r->left))) {
		if (r->is_told)
			e = body_read(r, b, rest, out);
		else if (r->is_seeking)
			e = seek(r, rest);
		else
			e = head_read(r, rest);
	}
	return e;
}

enum framer_loss framer_gap(struct framer *r, struct buffers *b, uint64_t len)
{
	bool was_passing = r->is_passing;

	if (r->is_done)
		framer_reset(r, b);
	if (!r->is_told || !len || len > r->left) {
		framer_seek(r, b);
		return FRAMER_LOST_PLACE;
	}
	buffers_give(b, r->held);
	r->held = NULL;
	r->is_passing = true;
	r->left -= (uint32_t)len;
	/* The head is looked at once more. */
	r->is_done = !r->left;
	return was_passing ? FRAMER_LOST_NOTHING : FRAMER_LOST_RECORD;
}
