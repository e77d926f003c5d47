/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/message.h"

#include "http/startline.h"

/* What both kinds have; times and packets are filled in later. */
static struct http_message message_of(const struct head *h)
{
	return (struct http_message){
		.version = h->version,
		.flaws = h->flaws,
		.fields = h->fields,
		.fields_cnt = h->fields_cnt,
	};
}

void message_request(const struct head *h, struct http_request *out)
{
	/* Cut first, so that host and path are parts of what is kept. */
	struct span target = span_first(h->target, HTTP_TARGET_MAX);
	struct startline_target split = startline_split(h->method, target);

	*out = (struct http_request){
		.m = message_of(h),
		.method = h->method,
		.target = target,
		.is_target_cut = target.len < h->target.len,
		.host = span_is_present(split.authority) ? split.authority : h->host,
		.path = split.path,
		.auth = h->auth,
		.scheme = h->scheme,
		.is_websocket = h->is_websocket,
	};
	out->host = span_first(out->host, HTTP_VALUE_MAX);
}

void message_response(const struct head *h, struct http_response *out)
{
	*out = (struct http_response){ .m = message_of(h), .status = h->status };
}

/* Where the copies go. */
struct copier {
	uint8_t *at;
};

/* Absent stays absent. */
static struct span copy(struct copier *c, struct span s)
{
	struct span to = span_make(c->at, s.len);

	if (!span_is_present(s))
		return s;
	memcpy(c->at, s.ptr, s.len);
	c->at += s.len;
	return to;
}

/* Name and value stand side by side in nearly every line: then one copy does for both. */
#define SIDE_BY_SIDE 4

/* How many bytes a line takes in one piece; 0 when its parts are not side by side. */
static size_t line_len(const struct http_field *f)
{
	uintptr_t name_end = (uintptr_t)f->name.ptr + f->name.len;
	uintptr_t value = (uintptr_t)f->value.ptr;

	return value > name_end && value - name_end <= SIDE_BY_SIDE
		       ? value - (uintptr_t)f->name.ptr + f->value.len
		       : 0;
}

/* Bytes that field_copy() will take. */
static size_t field_size(const struct http_field *f)
{
	size_t n = line_len(f);

	return n ? n : f->name.len + f->value.len;
}

/* Blanks and colon between the two come along, which is cheaper than leaving them out. */
static void field_copy(struct copier *c, struct http_field *to, const struct http_field *from)
{
	size_t n = line_len(from);

	*to = *from;
	if (n) {
		struct span line = copy(c, span_make(from->name.ptr, n));

		to->name = span_first(line, from->name.len);
		to->value = span_from(line, n - from->value.len);
	} else {
		to->name = copy(c, from->name);
		to->value = copy(c, from->value);
	}
}

/* What a part of the old target is in its copy; the constant "/" is no part of it. */
static struct span rebase(struct span part, struct span old, struct span new)
{
	uintptr_t off = (uintptr_t)part.ptr - (uintptr_t)old.ptr;

	return off <= old.len ? span_make(new.ptr + off, part.len) : part;
}

struct waiting *waiting_new(struct pool *p, const struct http_request *r)
{
	size_t size = sizeof(struct waiting) + r->m.fields_cnt * sizeof(struct http_field) +
		      r->method.len + r->target.len + r->host.len;
	struct copier c;
	struct waiting *w;
	struct block *b;

	for (size_t i = 0; i < r->m.fields_cnt; i++)
		size += field_size(&r->m.fields[i]);
	b = pool_take(p, size);
	if (!b)
		return NULL;
	w = (struct waiting *)(void *)b->bytes;
	w->next = NULL;
	w->is_doubtful = false;
	w->may_switch = false;
	w->request = *r;
	w->request.m.fields = w->fields;
	/* Behind the fields: bytes have no alignment to keep. */
	c.at = (uint8_t *)(w->fields + r->m.fields_cnt);
	w->request.method = copy(&c, r->method);
	w->request.target = copy(&c, r->target);
	w->request.path = rebase(r->path, r->target, w->request.target);
	w->request.host = copy(&c, r->host);
	for (size_t i = 0; i < r->m.fields_cnt; i++)
		field_copy(&c, &w->fields[i], &r->m.fields[i]);
	return w;
}

void waiting_free(struct pool *p, struct waiting *w)
{
	if (w)
		pool_give(p,
			  (struct block *)(void *)((uint8_t *)w - offsetof(struct block, bytes)));
}
