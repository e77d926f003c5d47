/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#define H  "Host: api.example.com\n"
#define O  "Origin: https://app.example.com\n"
#define OK "Access-Control-Allow-Origin: https://app.example.com\n"

/* One preflight for method and headers, answered so; the rule that blocks, or NULL. */
static struct scenario preflight(const char *method, const char *headers, const char *response,
				 const char *code, const char *error)
{
	static struct scenario s;

	scenario_open(&s);
	snprintf(s.text[0], sizeof(s.text[0]),
		 "OPTIONS /x HTTP/1.1\n" H O "Access-Control-Request-Method: %s%s%s", method,
		 headers ? "\nAccess-Control-Request-Headers: " : "", headers ? headers : "");
	scenario_play(&s, s.text[0], response);
	if (code && !s.last.code)
		fail_msg("passes: %s", response);
	scenario_expect(&s, "preflight", code ? "block" : "pass", code);
	if (error)
		assert_string_equal(s.last.error, error);
	return s;
}

static void check(const char *method, const char *headers, const char *response, const char *code,
		  const char *error)
{
	struct scenario s = preflight(method, headers, response, code, error);

	scenario_close(&s);
}

static void a_redirect_comes_before_everything(void **state)
{
	(void)state;
	check("PUT", NULL, "301\nLocation: /y", "preflight-redirect",
	      "PreflightDisallowedRedirect");
	check("PUT", NULL, "308\n" OK "Location: /y", "preflight-redirect", NULL);
	/* Without Location it is only a bad status, and the check comes first. */
	check("PUT", NULL, "301\nServer: x", "preflight-acao-missing",
	      "PreflightMissingAllowOriginHeader");
	check("PUT", NULL, "304\n" OK "Location: /y", "preflight-status", NULL);
}

static void the_check_comes_before_the_status(void **state)
{
	(void)state;
	check("PUT", NULL, "404\nServer: x", "preflight-acao-missing", NULL);
	check("PUT", NULL, "404\n" OK, "preflight-status", "PreflightInvalidStatus");
	check("PUT", NULL, "200\n" OK "Access-Control-Allow-Methods: PUT", NULL, NULL);
	check("PUT", NULL, "299\n" OK "Access-Control-Allow-Methods: PUT", NULL, NULL);
	check("PUT", NULL, "300\n" OK "Access-Control-Allow-Methods: PUT", "preflight-status",
	      NULL);
}

static void lists_of_tokens_are_read_as_browsers_do(void **state)
{
	static const char *const good[] = { "PUT",
					    "GET, PUT",
					    "GET,PUT,",
					    " GET ,\tPUT ",
					    "GET\nAccess-Control-Allow-Methods: PUT",
					    ",,PUT",
					    "*" };
	static const char *const bad[] = { "PUT GET", "\"PUT\"", "PUT;", "[\"PUT\"]", "PUT: x" };
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		snprintf(text, sizeof(text), "204\n" OK "Access-Control-Allow-Methods: %s",
			 good[i]);
		check("PUT", NULL, text, NULL, NULL);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(text, sizeof(text), "204\n" OK "Access-Control-Allow-Methods: %s", bad[i]);
		check("PUT", NULL, text, "preflight-acam-syntax",
		      "InvalidAllowMethodsPreflightResponse");
		snprintf(text, sizeof(text),
			 "204\n" OK "Access-Control-Allow-Methods: PUT\n"
			 "Access-Control-Allow-Headers: %s",
			 bad[i]);
		check("PUT", NULL, text, "preflight-acah-syntax",
		      "InvalidAllowHeadersPreflightResponse");
	}
}

static void methods_are_compared_in_their_letter_case(void **state)
{
	(void)state;
	check("patch", NULL, "204\n" OK "Access-Control-Allow-Methods: PATCH", "preflight-method",
	      "MethodDisallowedByPreflightResponse");
	check("PUT", NULL, "204\n" OK "Access-Control-Allow-Methods: put", "preflight-method",
	      NULL);
	/* These three are always allowed. */
	check("GET", NULL, "204\n" OK, NULL, NULL);
	check("HEAD", NULL, "204\n" OK, NULL, NULL);
	check("POST", NULL, "204\n" OK "Access-Control-Allow-Methods: PUT", NULL, NULL);
	check("DELETE", NULL, "204\n" OK, "preflight-method", NULL);
}

