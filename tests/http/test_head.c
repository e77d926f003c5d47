/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "http/head.h"
#include "http/startline.h"
#include "support/failmalloc.h"
#include "support/guard.h"

static struct head head;

static int setup(void **state)
{
	(void)state;
	head_init(&head);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	head_fini(&head);
	return 0;
}

static enum head_result parse(const char *text)
{
	return head_parse(&head, span_text(text), HEAD_ANY);
}

/* The only kept field's value, or a fitting complaint. */
static const char *value_of(const char *text)
{
	static char copy[64];

	if (parse(text) != HEAD_OK)
		return "not ok";
	if (head.fields_cnt != 1)
		return "not one";
	memcpy(copy, head.fields[0].value.ptr, head.fields[0].value.len);
	copy[head.fields[0].value.len] = 0;
	return copy;
}

static void start_lines_are_read(void **state)
{
	static const struct {
		const char *line, *method, *target;
		enum http_version version;
		unsigned status;
	} cases[] = {
		{ "GET / HTTP/1.1", "GET", "/", HTTP_1_1, 0 },
		{ "get /a?b=c HTTP/1.0", "get", "/a?b=c", HTTP_1_0, 0 },
		{ "OPTIONS * http/1.1", "OPTIONS", "*", HTTP_1_1, 0 },
		{ "M-SEARCH * HTTP/1.1", "M-SEARCH", "*", HTTP_1_1, 0 },
		{ "CONNECT h:443 HTTP/1.1", "CONNECT", "h:443", HTTP_1_1, 0 },
		{ "GET  /  HTTP/1.1", "GET", "/", HTTP_1_1, 0 },
		{ "GET /a b HTTP/1.1", "GET", "/a b", HTTP_1_1, 0 },
		{ "GET / HTTP/1.1 ", "GET", "/", HTTP_1_1, 0 },
		{ "GET / HTTP/1.7", "GET", "/", HTTP_1_1, 0 },
		{ "PRI * HTTP/2.0", "PRI", "*", HTTP_2, 0 },
		{ "HTTP/1.1 200 OK", NULL, NULL, HTTP_1_1, 200 },
		{ "HTTP/1.0 404", NULL, NULL, HTTP_1_0, 404 },
		{ "HTTP/1.1 200 ", NULL, NULL, HTTP_1_1, 200 },
		{ "http/1.1   999 x", NULL, NULL, HTTP_1_1, 999 },
		{ "HTTP/2.0 200 OK", NULL, NULL, HTTP_1_1, 200 },
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(text, cases[i].line);
		strcat(text, "\r\n\r\n");
		assert_int_equal(parse(text), HEAD_OK);
		assert_int_equal(head.len, strlen(text));
		assert_int_equal(head.version, cases[i].version);
		assert_int_equal(head.status, cases[i].status);
		assert_int_equal(head.is_request, cases[i].method != NULL);
		if (cases[i].method) {
			assert_true(span_is(head.method, cases[i].method));
			assert_true(span_is(head.target, cases[i].target));
		}
	}
}

static void other_lines_are_no_start_lines(void **state)
{
	static const char *const lines[] = {
		"HTTP/1.1 2XX OK",
		"HTTP/1.1 20",
		"HTTP/1.1 2000",
		"HTTP/1.1 099 x",
		"HTTP/1.1",
		"HTTP/1.1200 OK",
		"HTTP/11 200 OK",
		"HTTPX1.1 200 OK",
		"GET",
		"GET ",
		"GET x",
		"POST /x",
		"G\x01T / HTTP/1.1",
		"INVITE sip:a@b SIP/2.0",
		"DESCRIBE rtsp://a RTSP/1.0",
		"220 mail.example.com ESMTP",
		"SSH-2.0-OpenSSH_9.2",
		"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA / HTTP/1.1",
		" GET / HTTP/1.1",
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		strcpy(text, lines[i]);
		strcat(text, "\r\n\r\n");
		assert_int_equal(parse(text), HEAD_BAD);
	}
	assert_int_equal(head_parse(&head, span_text("GET / HTTP/1.1\r\n"), HEAD_RESPONSE),
			 HEAD_BAD);
	assert_int_equal(head_parse(&head, span_text("HTTP/1.1 200\r\n"), HEAD_REQUEST), HEAD_BAD);
}

static void a_simple_request_is_its_line(void **state)
{
	(void)state;
	assert_int_equal(parse("GET /x\r\nHost: no\r\n\r\n"), HEAD_OK);
	assert_int_equal(head.version, HTTP_0_9);
	assert_int_equal(head.len, 8);
}

