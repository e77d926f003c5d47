/* SPDX-License-Identifier: BSD-2-Clause */

/* Where two browsers read the same bytes differently. */
#include "scenario.h"

#define SITE   "https://app.example.com"
#define HEAD   " /x HTTP/1.1\nHost: api.example.com\nOrigin: " SITE "\n"
#define GET    "GET" HEAD "Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"
#define COOKIE GET "Cookie: (present)"
#define PATCH  "OPTIONS" HEAD "Access-Control-Request-Method: PATCH\n"
#define ACAO   "Access-Control-Allow-Origin"

struct row {
	const char *request, *response;
	const char *verdict, *subject; /* NULL: nothing differs */
};

/* Play one exchange and compare what is said of the rule. */
static void expect(const struct row *row, const char *rule, unsigned flaws)
{
	const struct finding *f;
	struct scenario s;

	scenario_open(&s);
	s.response_flaws = flaws;
	scenario_play(&s, row->request, row->response);
	assert_string_equal(cors_verdict_text(s.last.verdict), row->verdict);
	f = scenario_finding(&s, rule);
	assert_int_equal(f != NULL, row->subject != NULL);
	if (f && *row->subject)
		assert_true(span_is(f->subject, row->subject));
	scenario_close(&s);
}

static void a_blank_before_the_colon_hides_the_header_from_firefox(void **state)
{
	static const struct row rows[] = {
		{ GET, "200\n" ACAO " : " SITE, "pass", ACAO },
		{ GET, "200\n" ACAO "\t: *", "pass", ACAO },
		{ COOKIE, "200\n" ACAO ": " SITE "\nAccess-Control-Allow-Credentials : true",
		  "pass", "Access-Control-Allow-Credentials" },
		{ PATCH, "204\n" ACAO ": *\nAccess-Control-Allow-Methods : PATCH", "pass",
		  "Access-Control-Allow-Methods" },
		/* Nobody needs this one. */
		{ GET, "200\n" ACAO ": " SITE "\nAccess-Control-Allow-Credentials : true", "pass",
		  NULL },
		{ GET, "200\n" ACAO ": " SITE "\nVary : Origin", "pass", NULL },
		/* Blocked by both. */
		{ GET, "200\n" ACAO " : https://other.example.com", "block", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(&rows[i], "browsers-differ-blank", HTTP_FLAW_BLANK_NAME);
	expect(&(struct row){ GET, "200\n" ACAO ": " SITE, "pass", NULL }, "browsers-differ-blank",
	       0);
}

static void an_empty_line_beside_a_good_one_blocks_in_chromium_only(void **state)
{
	static const struct row rows[] = {
		{ GET, "200\n" ACAO ": " SITE "\n" ACAO ":", "block", "" },
		{ GET, "200\n" ACAO ":\n" ACAO ": *", "block", "" },
		{ GET, "200\n" ACAO ":\n" ACAO ": *\n" ACAO ":", "block", "" },
		{ PATCH, "204\n" ACAO ":\n" ACAO ": " SITE, "block", "" },
		{ COOKIE,
		  "200\n" ACAO ":\n" ACAO ": " SITE "\nAccess-Control-Allow-Credentials: true",
		  "block", "" },
		/* Blocked by both. */
		{ COOKIE, "200\n" ACAO ":\n" ACAO ": *", "block", NULL },
		{ GET, "200\n" ACAO ":\n" ACAO ":", "block", NULL },
		{ GET, "200\n" ACAO ":\n" ACAO ": https://other.example.com", "block", NULL },
		{ GET, "200\n" ACAO ": " SITE "\n" ACAO ": " SITE, "block", NULL },
		{ GET, "200\n" ACAO ":", "block", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		expect(&rows[i], "browsers-differ-empty-line", 0);
}

static void the_words_name_both_browsers_and_the_header(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.response_flaws = HTTP_FLAW_BLANK_NAME;
	scenario_play(&s, GET, "200\n" ACAO " : " SITE);
	assert_string_equal(scenario_cause(&s, "browsers-differ-blank")->detail,
			    "/x sends " ACAO " with a blank before the colon: Chromium reads it, "
			    "Firefox does not and blocks the response to " SITE);
	s.response_flaws = 0;
	scenario_play(&s, GET, "200\n" ACAO ": " SITE "\n" ACAO ":");
	assert_string_equal(scenario_cause(&s, "browsers-differ-empty-line")->detail,
			    "/x sends " ACAO " more than once, one of them empty: Chromium blocks, "
			    "Firefox reads " SITE);
	scenario_close(&s);
}

static void half_an_origin_is_nobodys(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET, "200\n" ACAO ": *\nAccess-Control-Allow-Credentials: true");
	assert_non_null(scenario_finding(&s, "acac-with-wildcard"));
	/* Neither is the exchange before taken for this one. */
	s.is_request_value_cut = true;
	scenario_play(&s, GET, "200\n" ACAO ": " SITE);
	scenario_expect(&s, "actual", "unknown", NULL);
	assert_int_equal(s.last.findings_cnt, 0);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_blank_before_the_colon_hides_the_header_from_firefox),
		cmocka_unit_test(an_empty_line_beside_a_good_one_blocks_in_chromium_only),
		cmocka_unit_test(the_words_name_both_browsers_and_the_header),
		cmocka_unit_test(half_an_origin_is_nobodys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
