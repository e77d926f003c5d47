/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/message.h"

#include "http/copy.h"
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

/* What a part of the old target is in its copy; the constant "/" is no part of it. */
static struct span rebase(struct span part, struct span old, struct span new)
{
	uintptr_t off = (uintptr_t)part.ptr - (uintptr_t)old.ptr;

	return off <= old.len ? span_make(new.ptr + off, part.len) : part;
}

struct waiting *waiting_new(struct pool *p, const struct http_request *r)
{
	size_t size = sizeof(struct waiting) + r->m.fields_cnt * sizeof(struct http_field) +
		      copy_size(&r->m) + r->method.len + r->target.len + r->host.len;
	struct copy c;
	struct waiting *w;
	struct block *b;

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
	w->request.method = copy_span(&c, r->method);
	w->request.target = copy_span(&c, r->target);
	w->request.path = rebase(r->path, r->target, w->request.target);
	w->request.host = copy_span(&c, r->host);
	copy_fields(&c, w->fields, &r->m);
	return w;
}

void waiting_free(struct pool *p, struct waiting *w)
{
	if (w)
		pool_give(p,
			  (struct block *)(void *)((uint8_t *)w - offsetof(struct block, bytes)));
}
