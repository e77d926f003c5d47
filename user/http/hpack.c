/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/hpack.h"

#include <stdlib.h>

#include "base/limits.h"

/* A block of memory that knows its size, as the budget has to. */
union sized {
	size_t size;
	max_align_t align;
};

static void *budget_realloc(void *ptr, size_t size, void *user)
{
	struct hpack_budget *b = user;
	union sized *old = ptr ? (union sized *)ptr - 1 : NULL;
	size_t before = old ? old->size : 0;
	union sized *now;

	b->is_full = b->held - before + size > HTTP_TABLES_TOTAL_MAX;
	if (b->is_full)
		return NULL;
	now = realloc(old, sizeof(*now) + size);
	if (!now)
		return NULL;
	b->held = b->held - before + size;
	now->size = size;
	return now + 1;
}

static void *budget_malloc(size_t size, void *user)
{
	return budget_realloc(NULL, size, user);
}

static void *budget_calloc(size_t cnt, size_t size, void *user)
{
	/* nghttp2 asks for single structs and short arrays: no overflow. */
	void *ptr = budget_realloc(NULL, cnt * size, user);

	if (ptr)
		memset(ptr, 0, cnt * size);
	return ptr;
}

static void budget_free(void *ptr, void *user)
{
	struct hpack_budget *b = user;

	if (!ptr)
		return;
	b->held -= ((union sized *)ptr - 1)->size;
	free((union sized *)ptr - 1);
}

void hpack_budget_init(struct hpack_budget *b)
{
	*b = (struct hpack_budget){ .mem = { b, budget_malloc, budget_free, budget_calloc,
					     budget_realloc } };
}

void hpack_init(struct hpack *h, struct hpack_budget *budget)
{
	*h = (struct hpack){ .budget = budget };
}

void hpack_fini(struct hpack *h)
{
	if (h->inflater)
		nghttp2_hd_inflate_del(h->inflater);
	h->inflater = NULL;
}

void hpack_lose(struct hpack *h)
{
	hpack_fini(h);
	h->has_unknown = true;
}

/* The dynamic table's size is the encoder's to say, within what its peer allows, and either can
 * be changed in a SETTINGS that was not seen: the inflater allows whatever is affordable. */
static bool inflater_make(struct hpack *h)
{
	if (nghttp2_hd_inflate_new2(&h->inflater, &h->budget->mem) != 0) {
		h->inflater = NULL;
		return false;
	}
	/* At its start it never refuses. */
	(void)nghttp2_hd_inflate_change_table_size(h->inflater, HTTP_TABLE_MAX);
	return true;
}

/* Have the inflater read bytes. HPACK_END: no field came of them. */
static enum hpack_result feed(struct hpack *h, struct span *bytes, bool is_last, struct span *name,
			      struct span *value)
{
	nghttp2_nv nv;
	int flags = 0;

	for (;;) {
		ssize_t n = nghttp2_hd_inflate_hd2(h->inflater, &nv, &flags, bytes->ptr, bytes->len,
						   is_last);

		if (n < 0)
			return n == NGHTTP2_ERR_NOMEM ? HPACK_MEMORY : HPACK_BAD;
		*bytes = span_from(*bytes, (size_t)n);
		if (flags & NGHTTP2_HD_INFLATE_EMIT) {
			*name = span_make(nv.name, nv.namelen);
			*value = span_make(nv.value, nv.valuelen);
			return HPACK_FIELD;
		}
		if (flags & NGHTTP2_HD_INFLATE_FINAL || !bytes->len)
			return HPACK_END;
	}
}

/* An integer whose first byte has bits of it (RFC 7541, 5.1). False when it does not end, or is
 * larger than any that a block can use. */
static bool integer_read(struct span *s, unsigned bits, uint64_t *out)
{
	uint64_t mask = (1u << bits) - 1, n;
	unsigned shift = 0;
	uint8_t b;

	if (!s->len)
		return false;
	n = s->ptr[0] & mask;
	*s = span_from(*s, 1);
	if (n == mask) {
		do {
			if (!s->len || shift > 28)
				return false;
			b = s->ptr[0];
			*s = span_from(*s, 1);
			n += (uint64_t)(b & 0x7f) << shift;
			shift += 7;
		} while (b & 0x80);
	}
	*out = n;
	return true;
}

/* Pass over a string literal (RFC 7541, 5.2). */
static bool string_pass(struct span *s)
{
	uint64_t n;

	if (!integer_read(s, 7, &n) || n > s->len)
		return false;
	*s = span_from(*s, (size_t)n);
	return true;
}