static void a_bare_cr_ends_no_line_before_any_lf_is_there(void **state)
{
	struct head h;

	(void)state;
	head_init(&h);
	assert_int_equal(head_parse(&h, span_text("GET /a\rb"), HEAD_ANY), HEAD_MORE);
	assert_false(h.has_start);
	assert_int_equal(head_parse(&h, span_text("GET /a\rb\n"), HEAD_ANY), HEAD_OK);
	head_fini(&h);
}

static void lines_are_read_as_chromium_reads_them(void **state)
{
	(void)state;
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary:a\r\n\r\n"), "a");
	assert_int_equal(head.flaws, 0);
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary:  \t a b \t\r\n\r\n"), "a b");
	assert_string_equal(value_of("HTTP/1.1 200\nVary: a\n\n"), "a");
	assert_int_equal(head.flaws, HTTP_FLAW_BARE_LF);
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary : a\r\n\r\n"), "a");
	assert_int_equal(head.flaws, HTTP_FLAW_BLANK_NAME);
	assert_true(head.fields[0].has_blank);
	assert_string_equal(value_of("HTTP/1.1 200\r\nX : b\r\nVary: a\r\n\r\n"), "a");
	assert_int_equal(head.flaws, HTTP_FLAW_BLANK_NAME);
	assert_false(head.fields[0].has_blank);
	assert_string_equal(value_of("HTTP/1.1 200\r\nno colon\r\nVary: a\r\n\r\n"), "a");
	assert_int_equal(head.flaws, HTTP_FLAW_NO_COLON);
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary: \r\n\r\n"), "");
	/* VT is no white space; NUL is told. */
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary: \va\r\n\r\n"), "\va");
	assert_int_equal(head_parse(&head, span_make("HTTP/1.1 200\r\nX: \0\r\n\r\n", 22), 0),
			 HEAD_OK);
	assert_int_equal(head.flaws, HTTP_FLAW_NUL);
	/* CR alone ends a line, but no empty line that it makes ends the block. */
	assert_string_equal(value_of("HTTP/1.1 200\r\nX: b\rVary: a\r\r\nY: c\r\n\r\n"), "a");
	/* A name is not what stands behind blanks at the start of the first line. */
	assert_string_equal(value_of("HTTP/1.1 200\r\n Age: 1\r\nVary: a\r\n\r\n"), "a");
	assert_string_equal(value_of("HTTP/1.1 200\r\n: 1\r\nVary: a\r\n\r\n"), "a");
}

static void folded_lines_are_joined_with_one_space(void **state)
{
	(void)state;
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary:\r\n a\r\n\r\n"), "a");
	assert_int_equal(head.flaws, HTTP_FLAW_FOLDED);
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary: a,\r\n \t b\r\n\tc\r\n\r\n"), "a, b c");
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary: a\r\n \r\n\r\n"), "a");
	assert_string_equal(value_of("HTTP/1.1 200\r\nVary: a\n b\n\n"), "a b");
	assert_int_equal(parse("HTTP/1.1 200\r\nVary: a\r\n b\r\nAge:\r\n 1\r\n\r\n"), HEAD_OK);
	assert_true(span_is(head.fields[0].value, "a b"));
	assert_true(span_is(head.fields[1].value, "1"));
	/* What frames the body may be folded too. */
	assert_int_equal(parse("HTTP/1.1 200\r\nContent-Length:\r\n 12\r\n\r\n"), HEAD_OK);
	assert_true(head.has_length && head.length == 12);
}

static void doubled_lines_stay_apart_and_in_order(void **state)
{
	(void)state;
	assert_int_equal(parse("HTTP/1.1 200\r\nAccess-Control-Allow-Origin: a\r\nX-Y: z\r\n"
			       "Vary: v\r\nACCESS-CONTROL-ALLOW-ORIGIN: a\r\n\r\n"),
			 HEAD_OK);
	assert_int_equal(head.fields_cnt, 3);
	assert_int_equal(head.fields[0].id, HTTP_NAME_ACAO);
	assert_int_equal(head.fields[1].id, HTTP_NAME_VARY);
	assert_int_equal(head.fields[2].id, HTTP_NAME_ACAO);
	assert_true(span_is(head.fields[2].name, "ACCESS-CONTROL-ALLOW-ORIGIN"));
}

