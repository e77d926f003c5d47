/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/durations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MS 1000000ull

static void a_bucket_holds_its_end(void **state)
{
	struct durations d = { 0 };

	(void)state;
	durations_add(&d, 0);
	durations_add(&d, 5 * MS);
	durations_add(&d, 5 * MS + 1);
	durations_add(&d, 10000 * MS);
	durations_add(&d, 10000 * MS + 1);
	assert_int_equal(d.cnts[0], 2);
	assert_int_equal(d.cnts[1], 1);
	assert_int_equal(d.cnts[DURATIONS_BUCKETS - 1], 1);
	assert_int_equal(d.cnts[DURATIONS_BUCKETS], 1);
	assert_int_equal(d.cnt, 5);
	assert_int_equal(d.sum_ns, 20010 * MS + 2);
}

static void shares_are_within_a_buckets_end(void **state)
{
	struct durations d = { 0 };

	(void)state;
	assert_int_equal(durations_within_ns(&d, 50), 0);
	for (unsigned i = 0; i < 99; i++)
		durations_add(&d, 20 * MS);
	durations_add(&d, 3600 * 1000 * MS);
	assert_int_equal(durations_within_ns(&d, 50), 25 * MS);
	assert_int_equal(durations_within_ns(&d, 99), 25 * MS);
	assert_true(durations_within_ns(&d, 100) == UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_holds_its_end),
		cmocka_unit_test(shares_are_within_a_buckets_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