static void headers_are_compared_without_letter_case(void **state)
{
	struct scenario s;

	(void)state;
	check("GET", "content-type,x-a",
	      "204\n" OK "Access-Control-Allow-Headers: X-A, Content-Type", NULL, NULL);
	check("GET", "x-a", "204\n" OK "Access-Control-Allow-Headers: *", NULL, NULL);
	check("GET", "x-a", "204\n" OK "Access-Control-Allow-Headers: X-*", "preflight-header",
	      NULL);
	s = preflight("GET", "baggage,content-type,x-b",
		      "204\n" OK "Access-Control-Allow-Headers: Content-Type", "preflight-header",
		      "HeaderDisallowedByPreflightResponse");
	assert_true(span_is(scenario_finding(&s, "preflight-header")->subject, "baggage"));
	assert_has(scenario_cause(&s, "preflight-header")->console,
		   "Request header field baggage is not allowed by Access-Control-Allow-Headers");
	scenario_close(&s);
}

static void a_wildcard_for_authorization_warns_but_passes(void **state)
{
	struct scenario s = preflight("GET", "authorization",
				      "204\n" OK "Access-Control-Allow-Headers: *", NULL, NULL);

	(void)state;
	assert_non_null(scenario_finding(&s, "preflight-auth-wildcard"));
	scenario_close(&s);
	s = preflight("GET", "authorization",
		      "204\n" OK "Access-Control-Allow-Headers: *, Authorization", NULL, NULL);
	assert_null(scenario_finding(&s, "preflight-auth-wildcard"));
	scenario_close(&s);
}

static void what_depends_on_credentials_passes_but_is_only_likely(void **state)
{
	struct scenario s =
		preflight("PUT", NULL, "204\n" OK "Access-Control-Allow-Methods: *", NULL, NULL);

	(void)state;
	assert_int_equal(s.last.confidence, CONFIDENCE_LIKELY);
	scenario_close(&s);
	s = preflight("PUT", NULL,
		      "204\n" OK "Access-Control-Allow-Methods: PUT\n"
		      "Access-Control-Allow-Credentials: true",
		      NULL, NULL);
	assert_int_equal(s.last.confidence, CONFIDENCE_CERTAIN);
	scenario_close(&s);
}

#define PUT_PREFLIGHT "OPTIONS /x HTTP/1.1\n" H O "Access-Control-Request-Method: PUT"
#define PUT_OK        "204\n" OK "Access-Control-Allow-Methods: PUT\n"

static void an_allowed_preflight_whose_actual_fails_is_told_with_both_packets(void **state)
{
	const struct finding *f;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, PUT_PREFLIGHT, PUT_OK);
	scenario_play(&s, "PUT /x HTTP/1.1\n" H O, "500\nServer: x");
	scenario_expect(&s, "actual", "block", "acao-missing");
	f = scenario_finding(&s, "preflight-actual-differs");
	assert_non_null(f);
	assert_int_equal(f->evidence[0], 2);
	assert_int_equal(f->evidence[1], 4);
	/* Another method has its own preflight. */
	scenario_play(&s, "DELETE /x HTTP/1.1\n" H O, "500\nServer: x");
	assert_null(scenario_finding(&s, "preflight-actual-differs"));
	scenario_close(&s);
}

static void an_actual_request_after_a_failed_preflight_is_no_browsers(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, PUT_PREFLIGHT, "403\nServer: x");
	scenario_play(&s, "PUT /x HTTP/1.1\n" H O, "200\n" OK);
	assert_non_null(scenario_finding(&s, "preflight-ignored"));
	scenario_close(&s);
}

static void
a_preflight_repeated_without_its_actual_is_told_when_credentials_may_be_why(void **state)
{
	static const char needs_name[] = "204\nAccess-Control-Allow-Origin: *\n"
					 "Access-Control-Allow-Methods: PUT";
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, PUT_PREFLIGHT, needs_name);
	assert_null(scenario_finding(&s, "preflight-no-actual"));
	s.clock_ns += 2 * NS_PER_S;
	scenario_play(&s, PUT_PREFLIGHT, needs_name);
	assert_non_null(scenario_finding(&s, "preflight-no-actual"));
	/* With the actual request in between there is nothing to tell. */
	scenario_play(&s, "PUT /x HTTP/1.1\n" H O, "200\nAccess-Control-Allow-Origin: *");
	s.clock_ns += 2 * NS_PER_S;
	scenario_play(&s, PUT_PREFLIGHT, needs_name);
	assert_null(scenario_finding(&s, "preflight-no-actual"));
	scenario_close(&s);
}

