/* SPDX-License-Identifier: BSD-2-Clause */

/* The judge as a whole: what it may not claim, order, limits, memory. */
#include "scenario.h"
#include "support/failmalloc.h"

#define H   "Host: api.example.com\n"
#define O   "Origin: https://app.example.com\n"
#define GET "GET /x HTTP/1.1\n" H O "Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"

static void unknown(struct scenario *s, const char *response, const char *why)
{
	scenario_play(s, GET, response);
	assert_int_equal(s->last.verdict, CORS_VERDICT_UNKNOWN);
	assert_string_equal(s->last.unknown, why);
	assert_null(s->last.code);
	assert_null(s->last.error);
}

static void what_was_lost_is_unknown_not_missing(void **state)
{
	static const unsigned flaws[] = { HTTP_FLAW_HEAD_CUT, HTTP_FLAW_HEAD_OVER,
					  HTTP_FLAW_FIELDS_OVER };
	struct scenario s;

	(void)state;
	scenario_open(&s);
	for (size_t i = 0; i < 3; i++) {
		s.response_flaws = flaws[i];
		unknown(&s, "200\nServer: x", "response-head-cut");
		unknown(&s, "200\nAccess-Control-Allow-Origin: https://localhost",
			"response-head-cut");
		assert_int_equal(s.last.findings_cnt, 0);
		s.response_flaws = 0;
		s.request_flaws = flaws[i];
		unknown(&s, "200\nServer: x", "request-head-cut");
		assert_int_equal(s.last.kind, CORS_KIND_UNKNOWN);
		s.request_flaws = 0;
	}
	s.is_request_lost = true;
	unknown(&s, "200\nServer: x", "request-lost");
	s.is_request_lost = false;
	s.is_pairing_unsure = true;
	unknown(&s, "200\nServer: x", "pairing-unsure");
	assert_int_equal(s.last.findings_cnt, 0);
	s.is_pairing_unsure = false;
	s.is_value_cut = true;
	unknown(&s, "200\nAccess-Control-Allow-Origin: https://app.example.com",
		"response-value-cut");
	scenario_close(&s);
}

static void cut_memories_prove_nothing_later(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.response_flaws = HTTP_FLAW_HEAD_CUT;
	scenario_play(&s, "GET /x HTTP/1.1\n" H, "200\nCache-Control: max-age=60");
	s.response_flaws = 0;
	scenario_play(&s, GET,
		      "200\nCache-Control: max-age=60\nVary: Origin\n"
		      "Access-Control-Allow-Origin: https://app.example.com");
	assert_null(scenario_finding(&s, "vary-origin-missing"));
	scenario_close(&s);
}

static void no_response_is_a_network_error_not_a_cors_one(void **state)
{
	static const struct {
		enum http_outcome outcome;
		const char *why, *rule;
	} rows[] = {
		{ HTTP_RESET, "no-response-reset", "not-cors-reset" },
		{ HTTP_CLOSED, "no-response-closed", "not-cors-closed" },
		{ HTTP_TIMEOUT, "no-response-timeout", "not-cors-timeout" },
		{ HTTP_REFUSED, "no-response-refused", "not-cors-refused" },
		{ HTTP_INVALID, "response-invalid", "not-cors-invalid-response" },
		{ HTTP_LOST, "response-lost", NULL },
		{ HTTP_PENDING, "no-response-yet", NULL },
	};
	struct scenario s;

	(void)state;
	scenario_open(&s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		s.outcome = rows[i].outcome;
		unknown(&s, NULL, rows[i].why);
		if (rows[i].rule)
			assert_non_null(scenario_finding(&s, rows[i].rule));
		else
			assert_int_equal(s.last.findings_cnt, 0);
	}
	/* The same without Origin is not ours to tell. */
	s.outcome = HTTP_RESET;
	scenario_play(&s, "GET /x HTTP/1.1\n" H, NULL);
	scenario_expect(&s, "none", "none", NULL);
	s.outcome = HTTP_RESPONSE;
	s.response_flaws = HTTP_FLAW_NUL;
	unknown(&s, "200\nServer: x", "response-invalid");
	assert_non_null(scenario_finding(&s, "not-cors-invalid-response"));
	/* Two lengths are refused, unless chunks say where the body ends (then neither counts). */
	s.response_flaws = HTTP_FLAW_LENGTHS_DIFFER;
	unknown(&s, "200\nServer: x", "response-invalid");
	scenario_play(&s, GET, "200\nTransfer-Encoding: chunked");
	scenario_expect(&s, "actual", "block", "acao-missing");
	s.response_flaws = 0;
	unknown(&s, "302\nLocation: /a\nLocation: /b", "response-invalid");
	scenario_play(&s, GET, "302\nLocation: /a\nLocation: /a");
	scenario_expect(&s, "actual", "block", "acao-missing");
	scenario_close(&s);
}

