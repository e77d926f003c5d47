/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define S 1000000000ull
/* Some time of a capture, and of a clock. */
#define P (1795445174 * S)
#define C (77 * S)

static void without_a_speed_nothing_waits(void **state)
{
	struct replay r = { 0 };

	(void)state;
	assert_int_equal(replay_wait_ns(&r, P, C), 0);
	assert_int_equal(replay_wait_ns(&r, P + S, C), 0);
}

static void packets_wait_as_long_as_they_came_apart(void **state)
{
	struct replay r = { .speed = 1 };

	(void)state;
	assert_int_equal(replay_wait_ns(&r, P, C), 0);
	assert_int_equal(replay_wait_ns(&r, P + S, C), S);
	assert_int_equal(replay_wait_ns(&r, P + S, C + S / 4), 3 * (S / 4));
	assert_int_equal(replay_wait_ns(&r, P + S, C + S), 0);
	/* Late once, in time again. */
	assert_int_equal(replay_wait_ns(&r, P + 2 * S, C + 5 * S), 0);
	assert_int_equal(replay_wait_ns(&r, P + 10 * S, C + 9 * S), S);
}

static void a_speed_divides_the_wait(void **state)
{
	struct replay r = { .speed = 4 };

	(void)state;
	assert_int_equal(replay_wait_ns(&r, P, C), 0);
	assert_int_equal(replay_wait_ns(&r, P + S, C), S / 4);
}

static void an_earlier_capture_begins_anew(void **state)
{
	struct replay r = { .speed = 1 };

	(void)state;
	assert_int_equal(replay_wait_ns(&r, P, C), 0);
	assert_int_equal(replay_wait_ns(&r, P - 100 * S, C + S), 0);
	assert_int_equal(replay_wait_ns(&r, P - 99 * S, C + S), S);
}

static void a_gap_that_no_clock_holds_is_a_long_wait(void **state)
{
	struct replay r = { .speed = 1e-6 };

	(void)state;
	assert_int_equal(replay_wait_ns(&r, 1, C), 0);
	assert_true(replay_wait_ns(&r, UINT64_MAX, C) > 3600 * S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_speed_nothing_waits),
		cmocka_unit_test(packets_wait_as_long_as_they_came_apart),
		cmocka_unit_test(a_speed_divides_the_wait),
		cmocka_unit_test(an_earlier_capture_begins_anew),
		cmocka_unit_test(a_gap_that_no_clock_holds_is_a_long_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
