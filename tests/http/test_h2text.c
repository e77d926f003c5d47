/* SPDX-License-Identifier: BSD-2-Clause */

/* Every byte at every place of names and values of every length up to some words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/h2text.h"
#include "support/guard.h"

#define LEN_MAX 26

static bool is_name_byte(unsigned c, size_t at)
{
	return c > ' ' && c < 0x7f && (c < 'A' || c > 'Z') && (c != ':' || at == 0);
}

static bool is_value_byte(unsigned c)
{
	return c == '\t' || (c >= ' ' && c != 0x7f);
}

static void each_byte_counts_wherever_it_stands(void **state)
{
	uint8_t bytes[LEN_MAX];

	(void)state;
	memset(bytes, 'z', sizeof(bytes));
	for (size_t len = 1; len <= LEN_MAX; len++) {
		/* The byte behind the last one faults. */
		struct guard g = guard_copy(bytes, len);
		uint8_t *to = (uint8_t *)(uintptr_t)g.bytes.ptr;

		for (size_t at = 0; at < len; at++) {
			for (unsigned c = 0; c < 256; c++) {
				to[at] = (uint8_t)c;
				assert_int_equal(h2text_is_name(g.bytes), is_name_byte(c, at));
				assert_int_equal(h2text_is_value(g.bytes), is_value_byte(c));
			}
			to[at] = 'z';
		}
		guard_free(&g);
	}
}

static void nothing_is_a_value_and_no_name(void **state)
{
	(void)state;
	assert_false(h2text_is_name(span_text("")));
	assert_true(h2text_is_value(span_text("")));
	assert_true(h2text_is_value(span_text("a tab\tis fine, \x80\xff too")));
	assert_false(h2text_is_value(span_text("a tab\tis fine, a CR\r is not")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_byte_counts_wherever_it_stands),
		cmocka_unit_test(nothing_is_a_value_and_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
