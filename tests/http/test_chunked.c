/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/chunked.h"
#include "support/guard.h"

/* Follow text in pieces of n bytes, passing over what is to be skipped. *left is how many bytes
 * are behind the body. */
static enum chunked_result follow(const char *text, size_t n, size_t *left)
{
	struct span all = span_text(text);
	struct chunked k = { 0 };

	while (all.len) {
		struct guard g = guard_copy(all.ptr, n < all.len ? n : all.len);
		struct span rest = g.bytes;
		uint64_t skip;
		enum chunked_result r = chunked_next(&k, &rest, &skip);

		all = span_from(all, g.bytes.len - rest.len);
		guard_free(&g);
		if (r != CHUNKED_MORE) {
			*left = all.len;
			return r;
		}
		all = span_from(all, skip < all.len ? (size_t)skip : all.len);
	}
	*left = 0;
	return CHUNKED_MORE;
}

static void assert_in_all_pieces(const char *text, enum chunked_result want, size_t want_left)
{
	size_t left;

	for (size_t n = 1; n <= strlen(text); n++) {
		assert_int_equal(follow(text, n, &left), want);
		if (want == CHUNKED_DONE)
			assert_int_equal(left, want_left);
	}
}

static void bodies_end_where_they_end(void **state)
{
	static const char *const bodies[] = {
		"0\r\n\r\n",
		"5\r\nhello\r\n0\r\n\r\n",
		"5;name=value\r\nhello\r\n000;x=\"y\"\r\n\r\n",
		"a\r\n0123456789\r\nA \t\r\n0123456789\r\n0\r\n\r\n",
		"5\nhello\n0\n\n",
		"3\r\n\r\n\r\r\n0\r\nAccess-Control-Allow-Origin: *\r\nX: y\r\n\r\n",
		"0\r\n\rX: y\r\n\r\n",
		"0000000000000000000000001\r\nx\r\n0\r\n\r\n",
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++) {
		size_t n = strlen(bodies[i]);

		assert_in_all_pieces(bodies[i], CHUNKED_DONE, 0);
		memcpy(text, bodies[i], n);
		memcpy(text + n, "HTTP", 5);
		assert_in_all_pieces(text, CHUNKED_DONE, 4);
	}
}

static void every_prefix_goes_on(void **state)
{
	static const char body[] = "5;a=b\r\nhello\r\n0\r\nA: b\r\n\r\n";
	char text[sizeof(body)];
	size_t left;

	(void)state;
	for (size_t n = 0; n < sizeof(body) - 1; n++) {
		memcpy(text, body, n);
		text[n] = 0;
		for (size_t piece = 1; piece <= n; piece++)
			assert_int_equal(follow(text, piece, &left), CHUNKED_MORE);
	}
}

static void what_is_no_size_is_bad(void **state)
{
	static const char *const bodies[] = {
		"\r\n",        "x\r\n",         "-5\r\n",
		"+5\r\n",      " 5\r\n",        "5x\r\n",
		"5\r\nhellox", "5\r\nhello\rx", "8000000000000000\r\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		assert_in_all_pieces(bodies[i], CHUNKED_BAD, 0);
}

static void the_largest_size_is_passed_over_by_counting(void **state)
{
	struct chunked k = { 0 };
	struct span rest = span_text("7fffffffffffffff\r\nab");
	uint64_t skip;

	(void)state;
	assert_int_equal(chunked_next(&k, &rest, &skip), CHUNKED_MORE);
	assert_true(skip == INT64_MAX - 2);
	rest = span_text("\r\n80000000\r\nabc");
	assert_int_equal(chunked_next(&k, &rest, &skip), CHUNKED_MORE);
	assert_true(skip == 0x80000000u - 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_end_where_they_end),
		cmocka_unit_test(every_prefix_goes_on),
		cmocka_unit_test(what_is_no_size_is_bad),
		cmocka_unit_test(the_largest_size_is_passed_over_by_counting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
