/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/json.h"

#include <jansson.h>

#include "report/utf8.h"
#include "sample.h"
#include "support/guard.h"

/* What json_span() writes for bytes that end in front of an unreadable page; to be freed. */
static char *write_span(const void *bytes, size_t len)
{
	struct guard g = guard_copy(bytes, len);
	struct sample_stream s;
	struct out o;

	assert_int_equal(out_init(&o, sample_open(&s)->file), 0);
	json_span(&o, g.bytes);
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	guard_free(&g);
	return sample_text(&s);
}

static void expect_span(const char *bytes, size_t len, const char *expected)
{
	char *text = write_span(bytes, len);

	assert_string_equal(text, expected);
	free(text);
}

static void strings_are_escaped_as_json_wants(void **state)
{
	(void)state;
	expect_span("", 0, "\"\"");
	expect_span("a/b", 3, "\"a/b\"");
	expect_span("a\"b\\c", 5, "\"a\\\"b\\\\c\"");
	expect_span("\0\n\x1f", 3, "\"\\u0000\\u000a\\u001f\"");
}

static void utf8_stays_and_other_bytes_are_latin1(void **state)
{
	(void)state;
	expect_span("\xc3\xa4", 2, "\"\xc3\xa4\"");
	expect_span("\xe4", 1, "\"\xc3\xa4\"");
	expect_span("\xc3\xa4\xff", 3, "\"\xc3\x83\xc2\xa4\xc3\xbf\"");
	expect_span("\xf0\x9f\x98\x80", 4, "\"\xf0\x9f\x98\x80\"");
}

static void terminals_are_not_given_controls(void **state)
{
	(void)state;
	expect_span("\33[2J\x7f", 5, "\"\\u001b[2J\\u007f\"");
	expect_span("\xc2\x9b", 2, "\"\\u009b\"");
	expect_span("\x9b", 1, "\"\\u009b\"");
}

/* The bytes that a JSON string's characters stand for. */
static struct span read_back(const char *text, bool is_utf8, uint8_t *room)
{
	json_t *value = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
	struct span s, out = span_make(room, 0);

	assert_non_null(value);
	s = span_make(json_string_value(value), json_string_length(value));
	while (s.len) {
		uint32_t c;
		size_t n = utf8_decode(s.ptr, s.len, &c);

		assert_int_not_equal(n, 0);
		if (is_utf8) {
			memcpy(room + out.len, s.ptr, n);
			out.len += n;
		} else {
			assert_true(c < 256);
			room[out.len++] = (uint8_t)c;
		}
		s = span_from(s, n);
	}
	json_decref(value);
	return out;
}

/* Bytes from a simple generator, the same in every run: half of them from a few hostile ones. */
static uint8_t next_byte(uint32_t *seed)
{
	static const char hostile[] = "\"\\\0\n\33\x7f\x80\x9b\xc2\xc3\xe2\xed\xf0\xff";

	*seed = *seed * 1664525u + 1013904223u;
	if (*seed >> 31)
		return (uint8_t)(*seed >> 16);
	return (uint8_t)hostile[(*seed >> 16) % (sizeof(hostile) - 1)];
}

static void any_bytes_can_be_had_back_by_another_parser(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (unsigned round = 0; round < 5000; round++) {
		uint8_t bytes[40], room[160];
		size_t len = round % sizeof(bytes);
		char *text;
		struct span back;

		for (size_t i = 0; i < len; i++)
			bytes[i] = next_byte(&seed);
		text = write_span(bytes, len);
		back = read_back(text, utf8_is_valid(span_make(bytes, len)), room);
		assert_true(span_eq(back, span_make(bytes, len)));
		free(text);
	}
}

/* Strings are looked at eight bytes at a time: every byte, at every place among plain ones. */
static void every_byte_is_treated_alike_at_every_place(void **state)
{
	(void)state;
	for (unsigned c = 0; c < 256; c++) {
		for (size_t at = 0; at < 17; at++) {
			uint8_t bytes[17], room[17];
			struct span back;
			char *text;

			memset(bytes, 'a', sizeof(bytes));
			bytes[at] = (uint8_t)c;
			text = write_span(bytes, sizeof(bytes));
			for (const char *p = text; *p; p++)
				assert_true((uint8_t)*p >= 0x20 && *p != 0x7f);
			back = read_back(text, c < 0x80, room);
			assert_true(span_eq(back, span_make(bytes, sizeof(bytes))));
			free(text);
		}
	}
}

static void other_values_have_their_form(void **state)
{
	struct endpoint v6 = { .addr = { { 0x20, 1, 0xd, 0xb8, [15] = 1 } }, .port = 443 };
	struct sample_stream s;
	struct out o;

	(void)state;
	assert_int_equal(out_init(&o, sample_open(&s)->file), 0);
	json_span(&o, span_make(NULL, 0));
	json_text(&o, NULL);
	json_time(&o, 0);
	json_time(&o, SAMPLE_TIME_NS);
	json_endpoint(&o, &v6);
	json_packet(&o, 12);
	json_bool(&o, true);
	json_bool(&o, false);
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	assert_string_equal(sample_text(&s),
			    "nullnullnull\"2026-11-23T14:46:14.000123456Z\"\"[2001:db8::1]:443\""
			    "\"#12\"truefalse");
	free(s.text);
}

static void milliseconds_have_three_decimals(void **state)
{
	struct sample_stream s;
	struct out o;

	(void)state;
	assert_int_equal(out_init(&o, sample_open(&s)->file), 0);
	json_ms(&o, 0);
	out_char(&o, ' ');
	json_ms(&o, 999);
	out_char(&o, ' ');
	json_ms(&o, 1842999);
	out_char(&o, ' ');
	json_ms(&o, 60007000001);
	assert_int_equal(out_flush(&o), 0);
	out_fini(&o);
	assert_string_equal(sample_text(&s), "0.000 0.000 1.842 60007.000");
	free(s.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strings_are_escaped_as_json_wants),
		cmocka_unit_test(utf8_stays_and_other_bytes_are_latin1),
		cmocka_unit_test(terminals_are_not_given_controls),
		cmocka_unit_test(any_bytes_can_be_had_back_by_another_parser),
		cmocka_unit_test(every_byte_is_treated_alike_at_every_place),
		cmocka_unit_test(other_values_have_their_form),
		cmocka_unit_test(milliseconds_have_three_decimals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
