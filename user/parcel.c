/* SPDX-License-Identifier: BSD-2-Clause */
#include "parcel.h"

#include "http/copy.h"

static size_t message_size(const struct http_message *m)
{
	return m->fields_cnt * sizeof(struct http_field) + copy_size(m);
}

size_t parcel_size(const struct exchange *x)
{
	size_t size = sizeof(struct parcel);

	if (x->has_request) {
		const struct http_request *r = &x->request;

		size += message_size(&r->m) + r->method.len + r->target.len + r->host.len +
			r->path.len;
	}
	if (x->has_response)
		size += message_size(&x->response.m);
	return size;
}

static void message_copy(struct copy *c, struct http_field *to, struct http_message *m)
{
	copy_fields(c, to, m);
	m->fields = to;
}

/* What a part of the old span is in its copy; constant text is no part of it. */
static struct span rebase(struct copy *c, struct span part, struct span old, struct span new)
{
	uintptr_t off = (uintptr_t)part.ptr - (uintptr_t)old.ptr;

	if (span_is_present(part) && span_is_present(old) && off <= old.len &&
	    part.len <= old.len - off)
		return span_make(new.ptr + off, part.len);
	return copy_span(c, part);
}

void parcel_make(struct parcel *p, const struct parcel_key *key, const struct exchange *x)
{
	struct http_request *r = &p->x.request;
	size_t request_cnt, response_cnt;
	struct copy c;

	p->key = *key;
	p->missed = 0;
	p->x = *x;
	request_cnt = x->has_request ? x->request.m.fields_cnt : 0;
	response_cnt = x->has_response ? x->response.m.fields_cnt : 0;
	/* Behind the lines: bytes have no alignment to keep. */
	c.at = (uint8_t *)(p->fields + request_cnt + response_cnt);
	if (x->has_request) {
		message_copy(&c, p->fields, &r->m);
		r->method = copy_span(&c, x->request.method);
		r->target = copy_span(&c, x->request.target);
		r->path = rebase(&c, x->request.path, x->request.target, r->target);
		r->host = rebase(&c, x->request.host, x->request.target, r->target);
	}
	if (x->has_response)
		message_copy(&c, p->fields + request_cnt, &p->x.response.m);
}