static void behind_a_proxy_nothing_is_certain(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET "X-Forwarded-For: 10.1.1.1", "200\nServer: x");
	scenario_expect(&s, "actual", "block", "acao-missing");
	assert_int_equal(s.last.confidence, CONFIDENCE_LIKELY);
	assert_has(scenario_cause(&s, "acao-missing")->detail, "behind a proxy");
	scenario_close(&s);
}

static void redirects_are_followed_with_their_credentials(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET "Cookie: (present)",
		      "302\nLocation: http://other.example.com/y\n"
		      "Access-Control-Allow-Origin: https://app.example.com\n"
		      "Access-Control-Allow-Credentials: true");
	scenario_expect(&s, "actual", "pass", NULL);
	/* No cookie here, but the chain has shown that there are credentials. */
	scenario_play(&s, "GET /y HTTP/1.1\nHost: other.example.com\nOrigin: null",
		      "200\nAccess-Control-Allow-Origin: *");
	scenario_expect(&s, "actual", "block", "acao-wildcard-credentials");
	assert_int_equal(s.last.credentials, CORS_CREDENTIALS_INCLUDE);
	assert_non_null(scenario_finding(&s, "redirect-tainted-origin"));
	/* Later, or from another client, it is another request. */
	s.client = 50;
	scenario_play(&s, "GET /y HTTP/1.1\nHost: other.example.com\nOrigin: null",
		      "200\nAccess-Control-Allow-Origin: *");
	scenario_expect(&s, "actual", "pass", NULL);
	s.client = 1;
	s.clock_ns += 60 * NS_PER_S;
	scenario_play(&s, "GET /y HTTP/1.1\nHost: other.example.com\nOrigin: null",
		      "200\nAccess-Control-Allow-Origin: *");
	scenario_expect(&s, "actual", "pass", NULL);
	scenario_close(&s);
}

static void loopback_addresses_of_both_families_are_one_client(void **state)
{
	struct http_field q1[] = { { .id = HTTP_NAME_HOST, .value = span_text("localhost") },
				   { .id = HTTP_NAME_ORIGIN, .value = span_text("http://a.test") },
				   { .id = HTTP_NAME_COOKIE, .value = span_text("(present)") } };
	struct http_field r1[] = {
		{ .id = HTTP_NAME_ACAO, .value = span_text("http://a.test") },
		{ .id = HTTP_NAME_ACAC, .value = span_text("true") },
		{ .id = HTTP_NAME_LOCATION, .value = span_text("http://b.test/y") },
	};
	const uint8_t v4[4] = { 127, 0, 0, 1 };
	struct exchange x = { .has_request = true, .has_response = true };
	struct scenario s;

	(void)state;
	scenario_open(&s);
	x.client.addr.bytes[15] = 1;
	x.request = (struct http_request){ .m = { .fields = q1, .fields_cnt = 3 },
					   .method = span_text("GET"),
					   .host = span_text("localhost"),
					   .path = span_text("/x") };
	x.response =
		(struct http_response){ .m = { .fields = r1, .fields_cnt = 3 }, .status = 302 };
	judge_exchange(s.judge, &x);
	assert_int_equal(s.last.verdict, CORS_VERDICT_PASS);
	/* The next hop goes over IPv4, without a cookie for that host. */
	x.client.addr = address_from_v4(v4);
	x.request.host = q1[0].value = span_text("b.test");
	x.request.path = span_text("/y");
	x.request.m.fields_cnt = 2;
	q1[1].value = r1[0].value = span_text("null");
	x.response.m.fields_cnt = 1;
	x.response.status = 200;
	judge_exchange(s.judge, &x);
	assert_string_equal(s.last.code->id, "acac-missing");
	scenario_close(&s);
}

