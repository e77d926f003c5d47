/* SPDX-License-Identifier: BSD-2-Clause */

/* What is subject to CORS at all, and with which credentials. */
#include "scenario.h"

#define O "Origin: https://app.example.com\n"
#define H "Host: api.example.com\n"

static void kind(bool is_tls, const char *request, const char *want)
{
	struct scenario s;

	scenario_open(&s);
	s.is_tls = is_tls;
	scenario_play(&s, request, strstr(request, "/ws") ? "101" : "200\nServer: x");
	if (strcmp(cors_kind_text(s.last.kind), want) != 0)
		fail_msg("%s, not %s:\n%s", cors_kind_text(s.last.kind), want, request);
	if (strcmp(want, "none") == 0) {
		assert_int_equal(s.last.verdict, CORS_VERDICT_NONE);
		assert_int_equal(s.last.findings_cnt, 0);
	}
	scenario_close(&s);
}

static void without_an_origin_there_is_nothing_to_check(void **state)
{
	(void)state;
	kind(false, "GET / HTTP/1.1\n" H, "none");
	kind(false, "OPTIONS / HTTP/1.1\n" H "Access-Control-Request-Method: PUT", "none");
}

static void sec_fetch_mode_decides(void **state)
{
	(void)state;
	kind(false, "POST / HTTP/1.1\n" H O "Sec-Fetch-Mode: navigate", "none");
	kind(false, "POST / HTTP/1.1\n" H O "Sec-Fetch-Mode: no-cors", "none");
	kind(false, "GET / HTTP/1.1\n" H O "Sec-Fetch-Mode: websocket", "none");
	kind(false, "PUT / HTTP/1.1\n" H O "Sec-Fetch-Mode: same-origin", "none");
	kind(false, "GET / HTTP/1.1\n" H O "Sec-Fetch-Mode: cors\nSec-Fetch-Site: same-origin",
	     "none");
	kind(false, "POST / HTTP/1.1\n" H O "Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site",
	     "actual");
	kind(false, "GET / HTTP/1.1\n" H O "Sec-Fetch-Mode: cors\nSec-Fetch-Site: same-site",
	     "actual");
}

static void a_websocket_handshake_is_not_cors(void **state)
{
	(void)state;
	kind(false, "GET /ws HTTP/1.1\n" H O "Upgrade: websocket\nConnection: Upgrade", "none");
	kind(false, "GET /ws HTTP/1.1\n" H O "Upgrade: WebSocket", "none");
}

static void options_is_a_preflight_only_with_a_method_asked_for(void **state)
{
	(void)state;
	kind(false, "OPTIONS / HTTP/1.1\n" H O "Access-Control-Request-Method: PUT", "preflight");
	kind(false, "OPTIONS / HTTP/1.1\n" H O, "actual");
}

static void same_origin_is_told_by_the_host_not_by_the_port(void **state)
{
	(void)state;
	kind(false, "POST / HTTP/1.1\nHost: app.example.com\nOrigin: http://app.example.com",
	     "none");
	/* Behind a TLS terminator. */
	kind(false, "POST / HTTP/1.1\nHost: app.example.com\nOrigin: https://app.example.com",
	     "none");
	kind(true, "PUT / HTTP/1.1\nHost: app.example.com:443\nOrigin: https://app.example.com",
	     "none");
	/* Inside TLS the scheme is known, so that an http page is another origin. */
	kind(true, "PUT / HTTP/1.1\nHost: app.example.com\nOrigin: http://app.example.com",
	     "actual");
	kind(false, "PUT / HTTP/1.1\nHost: app.example.com\nOrigin: https://app.example.com:8443",
	     "actual");
}

static void proxies_words_about_host_and_scheme_are_heard(void **state)
{
	(void)state;
	kind(false,
	     "PUT / HTTP/1.1\nHost: backend:3000\nX-Forwarded-Host: app.example.com\n"
	     "X-Forwarded-Proto: https\n" O,
	     "none");
	kind(false,
	     "PUT / HTTP/1.1\nHost: backend:3000\n"
	     "Forwarded: for=10.1.1.1;host=app.example.com;proto=https\n" O,
	     "none");
	kind(false,
	     "PUT / HTTP/1.1\nHost: app.example.com\nX-Forwarded-Proto: https\n"
	     "Origin: http://app.example.com",
	     "actual");
}

static void methods_that_forms_cannot_use_are_cors(void **state)
{
	(void)state;
	kind(false, "GET / HTTP/1.1\n" H O, "actual");
	kind(false, "HEAD / HTTP/1.1\n" H O, "actual");
	kind(false, "PUT / HTTP/1.1\n" H O, "actual");
	kind(false, "DELETE / HTTP/1.1\n" H O, "actual");
}

static void posts_are_told_apart_by_their_type(void **state)
{
	(void)state;
	kind(false, "POST / HTTP/1.1\n" H O "Content-Type: application/json", "actual");
	kind(false, "POST / HTTP/1.1\n" H O "Content-Type: text/plain;charset=UTF-8", "unknown");
	kind(false, "POST / HTTP/1.1\n" H O "Content-Type: application/x-www-form-urlencoded",
	     "unknown");
	kind(false, "POST / HTTP/1.1\n" H O, "unknown");
	kind(false, "POST / HTTP/1.1\n" H O "Content-Type: application/csp-report", "none");
	kind(false, "POST / HTTP/1.1\n" H O "Content-Type: application/reports+json; a=b", "none");
	kind(false,
	     "POST / HTTP/1.1\n" H O "Upgrade-Insecure-Requests: 1\n"
	     "Accept: text/html,application/xhtml+xml",
	     "none");
}

