/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/fieldget.h"
#include "scenario.h"
#include "support/guard.h"

struct message {
	struct http_message m;
	struct http_field fields[HTTP_FIELDS_MAX];
	struct fieldget g;
};

static void make(struct message *x, const char *lines)
{
	static char text[4096];

	snprintf(text, sizeof(text), "200\n%s", lines);
	memset(x, 0, sizeof(*x));
	(void)scenario_head(text, &x->m, x->fields, false);
	fieldget_index(&x->g, &x->m);
}

static void absent_is_not_empty(void **state)
{
	struct fieldget_value v;
	struct message x;

	(void)state;
	make(&x, "Access-Control-Allow-Origin:");
	fieldget_combine(&x.g, HTTP_NAME_ACAO, &v);
	assert_true(span_is_present(v.value));
	assert_int_equal(v.value.len, 0);
	assert_int_equal(v.lines, 1);
	fieldget_combine(&x.g, HTTP_NAME_ACAC, &v);
	assert_false(span_is_present(v.value));
	assert_int_equal(v.lines, 0);
}

static void lines_are_joined_with_a_comma_and_a_blank(void **state)
{
	struct fieldget_value v;
	struct message x;

	(void)state;
	make(&x, "Access-Control-Allow-Origin: a\nServer: x\naccess-control-allow-origin: b");
	fieldget_combine(&x.g, HTTP_NAME_ACAO, &v);
	assert_true(span_is(v.value, "a, b"));
	make(&x, "Access-Control-Allow-Origin: a\nAccess-Control-Allow-Origin:");
	fieldget_combine(&x.g, HTTP_NAME_ACAO, &v);
	assert_true(span_is(v.value, "a, "));
	make(&x, "Access-Control-Allow-Origin:\nAccess-Control-Allow-Origin: a");
	fieldget_combine(&x.g, HTTP_NAME_ACAO, &v);
	assert_true(span_is(v.value, ", a"));
}

static void a_join_over_the_limit_is_cut_and_says_so(void **state)
{
	char lines[2 * CORS_JOINED_MAX], value[CORS_JOINED_MAX];
	struct fieldget_value v;
	struct message x;

	(void)state;
	for (size_t extra = 0; extra < 2; extra++) {
		size_t n = CORS_JOINED_MAX - 3 + extra; /* "a" and ", " make the rest */

		memset(value, 'b', n);
		value[n] = '\0';
		snprintf(lines, sizeof(lines),
			 "Access-Control-Allow-Origin: a\nAccess-Control-Allow-Origin: %s", value);
		make(&x, lines);
		fieldget_combine(&x.g, HTTP_NAME_ACAO, &v);
		assert_int_equal(v.is_cut, extra == 1);
		assert_int_equal(v.value.len, CORS_JOINED_MAX);
	}
}

static void no_message_has_no_fields(void **state)
{
	struct fieldget g;
	struct span value;
	unsigned at = 0;

	(void)state;
	fieldget_index(&g, NULL);
	assert_false(fieldget_has(&g, HTTP_NAME_ACAO));
	assert_false(fieldget_next(&g, HTTP_NAME_ACAO, &at, &value));
	assert_false(span_is_present(fieldget_first(&g, HTTP_NAME_ACAO)));
	assert_false(fieldget_has_member(&g, HTTP_NAME_VARY, "origin"));
}

static void as_many_lines_as_there_can_be_are_indexed(void **state)
{
	struct http_field fields[HTTP_FIELDS_MAX];
	struct http_message m = { .fields = fields, .fields_cnt = HTTP_FIELDS_MAX };
	struct fieldget g;

	(void)state;
	for (size_t i = 0; i < HTTP_FIELDS_MAX; i++)
		fields[i] = (struct http_field){ .id = HTTP_NAME_VARY, .value = span_text("a") };
	fields[HTTP_FIELDS_MAX - 1] =
		(struct http_field){ .id = HTTP_NAME_ACAO, .value = span_text("*") };
	fieldget_index(&g, &m);
	assert_int_equal(g.lines[HTTP_NAME_VARY], HTTP_FIELDS_MAX - 1);
	assert_true(span_is(fieldget_first(&g, HTTP_NAME_ACAO), "*"));
}

static void members_are_split_at_commas_outside_quotes(void **state)
{
	static const char *const want[] = { "a", "", "\"b,c\"", "\"\\\",d\"", "e" };
	struct span list = span_text(" a ,, \"b,c\" ,\"\\\",d\",\te"), m;
	size_t n = 0;

	(void)state;
	while (fieldget_member(&list, &m))
		assert_true(span_is(m, want[n++]));
	assert_int_equal(n, 5);
}

static void every_prefix_of_a_list_is_read_within_its_bytes(void **state)
{
	static const char text[] = "a, \"b\\\",c\", \"open";

	(void)state;
	for (size_t n = 0; n <= sizeof(text) - 1; n++) {
		struct guard g = guard_copy(text, n);
		struct span list = g.bytes, m;

		while (fieldget_member(&list, &m))
			assert_true(m.ptr + m.len <= g.bytes.ptr + g.bytes.len);
		guard_free(&g);
	}
}

static void members_are_found_in_any_line_and_case(void **state)
{
	struct message x;

	(void)state;
	make(&x, "Vary: Accept-Encoding, X-Origin\nVary: ORIGIN");
	assert_true(fieldget_has_member(&x.g, HTTP_NAME_VARY, "origin"));
	make(&x, "Vary: Accept-Encoding, X-Origin");
	assert_false(fieldget_has_member(&x.g, HTTP_NAME_VARY, "origin"));
}

static void numbers_are_digits_only(void **state)
{
	uint64_t n;

	(void)state;
	assert_true(fieldget_number(span_text("600"), &n));
	assert_int_equal(n, 600);
	assert_false(fieldget_number(span_text(""), &n));
	assert_false(fieldget_number(span_text("-1"), &n));
	assert_false(fieldget_number(span_text("1.5"), &n));
	assert_true(fieldget_number(span_text("99999999999999999999999999"), &n));
	assert_true(n > 1ull << 59);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(absent_is_not_empty),
		cmocka_unit_test(lines_are_joined_with_a_comma_and_a_blank),
		cmocka_unit_test(a_join_over_the_limit_is_cut_and_says_so),
		cmocka_unit_test(no_message_has_no_fields),
		cmocka_unit_test(as_many_lines_as_there_can_be_are_indexed),
		cmocka_unit_test(members_are_split_at_commas_outside_quotes),
		cmocka_unit_test(every_prefix_of_a_list_is_read_within_its_bytes),
		cmocka_unit_test(members_are_found_in_any_line_and_case),
		cmocka_unit_test(numbers_are_digits_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
