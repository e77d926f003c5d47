/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/axis.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define STEP  BOARD_STEP_MIN_NS
#define BEGIN (1000 * NS_PER_S)

static uint64_t sum(const uint32_t *series)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < BOARD_STEPS; i++)
		n += series[i];
	return n;
}

static unsigned add(struct axis *a, uint32_t *series, uint64_t time_ns)
{
	struct axis_move move;
	unsigned step = axis_place(a, time_ns, &move);

	assert_true(step < BOARD_STEPS);
	axis_follow(series, move);
	series[step]++;
	return step;
}

static void times_fall_into_steps(void **state)
{
	uint32_t series[BOARD_STEPS] = { 0 };
	struct axis a = { 0 };

	(void)state;
	assert_int_equal(add(&a, series, BEGIN), 0);
	assert_int_equal(add(&a, series, BEGIN + STEP - 1), 0);
	assert_int_equal(add(&a, series, BEGIN + STEP), 1);
	assert_int_equal(add(&a, series, BEGIN + (BOARD_STEPS - 1) * STEP), BOARD_STEPS - 1);
	assert_int_equal(a.step_ns, STEP);
	assert_int_equal(a.from_ns, BEGIN);
}

static void a_time_past_the_end_makes_steps_longer_and_loses_none(void **state)
{
	uint32_t series[BOARD_STEPS] = { 0 };
	struct axis a = { 0 };

	(void)state;
	for (unsigned i = 0; i < BOARD_STEPS; i++)
		add(&a, series, BEGIN + i * STEP);
	assert_int_equal(add(&a, series, BEGIN + BOARD_STEPS * STEP), BOARD_STEPS / 2);
	assert_int_equal(a.step_ns, 2 * STEP);
	assert_int_equal(series[0], 2);
	assert_int_equal(sum(series), BOARD_STEPS + 1);
	/* A clock that is years ahead. */
	add(&a, series, UINT64_MAX);
	assert_int_equal(sum(series), BOARD_STEPS + 2);
	assert_int_equal(series[0], BOARD_STEPS + 1);
}

static void a_time_before_the_begin_is_in_the_first_step(void **state)
{
	uint32_t series[BOARD_STEPS] = { 0 };
	struct axis a = { 0 };

	(void)state;
	add(&a, series, BEGIN);
	assert_int_equal(add(&a, series, 1), 0);
	assert_int_equal(add(&a, series, 0), 0);
	assert_int_equal(series[0], 3);
}

static void a_time_before_the_begin_gets_room_and_loses_none(void **state)
{
	uint32_t series[BOARD_STEPS] = { 0 };
	struct axis a = { 0 };
	struct axis_move move;

	(void)state;
	axis_begin(&a, BEGIN, BEGIN, &move); /* nothing to be before */
	assert_int_equal(a.from_ns, 0);
	add(&a, series, BEGIN);
	add(&a, series, BEGIN + 9 * STEP);
	axis_begin(&a, BEGIN - 3 * STEP + 1, BEGIN + 9 * STEP, &move);
	axis_follow(series, move);
	assert_int_equal(move.folds, 0);
	assert_int_equal(series[3] + series[12], 2);
	assert_int_equal(add(&a, series, BEGIN - 3 * STEP + 1), 0);
	axis_begin(&a, BEGIN - 1000 * STEP, BEGIN + 9 * STEP, &move);
	axis_follow(series, move);
	assert_true(move.folds != 0);
	assert_int_equal(add(&a, series, BEGIN - 1000 * STEP), 0);
	assert_int_equal(sum(series), 4);
	assert_true(axis_steps(&a, BEGIN + 9 * STEP) <= BOARD_STEPS);
}

static void a_live_axis_goes_on_with_the_clock(void **state)
{
	uint32_t series[BOARD_STEPS] = { 0 };
	struct axis a = { .step_max_ns = 2 * STEP };
	struct axis_move move;

	(void)state;
	add(&a, series, BEGIN);
	add(&a, series, BEGIN + 2 * BOARD_STEPS * STEP - 1);
	assert_int_equal(a.step_ns, 2 * STEP);
	assert_int_equal(sum(series), 2);
	/* Ten steps on, the first one is gone. */
	assert_int_equal(add(&a, series, BEGIN + 2 * (BOARD_STEPS + 9) * STEP), BOARD_STEPS - 1);
	assert_int_equal(sum(series), 2);
	assert_int_equal(series[BOARD_STEPS - 11], 1);
	assert_int_equal(a.from_ns, BEGIN + 20 * STEP);
	/* After a long silence nothing is left. */
	axis_place(&a, BEGIN + 3600 * NS_PER_S, &move);
	axis_follow(series, move);
	assert_int_equal(sum(series), 0);
}

static void steps_end_where_time_does(void **state)
{
	struct axis a = { 0 };
	struct axis_move move;

	(void)state;
	assert_int_equal(axis_steps(&a, BEGIN), 0);
	axis_place(&a, BEGIN, &move);
	assert_int_equal(axis_steps(&a, 0), 1);
	assert_int_equal(axis_steps(&a, BEGIN), 1);
	assert_int_equal(axis_steps(&a, BEGIN + STEP), 2);
	assert_int_equal(axis_steps(&a, BEGIN + 1000 * STEP), BOARD_STEPS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_fall_into_steps),
		cmocka_unit_test(a_time_past_the_end_makes_steps_longer_and_loses_none),
		cmocka_unit_test(a_time_before_the_begin_is_in_the_first_step),
		cmocka_unit_test(a_time_before_the_begin_gets_room_and_loses_none),
		cmocka_unit_test(a_live_axis_goes_on_with_the_clock),
		cmocka_unit_test(steps_end_where_time_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