static void repeats_without_max_age_are_told_with_their_cost(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	for (unsigned i = 1; i <= 3; i++) {
		scenario_play(&s, PUT_PREFLIGHT, PUT_OK);
		assert_int_equal(scenario_finding(&s, "preflight-uncached") != NULL, i >= 3);
	}
	assert_has(scenario_cause(&s, "preflight-uncached")->detail,
		   "3 times, which took 3 ms in all; Access-Control-Max-Age is missing");
	scenario_close(&s);
	scenario_open(&s);
	for (unsigned i = 1; i <= 5; i++) {
		scenario_play(&s, PUT_PREFLIGHT, PUT_OK "Access-Control-Max-Age: 600");
		assert_null(scenario_finding(&s, "preflight-uncached"));
	}
	scenario_close(&s);
}

static void a_header_that_is_new_since_the_last_success_is_named(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.clock_ns = 14 * 3600 * NS_PER_S;
	scenario_play(&s, PUT_PREFLIGHT "\nAccess-Control-Request-Headers: content-type",
		      PUT_OK "Access-Control-Allow-Headers: content-type");
	s.clock_ns += 120 * NS_PER_S;
	s.client = 3;
	scenario_play(&s, PUT_PREFLIGHT "\nAccess-Control-Request-Headers: baggage,content-type",
		      PUT_OK "Access-Control-Allow-Headers: content-type");
	scenario_expect(&s, "preflight", "block", "preflight-header");
	assert_true(span_is(scenario_finding(&s, "preflight-headers-grew")->subject, "baggage"));
	assert_has(scenario_cause(&s, "preflight-headers-grew")->detail,
		   "asks for the header baggage at 14:02:00 UTC; at 14:00:00 UTC it did not");
	/* One that was asked for before is not new. */
	scenario_play(&s, PUT_PREFLIGHT "\nAccess-Control-Request-Headers: content-type", PUT_OK);
	scenario_expect(&s, "preflight", "block", "preflight-header");
	assert_null(scenario_finding(&s, "preflight-headers-grew"));
	scenario_close(&s);
}

static void max_age_and_private_network_are_information(void **state)
{
	struct scenario s =
		preflight("PUT", NULL, PUT_OK "Access-Control-Max-Age: 86400", NULL, NULL);

	(void)state;
	assert_null(scenario_finding(&s, "max-age-over-cap"));
	scenario_close(&s);
	s = preflight("PUT", NULL, PUT_OK "Access-Control-Max-Age: 86401", NULL, NULL);
	assert_non_null(scenario_finding(&s, "max-age-over-cap"));
	scenario_close(&s);
	scenario_open(&s);
	scenario_play(&s, PUT_PREFLIGHT "\nAccess-Control-Request-Private-Network: true", PUT_OK);
	scenario_expect(&s, "preflight", "pass", NULL);
	assert_non_null(scenario_finding(&s, "private-network"));
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_redirect_comes_before_everything),
		cmocka_unit_test(the_check_comes_before_the_status),
		cmocka_unit_test(lists_of_tokens_are_read_as_browsers_do),
		cmocka_unit_test(methods_are_compared_in_their_letter_case),
		cmocka_unit_test(headers_are_compared_without_letter_case),
		cmocka_unit_test(a_wildcard_for_authorization_warns_but_passes),
		cmocka_unit_test(what_depends_on_credentials_passes_but_is_only_likely),
		cmocka_unit_test(an_allowed_preflight_whose_actual_fails_is_told_with_both_packets),
		cmocka_unit_test(an_actual_request_after_a_failed_preflight_is_no_browsers),
		cmocka_unit_test(
			a_preflight_repeated_without_its_actual_is_told_when_credentials_may_be_why),
		cmocka_unit_test(repeats_without_max_age_are_told_with_their_cost),
		cmocka_unit_test(a_header_that_is_new_since_the_last_success_is_named),
		cmocka_unit_test(max_age_and_private_network_are_information),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
