/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/field.h"
#include "support/guard.h"

static void every_name_is_found_in_any_case(void **state)
{
	(void)state;
	for (int id = HTTP_NAME_NONE + 1; id < HTTP_NAME_CNT; id++) {
		const char *text = http_name_text((enum http_name)id);
		struct guard g = guard_copy(text, strlen(text));
		uint8_t *p = (uint8_t *)(uintptr_t)g.bytes.ptr;

		assert_int_equal(http_name_of(g.bytes), id);
		for (size_t i = 0; i < g.bytes.len; i++) {
			if (p[i] >= 'a' && p[i] <= 'z')
				p[i] = (uint8_t)(p[i] - 32);
			assert_int_equal(http_name_of(g.bytes), id);
		}
		guard_free(&g);
	}
}

static void one_other_byte_is_another_name(void **state)
{
	uint8_t copy[64];

	(void)state;
	for (int id = HTTP_NAME_NONE + 1; id < HTTP_NAME_CNT; id++) {
		struct span name = span_text(http_name_text((enum http_name)id));

		memcpy(copy, name.ptr, name.len);
		for (size_t i = 0; i < name.len; i++) {
			for (unsigned c = 0; c < 256; c++) {
				struct span other = span_make(copy, name.len);
				enum http_name found;

				copy[i] = (uint8_t)c;
				found = http_name_of(other);
				assert_int_equal(found == (enum http_name)id,
						 span_eq_nocase(other, name));
				if (found != HTTP_NAME_NONE)
					assert_true(span_is_nocase(other, http_name_text(found)));
			}
			copy[i] = name.ptr[i];
		}
	}
}

static void a_part_of_a_name_is_no_name(void **state)
{
	(void)state;
	for (int id = HTTP_NAME_NONE + 1; id < HTTP_NAME_CNT; id++) {
		struct span name = span_text(http_name_text((enum http_name)id));

		for (size_t n = 0; n < name.len; n++) {
			struct guard g = guard_copy(name.ptr, n);
			enum http_name found = http_name_of(g.bytes);

			if (found != HTTP_NAME_NONE)
				assert_true(span_is(g.bytes, http_name_text(found)));
			guard_free(&g);
		}
	}
	assert_null(http_name_text(HTTP_NAME_NONE));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_name_is_found_in_any_case),
		cmocka_unit_test(one_other_byte_is_another_name),
		cmocka_unit_test(a_part_of_a_name_is_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
