/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The searches against a loop over single bytes, on every length, so that what is read sixteen
 * bytes at a time and the rest behind it are both met, in front of an unreadable page.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/scan.h"
#include "support/guard.h"

/* Two times sixteen bytes and a rest, at least. */
#define LEN_MAX 70
/* Neither low nor what is searched. */
#define FILLER 'x'

static const uint8_t *low_slowly(struct span s, uint8_t max)
{
	size_t i = 0;

	while (i < s.len && s.ptr[i] > max)
		i++;
	return s.ptr + i;
}

static const uint8_t *byte_or_low_slowly(struct span s, uint8_t c, uint8_t max)
{
	size_t i = 0;

	while (i < s.len && s.ptr[i] > max && s.ptr[i] != c)
		i++;
	return s.ptr + i;
}

/* Both searches find what the loops find. */
static void check(struct span s, uint8_t c, uint8_t max)
{
	const uint8_t *end = s.ptr + s.len;

	assert_ptr_equal(scan_low(s.ptr, end, max), low_slowly(s, max));
	assert_ptr_equal(scan_byte_or_low(s.ptr, end, c, max), byte_or_low_slowly(s, c, max));
}

/* Where a head's searches end in g, which is given back. */
static void expect(struct guard g, size_t low, size_t byte_or_low)
{
	const uint8_t *p = g.bytes.ptr, *end = p + g.bytes.len;

	assert_ptr_equal(scan_low(p, end, '\r'), p + low);
	assert_ptr_equal(scan_byte_or_low(p, end, ':', '\r'), p + byte_or_low);
	guard_free(&g);
}

/* len bytes of which the one at a place, if it is inside, is c, and all behind it are low. */
static struct guard sample(size_t len, size_t at, uint8_t c)
{
	uint8_t bytes[LEN_MAX];

	memset(bytes, FILLER, sizeof(bytes));
	if (at < len) {
		memset(bytes + at, '\n', len - at);
		bytes[at] = c;
	}
	return guard_copy(bytes, len);
}

static void the_first_is_found_at_every_place(void **state)
{
	/* All that is low, ... */
	static const uint8_t low[] = { 0, '\t', '\n', '\f', '\r' };
	/* ... and what is not, by one. */
	static const uint8_t other[] = { '\r' + 1, ':' - 1, ':' + 1 };

	(void)state;
	for (size_t len = 0; len < LEN_MAX; len++) {
		for (size_t at = 0; at <= len; at++) {
			const size_t next = at + 1 < len ? at + 1 : len;

			for (size_t i = 0; i < sizeof(low); i++)
				expect(sample(len, at, low[i]), at, at);
			for (size_t i = 0; i < sizeof(other); i++)
				expect(sample(len, at, other[i]), next, next);
			expect(sample(len, at, ':'), next, at);
		}
	}
}

static void every_byte_is_told_as_a_number_without_sign(void **state)
{
	static const uint8_t highest[] = { 0, '\r', ' ', 0x7f, 0x80, 0xfe, 0xff };
	uint8_t bytes[40];

	(void)state;
	for (size_t m = 0; m < sizeof(highest); m++) {
		for (unsigned byte = 0; byte < 256; byte++) {
			/* One in the wide part, one behind it. */
			for (size_t at = 3; at < sizeof(bytes); at += 33) {
				memset(bytes, 0xff, sizeof(bytes));
				bytes[at] = (uint8_t)byte;
				check(span_make(bytes, sizeof(bytes)), ':', highest[m]);
				check(span_make(bytes, sizeof(bytes)), 0x8d, highest[m]);
			}
		}
	}
}

static void bytes_above_127_are_no_match(void **state)
{
	uint8_t bytes[40];

	(void)state;
	for (unsigned byte = 128; byte < 256; byte++) {
		memset(bytes, (int)byte, sizeof(bytes));
		assert_ptr_equal(scan_low(bytes, bytes + 40, '\r'), bytes + 40);
		assert_ptr_equal(scan_byte_or_low(bytes, bytes + 40, ':', '\r'), bytes + 40);
		assert_ptr_equal(scan_byte_or_low(bytes, bytes + 40, (uint8_t)byte, 0), bytes);
	}
}

static void what_is_found_in_noise_is_the_first(void **state)
{
	uint8_t bytes[LEN_MAX];
	unsigned seed = 1;

	(void)state;
	for (unsigned i = 0; i < 20000; i++) {
		size_t len = (unsigned)rand_r(&seed) % LEN_MAX;
		uint8_t max = (uint8_t)(rand_r(&seed) % 20);

		for (size_t k = 0; k < len; k++)
			bytes[k] = (uint8_t)rand_r(&seed);
		check(span_make(bytes, len), (uint8_t)rand_r(&seed), max);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_is_found_at_every_place),
		cmocka_unit_test(every_byte_is_told_as_a_number_without_sign),
		cmocka_unit_test(bytes_above_127_are_no_match),
		cmocka_unit_test(what_is_found_in_noise_is_the_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