static void redirect_targets_are_checked(void **state)
{
	static const struct {
		const char *location, *code;
	} rows[] = {
		{ "http://user:pw@h/", "redirect-userinfo" },
		{ "//user@h/", "redirect-userinfo" },
		{ "http://@h/", NULL },
		{ "/a@b", NULL },
		{ "http://h/a@b", NULL },
		{ "foo://h/", "redirect-scheme" },
		{ "ftp://h/", "redirect-scheme" },
		{ "data:,x", NULL },
		{ "/x:y", NULL },
		{ "?a:b", NULL },
		{ "HTTPS://h/", NULL },
	};
	char response[256];
	struct scenario s;

	(void)state;
	scenario_open(&s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		snprintf(response, sizeof(response),
			 "302\nAccess-Control-Allow-Origin: https://app.example.com\nLocation: %s",
			 rows[i].location);
		scenario_play(&s, GET, response);
		scenario_expect(&s, "actual", rows[i].code ? "block" : "pass", rows[i].code);
	}
	scenario_close(&s);
}

#define STORED "Cache-Control: max-age=60\nETag: \"v1\"\n"

static void a_304_is_judged_by_what_it_revives(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET "If-None-Match: \"v1\"", "304\nETag: \"v1\"");
	assert_string_equal(s.last.unknown, "stored-response-not-seen");
	scenario_play(&s, GET,
		      "200\n" STORED "Access-Control-Allow-Origin: https://app.example.com");
	scenario_play(&s, GET "If-None-Match: \"v1\"", "304\nETag: \"v1\"");
	scenario_expect(&s, "actual", "pass", NULL);
	/* Another page of the same browser revives a copy that was not made for it. */
	scenario_play(&s,
		      "GET /x HTTP/1.1\n" H "Origin: https://admin.example.com\n"
		      "If-None-Match: \"v1\"",
		      "304\nETag: \"v1\"");
	scenario_expect(&s, "actual", "block", "acao-host");
	assert_int_equal(scenario_finding(&s, "vary-origin-missing-304")->evidence[0], 4);
	/* What the 304 says itself replaces what was stored, from then on. */
	scenario_play(&s,
		      "GET /x HTTP/1.1\n" H "Origin: https://admin.example.com\n"
		      "If-None-Match: \"v1\"",
		      "304\nETag: \"v1\"\nAccess-Control-Allow-Origin: https://admin.example.com");
	scenario_expect(&s, "actual", "pass", NULL);
	scenario_play(&s, GET "If-None-Match: \"v1\"", "304\nETag: \"v1\"");
	scenario_expect(&s, "actual", "block", "acao-host");
	/* A script's own condition, announced in a preflight, makes the 304 the response. */
	s.client = 8;
	scenario_play(&s,
		      "OPTIONS /x HTTP/1.1\n" H O "Access-Control-Request-Method: GET\n"
		      "Access-Control-Request-Headers: if-none-match",
		      "204\nAccess-Control-Allow-Origin: *\nAccess-Control-Allow-Headers: *");
	scenario_play(&s, GET "If-None-Match: \"v1\"", "304\nETag: \"v1\"");
	scenario_expect(&s, "actual", "block", "acao-missing");
	scenario_close(&s);
}

