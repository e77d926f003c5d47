/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/hash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/guard.h"

/* The hash of the bytes with capitals made small one by one. */
static uint64_t folded_by_hand(struct span s)
{
	uint8_t lower[HASH_FOLDED_MAX];
	size_t n = s.len < sizeof(lower) ? s.len : sizeof(lower);

	for (size_t i = 0; i < n; i++)
		lower[i] = s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? s.ptr[i] | 0x20 : s.ptr[i];
	return hash_bytes(lower, n, 9);
}

static void every_byte_is_folded_right_at_every_place(void **state)
{
	uint8_t bytes[17];

	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		for (size_t at = 0; at < sizeof(bytes); at++) {
			memset(bytes, c & 1 ? 'Z' : 0xff, sizeof(bytes));
			bytes[at] = (uint8_t)c;
			assert_true(hash_folded(span_make(bytes, sizeof(bytes)), 9) ==
				    folded_by_hand(span_make(bytes, sizeof(bytes))));
		}
	}
}

static void every_length_is_folded_and_nothing_behind_it_read(void **state)
{
	uint8_t bytes[HASH_FOLDED_MAX + 9];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)("AzZ@["[i % 5]);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct guard g = guard_copy(bytes, n);

		assert_true(hash_folded(g.bytes, 9) == folded_by_hand(span_make(bytes, n)));
		guard_free(&g);
	}
}

static void a_pair_is_both_in_their_order(void **state)
{
	(void)state;
	assert_int_equal(hash_pair(1, 2), hash_pair(1, 2));
	assert_true(hash_pair(1, 2) != hash_pair(2, 1));
	assert_true(hash_pair(1, 2) != hash_pair(1, 3));
	assert_true(hash_pair(1, 2) != hash_pair(3, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_byte_is_folded_right_at_every_place),
		cmocka_unit_test(a_pair_is_both_in_their_order),
		cmocka_unit_test(every_length_is_folded_and_nothing_behind_it_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
