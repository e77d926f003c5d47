/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/limits.h"
#include "base/names.h"
#include "support/failmalloc.h"
#include "support/guard.h"

static void the_same_bytes_give_the_same_pointer(void **state)
{
	struct names *n = names_new();
	const char *a = names_keep(n, span_text("eth0")), *b = names_keep(n, span_text("eth1"));
	char copy[] = "eth0";

	(void)state;
	assert_string_equal(a, "eth0");
	assert_string_equal(b, "eth1");
	assert_ptr_equal(names_keep(n, span_text(copy)), a);
	names_free(n);
}

static void a_kept_name_needs_its_bytes_no_more(void **state)
{
	struct guard g = guard_copy("lo", 2);
	struct names *n = names_new();
	const char *kept = names_keep(n, g.bytes);

	(void)state;
	guard_free(&g);
	assert_string_equal(kept, "lo");
	assert_string_equal(names_keep(n, span_make("", 0)), "");
	names_free(n);
}

static void one_name_too_many_is_refused_and_counted(void **state)
{
	struct names *n = names_new();
	char text[16];

	(void)state;
	for (unsigned i = 0; i < NAMES_MAX; i++) {
		(void)snprintf(text, sizeof(text), "if%u", i);
		assert_non_null(names_keep(n, span_text(text)));
	}
	assert_int_equal(names_refused(n), 0);
	assert_null(names_keep(n, span_text("late")));
	assert_int_equal(names_refused(n), 1);
	assert_string_equal(names_keep(n, span_text("if7")), "if7");
	names_free(n);
}

static void no_memory_is_null(void **state)
{
	struct names *n;

	(void)state;
	failmalloc_arm(1);
	assert_null(names_new());
	assert_true(failmalloc_disarm());
	n = names_new();
	failmalloc_arm(1);
	assert_null(names_keep(n, span_text("eth0")));
	assert_true(failmalloc_disarm());
	assert_string_equal(names_keep(n, span_text("eth0")), "eth0");
	names_free(n);
	names_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_bytes_give_the_same_pointer),
		cmocka_unit_test(a_kept_name_needs_its_bytes_no_more),
		cmocka_unit_test(one_name_too_many_is_refused_and_counted),
		cmocka_unit_test(no_memory_is_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
