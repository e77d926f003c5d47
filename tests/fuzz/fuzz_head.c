/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_head: any bytes as a head. What is read must lie in the bytes, must not depend on what
 * stands behind the head or on what names are expected, and must not change when less of the head
 * is there.
 */
#include <stdlib.h>

#include "http/head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define CHECK(fact)                                                                                \
	do {                                                                                       \
		if (!(fact))                                                                       \
			abort();                                                                   \
	} while (0)

static bool is_inside(struct span part, struct span whole)
{
	return part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len;
}

static void check_names(const struct http_field *f)
{
	CHECK(span_is_nocase(f->name, http_name_text(f->id)));
	CHECK(f->value.len <= HTTP_VALUE_MAX);
}

static void check_fields(const struct head *h, struct span bytes)
{
	CHECK(h->fields_cnt <= HTTP_FIELDS_MAX);
	for (size_t i = 0; i < h->fields_cnt; i++) {
		const struct http_field *f = &h->fields[i];

		check_names(f);
		CHECK(is_inside(f->name, bytes) || is_inside(f->name, h->fold));
		CHECK(is_inside(f->value, bytes) || is_inside(f->value, h->fold) ||
		      span_is(f->value, "(present)"));
	}
}

static void check_same(const struct head *a, const struct head *b)
{
	CHECK(a->fields_cnt == b->fields_cnt && a->flaws == b->flaws && a->status == b->status);
	CHECK(a->length == b->length && a->coding == b->coding && a->version == b->version);
	for (size_t i = 0; i < a->fields_cnt; i++)
		CHECK(span_eq(a->fields[i].value, b->fields[i].value));
}

/* A part of the head says the same as the whole, as far as it goes. */
static void check_part(const struct head *h, struct span part)
{
	static struct head less;

	CHECK(head_parse(&less, part, HEAD_ANY) == HEAD_MORE);
	CHECK(less.fields_cnt <= h->fields_cnt);
	for (size_t i = 0; i < less.fields_cnt; i++)
		CHECK(span_eq(less.fields[i].value, h->fields[i].value));
	if (!less.has_start)
		CHECK(head_may_start(part, HEAD_ANY));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct head h, again;
	struct span bytes = span_make(data, size);

	if (!size)
		return 0;
	/* Each input begins with nothing expected, and is read again with itself expected. */
	memset(&h.habit, 0, sizeof(h.habit));
	switch (head_parse(&h, bytes, HEAD_ANY)) {
	case HEAD_BAD: return 0;
	case HEAD_MORE: check_fields(&h, bytes); return 0;
	default: break;
	}
	CHECK(h.len <= size);
	check_fields(&h, bytes);
	if (h.version == HTTP_0_9)
		return 0;
	CHECK(head_end(bytes, 0) == h.len);
	again.habit = h.habit;
	CHECK(head_parse(&again, span_first(bytes, h.len), HEAD_ANY) == HEAD_OK);
	check_same(&h, &again);
	check_part(&h, span_first(bytes, h.len - 1));
	check_part(&h, span_first(bytes, h.len / 2));
	return 0;
}
