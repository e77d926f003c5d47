/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Lines copied from wherever their parts stand: in a row, apart, before one another, or in other
 * memory. The copy must say the same when all of that is gone, and keep to the room it asked for.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/copy.h"
#include "support/guard.h"

#define LINES_MAX 8

/* A line whose parts stand at these offsets of text; the value's may be elsewhere instead. */
struct row {
	size_t name, name_len, value, value_len;
	const char *elsewhere;
};

/* Copy the rows' lines out of text, which is gone when the copy is compared. */
static void expect_copied(const char *text, const struct row *rows, size_t cnt)
{
	struct http_field from[LINES_MAX], to[LINES_MAX];
	struct guard bytes = guard_copy(text, strlen(text));
	struct http_message m = { .fields = from, .fields_cnt = cnt };
	size_t size;
	uint8_t *room;
	struct copy c;

	for (size_t i = 0; i < cnt; i++) {
		from[i] = (struct http_field){ .id = HTTP_NAME_VARY, .is_cut = i & 1 };
		from[i].name = span_make(bytes.bytes.ptr + rows[i].name, rows[i].name_len);
		from[i].value = rows[i].elsewhere ? span_text(rows[i].elsewhere)
						  : span_make(bytes.bytes.ptr + rows[i].value,
							      rows[i].value_len);
	}
	size = copy_size(&m);
	room = malloc(size + 1);
	assert_non_null(room);
	memset(room, 'x', size + 1);
	c.at = room;
	copy_fields(&c, to, &m);
	guard_free(&bytes);
	assert_true(c.at <= room + size);
	assert_int_equal(room[size], 'x');
	for (size_t i = 0; i < cnt; i++) {
		const struct row *r = &rows[i];

		assert_int_equal(to[i].id, HTTP_NAME_VARY);
		assert_int_equal(to[i].is_cut, i & 1);
		assert_true(span_eq(to[i].name, span_make(text + r->name, r->name_len)));
		assert_true(span_eq(to[i].value,
				    r->elsewhere ? span_text(r->elsewhere)
						 : span_make(text + r->value, r->value_len)));
	}
	free(room);
}

static void lines_in_a_row_are_copied(void **state)
{
	static const struct row rows[] = { { 0, 4, 6, 6, NULL },
					   { 14, 5, 20, 0, NULL },
					   { 22, 1, 24, 1, NULL } };

	(void)state;
	expect_copied("vary: origin\r\nempty:\r\nx:y\r\n", rows, 3);
	expect_copied("", rows, 0);
}

/* Values of their own, as of private fields and folded lines, and lines that were left out. */
static void lines_apart_are_copied(void **state)
{
	static const struct row rows[] = { { 0, 6, 8, 1, "(present)" },
					   { 12, 1, 14, 1, NULL },
					   { 24, 1, 32, 1, NULL },
					   { 35, 1, 37, 1, "" } };

	(void)state;
	expect_copied("cookie: a\r\n b:c\r\nleft: x\r\nd       e\r\nf:", rows, 4);
}

/* Nothing says that parts come in the order in which they stand. */
static void lines_in_any_order_are_copied(void **state)
{
	static const struct row rows[] = { { 7, 1, 8, 1, NULL },
					   { 4, 2, 2, 2, NULL },
					   { 4, 2, 4, 2, NULL },
					   { 0, 9, 3, 1, NULL } };

	(void)state;
	expect_copied("012345678", rows, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_in_a_row_are_copied),
		cmocka_unit_test(lines_apart_are_copied),
		cmocka_unit_test(lines_in_any_order_are_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
