/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/format.h"

#include <time.h>

#include "base/limits.h"
#include "sample.h"

static void times_are_rfc3339(void **state)
{
	char text[FORMAT_TIME_CAP];

	(void)state;
	assert_int_equal(format_time(SAMPLE_TIME_NS, text), FORMAT_TIME_CAP - 1);
	assert_string_equal(text, "2026-11-23T14:46:14.000123456Z");
	format_time(0, text);
	assert_string_equal(text, "1970-01-01T00:00:00.000000000Z");
	format_time(UINT64_MAX, text);
	assert_string_equal(text, "2554-07-21T23:34:33.709551615Z");
}

/* A step that is no whole number of days visits all days of months, leap years and centuries. */
static void dates_agree_with_libc(void **state)
{
	(void)state;
	for (uint64_t time_s = 0; time_s < UINT64_MAX / NS_PER_S; time_s += 86399 * 5) {
		time_t t = (time_t)time_s;
		char text[FORMAT_TIME_CAP], expected[64];
		struct tm tm;

		assert_non_null(gmtime_r(&t, &tm));
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000000007Z", &tm);
		format_time(time_s * NS_PER_S + 7, text);
		assert_string_equal(text, expected);
	}
}

static void endpoints_are_address_and_port(void **state)
{
	struct endpoint v4 = { .addr = address_from_v4((const uint8_t[]){ 255, 0, 10, 199 }),
			       .port = 65535 };
	struct endpoint v6 = { .addr = { { 0xfe, 0x80, [15] = 0x1f } }, .port = 1 };
	struct endpoint longest = { .port = 10000 };
	char text[FORMAT_ENDPOINT_CAP];

	(void)state;
	assert_int_equal(format_endpoint(&v4, text), 18);
	assert_string_equal(text, "255.0.10.199:65535");
	format_endpoint(&v6, text);
	assert_string_equal(text, "[fe80::1f]:1");
	memset(longest.addr.bytes, 0xab, sizeof(longest.addr.bytes));
	assert_int_equal(format_endpoint(&longest, text), FORMAT_ENDPOINT_CAP - 1);
	assert_string_equal(text, "[abab:abab:abab:abab:abab:abab:abab:abab]:10000");
}

static void counts_have_separators(void **state)
{
	char text[FORMAT_COUNT_CAP];

	(void)state;
	format_count(0, text);
	assert_string_equal(text, "0");
	format_count(999, text);
	assert_string_equal(text, "999");
	format_count(1000, text);
	assert_string_equal(text, "1,000");
	assert_int_equal(format_count(UINT64_MAX, text), FORMAT_COUNT_CAP - 1);
	assert_string_equal(text, "18,446,744,073,709,551,615");
}

static void sizes_have_the_unit_that_fits(void **state)
{
	char text[FORMAT_SIZE_CAP];

	(void)state;
	format_size(999, text);
	assert_string_equal(text, "999 bytes");
	format_size(1000, text);
	assert_string_equal(text, "1.0 kB");
	format_size(999999, text);
	assert_string_equal(text, "999.9 kB");
	format_size(1550000000, text);
	assert_string_equal(text, "1.5 GB");
	format_size(UINT64_MAX, text);
	assert_string_equal(text, "18.4 EB");
}

static void outcomes_and_protocols_have_the_contracts_words(void **state)
{
	static const char *const outcomes[] = { "response", "reset", "closed",  "timeout",
						"refused",  "lost",  "pending", "invalid" };

	(void)state;
	for (unsigned i = HTTP_RESPONSE; i <= HTTP_INVALID; i++)
		assert_string_equal(format_outcome((enum http_outcome)i), outcomes[i]);
	assert_string_equal(format_protocol(HTTP_0_9), "http/0.9");
	assert_string_equal(format_protocol(HTTP_1_0), "http/1.0");
	assert_string_equal(format_protocol(HTTP_1_1), "http/1.1");
	assert_string_equal(format_protocol(HTTP_2), "h2");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_rfc3339),
		cmocka_unit_test(dates_agree_with_libc),
		cmocka_unit_test(endpoints_are_address_and_port),
		cmocka_unit_test(counts_have_separators),
		cmocka_unit_test(sizes_have_the_unit_that_fits),
		cmocka_unit_test(outcomes_and_protocols_have_the_contracts_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
