/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "http/habit.h"
#include "support/guard.h"

/* Longer than what is remembered, and a colon. */
#define NAME_CAP (HTTP_HABIT_NAME_MAX + 8)

static struct habit habit;

static int setup(void **state)
{
	(void)state;
	memset(&habit, 0, sizeof(habit));
	return 0;
}

/* text is a name and its colon. */
static struct habit_name *meet(struct habit_name *last, const char *text)
{
	return habit_meet(&habit, last, span_make(text, strlen(text) - 1));
}

/* Whether what is expected after last stands at the front of text, which ends at a page. */
static bool is_expected(const struct habit_name *last, const char *text, size_t len)
{
	struct guard g = guard_copy(text, len);
	bool is = habit_is_at(habit_next(&habit, last), g.bytes.ptr, g.bytes.ptr + g.bytes.len);

	guard_free(&g);
	return is;
}

static void nothing_is_expected_at_first(void **state)
{
	static const char zeros[64];

	(void)state;
	for (size_t n = 0; n <= sizeof(zeros); n++) {
		assert_false(is_expected(&habit.first[0], zeros, n));
		assert_false(is_expected(&habit.first[1], "Host: a.example, and more", n % 20));
	}
}

static void what_came_last_time_is_expected(void **state)
{
	static const char vary[] = "Vary: Origin\r\n\r\nmore", age[] = "Age: 1, and more bytes";
	struct habit_name *first = &habit.first[0], *n = meet(first, "Vary:");

	(void)state;
	assert_int_equal(n->id, HTTP_NAME_VARY);
	assert_true(is_expected(first, vary, strlen(vary)));
	assert_ptr_equal(habit_next(&habit, first), n);
	/* Requests begin in a way of their own. */
	assert_false(is_expected(&habit.first[1], vary, strlen(vary)));
	assert_int_equal(meet(n, "Age:")->id, HTTP_NAME_AGE);
	assert_true(is_expected(n, age, strlen(age)));
	assert_false(is_expected(n, vary, strlen(vary)));
	/* It came differently: so it is expected now. */
	assert_int_equal(meet(n, "X-Unread:")->id, HTTP_NAME_NONE);
	assert_false(is_expected(n, age, strlen(age)));
	assert_true(is_expected(n, "X-Unread: some value", 20));
	/* In the letters in which it came last. */
	assert_ptr_equal(meet(first, "VARY:"), n);
	assert_false(is_expected(first, vary, strlen(vary)));
	assert_true(is_expected(first, "VARY: Origin, Accept", 20));
}

/* Names of every length, and for each what differs in one byte, or is cut. */
static void each_byte_of_a_name_counts(void **state)
{
	char text[NAME_CAP + HABIT_STEP + 1];

	(void)state;
	for (size_t len = 2; len <= HTTP_HABIT_NAME_MAX; len++) {
		struct habit_name *first = &habit.first[0];

		/* What a longer name leaves in the same place must not count. */
		for (size_t k = 0; k < 2; k++) {
			memset(text, k ? 'x' : 'y', sizeof(text));
			text[len - 1] = ':';
			text[sizeof(text) - 1] = 0;
			habit_meet(&habit, first, span_make(text, len - 1));
		}
		for (size_t n = 0; n < sizeof(text) - 1; n++)
			assert_int_equal(is_expected(first, text, n), n >= len && n >= HABIT_STEP);
		for (size_t i = 0; i < len + HABIT_STEP; i++) {
			text[i] ^= 1;
			assert_int_equal(is_expected(first, text, sizeof(text) - 1), i >= len);
			text[i] ^= 1;
		}
	}
}

static void names_that_are_too_long_are_not_remembered(void **state)
{
	char text[NAME_CAP];
	struct habit_name *n;

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t len = HTTP_HABIT_NAME_MAX - 1; len < sizeof(text); len++) {
		bool is_short = len < HTTP_HABIT_NAME_MAX;

		text[len] = ':';
		n = habit_meet(&habit, &habit.first[0], span_make(text, len));
		assert_int_equal(n->id, HTTP_NAME_NONE);
		assert_int_equal(is_expected(&habit.first[0], text, len + 1), is_short);
		text[len] = 'x';
	}
	/* What follows one is remembered all the same. */
	meet(n, "Age:");
	assert_true(is_expected(n, "Age: 1, and more bytes", 20));
}

/* However many names there are, each is known right after it was met. */
static void names_that_share_a_place_are_told_apart(void **state)
{
	char text[NAME_CAP];

	(void)state;
	for (unsigned i = 0; i < HTTP_HABIT_OTHERS * 8; i++) {
		int len = snprintf(text, sizeof(text), "X-%u-%.*s:", i, (int)(i % 40),
				   "----------------------------------------");

		assert_int_equal(meet(&habit.first[1], text)->id, HTTP_NAME_NONE);
		memset(text + len, ' ', sizeof(text) - (size_t)len);
		assert_true(is_expected(&habit.first[1], text, sizeof(text)));
	}
	/* One may be the beginning of the other. */
	for (size_t len = 4; len < HTTP_HABIT_NAME_MAX - 1; len++) {
		for (char c = 'a'; c <= 'z'; c++) {
			memset(text, 'x', sizeof(text));
			text[len - 1] = c;
			habit_meet(&habit, &habit.first[1], span_make(text, len));
			text[3] = ':';
			habit_meet(&habit, &habit.first[1], span_make(text, 3));
			assert_true(is_expected(&habit.first[1], text, sizeof(text)));
		}
	}
	/* A kept name has its place for itself. */
	assert_int_equal(meet(&habit.first[1], "Host:")->id, HTTP_NAME_HOST);
	assert_true(is_expected(&habit.first[1], "Host: a.example, and more", 20));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(nothing_is_expected_at_first, setup),
		cmocka_unit_test_setup(what_came_last_time_is_expected, setup),
		cmocka_unit_test_setup(each_byte_of_a_name_counts, setup),
		cmocka_unit_test_setup(names_that_are_too_long_are_not_remembered, setup),
		cmocka_unit_test_setup(names_that_share_a_place_are_told_apart, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
