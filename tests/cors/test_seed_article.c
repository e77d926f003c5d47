/* SPDX-License-Identifier: BSD-2-Clause */

/* The causes that articles on "Origin is not allowed by Access-Control-Allow-Origin" list. */
#include "scenario.h"

#define BROWSER                                                                                    \
	"Host: api.example.com\nSec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"                \
	"Sec-Fetch-Dest: empty\n"

/* One GET from origin, answered with Access-Control-Allow-Origin acao (NULL: without). */
static void ask(struct scenario *s, const char *origin, const char *acao)
{
	snprintf(s->text[0], sizeof(s->text[0]), "GET /data HTTP/1.1\n" BROWSER "Origin: %s",
		 origin);
	snprintf(s->text[1], sizeof(s->text[1]), "200\nServer: nginx\n%s%s",
		 acao ? "Access-Control-Allow-Origin: " : "", acao ? acao : "");
	scenario_play(s, s->text[0], s->text[1]);
}

/* Ask once; the rule that blocks and a part of the words must be these. */
static void expect(const char *origin, const char *acao, const char *rule, const char *error,
		   const char *words)
{
	struct scenario s;

	scenario_open(&s);
	ask(&s, origin, acao);
	scenario_expect(&s, "actual", "block", rule);
	assert_string_equal(s.last.error, error);
	assert_int_equal(s.last.confidence, CONFIDENCE_CERTAIN);
	assert_has(scenario_cause(&s, rule)->detail, words);
	scenario_close(&s);
}

static void a_hard_coded_origin_is_told_by_component(void **state)
{
	(void)state;
	expect("https://app.example.com", "https://localhost:3000", "acao-mismatch",
	       "AllowOriginMismatch",
	       "Access-Control-Allow-Origin is https://localhost:3000, the page is "
	       "https://app.example.com: host differs (localhost / app.example.com), port differs "
	       "(3000 / none)");
}

static void a_development_url_is_recognised_as_such(void **state)
{
	(void)state;
	expect("https://app.example.com", "http://localhost:5173", "acao-mismatch",
	       "AllowOriginMismatch", "developer's machine");
	expect("https://app.example.com", "https://dev.example.com", "acao-host",
	       "AllowOriginMismatch", "host differs (dev.example.com / app.example.com)");
}

static void an_omitted_port_is_told(void **state)
{
	(void)state;
	expect("http://app.example.com:3000", "http://app.example.com", "acao-port",
	       "AllowOriginMismatch", "port differs (none / 3000); the page's port is part of");
}

static void a_port_too_many_is_told(void **state)
{
	(void)state;
	expect("http://app.example.com", "http://app.example.com:3000", "acao-port",
	       "AllowOriginMismatch", "port differs (3000 / none); the page's address has no port");
}

static void a_default_port_written_out_is_told(void **state)
{
	(void)state;
	expect("https://app.example.com", "https://app.example.com:443", "acao-port",
	       "AllowOriginMismatch", "the scheme's default");
}

static void http_against_https_is_told(void **state)
{
	(void)state;
	expect("https://app.example.com", "http://app.example.com", "acao-scheme",
	       "AllowOriginMismatch", "scheme differs (http / https)");
	expect("http://app.example.com", "https://app.example.com", "acao-scheme",
	       "AllowOriginMismatch", "scheme differs (https / http)");
}

static void port_8443_is_another_origin(void **state)
{
	(void)state;
	expect("https://app.example.com:8443", "https://app.example.com", "acao-port",
	       "AllowOriginMismatch", "port differs (none / 8443)");
}

static void a_trailing_slash_is_told(void **state)
{
	(void)state;
	expect("https://example.com", "https://example.com/", "acao-trailing-slash",
	       "AllowOriginMismatch", "https://example.com/");
}

static void a_missing_header_is_told(void **state)
{
	(void)state;
	expect("https://app.example.com", NULL, "acao-missing", "MissingAllowOriginHeader",
	       "has no Access-Control-Allow-Origin");
}

static void a_page_from_a_file_has_the_origin_null(void **state)
{
	(void)state;
	expect("null", "https://app.example.com", "acao-null-origin", "AllowOriginMismatch",
	       "the page is null");
	expect("null", NULL, "acao-missing", "MissingAllowOriginHeader", "the page is null");
}

static void a_cached_response_served_to_another_origin_names_its_seed(void **state)
{
	static const char made[] = "200\nAccess-Control-Allow-Origin: https://admin.example.com\n"
				   "Cache-Control: max-age=60\nETag: \"1\"\nX-Cache: MISS";
	static const char served[] = "200\nAccess-Control-Allow-Origin: https://admin.example.com\n"
				     "Cache-Control: max-age=60\nETag: \"1\"\nX-Cache: HIT\nAge: 7";
	const struct finding *f;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, "GET /data HTTP/1.1\n" BROWSER "Origin: https://admin.example.com", made);
	scenario_expect(&s, "actual", "pass", NULL);
	s.client = 9;
	scenario_play(&s, "GET /data HTTP/1.1\n" BROWSER "Origin: https://app.example.com", served);
	scenario_expect(&s, "actual", "block", "acao-host");
	f = scenario_finding(&s, "vary-origin-poisoned");
	assert_non_null(f);
	assert_int_equal(f->confidence, CONFIDENCE_CERTAIN);
	assert_int_equal(f->evidence_cnt, 2);
	assert_int_equal(f->evidence[0], 2); /* the seed's response */
	assert_int_equal(f->evidence[1], 4); /* the victim's */
	assert_has(scenario_cause(&s, "vary-origin-poisoned")->detail,
		   "as made for https://admin.example.com");
	scenario_close(&s);
}

static void the_fixes_of_the_article_are_not_flagged(void **state)
{
	static const char request[] =
		"GET /data HTTP/1.1\n" BROWSER "Origin: https://app.example.com";
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, request,
		      "200\nAccess-Control-Allow-Origin: https://app.example.com\nVary: Origin");
	scenario_expect(&s, "actual", "pass", NULL);
	assert_int_equal(s.last.findings_cnt, 0);
	scenario_play(&s, "GET /data HTTP/1.1\nHost: api.example.com", "200\nVary: Origin");
	scenario_expect(&s, "none", "none", NULL);
	assert_int_equal(s.last.findings_cnt, 0);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hard_coded_origin_is_told_by_component),
		cmocka_unit_test(a_development_url_is_recognised_as_such),
		cmocka_unit_test(an_omitted_port_is_told),
		cmocka_unit_test(a_port_too_many_is_told),
		cmocka_unit_test(a_default_port_written_out_is_told),
		cmocka_unit_test(http_against_https_is_told),
		cmocka_unit_test(port_8443_is_another_origin),
		cmocka_unit_test(a_trailing_slash_is_told),
		cmocka_unit_test(a_missing_header_is_told),
		cmocka_unit_test(a_page_from_a_file_has_the_origin_null),
		cmocka_unit_test(a_cached_response_served_to_another_origin_names_its_seed),
		cmocka_unit_test(the_fixes_of_the_article_are_not_flagged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
