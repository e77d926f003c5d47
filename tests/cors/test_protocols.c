/* SPDX-License-Identifier: BSD-2-Clause */

/* What other protocols than plain requests and responses of HTTP/1 add. */
#include "scenario.h"

#define SITE "https://app.example.com"
#define HANDSHAKE                                                                                  \
	"GET /ws HTTP/1.1\nHost: api.example.com\nOrigin: " SITE                                   \
	"\nUpgrade: websocket\nConnection: Upgrade"
#define CALL                                                                                       \
	"POST /echo.Echo/Say HTTP/1.1\nHost: api.example.com\nOrigin: " SITE                       \
	"\nSec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\nContent-Type: "                       \
	"application/grpc-web+proto"
#define ALLOWED "200\nAccess-Control-Allow-Origin: " SITE "\nVary: Origin\nContent-Type: "

/* The policy of this kind; fails when there is none. */
static struct judge_policy policy(const struct scenario *s, const char *kind)
{
	struct judge_policy p = { 0 };

	for (uint32_t i = 0; judge_policy(s->judge, i, &p); i++) {
		if (strcmp(p.kind, kind) == 0)
			return p;
	}
	fail_msg("no policy is %s", kind);
	return p;
}

static void websocket_origins_are_kept_and_never_judged(void **state)
{
	struct judge_policy p;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, HANDSHAKE, "101\nUpgrade: websocket");
	scenario_expect(&s, "none", "none", NULL);
	assert_int_equal(s.last.findings_cnt, 0);
	p = policy(&s, "websocket");
	assert_true(span_is(p.host, "api.example.com"));
	assert_int_equal(p.policy->allowed_cnt, 1);
	assert_true(span_is(p.allowed[0], SITE));
	assert_int_equal(p.policy->refused, 0);
	/* A bare client names no origin: there is nothing to keep. */
	scenario_play(&s, "GET /ws HTTP/1.1\nHost: other.example.com\nUpgrade: websocket", "101");
	assert_int_equal(policy(&s, "websocket").policy->responses, 1);
	scenario_close(&s);
}

static void a_refused_handshake_is_told_as_what_it_is(void **state)
{
	const struct finding *f;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, HANDSHAKE, "403\nServer: nginx\nAccess-Control-Allow-Origin: *");
	scenario_expect(&s, "none", "none", NULL);
	f = scenario_finding(&s, "not-cors-websocket-refused");
	assert_non_null(f);
	assert_true(span_is(f->subject, SITE));
	assert_has(scenario_cause(&s, "not-cors-websocket-refused")->detail,
		   "nginx answered 403 to the WebSocket handshake for /ws");
	assert_int_equal(policy(&s, "websocket").policy->refused, 1);
	/* Nothing is said where the response is not known to be whole. */
	s.response_flaws = HTTP_FLAW_HEAD_CUT;
	scenario_play(&s, HANDSHAKE, "403\nServer: nginx");
	assert_int_equal(s.last.findings_cnt, 0);
	scenario_close(&s);
}

static void over_http2_a_handshake_is_a_connect_and_succeeds_with_200(void **state)
{
	static const char connect[] = "CONNECT /ws HTTP/2\nHost: api.example.com\nOrigin: " SITE;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.is_websocket = true;
	scenario_play(&s, connect, "200");
	scenario_expect(&s, "none", "none", NULL);
	assert_int_equal(s.last.findings_cnt, 0);
	scenario_play(&s, connect, "101");
	assert_non_null(scenario_finding(&s, "not-cors-websocket-refused"));
	scenario_close(&s);
}

