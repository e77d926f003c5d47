/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/h2head.h"

#include "http/h2text.h"

enum pseudo {
	PSEUDO_METHOD,
	PSEUDO_SCHEME,
	PSEUDO_AUTHORITY,
	PSEUDO_PATH,
	PSEUDO_PROTOCOL,
	PSEUDO_STATUS,
	PSEUDO_CNT,
};

static const char *const pseudo_names[PSEUDO_CNT] = {
	[PSEUDO_METHOD] = ":method",       [PSEUDO_SCHEME] = ":scheme",
	[PSEUDO_AUTHORITY] = ":authority", [PSEUDO_PATH] = ":path",
	[PSEUDO_PROTOCOL] = ":protocol",   [PSEUDO_STATUS] = ":status",
};

#define PSEUDO_BIT(which) (1u << (which))

/* One block's reading. */
struct reading {
	struct h2head *h;
	struct pool *pool;
	unsigned seen; /* PSEUDO_BIT of those that came */
	bool has_regular;
	bool has_cookie;
	bool is_malformed;
};

/* A copy for the head; max and a byte more, so that whoever cuts it there sees that it was. */
static struct span keep(struct reading *r, struct span s, size_t max)
{
	struct span to = arena_copy(&r->h->arena, r->pool, span_first(s, max + 1));

	r->h->is_memory_short |= !span_is_present(to);
	return to;
}

/* Three digits (RFC 9110, 15). */
static bool status_read(struct span s, uint16_t *out)
{
	unsigned n = 0;

	if (s.len != 3)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9')
			return false;
		n = n * 10 + s.ptr[i] - '0';
	}
	*out = (uint16_t)n;
	return n >= 100;
}

static enum http_scheme scheme_of(struct span s)
{
	return span_is_nocase(s, "https")  ? HTTP_SCHEME_HTTPS
	       : span_is_nocase(s, "http") ? HTTP_SCHEME_HTTP
					   : HTTP_SCHEME_NONE;
}

/* User information must not be there (RFC 9113, 8.3.1), is no part of the host, and private. */
static struct span host_of(struct span authority)
{
	size_t at = span_find(authority, '@');

	return at < authority.len ? span_from(authority, at + 1) : authority;
}

static void pseudo_take(struct reading *r, enum pseudo which, struct span value)
{
	struct head *head = r->h->head;

	/* Each once, and before all others (RFC 9113, 8.3). */
	if (r->has_regular || (r->seen & PSEUDO_BIT(which))) {
		r->is_malformed = true;
		return;
	}
	r->seen |= PSEUDO_BIT(which);
	switch (which) {
	case PSEUDO_METHOD: head->method = keep(r, value, HTTP_METHOD_MAX); break;
	case PSEUDO_PATH: head->target = keep(r, value, HTTP_TARGET_MAX); break;
	case PSEUDO_AUTHORITY: head->host = keep(r, host_of(value), HTTP_VALUE_MAX); break;
	case PSEUDO_SCHEME: head->scheme = scheme_of(value); break;
	case PSEUDO_PROTOCOL: head->is_websocket = span_is_nocase(value, "websocket"); break;
	case PSEUDO_STATUS: r->is_malformed |= !status_read(value, &head->status); break;
	default: break;
	}
}

static void regular_take(struct reading *r, struct span name, struct span value)
{
	enum http_name id = http_name_of(name);

	r->has_regular = true;
	if (id == HTTP_NAME_NONE)
		return;
	if (id == HTTP_NAME_COOKIE && r->has_cookie)
		return;
	r->has_cookie |= id == HTTP_NAME_COOKIE;
	/* A block may name one long entry of the table as often as it has bytes. */
	if (r->h->head->fields_cnt == HTTP_FIELDS_MAX) {
		r->h->head->flaws |= HTTP_FLAW_FIELDS_OVER;
		return;
	}
	/* The name is what the table has; :authority goes before Host (RFC 9113, 8.3.1). */
	value = keep(r, value, HTTP_VALUE_MAX);
	if (span_is_present(value))
		head_add(r->h->head, id, span_text(http_name_text(id)), value);
}

static void field_take(struct reading *r, struct span name, struct span value)
{
	if (!h2text_is_name(name) || !h2text_is_value(value)) {
		r->is_malformed = true;
		return;
	}
	if (name.ptr[0] != ':') {
		regular_take(r, name, value);
		return;
	}
	for (unsigned i = 0; i < PSEUDO_CNT; i++) {
		if (span_is(name, pseudo_names[i])) {
			pseudo_take(r, (enum pseudo)i, value);
			return;
		}
	}
	r->is_malformed = true;
}

/* What CONNECT is for is its authority (RFC 9113, 8.5), unless it is an extended one, whose path
 * may be among what is not known. */
static void target_find(const struct reading *r, struct head *head)
{
	if (!span_is_present(head->target) && span_is(head->method, "CONNECT") &&
	    !r->h->unknown_cnt)
		head->target = head->host;
}

/* What the fields make of the block. */
static enum h2head_kind kind_of(const struct reading *r)
{
	struct head *head = r->h->head;
	bool is_response = r->seen & PSEUDO_BIT(PSEUDO_STATUS);
	bool is_request = r->seen & ~PSEUDO_BIT(PSEUDO_STATUS);

	if (r->is_malformed || (is_request && is_response))
		return H2HEAD_MALFORMED;
	if (r->h->unknown_cnt)
		head->flaws |= HTTP_FLAW_FIELDS_UNKNOWN;
	head->version = HTTP_2;
	head->is_request = is_request;
	if (is_request) {
		target_find(r, head);
		return r->h->unknown_cnt || (head->method.len && head->target.len)
			       ? H2HEAD_REQUEST
			       : H2HEAD_MALFORMED;
	}
	if (is_response)
		return H2HEAD_RESPONSE;
	return r->h->unknown_cnt ? H2HEAD_UNCLEAR : H2HEAD_TRAILERS;
}

enum h2head_kind h2head_read(struct h2head *h, struct hpack *hpack, struct pool *p,
			     struct span block)
{
	struct reading r = { .h = h, .pool = p };
	struct span name, value;
	enum hpack_result result;

	h->is_memory_short = false;
	h->unknown_cnt = h->fields_cnt = 0;
	head_clear(h->head);
	hpack_begin(hpack, block);
	while ((result = hpack_next(hpack, &name, &value)) <= HPACK_UNKNOWN) {
		h->fields_cnt++;
		if (result == HPACK_FIELD)
			field_take(&r, name, value);
		else
			h->unknown_cnt++;
	}
	h->is_memory_short |= result == HPACK_MEMORY;
	if (result != HPACK_END || h->is_memory_short)
		return H2HEAD_BROKEN;
	return kind_of(&r);
}