/* One representation of a block (RFC 7541, 6). */
struct representation {
	struct span whole;
	struct span value; /* of a literal: its string as it stands; absent otherwise */
	uint8_t form;      /* the bits before the index */
	uint64_t index;    /* of a table; 0: none. Or a size */
};

/* The forms, by the bits that the first byte begins with. */
#define FORM_INDEXED     0x80
#define FORM_INCREMENTAL 0x40
#define FORM_SIZE        0x20

static bool representation_read(struct span *rest, struct representation *r)
{
	struct span s = *rest;
	uint8_t first = s.ptr[0];
	unsigned bits;

	*r = (struct representation){ 0 };
	if (first & FORM_INDEXED)
		r->form = FORM_INDEXED, bits = 7;
	else if (first & FORM_INCREMENTAL)
		r->form = FORM_INCREMENTAL, bits = 6;
	else if (first & FORM_SIZE)
		r->form = FORM_SIZE, bits = 5;
	else
		r->form = first & 0xf0, bits = 4;
	if (!integer_read(&s, bits, &r->index))
		return false;
	if (r->form != FORM_INDEXED && r->form != FORM_SIZE) {
		struct span begin;

		if (!r->index && !string_pass(&s))
			return false;
		begin = s;
		if (!string_pass(&s))
			return false;
		r->value = span_first(begin, begin.len - s.len);
	}
	r->whole = span_first(*rest, rest->len - s.len);
	*rest = s;
	return true;
}

/* Whether an index leads to an entry from before all that is known. */
static bool is_beyond(const struct hpack *h, uint64_t index)
{
	return index > nghttp2_hd_inflate_get_num_table_entries(h->inflater);
}

/* A literal whose name is not known: an entry with an empty one stands for it in the table. */
static enum hpack_result feed_nameless(struct hpack *h, const struct representation *r)
{
	uint8_t begin[2] = { r->form, 0 };
	struct span name, value, head = span_make(begin, sizeof(begin)), string = r->value;
	enum hpack_result result = feed(h, &head, false, &name, &value);

	if (result == HPACK_END)
		result = feed(h, &string, false, &name, &value);
	return result == HPACK_FIELD ? HPACK_UNKNOWN : result;
}

/* A size is the encoder's, and holds for what is not known, too: nothing of it is left at 0. */
static void size_take(struct hpack *h, const struct representation *r)
{
	if (r->index == 0)
		h->has_unknown = false;
}

/* The next field of a block that may refer to what is not known. */
static enum hpack_result next_guarded(struct hpack *h, struct span *name, struct span *value)
{
	while (h->rest.len) {
		struct representation r;
		enum hpack_result result;

		if (!representation_read(&h->rest, &r))
			return HPACK_BAD;
		if (r.form == FORM_SIZE)
			size_take(h, &r);
		else if (is_beyond(h, r.index))
			return r.form == FORM_INDEXED ? HPACK_UNKNOWN : feed_nameless(h, &r);
		result = feed(h, &r.whole, false, name, value);
		if (result == HPACK_FIELD && !name->len)
			return HPACK_UNKNOWN;
		if (result != HPACK_END)
			return result;
	}
	return HPACK_END;
}

/* How large the peer's table is was said in what was not seen. Ours is to be no smaller, until the
 * encoder says another size; if it is, what it has lost is unknown and no worse. */
static enum hpack_result widen(struct hpack *h)
{
	static const uint8_t size[] = { FORM_SIZE | 0x1f, 0xe1, 0xff, 0x03 };
	struct span bytes = span_make(size, sizeof(size)), name, value;

	return feed(h, &bytes, true, &name, &value);
}

_Static_assert(HTTP_TABLE_JOINED == 0x1f + 0x61 + (0x7f << 7) + (0x03 << 14), "widen() says so");

void hpack_begin(struct hpack *h, struct span block)
{
	h->rest = block;
}

static enum hpack_result next(struct hpack *h, struct span *name, struct span *value)
{
	if (!h->inflater) {
		enum hpack_result r;

		if (!inflater_make(h))
			return HPACK_MEMORY;
		r = h->has_unknown ? widen(h) : HPACK_END;
		if (r != HPACK_END)
			return r;
		(void)nghttp2_hd_inflate_end_headers(h->inflater);
	}
	if (h->has_unknown)
		return next_guarded(h, name, value);
	return feed(h, &h->rest, true, name, value);
}

enum hpack_result hpack_next(struct hpack *h, struct span *name, struct span *value)
{
	enum hpack_result r = next(h, name, value);

	if (r == HPACK_END)
		(void)nghttp2_hd_inflate_end_headers(h->inflater);
	else if (r == HPACK_BAD || r == HPACK_MEMORY)
		hpack_lose(h);
	return r;
}
