/* SPDX-License-Identifier: BSD-2-Clause */
#include "values.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void numbers_are_decimal_and_in_their_bounds(void **state)
{
	uint64_t n = 77;

	(void)state;
	assert_true(values_number("0", 0, 5, &n) && n == 0);
	assert_true(values_number("5", 0, 5, &n) && n == 5);
	assert_true(values_number("18446744073709551599", 0, UINT64_MAX, &n));
	assert_true(n == 18446744073709551599ull);
	n = 77;
	assert_false(values_number("6", 0, 5, &n));
	assert_false(values_number("4", 5, 9, &n));
	assert_false(values_number("", 0, 5, &n));
	assert_false(values_number("-1", 0, UINT64_MAX, &n));
	assert_false(values_number("+1", 0, UINT64_MAX, &n));
	assert_false(values_number("0x1", 0, UINT64_MAX, &n));
	assert_false(values_number("1 ", 0, UINT64_MAX, &n));
	assert_false(values_number("184467440737095516160", 0, UINT64_MAX, &n));
	assert_int_equal(n, 77);
}

static void times_have_a_unit_or_are_seconds(void **state)
{
	double s = 77;

	(void)state;
	assert_true(values_seconds("90", &s) && s == 90);
	assert_true(values_seconds("0.5", &s) && s == 0.5);
	assert_true(values_seconds("7s", &s) && s == 7);
	assert_true(values_seconds("10m", &s) && s == 600);
	assert_true(values_seconds("2h", &s) && s == 7200);
	assert_true(values_seconds("1d", &s) && s == 86400);
	s = 77;
	assert_false(values_seconds("", &s));
	assert_false(values_seconds("0", &s));
	assert_false(values_seconds("-1", &s));
	assert_false(values_seconds("nan", &s));
	assert_false(values_seconds("inf", &s));
	assert_false(values_seconds("1e300", &s));
	assert_false(values_seconds("1x", &s));
	assert_false(values_seconds("1mm", &s));
	assert_true(s == 77);
}

static void ports_are_numbers_and_ranges(void **state)
{
	static struct port_set set;

	(void)state;
	assert_true(values_ports("80,8000-8002,65535", &set));
	assert_true(port_set_has(&set, 80) && port_set_has(&set, 8000));
	assert_true(port_set_has(&set, 8002) && port_set_has(&set, 65535));
	assert_false(port_set_has(&set, 81) || port_set_has(&set, 7999) ||
		     port_set_has(&set, 8003));
	assert_false(values_ports("", &set));
	assert_false(values_ports("0", &set));
	assert_false(values_ports("65536", &set));
	assert_false(values_ports("80,", &set));
	assert_false(values_ports("80-", &set));
	assert_false(values_ports("90-80", &set));
	assert_false(values_ports("80;81", &set));
}

static void speeds_are_more_than_nothing(void **state)
{
	static const char *const bad[] = { "",    "0",   "-1",  "x",   "1y",
					   "1xx", "nan", "inf", "1e7", ".5" };
	double s = 77;

	(void)state;
	assert_true(values_speed("1", &s) && s == 1);
	assert_true(values_speed("0.25", &s) && s == 0.25);
	assert_true(values_speed("10x", &s) && s == 10);
	s = 77;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(values_speed(bad[i], &s));
	assert_true(s == 77);
}

static void sizes_are_powers_of_1024(void **state)
{
	static const char *const bad[] = { "", "M", "1", "1K", "1X", "1MB", "-1M", "9999999999G" };
	uint64_t n = 7;

	(void)state;
	assert_true(values_size("1M", 1 << 20, &n) && n == 1 << 20);
	assert_true(values_size("2g", 1, &n) && n == 2ull << 30);
	assert_true(values_size("1048577", 1 << 20, &n) && n == 1048577);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(values_size(bad[i], 1 << 20, &n));
	assert_int_equal(n, 1048577);
}

static void times_are_of_a_clock_or_ago(void **state)
{
	static const char *const bad[] = {
		"", "now", "2026-13-01", "2026-11-23T", "2026-11-23Tx", "1960-01-01"
	};
	bool is_ago;
	uint64_t ns;

	(void)state;
	assert_true(values_time("2h", &is_ago, &ns) && is_ago && ns == 7200000000000ull);
	assert_true(values_time("2026-11-23T14:46:14Z", &is_ago, &ns) && !is_ago);
	assert_int_equal(ns, 1795445174000000000ull);
	assert_true(values_time("2026-11-23", &is_ago, &ns) && !is_ago);
	assert_int_equal(ns, 1795392000000000000ull);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(values_time(bad[i], &is_ago, &ns));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_decimal_and_in_their_bounds),
		cmocka_unit_test(times_have_a_unit_or_are_seconds),
		cmocka_unit_test(ports_are_numbers_and_ranges),
		cmocka_unit_test(speeds_are_more_than_nothing),
		cmocka_unit_test(sizes_are_powers_of_1024),
		cmocka_unit_test(times_are_of_a_clock_or_ago),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