static void findings_of_one_cause_are_one_group(void **state)
{
	const struct cause *c;
	struct scenario s;
	size_t cnt;
	uint64_t id;

	(void)state;
	scenario_open(&s);
	for (unsigned i = 0; i < 20; i++) {
		snprintf(s.text[0], sizeof(s.text[0]),
			 "GET /p%u?q=%u HTTP/1.1\n" H "Origin: https://o%u.example.com\n"
			 "Sec-Fetch-Mode: cors",
			 i, i, i % 3);
		scenario_play(&s, s.text[0], "200\nAccess-Control-Allow-Origin: http://localhost");
	}
	c = scenario_cause(&s, "acao-mismatch");
	assert_int_equal(c->cnt, 20);
	assert_int_equal(c->origins.rows_cnt, 3);
	assert_int_equal(c->origins.others, 0);
	assert_int_equal(c->endpoints.rows_cnt, CAUSE_SAMPLES_MAX);
	assert_int_equal(c->endpoints.others, 20 - CAUSE_SAMPLES_MAX);
	assert_string_equal(c->endpoints.rows[0].text, "GET /p0");
	assert_string_equal(c->host, "api.example.com");
	assert_true(c->last_ns > c->first_ns);
	/* Another value is another cause; another host too. */
	id = c->id;
	scenario_play(&s, GET, "200\nAccess-Control-Allow-Origin: http://localhost:1");
	assert_true(s.last.findings[0].cause != id);
	scenario_play(&s, "GET / HTTP/1.1\nHost: b\n" O,
		      "200\nAccess-Control-Allow-Origin: http://localhost");
	assert_true(s.last.findings[0].cause != id);
	(void)judge_causes(s.judge, &cnt);
	assert_int_equal(cnt, 3);
	assert_int_equal(s.opened_cnt, 3);
	assert_int_equal(judge_stats(s.judge)->causes, 3);
	scenario_close(&s);
}

static void causes_come_worst_first(void **state)
{
	const struct cause *const *causes;
	struct scenario s;
	size_t cnt;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET, "200\nAccess-Control-Allow-Origin: *\nVary: Origin");
	scenario_play(&s, GET, "413\nServer: nginx");
	for (unsigned i = 0; i < 30; i++) {
		snprintf(s.text[1], sizeof(s.text[1]), "200\nAccess-Control-Allow-Origin: h%u",
			 i % 9);
		scenario_play(&s, GET, s.text[1]);
	}
	causes = judge_causes(s.judge, &cnt);
	assert_true(cnt > 10);
	for (size_t i = 1; i < cnt; i++) {
		assert_true(causes[i - 1]->rule->severity >= causes[i]->rule->severity);
		if (causes[i - 1]->rule->severity != causes[i]->rule->severity)
			continue;
		assert_true(!causes[i - 1]->explained_by || causes[i]->explained_by);
		if (!causes[i - 1]->explained_by != !causes[i]->explained_by)
			continue;
		if (rule_is_not_cors(causes[i - 1]->rule) || rule_is_not_cors(causes[i]->rule)) {
			assert_true(rule_is_not_cors(causes[i - 1]->rule));
			continue;
		}
		assert_true(causes[i - 1]->confidence >= causes[i]->confidence);
		if (causes[i - 1]->confidence == causes[i]->confidence)
			assert_true(causes[i - 1]->cnt >= causes[i]->cnt);
	}
	scenario_close(&s);
}

/* The position of a rule's first cause in the order in which causes are told. */
static size_t place_of(struct scenario *s, const char *rule)
{
	size_t cnt;
	const struct cause *const *causes = judge_causes(s->judge, &cnt);

	for (size_t i = 0; i < cnt; i++)
		if (strcmp(causes[i]->rule->id, rule) == 0)
			return i;
	fail_msg("no cause of %s", rule);
	return 0;
}

static void what_explains_a_block_comes_before_it(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	/* Seen often and certain, and yet told after what it follows from. */
	for (unsigned i = 0; i < 5; i++)
		scenario_play(&s, GET, "502\nServer: nginx");
	scenario_play(&s, GET, "200\nAccess-Control-Allow-Origin: https://other.example.com");
	assert_int_equal(place_of(&s, "not-cors-gateway"), 0);
	assert_int_equal(place_of(&s, "acao-host"), 1);
	assert_int_equal(place_of(&s, "acao-missing"), 2);
	assert_ptr_equal(scenario_cause(&s, "acao-missing")->explained_by,
			 &rules[RULE_NOT_CORS_GATEWAY]);
	assert_null(scenario_cause(&s, "not-cors-gateway")->explained_by);
	assert_null(scenario_cause(&s, "acao-host")->explained_by);
	assert_has(scenario_cause(&s, "acao-missing")->fix,
		   "Explained by not-cors-gateway: mend that first.");
	assert_has_not(scenario_cause(&s, "acao-missing")->fix, "add_header");
	scenario_close(&s);
}