static void lengths_are_numbers_or_flaws(void **state)
{
	static const struct {
		const char *lines;
		unsigned flaws;
		uint64_t length;
	} cases[] = {
		{ "Content-Length: 5\r\n", 0, 5 },
		{ "Content-Length: 5\r\nContent-Length: 5\r\n", 0, 5 },
		{ "Content-Length: 5, 5\r\n", 0, 5 },
		{ "Content-Length: 05\r\n", 0, 5 },
		{ "Content-Length: 9223372036854775807\r\n", 0, INT64_MAX },
		{ "Content-Length: 9223372036854775808\r\n", HTTP_FLAW_BAD_LENGTH, 0 },
		{ "Content-Length: 99999999999999999999\r\n", HTTP_FLAW_BAD_LENGTH, 0 },
		{ "Content-Length: -5\r\n", HTTP_FLAW_BAD_LENGTH, 0 },
		{ "Content-Length: +5\r\n", HTTP_FLAW_BAD_LENGTH, 0 },
		{ "Content-Length: 5 5\r\n", HTTP_FLAW_BAD_LENGTH, 0 },
		{ "Content-Length:\r\n", HTTP_FLAW_BAD_LENGTH, 0 },
		{ "Content-Length: 5\r\nContent-Length: 6\r\n", HTTP_FLAW_LENGTHS_DIFFER, 5 },
		{ "Content-Length: 5,6\r\n", HTTP_FLAW_LENGTHS_DIFFER, 5 },
		{ "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", HTTP_FLAW_LENGTH_AND_TE,
		  5 },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(text, "HTTP/1.1 200\r\n");
		strcat(text, cases[i].lines);
		strcat(text, "\r\n");
		assert_int_equal(parse(text), HEAD_OK);
		assert_int_equal(head.flaws, cases[i].flaws);
		assert_true(head.length == cases[i].length);
	}
}

static void the_last_coding_decides(void **state)
{
	static const struct {
		const char *lines;
		enum head_coding coding;
	} cases[] = {
		{ "Transfer-Encoding: chunked\r\n", HEAD_CODING_CHUNKED },
		{ "transfer-encoding: CHUNKED ; x=y\r\n", HEAD_CODING_CHUNKED },
		{ "Transfer-Encoding: gzip, chunked\r\n", HEAD_CODING_CHUNKED },
		{ "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
		  HEAD_CODING_CHUNKED },
		{ "Transfer-Encoding: chunked, gzip\r\n", HEAD_CODING_OTHER },
		{ "Transfer-Encoding: xchunked\r\n", HEAD_CODING_OTHER },
		{ "Transfer-Encoding: identity\r\n", HEAD_CODING_NONE },
		{ "Transfer-Encoding:\r\n", HEAD_CODING_NONE },
	};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		strcpy(text, "HTTP/1.1 200\r\n");
		strcat(text, cases[i].lines);
		strcat(text, "\r\n");
		assert_int_equal(parse(text), HEAD_OK);
		assert_int_equal(head.coding, cases[i].coding);
	}
}

static void private_values_are_not_kept(void **state)
{
	(void)state;
	assert_string_equal(value_of("GET / HTTP/1.1\r\nCookie: secret\r\n\r\n"), "(present)");
	assert_string_equal(value_of("HTTP/1.1 200\r\nSet-Cookie: secret\r\n\r\n"), "(present)");
	assert_string_equal(value_of("GET / HTTP/1.1\r\nAuthorization: BASIC secret\r\n\r\n"),
			    "(present)");
	assert_int_equal(head.auth, HTTP_AUTH_BASIC);
	assert_string_equal(value_of("GET / HTTP/1.1\r\nAuthorization: Own\r\n\r\n"), "(present)");
	assert_int_equal(head.auth, HTTP_AUTH_OTHER);
}

static const char whole[] = "GET /a HTTP/1.1\r\nHost: h\r\nOrigin: a\r\n b\r\nno colon\n"
			    "Cookie: x\rAccept: y\r\nVary : z\r\n\r\n";

static void every_prefix_is_more_and_right_as_far_as_it_goes(void **state)
{
	static struct head part;

	(void)state;
	head_init(&part);
	assert_int_equal(parse(whole), HEAD_OK);
	for (size_t n = 0; n < sizeof(whole) - 1; n++) {
		struct guard g = guard_copy(whole, n);

		assert_int_equal(head_parse(&part, g.bytes, HEAD_ANY), HEAD_MORE);
		assert_int_equal(part.has_start, n >= strlen("GET /a HTTP/1.1\r\n"));
		assert_true(part.fields_cnt <= head.fields_cnt);
		for (size_t i = 0; i < part.fields_cnt; i++) {
			assert_int_equal(part.fields[i].id, head.fields[i].id);
			assert_true(span_eq(part.fields[i].value, head.fields[i].value));
		}
		assert_int_equal(head_end(g.bytes, 0), 0);
		if (!part.has_start)
			assert_true(head_may_start(g.bytes, HEAD_REQUEST));
		guard_free(&g);
	}
	head_fini(&part);
}

