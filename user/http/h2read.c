/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/h2read.h"

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
#define PREFACE_LEN (sizeof(preface) - 1)

void h2read_init(struct h2read *r, int preface_read)
{
	memset(r, 0, sizeof(*r));
	r->state = (uint8_t)(preface_read < 0 ? H2READ_HEADER : H2READ_PREFACE);
	r->got = preface_read < 0 ? 0 : (uint8_t)preface_read;
}

static void held_drop(struct h2read *r, struct pool *p)
{
	pool_give(p, r->held);
	r->held = NULL;
	r->held_len = 0;
}

void h2read_fini(struct h2read *r, struct pool *p)
{
	held_drop(r, p);
}

void h2read_seek(struct h2read *r, struct pool *p)
{
	held_drop(r, p);
	r->state = H2READ_SEEK;
	r->got = 0;
	r->left = 0;
}

void h2read_ignore(struct h2read *r, struct pool *p)
{
	held_drop(r, p);
	r->state = H2READ_IGNORE;
}

/* All other frames are passed over: DATA, and what peers tell each other about flow control,
 * priorities and settings. */
static bool is_read(uint8_t type)
{
	return type == H2FRAME_HEADERS || type == H2FRAME_CONTINUATION ||
	       type == H2FRAME_PUSH_PROMISE || type == H2FRAME_RST_STREAM || type == H2FRAME_GOAWAY;
}

static enum h2read_event at_preface(struct h2read *r, struct pool *p, struct span *rest)
{
	size_t left = PREFACE_LEN - r->got;
	size_t n = left < rest->len ? left : rest->len;

	if (memcmp(rest->ptr, preface + r->got, n) != 0) {
		h2read_seek(r, p);
		*rest = span_from(*rest, rest->len);
		return H2READ_BAD;
	}
	*rest = span_from(*rest, n);
	r->got = (uint8_t)(r->got + n);
	if (n == left) {
		r->state = H2READ_HEADER;
		r->got = 0;
	}
	return H2READ_NONE;
}

/* Pass over the payload: what of it is not in *rest is the producer's to drop. */
static void payload_pass(struct h2read *r, struct span *rest)
{
	uint64_t n = r->frame.len < rest->len ? r->frame.len : rest->len;

	*rest = span_from(*rest, (size_t)n);
	r->skip = r->frame.len - n;
	r->state = H2READ_HEADER;
}

/* The payload is whole in r->payload. */
static enum h2read_event frame_found(struct h2read *r)
{
	r->state = H2READ_HEADER;
	return H2READ_FRAME;
}

/* A header is complete: its payload comes next. */
static enum h2read_event payload_begin(struct h2read *r, struct span *rest)
{
	if (!is_read(r->frame.type)) {
		payload_pass(r, rest);
		return H2READ_NONE;
	}
	if (r->frame.len > HTTP_HEAD_MAX) {
		payload_pass(r, rest);
		return H2READ_DROPPED;
	}
	r->left = r->frame.len;
	r->state = H2READ_PAYLOAD;
	if (rest->len < r->left)
		return H2READ_NONE;
	r->payload = span_first(*rest, r->left);
	*rest = span_from(*rest, r->left);
	return frame_found(r);
}

static enum h2read_event at_header(struct h2read *r, struct pool *p, const struct chunk *c,
				   struct span *rest)
{
	size_t left = (size_t)(H2FRAME_HEADER - r->got);
	size_t n = left < rest->len ? left : rest->len;

	/* The frame before was told by now. */
	held_drop(r, p);
	if (r->got == 0) {
		r->time_ns = c->time_ns;
		r->packet = c->packet;
	}
	r->packet_last = c->packet;
	memcpy(r->header + r->got, rest->ptr, n);
	*rest = span_from(*rest, n);
	r->got = (uint8_t)(r->got + n);
	if (n < left)
		return H2READ_NONE;
	r->got = 0;
	h2frame_read(r->header, &r->frame);
	if (h2frame_is_sound(&r->frame))
		return payload_begin(r, rest);
	h2read_seek(r, p);
	*rest = span_from(*rest, rest->len);
	return H2READ_BAD;
}

/* A payload goes on that began in an earlier chunk. */
static enum h2read_event at_payload(struct h2read *r, struct pool *p, const struct chunk *c,
				    struct span *rest)
{
	size_t n = r->left < rest->len ? r->left : rest->len;
	/* Room for what has come, not for what a header promises. */
	struct block *b = pool_grow(p, r->held, r->held_len, r->held_len + n);

	r->packet_last = c->packet;
	if (!b) {
		r->frame.len = r->left;
		payload_pass(r, rest);
		held_drop(r, p);
		return H2READ_DROPPED;
	}
	r->held = b;
	memcpy(b->bytes + r->held_len, rest->ptr, n);
	r->held_len += (uint32_t)n;
	r->left -= (uint32_t)n;
	*rest = span_from(*rest, n);
	if (r->left)
		return H2READ_NONE;
	r->payload = span_make(b->bytes, r->held_len);
	return frame_found(r);
}

/* Only a chunk's first byte can be a frame's. */
static void at_seek(struct h2read *r, const struct chunk *c, struct span *rest)
{
	if (rest->ptr == c->data.ptr && h2frame_is_proof(*rest)) {
		r->state = H2READ_HEADER;
		return;
	}
	*rest = span_from(*rest, rest->len);
}

enum h2read_event h2read_next(struct h2read *r, struct pool *p, const struct chunk *c,
			      struct span *rest)
{
	enum h2read_event event = H2READ_NONE;

	/* What was asked for at an earlier chunk is void; H2READ_DROPPED may have asked at this
	 * one, with nothing left of it. */
	if (rest->len)
		r->skip = 0;
	if (r->state == H2READ_IGNORE)
		r->skip = CHUNK_SKIP_ALL;
	/* An empty payload ends with the header, without another byte. */
	while (rest->len && event == H2READ_NONE) {
		switch (r->state) {
		case H2READ_PREFACE: event = at_preface(r, p, rest); break;
		case H2READ_HEADER: event = at_header(r, p, c, rest); break;
		case H2READ_PAYLOAD: event = at_payload(r, p, c, rest); break;
		case H2READ_SEEK: at_seek(r, c, rest); break;
		default: return H2READ_NONE;
		}
	}
	return event;
}
