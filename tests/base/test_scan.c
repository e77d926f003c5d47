/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/scan.h"
#include "support/guard.h"

#define LEN_MAX 70

static void first_of_two_is_found_at_every_place(void **state)
{
	char bytes[LEN_MAX];

	(void)state;
	for (size_t len = 0; len < LEN_MAX; len++) {
		for (size_t at = 0; at <= len; at++) {
			struct guard g;
			const uint8_t *end;

			memset(bytes, 'x', sizeof(bytes));
			if (at < len)
				bytes[at] = at % 2 ? '\r' : '\n';
			if (at + 1 < len)
				bytes[at + 1] = '\n';
			g = guard_copy(bytes, len);
			end = g.bytes.ptr + len;
			assert_ptr_equal(scan_either(g.bytes.ptr, end, '\r', '\n'),
					 g.bytes.ptr + at);
			guard_free(&g);
		}
	}
}

static void bytes_above_127_are_no_match(void **state)
{
	uint8_t bytes[40];

	(void)state;
	memset(bytes, 0x8d, sizeof(bytes));
	assert_ptr_equal(scan_either(bytes, bytes + 40, '\r', '\n'), bytes + 40);
	assert_ptr_equal(scan_either(bytes, bytes + 40, 0x8d, 0), bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_of_two_is_found_at_every_place),
		cmocka_unit_test(bytes_above_127_are_no_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
