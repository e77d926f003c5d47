/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/search.h"
#include "base/text.h"
#include "support/failmalloc.h"
#include "support/guard.h"

static void what_is_added_stands_in_a_row(void **state)
{
	char buf[64];
	struct text t = text_init(buf, sizeof(buf));

	(void)state;
	text_add(&t, "a");
	text_add(&t, NULL);
	text_char(&t, '-');
	text_u64(&t, 0);
	text_u64(&t, UINT64_MAX);
	text_char(&t, '-');
	text_hex(&t, 0x1f3a, 6);
	text_span(&t, span_make("xyz", 2));
	assert_string_equal(buf, "a-018446744073709551615-001f3axy");
	assert_int_equal(t.len, strlen(buf));
	assert_false(t.is_cut);
}

static void the_limit_holds_at_n_and_cuts_at_n_plus_1(void **state)
{
	char buf[4];
	struct text t = text_init(buf, sizeof(buf));

	(void)state;
	text_add(&t, "abc");
	assert_string_equal(buf, "abc");
	assert_false(t.is_cut);
	text_add(&t, "");
	assert_false(t.is_cut);
	text_add(&t, "d");
	assert_true(t.is_cut);
	assert_string_equal(buf, "abc");
	/* Nothing comes after a hole. */
	t = text_init(buf, sizeof(buf));
	text_add(&t, "abcd");
	text_add(&t, "e");
	assert_string_equal(buf, "");
	/* Nor when it is a single character. */
	t = text_init(buf, sizeof(buf));
	text_add(&t, "ab");
	text_char(&t, 'c');
	assert_string_equal(buf, "abc");
	assert_false(t.is_cut);
	text_char(&t, 'd');
	assert_true(t.is_cut);
	assert_string_equal(buf, "abc");
}

static void every_capacity_ends_in_a_nul_and_no_broken_sequence(void **state)
{
	static const char in[] = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80z";

	(void)state;
	for (size_t cap = 1; cap <= sizeof(in) + 1; cap++) {
		char *buf = malloc(cap), again[32];
		struct text t = text_init(buf, cap), u = text_init(again, sizeof(again));

		text_wire(&t, span_text(in));
		assert_int_equal(buf[t.len], 0);
		assert_int_equal(t.is_cut, cap < sizeof(in));
		/* What is well-formed comes through unchanged. */
		text_wire(&u, text_get(&t));
		assert_string_equal(again, buf);
		assert_true(strncmp(buf, in, t.len) == 0);
		free(buf);
	}
}

static void bytes_that_are_no_utf8_are_replaced_one_by_one(void **state)
{
	static const struct {
		const char *in;
		size_t len;
		const char *out;
	} rows[] = {
		{ "\xff", 1, "\xef\xbf\xbd" },
		{ "a\0b", 3,
		  "a\xef\xbf\xbd"
		  "b" },
		{ "\xc3", 1, "\xef\xbf\xbd" },
		{ "\xc0\x80", 2, "\xef\xbf\xbd\xef\xbf\xbd" },                 /* overlong */
		{ "\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" }, /* surrogate */
		{ "\xf4\x90\x80\x80", 4, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\xe2\x82", 2, "\xef\xbf\xbd\xef\xbf\xbd" },
		{ "\n\x1b", 2, "\n\x1b" }, /* sinks escape these */
	};
	char buf[64];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct guard g = guard_copy(rows[i].in, rows[i].len);
		struct text t = text_init(buf, sizeof(buf));

		text_wire(&t, g.bytes);
		assert_string_equal(buf, rows[i].out);
		guard_free(&g);
	}
}

/* ASCII is passed over several bytes at a time: every other byte is seen wherever it stands. */
static void bytes_that_are_no_ascii_are_seen_at_every_place(void **state)
{
	(void)state;
	for (size_t n = 1; n < 20; n++) {
		for (size_t at = 0; at < n; at++) {
			for (unsigned c = 0; c < 256; c++) {
				uint8_t in[20];
				char buf[64], want[64];
				struct text t = text_init(buf, sizeof(buf));
				struct text w = text_init(want, sizeof(want));
				struct guard g;

				memset(in, '\x7f', n);
				/* Just above a NUL, where a borrow would go. */
				if (at + 1 < n)
					in[at + 1] = 1;
				in[at] = (uint8_t)c;
				text_span(&w, span_make(in, at));
				text_span(&w, c && c < 0x80 ? span_make(in + at, 1)
							    : span_text("\xef\xbf\xbd"));
				text_span(&w, span_make(in + at + 1, n - at - 1));
				g = guard_copy(in, n);
				text_wire(&t, g.bytes);
				guard_free(&g);
				assert_string_equal(buf, want);
			}
		}
	}
}

static void templates_are_filled_and_other_braces_stay(void **state)
{
	static const char *const keys[] = { "a", "ab", NULL };
	const struct span values[] = { span_text("1"), span_text("{a}") };
	char buf[64];
	struct text t = text_init(buf, sizeof(buf));

	(void)state;
	text_fill(&t, "{a}{ab}{b}{ a }{{a}} {", keys, values);
	assert_string_equal(buf, "1{a}{b}{ a }{1} {");
}

static void a_copy_is_made_or_not(void **state)
{
	char buf[8], *copy;
	struct text t = text_init(buf, sizeof(buf));

	(void)state;
	text_add(&t, "abc");
	copy = text_dup(&t);
	assert_string_equal(copy, "abc");
	free(copy);
	failmalloc_arm(1);
	copy = text_dup(&t);
	assert_true(failmalloc_disarm());
	assert_null(copy);
}

static void texts_are_found_within_spans(void **state)
{
	struct guard g = guard_copy("Mozilla Chrome/1", 16);

	(void)state;
	assert_int_equal(search_find(g.bytes, "Chrome/"), 8);
	assert_int_equal(search_find(g.bytes, "Chrome/12"), 16);
	assert_true(search_has(g.bytes, "/1"));
	assert_false(search_has(g.bytes, "chrome"));
	assert_true(search_has_nocase(g.bytes, "chrome/1"));
	assert_false(search_has_nocase(g.bytes, "chrome/2"));
	assert_false(search_has(span_make(NULL, 0), "a"));
	assert_false(search_has_nocase(span_make(NULL, 0), "a"));
	assert_true(search_has_nocase(g.bytes, ""));
	guard_free(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_added_stands_in_a_row),
		cmocka_unit_test(the_limit_holds_at_n_and_cuts_at_n_plus_1),
		cmocka_unit_test(every_capacity_ends_in_a_nul_and_no_broken_sequence),
		cmocka_unit_test(bytes_that_are_no_utf8_are_replaced_one_by_one),
		cmocka_unit_test(bytes_that_are_no_ascii_are_seen_at_every_place),
		cmocka_unit_test(templates_are_filled_and_other_braces_stay),
		cmocka_unit_test(a_copy_is_made_or_not),
		cmocka_unit_test(texts_are_found_within_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