static void grpc_web_is_told_to_expose_its_status(void **state)
{
	static const struct {
		const char *response;
		const char *hidden; /* NULL: nothing is said */
	} rows[] = {
		{ ALLOWED "application/grpc-web+proto", "grpc-status" },
		{ ALLOWED "application/grpc-web-text\nAccess-Control-Expose-Headers: grpc-status",
		  "grpc-message" },
		{ ALLOWED "text/html\nAccess-Control-Expose-Headers: Grpc-Message, X",
		  "grpc-status" },
		{ ALLOWED "application/grpc-web\nAccess-Control-Expose-Headers: grpc-status\n"
			  "Access-Control-Expose-Headers: Grpc-Message",
		  NULL },
		{ ALLOWED "application/grpc-web\nAccess-Control-Expose-Headers: *", NULL },
		/* What is blocked has other worries. */
		{ "200\nContent-Type: application/grpc-web", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct finding *f;
		struct scenario s;

		scenario_open(&s);
		scenario_play(&s, CALL, rows[i].response);
		f = scenario_finding(&s, "aceh-grpc-web");
		assert_int_equal(f != NULL, rows[i].hidden != NULL);
		if (f)
			assert_has(scenario_cause(&s, "aceh-grpc-web")->detail, rows[i].hidden);
		scenario_close(&s);
	}
}

static void a_scheme_of_https_is_believed_and_http_is_not(void **state)
{
	/* Without Sec-Fetch-*, only the scheme tells whether the page is the target's own. */
	static const char own[] = "PUT /x HTTP/2\nHost: api.example.com\nOrigin: "
				  "https://api.example.com";
	static const char insecure[] = "PUT /x HTTP/2\nHost: api.example.com\nOrigin: "
				       "http://api.example.com";
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.scheme = HTTP_SCHEME_HTTPS;
	scenario_play(&s, own, "200");
	scenario_expect(&s, "none", "none", NULL);
	assert_int_equal(s.last.confidence, CONFIDENCE_CERTAIN);
	scenario_play(&s, insecure, "200");
	scenario_expect(&s, "actual", "block", "acao-missing");
	s.scheme = HTTP_SCHEME_HTTP;
	scenario_play(&s, own, "200");
	scenario_expect(&s, "none", "none", NULL);
	assert_int_equal(s.last.confidence, CONFIDENCE_LIKELY);
	scenario_close(&s);
}

static void fields_from_before_the_capture_leave_the_verdict_unknown(void **state)
{
	static const char get[] = "GET /x HTTP/2\nHost: api.example.com\nOrigin: " SITE;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.response_flaws = HTTP_FLAW_FIELDS_UNKNOWN;
	scenario_play(&s, get, "200");
	scenario_expect(&s, "actual", "unknown", NULL);
	assert_string_equal(s.last.unknown, "response-fields-unknown");
	s.request_flaws = HTTP_FLAW_FIELDS_UNKNOWN;
	scenario_play(&s, get, "200");
	scenario_expect(&s, "unknown", "unknown", NULL);
	assert_string_equal(s.last.unknown, "request-fields-unknown");
	assert_int_equal(s.last.findings_cnt, 0);
	scenario_close(&s);
}

static void a_client_that_gives_up_is_no_fault(void **state)
{
	static const char get[] = "GET /x HTTP/2\nHost: api.example.com\nOrigin: " SITE;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.outcome = HTTP_RESET;
	scenario_play(&s, get, NULL);
	assert_non_null(scenario_finding(&s, "not-cors-reset"));
	s.is_reset_by_client = true;
	scenario_play(&s, get, NULL);
	scenario_expect(&s, "actual", "unknown", NULL);
	assert_int_equal(s.last.findings_cnt, 0);
	scenario_close(&s);
}

static void offers_of_http3_are_counted(void **state)
{
	static const char get[] = "GET /x HTTP/2\nHost: api.example.com";
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, get, "200\nAlt-Svc: h2=\":8443\", h3=\":443\"; ma=86400");
	scenario_play(&s, get, "200\nAlt-Svc: h3-29=\":443\"");
	scenario_play(&s, get, "200\nAlt-Svc: clear");
	scenario_play(&s, get, "200\nAlt-Svc: h2=\"h3=\"");
	scenario_play(&s, get, "200");
	assert_int_equal(judge_stats(s.judge)->http3_offers, 2);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(websocket_origins_are_kept_and_never_judged),
		cmocka_unit_test(a_refused_handshake_is_told_as_what_it_is),
		cmocka_unit_test(over_http2_a_handshake_is_a_connect_and_succeeds_with_200),
		cmocka_unit_test(grpc_web_is_told_to_expose_its_status),
		cmocka_unit_test(a_scheme_of_https_is_believed_and_http_is_not),
		cmocka_unit_test(fields_from_before_the_capture_leave_the_verdict_unknown),
		cmocka_unit_test(a_client_that_gives_up_is_no_fault),
		cmocka_unit_test(offers_of_http3_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
