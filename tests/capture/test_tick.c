/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "capture/tick.h"

/* resolution's byte, offset in seconds, stamp: nanoseconds. */
struct sample {
	uint8_t resolution;
	int64_t offset_s;
	uint64_t stamp, ns;
};

static void check(const struct sample *s, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		struct tick t = tick_make(s[i].resolution, s[i].offset_s);

		assert_int_equal(tick_ns(&t, s[i].stamp), s[i].ns);
	}
}

static void decimal_units_are_powers_of_ten(void **state)
{
	static const struct sample samples[] = {
		{ 0, 0, 1700000000, 1700000000 * NS_PER_S },
		{ 3, 0, 1700000000123, 1700000000123000000 },
		{ 6, 0, 1700000000123456, 1700000000123456000 },
		{ 9, 0, 1700000000123456789, 1700000000123456789 },
		{ 10, 0, 17000000001234567899u, 1700000000123456789 },
		{ 12, 0, 1999, 1 },
		{ 28, 0, UINT64_MAX, 1 },
		{ 29, 0, UINT64_MAX, 0 },
		{ 127, 0, UINT64_MAX, 0 },
	};

	(void)state;
	check(samples, sizeof(samples) / sizeof(samples[0]));
}

static void binary_units_are_powers_of_two(void **state)
{
	static const struct sample samples[] = {
		{ 0x80, 0, 17, 17 * NS_PER_S },
		{ 0x80 | 1, 0, 3, NS_PER_S * 3 / 2 },
		{ 0x80 | 10, 0, 1025, NS_PER_S + NS_PER_S / 1024 },
		{ 0x80 | 32, 0, (1ull << 32) + (1ull << 31), NS_PER_S * 3 / 2 },
		{ 0x80 | 63, 0, 1ull << 63, NS_PER_S },
		{ 0x80 | 64, 0, 1ull << 63, NS_PER_S / 2 },
		{ 0x80 | 94, 0, UINT64_MAX, 0 },
		{ 0xff, 0, UINT64_MAX, 0 },
	};

	(void)state;
	check(samples, sizeof(samples) / sizeof(samples[0]));
}

static void the_offset_is_added_in_seconds(void **state)
{
	static const struct sample samples[] = {
		{ 6, 1700000000, 5, 1700000000 * NS_PER_S + 5000 },
		{ 6, -10, 10000007, 7000 },
	};

	(void)state;
	check(samples, sizeof(samples) / sizeof(samples[0]));
}

static void times_that_do_not_fit_stop_at_the_ends(void **state)
{
	static const struct sample samples[] = {
		{ 6, -10, 9999999, 0 },           { 6, INT64_MIN, UINT64_MAX, 0 },
		{ 0, 0, UINT64_MAX, UINT64_MAX }, { 0x80, INT64_MAX, UINT64_MAX, UINT64_MAX },
		{ 9, 0, UINT64_MAX, UINT64_MAX }, { 9, 1, UINT64_MAX, UINT64_MAX },
	};

	(void)state;
	check(samples, sizeof(samples) / sizeof(samples[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decimal_units_are_powers_of_ten),
		cmocka_unit_test(binary_units_are_powers_of_two),
		cmocka_unit_test(the_offset_is_added_in_seconds),
		cmocka_unit_test(times_that_do_not_fit_stop_at_the_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