static void the_end_is_found_wherever_the_search_begins(void **state)
{
	static const char *const ends[] = { "\n\n", "\n\r\n", "\r\n\n", "\r\n\r\n" };
	char text[32];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		strcpy(text, "A\r\nB\rC");
		strcat(text, ends[i]);
		for (size_t n = 0; n < strlen(text); n++) {
			/* What was searched so far, two bytes of it once more. */
			size_t from = n < 2 ? 0 : n - 2;

			assert_int_equal(head_end(span_make(text, n), 0), 0);
			assert_int_equal(head_end(span_text(text), from), strlen(text));
		}
	}
}

/* What a start line may begin with must never depend on where the bytes are split. */
static void any_start_line_passes_as_a_prefix(void **state)
{
	static const char letters[] = "GETHTTP/1.0 2\t\x01(x";
	unsigned seed = 1;
	char text[24];
	size_t good = 0;

	(void)state;
	for (unsigned i = 0; i < 200000; i++) {
		size_t n = (unsigned)rand_r(&seed) % 12;
		static const char *const tails[] = { "\r\n", " HTTP/1.0\r\n", " /\r\n" };

		memset(text, 0, sizeof(text));
		if (i % 3 == 0)
			strcpy(text, "HTTP/1.1");
		for (size_t k = i % 3 ? 0 : 8; k < n; k++)
			text[k] = letters[(unsigned)rand_r(&seed) % (sizeof(letters) - 1)];
		strcat(text, tails[i % 3 == 0 ? 0 : i % 2 + 1]);
		for (int role = HEAD_ANY; role <= HEAD_RESPONSE; role++) {
			struct span line = span_text(text);

			if (head_parse(&head, line, (enum head_role)role) == HEAD_BAD)
				continue;
			good++;
			for (size_t k = 1; k < line.len - 1; k++)
				assert_true(
					head_may_start(span_first(line, k), (enum head_role)role));
		}
	}
	assert_true(good > 1000);
}

static void targets_are_split(void **state)
{
	static const struct {
		const char *method, *target, *authority, *path;
	} cases[] = {
		{ "GET", "/a?b=http://c/", NULL, "/a?b=http://c/" },
		{ "GET", "http://h:80/a?b", "h:80", "/a?b" },
		{ "GET", "https://u:p@h/a@b", "h", "/a@b" },
		{ "GET", "http://h", "h", "/" },
		{ "GET", "http://[::1]:8080?q", "[::1]:8080", "?q" },
		{ "OPTIONS", "*", NULL, "*" },
		{ "CONNECT", "h:443", "h:443", "" },
		{ "GET", "http:/h/", NULL, "http:/h/" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct startline_target t =
			startline_split(span_text(cases[i].method), span_text(cases[i].target));

		assert_int_equal(span_is_present(t.authority), cases[i].authority != NULL);
		if (cases[i].authority)
			assert_true(span_is(t.authority, cases[i].authority));
		assert_true(span_is(t.path, cases[i].path));
	}
}

static void without_memory_a_folded_value_is_marked_as_cut(void **state)
{
	(void)state;
	/* What it has taken before would do. */
	head_fini(&head);
	head_init(&head);
	failmalloc_arm(1);
	assert_int_equal(parse("HTTP/1.1 200\r\nVary: a\r\n b\r\nAge: 1\r\n\r\n"), HEAD_OK);
	assert_true(failmalloc_disarm());
	assert_true(head.is_fold_failed);
	assert_true(head.fields[0].is_cut && span_is(head.fields[0].value, "a"));
	assert_false(head.fields[1].is_cut);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(start_lines_are_read),
		cmocka_unit_test(other_lines_are_no_start_lines),
		cmocka_unit_test(a_simple_request_is_its_line),
		cmocka_unit_test(a_bare_cr_ends_no_line_before_any_lf_is_there),
		cmocka_unit_test(lines_are_read_as_chromium_reads_them),
		cmocka_unit_test(folded_lines_are_joined_with_one_space),
		cmocka_unit_test(doubled_lines_stay_apart_and_in_order),
		cmocka_unit_test(lengths_are_numbers_or_flaws),
		cmocka_unit_test(the_last_coding_decides),
		cmocka_unit_test(private_values_are_not_kept),
		cmocka_unit_test(every_prefix_is_more_and_right_as_far_as_it_goes),
		cmocka_unit_test(the_end_is_found_wherever_the_search_begins),
		cmocka_unit_test(any_start_line_passes_as_a_prefix),
		cmocka_unit_test(targets_are_split),
		cmocka_unit_test(without_memory_a_folded_value_is_marked_as_cut),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
