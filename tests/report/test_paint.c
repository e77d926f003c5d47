/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/paint.h"

#include "sample.h"

static bool wanted(bool is_terminal, const char *no_color, const char *force, const char *term)
{
	struct paint_environment env = { no_color, force, term };

	return paint_is_wanted(is_terminal, &env);
}

static void a_terminal_gets_colour_and_a_pipe_does_not(void **state)
{
	(void)state;
	assert_true(wanted(true, NULL, NULL, "xterm"));
	assert_false(wanted(false, NULL, NULL, "xterm"));
}

static void a_dumb_terminal_gets_none(void **state)
{
	(void)state;
	assert_false(wanted(true, NULL, NULL, "dumb"));
	assert_false(wanted(true, NULL, NULL, ""));
	assert_false(wanted(true, NULL, NULL, NULL));
}

static void no_color_goes_before_force(void **state)
{
	(void)state;
	assert_false(wanted(true, "1", NULL, "xterm"));
	assert_false(wanted(true, "1", "1", "xterm"));
	assert_true(wanted(true, "", NULL, "xterm")); /* empty counts as not set */
}

static void force_paints_a_pipe(void **state)
{
	(void)state;
	assert_true(wanted(false, NULL, "1", NULL));
	assert_false(wanted(false, NULL, "0", NULL));
	assert_false(wanted(false, NULL, "", NULL));
}

static void severities_differ_in_colour(void **state)
{
	(void)state;
	assert_int_equal(paint_of_severity(SEVERITY_INFO), PAINT_INFO);
	assert_int_equal(paint_of_severity(SEVERITY_WARNING), PAINT_WARNING);
	assert_int_equal(paint_of_severity(SEVERITY_ERROR), PAINT_ERROR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_terminal_gets_colour_and_a_pipe_does_not),
		cmocka_unit_test(a_dumb_terminal_gets_none),
		cmocka_unit_test(no_color_goes_before_force),
		cmocka_unit_test(force_paints_a_pipe),
		cmocka_unit_test(severities_differ_in_colour),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
