/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "report/csv.h"
#include "report/lines.h"
#include "report/xml.h"
#include "support/failmalloc.h"

/* What one of the writers makes of bytes. */
static void expect(void (*put)(struct out *, struct span), struct span s, const char *wanted)
{
	char *text = NULL;
	size_t len = 0;
	FILE *file = open_memstream(&text, &len);
	struct out o;

	assert_non_null(file);
	assert_int_equal(out_init(&o, file), 0);
	put(&o, s);
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	fclose(file);
	assert_string_equal(text, wanted);
	free(text);
}

#define BYTES(literal) span_make("" literal, sizeof(literal) - 1)

static void xml_holds_whatever_was_sent(void **state)
{
	(void)state;
	expect(xml_span, BYTES("a<b>&\"'"), "a&lt;b&gt;&amp;&quot;&apos;");
	expect(xml_span, BYTES("]]>"), "]]&gt;");
	expect(xml_span, BYTES("\0\x1b\n\x7f"), "\\x00\\x1b\\x0a\\x7f");
	expect(xml_span, BYTES("\xff\xc3\xa4"), "\\xff\xc3\xa4");
	expect(xml_span, BYTES("\xef\xbf\xbf\xef\xbf\xbe"), "\\xef\\xbf\\xbf\\xef\\xbf\\xbe");
	expect(xml_span, span_make(NULL, 0), "");
}

static void an_xml_block_keeps_its_lines(void **state)
{
	(void)state;
	expect(xml_block, BYTES("a\n\tb<\r\n"), "a\n\tb&lt;\\x0d\n");
}

static void csv_quotes_every_cell(void **state)
{
	(void)state;
	expect(csv_cell, BYTES("a,b"), "\"a,b\"");
	expect(csv_cell, BYTES("\"\"x\""), "\"\"\"\"\"x\"\"\"");
	expect(csv_cell, BYTES("a\r\nb\0"), "\"a\\x0d\\x0ab\\x00\"");
	expect(csv_cell, span_make(NULL, 0), "\"\"");
}

static void csv_has_no_formulas(void **state)
{
	(void)state;
	expect(csv_cell, BYTES("=1"), "\"'=1\"");
	expect(csv_cell, BYTES("+1"), "\"'+1\"");
	expect(csv_cell, BYTES("-1"), "\"'-1\"");
	expect(csv_cell, BYTES("@a"), "\"'@a\"");
	expect(csv_cell, BYTES(" \t=1"), "\"' \\x09=1\"");
	expect(csv_cell,
	       BYTES("\xef\xbc\x9d"
		     "1"),
	       "\"'\xef\xbc\x9d"
	       "1\"");
	expect(csv_cell, BYTES("1=1"), "\"1=1\"");
}

/* A head with all that a line may hold. */
static const struct http_field fields[] = {
	{ .id = HTTP_NAME_ORIGIN,
	  .name = { (const uint8_t *)"Origin", 6 },
	  .value = { (const uint8_t *)"\\\0\r\n\xff", 5 } },
	{ .id = HTTP_NAME_VARY,
	  .name = { (const uint8_t *)"vary", 4 },
	  .has_blank = true,
	  .value = { (const uint8_t *)"", 0 } },
	{ .id = HTTP_NAME_ACAO,
	  .name = { (const uint8_t *)"Access-Control-Allow-Origin", 27 },
	  .is_cut = true,
	  .value = { (const uint8_t *)"https://a: b.", 13 } },
};
static const struct http_message head = { .fields = fields, .fields_cnt = 3 };

static void lines_come_back_as_they_were(void **state)
{
	struct lines to = { 0 }, back = { 0 };

	(void)state;
	assert_int_equal(lines_write(&to, &head), 0);
	assert_int_equal(lines_read(&back, span_make(to.buf, to.len)), 0);
	assert_int_equal(back.fields_cnt, 3);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(back.fields[i].id, fields[i].id);
		assert_int_equal(back.fields[i].is_cut, fields[i].is_cut);
		assert_int_equal(back.fields[i].has_blank, fields[i].has_blank);
		assert_true(span_eq(back.fields[i].name, fields[i].name));
		assert_true(span_eq(back.fields[i].value, fields[i].value));
	}
	lines_fini(&to);
	lines_fini(&back);
}

static void any_bytes_give_some_lines(void **state)
{
	struct lines to = { 0 }, back = { 0 };

	(void)state;
	assert_int_equal(lines_write(&to, &head), 0);
	for (size_t n = 0; n <= to.len; n++) {
		assert_int_equal(lines_read(&back, span_make(to.buf, n)), 0);
		assert_in_range(back.fields_cnt, 0, 3);
	}
	assert_int_equal(lines_read(&back, BYTES("\n:\nno colon\n\\\n x :y\\\n")), 0);
	assert_int_equal(back.fields_cnt, 5);
	lines_fini(&to);
	lines_fini(&back);
}

static void lines_without_memory_are_refused(void **state)
{
	struct lines l = { 0 };

	(void)state;
	failmalloc_arm(1);
	assert_int_equal(lines_write(&l, &head), -12);
	assert_true(failmalloc_disarm());
	lines_fini(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(xml_holds_whatever_was_sent),
		cmocka_unit_test(an_xml_block_keeps_its_lines),
		cmocka_unit_test(csv_quotes_every_cell),
		cmocka_unit_test(csv_has_no_formulas),
		cmocka_unit_test(lines_come_back_as_they_were),
		cmocka_unit_test(any_bytes_give_some_lines),
		cmocka_unit_test(lines_without_memory_are_refused),
	};

	return cmocka_run_group_tests_name("escapes", tests, NULL, NULL);
}