static void an_ambiguous_post_is_never_blocked(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, "POST / HTTP/1.1\n" H O "Content-Type: text/plain", "200\nServer: x");
	scenario_expect(&s, "unknown", "unknown", NULL);
	assert_string_equal(s.last.unknown, "cors-mode-unknown");
	assert_non_null(scenario_finding(&s, "cors-mode-unknown"));
	scenario_play(&s, "POST / HTTP/1.1\n" H O "Content-Type: text/plain",
		      "200\nAccess-Control-Allow-Origin: *");
	scenario_expect(&s, "unknown", "pass", NULL);
	scenario_close(&s);
}

static void browsers_are_told_from_other_clients(void **state)
{
	static const char *const browsers[] = {
		"Sec-Fetch-Mode: cors",
		"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 "
		"Firefox/150.0",
		"User-Agent: Mozilla/5.0 (X11) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1 "
		"Safari/1",
	};
	static const char *const others[] = { "Accept: */*", "User-Agent: curl/8.0",
					      "User-Agent: Mozilla/5.0 (compatible; bot)" };
	char request[512];
	struct scenario s;

	(void)state;
	scenario_open(&s);
	for (size_t i = 0; i < 3; i++) {
		snprintf(request, sizeof(request), "GET / HTTP/1.1\n" H O "%s", browsers[i]);
		scenario_play(&s, request, "200\nServer: x");
		assert_true(s.last.is_browser);
		snprintf(request, sizeof(request), "GET / HTTP/1.1\nHost: b%zu\n" O "%s", i,
			 others[i]);
		scenario_play(&s, request, "200\nServer: x");
		assert_false(s.last.is_browser);
		scenario_expect(&s, "actual", "block", "acao-missing");
	}
	scenario_close(&s);
	scenario_open(&s);
	scenario_play(&s, "GET / HTTP/1.1\n" H O, "200\nServer: x");
	assert_has(scenario_cause(&s, "acao-missing")->detail, "client may not be a browser");
	scenario_close(&s);
}

static void extensions_are_never_blocked(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, "GET / HTTP/1.1\n" H "Origin: chrome-extension://abcdef",
		      "200\nServer: x");
	scenario_expect(&s, "actual", "unknown", NULL);
	assert_string_equal(s.last.unknown, "extension-origin");
	assert_non_null(scenario_finding(&s, "extension-origin"));
	scenario_close(&s);
}

/* A GET with extra lines, answered with "*": blocked only when credentials are proven. */
static void credentials(const char *lines, const char *want, const char *verdict)
{
	char request[1024];
	struct scenario s;

	scenario_open(&s);
	snprintf(request, sizeof(request), "GET / HTTP/1.1\n" H O "%s", lines);
	scenario_play(&s, request, "200\nAccess-Control-Allow-Origin: *");
	assert_string_equal(cors_credentials_text(s.last.credentials), want);
	assert_string_equal(cors_verdict_text(s.last.verdict), verdict);
	scenario_close(&s);
}

static void credentials_are_claimed_only_on_evidence(void **state)
{
	(void)state;
	credentials("Cookie: (present)", "include", "block");
	credentials("Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"
		    "Sec-Fetch-Storage-Access: none",
		    "include", "block");
	credentials("Authorization: Basic x", "include", "block");
	credentials("Authorization: Bearer x", "unknown", "pass");
	credentials("Accept: */*", "unknown", "pass");
	credentials(
		"Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\nUser-Agent: Mozilla/5.0 (X11) "
		"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
		"omitted", "pass");
	credentials(
		"Sec-Fetch-Mode: cors\nSec-Fetch-Site: same-site\nUser-Agent: Mozilla/5.0 (X11) "
		"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
		"unknown", "pass");
	credentials(
		"Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\nUser-Agent: Mozilla/5.0 (X11) "
		"AppleWebKit/537.36 (KHTML, like Gecko) Chrome/132.0.0.0 Safari/537.36",
		"unknown", "pass");
}

static void announced_authorization_proves_nothing(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s,
		      "OPTIONS / HTTP/1.1\n" H O "Access-Control-Request-Method: GET\n"
		      "Access-Control-Request-Headers: authorization",
		      "204\nAccess-Control-Allow-Origin: *\n"
		      "Access-Control-Allow-Headers: authorization");
	scenario_play(&s, "GET / HTTP/1.1\n" H O "Authorization: Basic x",
		      "200\nAccess-Control-Allow-Origin: *");
	scenario_expect(&s, "actual", "pass", NULL);
	assert_int_equal(s.last.credentials, CORS_CREDENTIALS_UNKNOWN);
	/* Another client's preflight says nothing about this one. */
	s.client = 77;
	scenario_play(&s, "GET / HTTP/1.1\n" H O "Authorization: Basic x",
		      "200\nAccess-Control-Allow-Origin: *");
	scenario_expect(&s, "actual", "block", "acao-wildcard-credentials");
	assert_int_equal(s.last.confidence, CONFIDENCE_LIKELY);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_an_origin_there_is_nothing_to_check),
		cmocka_unit_test(sec_fetch_mode_decides),
		cmocka_unit_test(a_websocket_handshake_is_not_cors),
		cmocka_unit_test(options_is_a_preflight_only_with_a_method_asked_for),
		cmocka_unit_test(same_origin_is_told_by_the_host_not_by_the_port),
		cmocka_unit_test(proxies_words_about_host_and_scheme_are_heard),
		cmocka_unit_test(methods_that_forms_cannot_use_are_cors),
		cmocka_unit_test(posts_are_told_apart_by_their_type),
		cmocka_unit_test(an_ambiguous_post_is_never_blocked),
		cmocka_unit_test(browsers_are_told_from_other_clients),
		cmocka_unit_test(extensions_are_never_blocked),
		cmocka_unit_test(credentials_are_claimed_only_on_evidence),
		cmocka_unit_test(announced_authorization_proves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
