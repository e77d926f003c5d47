/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#define H         "Host: api.example.com\n"
#define O         "Origin: https://app.example.com\nSec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"
#define POST      "POST /upload HTTP/1.1\n" H O "Content-Length: 3000000\n"
#define PREFLIGHT "OPTIONS /upload HTTP/1.1\n" H O "Access-Control-Request-Method: POST\n"

/* The cause is named first, before the rule that blocks. */
static void check(const char *request, const char *response, const char *rule, const char *code)
{
	struct scenario s;

	scenario_open(&s);
	scenario_play(&s, request, response);
	assert_int_equal(s.last.verdict, CORS_VERDICT_BLOCK);
	assert_string_equal(s.last.code->id, code);
	assert_true(s.last.findings_cnt >= 1);
	if (rule) {
		assert_string_equal(s.last.findings[0].rule->id, rule);
		assert_string_equal(s.last.findings[1].rule->id, code);
	} else {
		assert_string_equal(s.last.findings[0].rule->id, code);
	}
	scenario_close(&s);
}

static void errors_of_others_are_named_first(void **state)
{
	(void)state;
	check(POST, "413\nServer: nginx", "not-cors-body-too-large", "acao-missing");
	check(POST, "429\nRetry-After: 3", "not-cors-rate-limit", "acao-missing");
	check(POST, "502\nServer: nginx", "not-cors-gateway", "acao-missing");
	check(POST, "503\nServer: x", "not-cors-gateway", "acao-missing");
	check(POST, "504\nServer: x", "not-cors-gateway", "acao-missing");
	check(POST, "500\nServer: x", "not-cors-server-error", "acao-missing");
	check(POST, "200\nServer: x", NULL, "acao-missing");
	check(POST, "404\nServer: x", NULL, "acao-missing");
}

static void the_size_of_the_refused_body_is_told(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, POST, "413\nServer: nginx/1.22.1");
	assert_has(scenario_cause(&s, "not-cors-body-too-large")->detail,
		   "nginx/1.22.1 refused the body of the request for /upload with 413 "
		   "(Content-Length: 3000000)");
	assert_has(scenario_cause(&s, "not-cors-body-too-large")->fix, "client_max_body_size 50m;");
	scenario_close(&s);
}

static void firewalls_are_recognised_by_their_marks(void **state)
{
	(void)state;
	check(POST, "403\nServer: cloudflare\nContent-Type: text/html", "not-cors-bot-page",
	      "acao-missing");
	check(POST, "403\nCf-Mitigated: challenge", "not-cors-bot-page", "acao-missing");
	check(POST, "403\nX-Amzn-Waf-Action: captcha", "not-cors-bot-page", "acao-missing");
	/* An API's own refusal is none. */
	check(POST, "403\nServer: cloudflare\nContent-Type: application/json", NULL,
	      "acao-missing");
}

static void preflights_meet_authentication_and_routing(void **state)
{
	(void)state;
	check(PREFLIGHT, "401\nWWW-Authenticate: (present)", "not-cors-preflight-auth",
	      "preflight-acao-missing");
	check(PREFLIGHT, "403\nServer: x", "not-cors-preflight-auth", "preflight-acao-missing");
	check(PREFLIGHT, "404\nServer: x", "not-cors-preflight-unrouted", "preflight-acao-missing");
	check(PREFLIGHT, "405\nAllow: GET", "not-cors-preflight-unrouted",
	      "preflight-acao-missing");
	check(PREFLIGHT, "405\nAccess-Control-Allow-Origin: *", "not-cors-preflight-unrouted",
	      "preflight-status");
}

static void redirects_to_a_login_are_recognised(void **state)
{
	struct scenario s;

	(void)state;
	check("GET /me HTTP/1.1\n" H O,
	      "302\nLocation: https://idp.example.com/authorize?client_id=1",
	      "not-cors-login-redirect", "acao-missing");
	check("GET /me HTTP/1.1\n" H O, "302\nLocation: https://api.example.com/v2/me", NULL,
	      "acao-missing");
	/* The query of a login may hold secrets; it is not repeated. */
	scenario_open(&s);
	scenario_play(&s, "GET /me HTTP/1.1\n" H O, "302\nLocation: /login?state=SECRET");
	assert_has_not(scenario_cause(&s, "not-cors-login-redirect")->detail, "SECRET");
	scenario_close(&s);
}

static void a_status_with_good_headers_is_no_finding(void **state)
{
	static const char *const statuses[] = { "401", "403", "404", "413", "429", "500", "502" };
	struct scenario s;

	(void)state;
	scenario_open(&s);
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		snprintf(s.text[1], sizeof(s.text[1]),
			 "%s\nAccess-Control-Allow-Origin: https://app.example.com\nVary: Origin",
			 statuses[i]);
		scenario_play(&s, "GET /me HTTP/1.1\n" H O, s.text[1]);
		scenario_expect(&s, "actual", "pass", NULL);
		assert_int_equal(s.last.findings_cnt, 0);
	}
	scenario_close(&s);
}

static void an_error_is_contrasted_with_the_endpoints_good_response(void **state)
{
	const struct finding *f;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, "GET /me?a=1 HTTP/1.1\n" H O,
		      "200\nAccess-Control-Allow-Origin: https://app.example.com\nVary: Origin");
	scenario_play(&s, "GET /me?a=2 HTTP/1.1\n" H O, "404\nServer: nginx");
	f = scenario_finding(&s, "error-response-lost-headers");
	assert_non_null(f);
	assert_int_equal(f->confidence, CONFIDENCE_LIKELY);
	assert_int_equal(f->evidence[0], 2);
	assert_int_equal(f->evidence[1], 4);
	/* Another origin, or another path, has not been seen to be allowed. */
	scenario_play(&s, "GET /other HTTP/1.1\n" H O, "404\nServer: nginx");
	assert_null(scenario_finding(&s, "error-response-lost-headers"));
	scenario_play(&s, "GET /me HTTP/1.1\n" H "Origin: https://b.example.com",
		      "404\nServer: nginx");
	assert_null(scenario_finding(&s, "error-response-lost-headers"));
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(errors_of_others_are_named_first),
		cmocka_unit_test(the_size_of_the_refused_body_is_told),
		cmocka_unit_test(firewalls_are_recognised_by_their_marks),
		cmocka_unit_test(preflights_meet_authentication_and_routing),
		cmocka_unit_test(redirects_to_a_login_are_recognised),
		cmocka_unit_test(a_status_with_good_headers_is_no_finding),
		cmocka_unit_test(an_error_is_contrasted_with_the_endpoints_good_response),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