static void an_explanation_that_is_only_a_warning_comes_first_too(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET, "200\nAccess-Control-Allow-Origin: https://app.example.com");
	scenario_play(&s, GET, "404\nServer: nginx");
	assert_ptr_equal(scenario_cause(&s, "acao-missing")->explained_by,
			 &rules[RULE_ERROR_RESPONSE_LOST_HEADERS]);
	assert_true(place_of(&s, "error-response-lost-headers") < place_of(&s, "acao-missing"));
	scenario_close(&s);
}

static void the_same_block_with_and_without_explanation_is_two_causes(void **state)
{
	uint64_t explained;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	/* A foreign copy from a cache, and the same value from the server itself. */
	scenario_play(&s, "GET /c HTTP/1.1\nHost: api.example.com\nOrigin: https://b.example.com",
		      "200\nAccess-Control-Allow-Origin: https://b.example.com\n"
		      "Cache-Control: max-age=60");
	scenario_play(&s, "GET /c HTTP/1.1\nHost: api.example.com\nOrigin: https://app.example.com",
		      "200\nAccess-Control-Allow-Origin: https://b.example.com\n"
		      "Cache-Control: max-age=60\nAge: 5");
	assert_non_null(scenario_finding(&s, "vary-origin-poisoned"));
	explained = scenario_finding(&s, "acao-host")->cause;
	assert_ptr_equal(scenario_cause(&s, "acao-host")->explained_by,
			 &rules[RULE_VARY_ORIGIN_POISONED]);
	scenario_play(&s,
		      "POST /d HTTP/1.1\nHost: api.example.com\nSec-Fetch-Mode: cors\n"
		      "Origin: https://app.example.com",
		      "200\nAccess-Control-Allow-Origin: https://b.example.com");
	assert_true(scenario_finding(&s, "acao-host")->cause != explained);
	scenario_close(&s);
}

static void causes_are_bounded_and_counted(void **state)
{
	struct scenario s;
	size_t cnt;

	(void)state;
	scenario_open_with(&s, (struct judge_config){ .seed = 1, .causes_max = 4 });
	for (unsigned i = 0; i < 5; i++) {
		snprintf(s.text[1], sizeof(s.text[1]), "200\nAccess-Control-Allow-Origin: h%u", i);
		scenario_play(&s, GET, s.text[1]);
		assert_int_equal(judge_stats(s.judge)->causes_over_limit, i == 4);
		assert_int_equal(s.last.findings_cnt, 1);
	}
	(void)judge_causes(s.judge, &cnt);
	assert_int_equal(cnt, 4);
	assert_int_equal(judge_rule_counts(s.judge)[RULE_ACAO_INVALID], 5);
	scenario_close(&s);
}

static void memories_are_bounded_and_counted(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open_with(&s, (struct judge_config){ .seed = 1,
						      .resources_max = 4,
						      .preflights_max = 4,
						      .policies_max = 4 });
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(judge_stats(s.judge)->resources_evicted, 0);
		snprintf(s.text[0], sizeof(s.text[0]), "GET /%u HTTP/1.1\n" H, i);
		scenario_play(&s, s.text[0], "200\nCache-Control: max-age=60");
	}
	assert_int_equal(judge_stats(s.judge)->resources_evicted, 1);
	for (unsigned i = 0; i < 5; i++) {
		assert_int_equal(judge_stats(s.judge)->preflights_evicted, 0);
		snprintf(s.text[0], sizeof(s.text[0]),
			 "OPTIONS /%u HTTP/1.1\n" H O "Access-Control-Request-Method: PUT", i);
		scenario_play(&s, s.text[0], "204\nServer: x");
	}
	assert_int_equal(judge_stats(s.judge)->preflights_evicted, 1);
	/* One for the host and one for each of its server addresses. */
	for (unsigned i = 0; i < 5; i++) {
		s.server = (uint8_t)(100 + i);
		scenario_play(&s, GET, "204\nServer: x");
	}
	assert_true(judge_stats(s.judge)->policies_evicted >= 1);
	scenario_close(&s);
}

