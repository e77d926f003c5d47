/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/out.h"

#include <errno.h>

#include "report/utf8.h"
#include "sample.h"
#include "support/guard.h"

/* What out_safe() makes of bytes that end in front of an unreadable page. */
static void expect_safe(const char *bytes, size_t len, const char *expected)
{
	struct guard g = guard_copy(bytes, len);
	struct sample_stream s;
	struct out o;

	assert_int_equal(out_init(&o, sample_open(&s)->file), 0);
	out_safe(&o, g.bytes);
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	assert_string_equal(sample_text(&s), expected);
	assert_int_equal(out_safe_width(g.bytes),
			 utf8_is_valid(g.bytes) && len > 1 && bytes[0] == '\xc3' ? 1 : s.len);
	free(s.text);
	guard_free(&g);
}

static void plain_text_stays_as_it_is(void **state)
{
	(void)state;
	expect_safe("", 0, "");
	expect_safe("https://a.test \"q\" \\", 20, "https://a.test \"q\" \\");
	expect_safe("\xc3\xa4", 2, "\xc3\xa4");
}

static void a_terminal_is_never_given_a_control(void **state)
{
	(void)state;
	expect_safe("\33[2J", 4, "\\x1b[2J");
	expect_safe("a\r\nb\tc\0d", 8, "a\\x0d\\x0ab\\x09c\\x00d");
	expect_safe("\x7f", 1, "\\x7f");
	expect_safe("\xc2\x9b"
		    "31m",
		    5, "\\xc2\\x9b31m"); /* CSI as one character */
	expect_safe("\x9b"
		    "31m",
		    4, "\\x9b31m"); /* and as one byte */
}

static void what_cannot_be_seen_is_shown(void **state)
{
	(void)state;
	expect_safe("a\xe2\x80\xae"
		    "b",
		    5, "a\\xe2\\x80\\xaeb");                        /* right to left from here */
	expect_safe("\xe2\x80\x8b", 3, "\\xe2\\x80\\x8b");          /* no width */
	expect_safe("\xef\xbb\xbf", 3, "\\xef\\xbb\\xbf");          /* byte order mark */
	expect_safe("\xf3\xa0\x81\x81", 4, "\\xf3\\xa0\\x81\\x81"); /* tag */
}

static void what_is_no_utf8_is_shown_byte_by_byte(void **state)
{
	(void)state;
	expect_safe("\xff\xfe", 2, "\\xff\\xfe");
	expect_safe("\xc0\xaf", 2, "\\xc0\\xaf");                   /* overlong */
	expect_safe("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");          /* surrogate */
	expect_safe("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80"); /* above U+10FFFF */
	expect_safe("\xe2\x82", 2, "\\xe2\\x82");                   /* cut */
	expect_safe("\xf0\x9f\x98", 3, "\\xf0\\x9f\\x98");
}

/* Every two bytes there are: nothing below SP, no DEL and nothing that is not UTF-8 comes out. */
static void no_two_bytes_get_through_unescaped(void **state)
{
	struct sample_stream s;
	struct out o;

	(void)state;
	assert_int_equal(out_init(&o, sample_open(&s)->file), 0);
	for (unsigned n = 0; n < 65536; n++) {
		uint8_t two[2] = { (uint8_t)(n >> 8), (uint8_t)n };

		out_safe(&o, span_make(two, 2));
	}
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	sample_text(&s);
	assert_true(utf8_is_valid(span_make(s.text, s.len)));
	for (size_t i = 0; i < s.len; i++) {
		assert_true((uint8_t)s.text[i] >= 0x20 && s.text[i] != 0x7f);
		assert_false((uint8_t)s.text[i] == 0xc2 && (uint8_t)s.text[i + 1] < 0xa0);
	}
	free(s.text);
}

/* Pieces of every size around the buffer's come out whole and in order. */
static void pieces_of_any_size_come_out_in_order(void **state)
{
	static const size_t sizes[] = { 1,
					OUT_BUFFER_BYTES - 1,
					OUT_BUFFER_BYTES,
					3,
					OUT_BUFFER_BYTES + 1,
					0,
					5 * OUT_BUFFER_BYTES,
					2 };
	size_t total = 0;
	struct sample_stream s;
	struct out o;

	(void)state;
	assert_int_equal(out_init(&o, sample_open(&s)->file), 0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		char *piece = malloc(sizes[i] + 1);

		assert_non_null(piece);
		for (size_t k = 0; k < sizes[i]; k++)
			piece[k] = (char)((total + k) % 251);
		out_bytes(&o, piece, sizes[i]);
		total += sizes[i];
		free(piece);
	}
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	sample_text(&s);
	assert_int_equal(s.len, total);
	for (size_t k = 0; k < total; k++)
		assert_int_equal(s.text[k], (char)(k % 251));
	free(s.text);
}

static void numbers_are_written_in_full(void **state)
{
	struct sample_stream s;
	struct out o;

	(void)state;
	assert_int_equal(out_init(&o, sample_open(&s)->file), 0);
	out_u64(&o, 0);
	out_char(&o, ' ');
	out_u64(&o, UINT64_MAX);
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	assert_string_equal(sample_text(&s), "0 18446744073709551615");
	free(s.text);
}

static void a_write_error_is_kept_and_told(void **state)
{
	FILE *full = fopen("/dev/full", "w");
	struct out o;

	(void)state;
	assert_non_null(full);
	assert_int_equal(out_init(&o, full), 0);
	out_text(&o, "lost");
	assert_int_equal(out_flush(&o), -ENOSPC);
	out_text(&o, "lost as well");
	assert_int_equal(out_flush(&o), -ENOSPC);
	out_fini(&o);
	fclose(full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays_as_it_is),
		cmocka_unit_test(a_terminal_is_never_given_a_control),
		cmocka_unit_test(what_cannot_be_seen_is_shown),
		cmocka_unit_test(what_is_no_utf8_is_shown_byte_by_byte),
		cmocka_unit_test(no_two_bytes_get_through_unescaped),
		cmocka_unit_test(pieces_of_any_size_come_out_in_order),
		cmocka_unit_test(numbers_are_written_in_full),
		cmocka_unit_test(a_write_error_is_kept_and_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
