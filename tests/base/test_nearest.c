/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_slip_counts_one(void **state)
{
	(void)state;
	assert_int_equal(nearest_distance("json", "json"), 0);
	assert_int_equal(nearest_distance("jsn", "json"), 1);   /* dropped */
	assert_int_equal(nearest_distance("jsoon", "json"), 1); /* added */
	assert_int_equal(nearest_distance("jsom", "json"), 1);  /* changed */
	assert_int_equal(nearest_distance("josn", "json"), 1);  /* swapped */
}

static void a_part_of_a_word_is_near(void **state)
{
	(void)state;
	assert_int_equal(nearest_distance("vary", "vary-origin-missing"), 1);
	assert_int_not_equal(nearest_distance("va", "vary-origin-missing"), 1);
}

static void an_empty_word_is_as_far_as_the_other_is_long(void **state)
{
	(void)state;
	assert_int_equal(nearest_distance("", "json"), 4);
	assert_int_equal(nearest_distance("json", ""), 4);
	assert_int_equal(nearest_distance("", ""), 0);
}

static void words_beyond_the_limit_are_compared_by_their_beginning(void **state)
{
	char a[NEAREST_WORD_MAX + 2], b[NEAREST_WORD_MAX + 2];

	(void)state;
	memset(a, 'a', sizeof(a));
	memset(b, 'a', sizeof(b));
	a[NEAREST_WORD_MAX] = b[NEAREST_WORD_MAX] = '\0';
	assert_int_equal(nearest_distance(a, b), 0);
	a[NEAREST_WORD_MAX - 1] = 'x';
	assert_int_equal(nearest_distance(a, b), 1);
	memset(a, 'a', sizeof(a));
	a[NEAREST_WORD_MAX] = 'x';
	a[NEAREST_WORD_MAX + 1] = '\0';
	assert_int_equal(nearest_distance(a, b), 0);
}

static void the_nearest_offer_is_taken(void **state)
{
	struct nearest n = nearest_make("acao-prot");

	(void)state;
	nearest_offer(&n, "acao-path");
	nearest_offer(&n, "acao-port");
	nearest_offer(&n, "acao-host");
	assert_string_equal(n.name, "acao-port");
}

static void another_word_altogether_is_not_offered(void **state)
{
	struct nearest n = nearest_make("quiet");

	(void)state;
	nearest_offer(&n, "version");
	nearest_offer(&n, "platform");
	assert_null(n.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slip_counts_one),
		cmocka_unit_test(a_part_of_a_word_is_near),
		cmocka_unit_test(an_empty_word_is_as_far_as_the_other_is_long),
		cmocka_unit_test(words_beyond_the_limit_are_compared_by_their_beginning),
		cmocka_unit_test(the_nearest_offer_is_taken),
		cmocka_unit_test(another_word_altogether_is_not_offered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