/* A few exchanges that touch every memory and open causes. */
static void play_all(struct scenario *s)
{
	scenario_play(s, "GET /x HTTP/1.1\n" H, "200\nCache-Control: max-age=60");
	scenario_play(s, GET, "200\nAccess-Control-Allow-Origin: https://localhost:3000");
	scenario_play(s, GET "Cookie: (present)",
		      "302\nLocation: http://other.example.com/y\n"
		      "Access-Control-Allow-Origin: https://app.example.com");
	scenario_play(s, "OPTIONS /x HTTP/1.1\n" H O "Access-Control-Request-Method: PUT",
		      "405\nServer: nginx");
	s->outcome = HTTP_RESET;
	scenario_play(s, GET, NULL);
	s->outcome = HTTP_RESPONSE;
}

static void memory_that_is_short_costs_a_cause_not_a_verdict(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 200; n++) {
		struct scenario s;
		bool failed;

		scenario_open(&s);
		failmalloc_arm(n);
		play_all(&s);
		failed = failmalloc_disarm();
		assert_int_equal(s.judged_cnt, 5);
		assert_int_equal(judge_stats(s.judge)->blocked, 3);
		scenario_close(&s);
		if (!failed)
			return;
	}
	fail_msg("it always needs more");
}

static void a_judge_that_cannot_be_made_leaks_nothing(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 100; n++) {
		struct judge *j;
		bool failed;

		failmalloc_arm(n);
		j = judge_new(&(struct judge_config){ .seed = 1 });
		failed = failmalloc_disarm();
		assert_int_equal(j == NULL, failed);
		judge_free(j);
		if (!failed)
			return;
	}
	fail_msg("it always needs more");
}

static void the_same_exchanges_give_the_same_cause_ids_whatever_the_seed(void **state)
{
	uint64_t ids[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct scenario s;

		scenario_open_with(&s, (struct judge_config){ .seed = 1000 + i });
		scenario_play(&s, GET, "200\nServer: x");
		ids[i] = s.last.findings[0].cause;
		scenario_close(&s);
	}
	assert_int_equal(ids[0], ids[1]);
}

static void a_cause_has_a_short_name(void **state)
{
	char name[CAUSE_NAME_CAP];

	(void)state;
	cause_name(0x1f3a00ff12345678u, name);
	assert_string_equal(name, "c-1f3a00ff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_lost_is_unknown_not_missing),
		cmocka_unit_test(cut_memories_prove_nothing_later),
		cmocka_unit_test(no_response_is_a_network_error_not_a_cors_one),
		cmocka_unit_test(behind_a_proxy_nothing_is_certain),
		cmocka_unit_test(redirects_are_followed_with_their_credentials),
		cmocka_unit_test(loopback_addresses_of_both_families_are_one_client),
		cmocka_unit_test(redirect_targets_are_checked),
		cmocka_unit_test(a_304_is_judged_by_what_it_revives),
		cmocka_unit_test(findings_of_one_cause_are_one_group),
		cmocka_unit_test(causes_come_worst_first),
		cmocka_unit_test(what_explains_a_block_comes_before_it),
		cmocka_unit_test(an_explanation_that_is_only_a_warning_comes_first_too),
		cmocka_unit_test(the_same_block_with_and_without_explanation_is_two_causes),
		cmocka_unit_test(causes_are_bounded_and_counted),
		cmocka_unit_test(memories_are_bounded_and_counted),
		cmocka_unit_test(memory_that_is_short_costs_a_cause_not_a_verdict),
		cmocka_unit_test(a_judge_that_cannot_be_made_leaks_nothing),
		cmocka_unit_test(the_same_exchanges_give_the_same_cause_ids_whatever_the_seed),
		cmocka_unit_test(a_cause_has_a_short_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
