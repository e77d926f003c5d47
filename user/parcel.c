/* SPDX-License-Identifier: BSD-2-Clause */
#include "parcel.h"

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

static size_t message_size(const struct http_message *m)
{
	size_t size = m->fields_cnt * sizeof(struct http_field);

	for (size_t i = 0; i < m->fields_cnt; i++) {
		size_t n = line_len(&m->fields[i]);

		size += n ? n : m->fields[i].name.len + m->fields[i].value.len;
	}
	return size;
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

/* Append s at *at. Absent stays absent. */
static struct span copy(uint8_t **at, struct span s)
{
	struct span to = span_make(*at, s.len);

	if (!span_is_present(s))
		return s;
	memcpy(*at, s.ptr, s.len);
	*at += s.len;
	return to;
}

/* Blanks and colon between the two come along, which is cheaper than leaving them out. */
static void field_copy(uint8_t **at, struct http_field *to, const struct http_field *from)
{
	size_t n = line_len(from);

	*to = *from;
	if (n) {
		struct span line = copy(at, span_make(from->name.ptr, n));

		to->name = span_first(line, from->name.len);
		to->value = span_from(line, n - from->value.len);
	} else {
		to->name = copy(at, from->name);
		to->value = copy(at, from->value);
	}
}

static void message_copy(uint8_t **at, struct http_field *to, struct http_message *m)
{
	for (size_t i = 0; i < m->fields_cnt; i++)
		field_copy(at, &to[i], &m->fields[i]);
	m->fields = to;
}

/* What a part of the old span is in its copy; constant text is no part of it. */
static struct span rebase(uint8_t **at, struct span part, struct span old, struct span new)
{
	uintptr_t off = (uintptr_t)part.ptr - (uintptr_t)old.ptr;

	if (span_is_present(part) && span_is_present(old) && off <= old.len &&
	    part.len <= old.len - off)
		return span_make(new.ptr + off, part.len);
	return copy(at, part);
}

void parcel_make(struct parcel *p, const struct parcel_key *key, const struct exchange *x)
{
	struct http_request *r = &p->x.request;
	size_t request_cnt, response_cnt;
	uint8_t *at;

	p->key = *key;
	p->missed = 0;
	p->x = *x;
	request_cnt = x->has_request ? x->request.m.fields_cnt : 0;
	response_cnt = x->has_response ? x->response.m.fields_cnt : 0;
	/* Behind the lines: bytes have no alignment to keep. */
	at = (uint8_t *)(p->fields + request_cnt + response_cnt);
	if (x->has_request) {
		message_copy(&at, p->fields, &r->m);
		r->method = copy(&at, x->request.method);
		r->target = copy(&at, x->request.target);
		r->path = rebase(&at, x->request.path, x->request.target, r->target);
		r->host = rebase(&at, x->request.host, x->request.target, r->target);
	}
	if (x->has_response)
		message_copy(&at, p->fields + request_cnt, &p->x.response.m);
}
