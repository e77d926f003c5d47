/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "tls/framer.h"

/* Three records of 5, 0 and 7 bytes. */
static const uint8_t three[] = "\x16\x03\x01\x00\x05hello"
			       "\x17\x03\x03\x00\x00"
			       "\x17\x03\x03\x00\x07records";
#define THREE_LEN (sizeof(three) - 1)

struct heard {
	char text[4096];
	size_t len;
};

/* Read a piece, and write down what comes. */
static void feed(struct framer *r, struct buffers *b, const void *ptr, size_t len, struct heard *h)
{
	struct span rest = span_make(ptr, len);
	struct record record;

	for (;;) {
		switch (framer_next(r, b, &rest, &record)) {
		case FRAMER_NONE: return;
		case FRAMER_HEAD: break;
		case FRAMER_RECORD:
			h->len += (size_t)snprintf(h->text + h->len, sizeof(h->text) - h->len,
						   "%d%s:%.*s ", record.head[0],
						   record.was_sought ? "?" : "",
						   (int)record.body.len, record.body.ptr);
			break;
		case FRAMER_BAD:
			h->len += (size_t)snprintf(h->text + h->len, sizeof(h->text) - h->len,
						   "bad ");
			return;
		case FRAMER_NO_BUFFER: fail();
		}
	}
}

static void any_cut_gives_the_same_records(void **state)
{
	(void)state;
	for (size_t i = 0; i <= THREE_LEN; i++) {
		for (size_t j = i; j <= THREE_LEN; j++) {
			struct buffers b = { 0 };
			struct framer r = { 0 };
			struct heard h = { .len = 0 };
			uint8_t *copy = malloc(THREE_LEN);

			/* Each piece is gone when the next one comes. */
			memcpy(copy, three, THREE_LEN);
			feed(&r, &b, copy, i, &h);
			memset(copy, 0xdd, i);
			feed(&r, &b, copy + i, j - i, &h);
			memset(copy, 0xdd, j);
			feed(&r, &b, copy + j, THREE_LEN - j, &h);
			assert_string_equal(h.text, "22:hello 23: 23:records ");
			framer_fini(&r, &b);
			assert_int_equal(b.taken_cnt, 0);
			buffers_fini(&b);
			free(copy);
		}
	}
}

static void what_is_no_record_is_bad(void **state)
{
	static const char *const bad[] = { "GET /", "\x16\x02\x01\x01\x01", "\x18\x03\x03\x01\x01",
					   "\x17\x03\x05\x01\x01", "\x17\x03\x03\x48\x01" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct buffers b = { 0 };
		struct framer r = { 0 };
		struct heard h = { .len = 0 };

		feed(&r, &b, bad[i], 5, &h);
		assert_string_equal(h.text, "bad ");
		framer_fini(&r, &b);
	}
}

static void a_hole_inside_a_record_costs_one_record(void **state)
{
	struct buffers b = { 0 };
	struct framer r = { 0 };
	struct heard h = { .len = 0 };

	(void)state;
	feed(&r, &b, three, 7, &h);
	assert_int_equal(framer_gap(&r, &b, 2), FRAMER_LOST_RECORD);
	/* The last letter is skipped: it neither comes nor is missing. */
	assert_int_equal(framer_skip(&r), 1);
	assert_int_equal(framer_skip(&r), 0);
	feed(&r, &b, three + 10, THREE_LEN - 10, &h);
	assert_string_equal(h.text, "23: 23:records ");
	assert_int_equal(b.taken_cnt, 0);
	framer_fini(&r, &b);
	buffers_fini(&b);
}

static void a_hole_in_what_is_passed_over_costs_nothing(void **state)
{
	struct buffers b = { 0 };
	struct framer r = { 0 };
	struct heard h = { .len = 0 };
	struct span rest = span_make(three, 7);
	struct record record;

	(void)state;
	assert_int_equal(framer_next(&r, &b, &rest, &record), FRAMER_HEAD);
	framer_pass(&r);
	assert_int_equal(framer_next(&r, &b, &rest, &record), FRAMER_NONE);
	assert_int_equal(framer_gap(&r, &b, 3), FRAMER_LOST_NOTHING);
	feed(&r, &b, three + 10, THREE_LEN - 10, &h);
	assert_string_equal(h.text, "23: 23:records ");
	framer_fini(&r, &b);
}

/* Behind other holes the next record with data is looked for, wherever it begins. */
static void a_hole_across_heads_loses_the_place(void **state)
{
	static const char after[] = "rest of it \x17\x03\x03\x00\x10"
				    "sixteen letters!";
	static const uint64_t holes[] = { 0, 6, 1000 };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct buffers b = { 0 };
		struct framer r = { 0 };
		struct heard h = { .len = 0 };

		feed(&r, &b, three, 7, &h);
		assert_int_equal(framer_gap(&r, &b, holes[i]), FRAMER_LOST_PLACE);
		feed(&r, &b, after, sizeof(after) - 1, &h);
		feed(&r, &b, three, THREE_LEN, &h);
		assert_string_equal(h.text, "23?:sixteen letters! 22:hello 23: 23:records ");
		framer_fini(&r, &b);
		buffers_fini(&b);
	}
}

static void buffers_are_bounded(void **state)
{
	struct buffers b = { 0 };
	struct buffer **all = calloc(TLS_BUFFERS_MAX, sizeof(struct buffer *));
	struct buffer *more;

	(void)state;
	for (size_t i = 0; i < TLS_BUFFERS_MAX; i++)
		assert_non_null(all[i] = buffers_take(&b));
	more = buffers_take(&b);
	assert_null(more);
	for (size_t i = 0; i < TLS_BUFFERS_MAX; i++)
		buffers_give(&b, all[i]);
	assert_int_equal(b.free_cnt, TLS_BUFFERS_FREE_MAX);
	buffers_fini(&b);
	free(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_gives_the_same_records),
		cmocka_unit_test(what_is_no_record_is_bad),
		cmocka_unit_test(a_hole_inside_a_record_costs_one_record),
		cmocka_unit_test(a_hole_in_what_is_passed_over_costs_nothing),
		cmocka_unit_test(a_hole_across_heads_loses_the_place),
		cmocka_unit_test(buffers_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
