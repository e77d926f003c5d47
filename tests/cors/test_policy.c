/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#define MODE        "Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"
#define CREDENTIALS "Access-Control-Allow-Credentials: true\n"

/* A GET from origin, answered with acao (NULL: none) and more lines. */
static void ask(struct scenario *s, const char *host, const char *origin, const char *acao,
		const char *more)
{
	snprintf(s->text[0], sizeof(s->text[0]), "GET /x HTTP/1.1\nHost: %s\nOrigin: %s\n" MODE,
		 host, origin);
	snprintf(s->text[1], sizeof(s->text[1]), "200\nVary: Origin\n%s%s\n%s",
		 acao ? "Access-Control-Allow-Origin: " : "", acao ? acao : "", more);
	scenario_play(s, s->text[0], s->text[1]);
}

static void many_sites_with_credentials_look_reflected(void **state)
{
	static const char rule[] = "sec-reflects-origin-credentials";
	struct scenario s;

	(void)state;
	scenario_open(&s);
	ask(&s, "api", "https://a.example.com", "https://a.example.com", CREDENTIALS);
	assert_null(scenario_finding(&s, rule));
	/* Another host of the same site is no other site. */
	ask(&s, "api", "https://b.example.com", "https://b.example.com", CREDENTIALS);
	assert_null(scenario_finding(&s, rule));
	ask(&s, "api", "https://partner.test", "https://partner.test", CREDENTIALS);
	assert_int_equal(scenario_finding(&s, rule)->confidence, CONFIDENCE_POSSIBLE);
	ask(&s, "api", "https://evil.test", "https://evil.test", CREDENTIALS);
	assert_int_equal(scenario_finding(&s, rule)->confidence, CONFIDENCE_LIKELY);
	assert_int_equal(scenario_finding(&s, rule)->evidence_cnt, 2);
	/* Without credentials, or on another host, nothing is trusted. */
	ask(&s, "api", "https://c.test", "https://c.test", "");
	assert_null(scenario_finding(&s, rule));
	ask(&s, "api2", "https://evil.test", "https://evil.test", CREDENTIALS);
	assert_null(scenario_finding(&s, rule));
	scenario_close(&s);
}

static void null_with_credentials_is_certain(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	ask(&s, "api", "null", "null", CREDENTIALS);
	assert_int_equal(scenario_finding(&s, "sec-null-credentials")->confidence,
			 CONFIDENCE_CERTAIN);
	ask(&s, "api", "null", "null", "");
	assert_null(scenario_finding(&s, "sec-null-credentials"));
	scenario_close(&s);
}

static void an_http_origin_is_told_only_of_an_https_service(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	ask(&s, "api", "http://app.test", "http://app.test", CREDENTIALS);
	assert_null(scenario_finding(&s, "sec-http-origin"));
	s.is_tls = true;
	ask(&s, "api", "http://app.test", "http://app.test", CREDENTIALS);
	assert_non_null(scenario_finding(&s, "sec-http-origin"));
	ask(&s, "api", "http://localhost:3000", "http://localhost:3000", CREDENTIALS);
	assert_null(scenario_finding(&s, "sec-http-origin"));
	ask(&s, "api", "https://app.test", "https://app.test", CREDENTIALS);
	assert_null(scenario_finding(&s, "sec-http-origin"));
	scenario_close(&s);
}

static void look_alikes_are_told(void **state)
{
	static const struct {
		const char *a, *b;
		bool is_alike;
	} rows[] = {
		{ "https://example.test", "https://evilexample.test", true },
		{ "https://example.test", "https://example.test.evil.invalid", true },
		{ "https://example.test", "https://app.example.test", false },
		{ "https://example.test", "https://example.test:8443", false },
		{ "https://example.test", "https://other.test", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scenario s;

		scenario_open(&s);
		ask(&s, "api", rows[i].a, rows[i].a, "");
		ask(&s, "api", rows[i].b, rows[i].b, "");
		if ((scenario_finding(&s, "sec-suffix-match") != NULL) != rows[i].is_alike)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
		scenario_close(&s);
	}
}

/* Ask with this origin, which is allowed, and compare whether a look-alike is told. */
static void expect_alike(struct scenario *s, const char *origin, bool is_alike)
{
	ask(s, "api", origin, origin, "");
	if ((scenario_finding(s, "sec-suffix-match") != NULL) != is_alike)
		fail_msg("%s", origin);
}

static void comparisons_are_kept_until_the_allowed_origins_change(void **state)
{
	static const char rule[] = "sec-reflects-origin-credentials";
	struct scenario s;

	(void)state;
	scenario_open(&s);
	for (unsigned i = 0; i < 2; i++) {
		expect_alike(&s, "https://example.test", false);
		expect_alike(&s, "https://other.test", false);
	}
	for (unsigned i = 0; i < 2; i++) {
		expect_alike(&s, "https://evilexample.test", true);
		expect_alike(&s, "https://example.test", true);
		expect_alike(&s, "https://other.test", false);
	}
	/* The same for sites with credentials: a bit that is new changes the answer. */
	for (unsigned i = 0; i < 2; i++) {
		ask(&s, "api", "https://other.test", "https://other.test", CREDENTIALS);
		assert_null(scenario_finding(&s, rule));
	}
	for (unsigned i = 0; i < 2; i++) {
		ask(&s, "api", "https://example.test", "https://example.test", CREDENTIALS);
		assert_true(span_is(scenario_finding(&s, rule)->subject, "https://other.test"));
		ask(&s, "api", "https://other.test", "https://other.test", CREDENTIALS);
		assert_true(span_is(scenario_finding(&s, rule)->subject, "https://example.test"));
	}
	scenario_close(&s);
}

static void a_forgotten_name_is_no_lasting_answer(void **state)
{
	struct scenario s;
	char origin[64];

	(void)state;
	scenario_open_with(&s, (struct judge_config){ .seed = 7, .words_max = 4 });
	expect_alike(&s, "https://example.test", false);
	expect_alike(&s, "https://evilexample.test", true);
	for (unsigned i = 0; i < 9; i++) {
		snprintf(origin, sizeof(origin), "https://h%u.test", i);
		ask(&s, "api2", origin, origin, "");
	}
	/* The other's name is gone; once it was sent again, both are there. */
	expect_alike(&s, "https://evilexample.test", false);
	expect_alike(&s, "https://example.test", true);
	expect_alike(&s, "https://evilexample.test", true);
	scenario_close(&s);
}

static void a_wildcard_on_an_internal_name_is_a_hint(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	ask(&s, "192.168.1.5:8080", "https://app.test", "*", "");
	assert_non_null(scenario_finding(&s, "sec-wildcard-internal"));
	ask(&s, "api.example.com", "https://app.test", "*", "");
	assert_null(scenario_finding(&s, "sec-wildcard-internal"));
	ask(&s, "localhost:8080", "https://app.test", "*", "");
	assert_null(scenario_finding(&s, "sec-wildcard-internal"));
	scenario_close(&s);
}

static void two_servers_of_one_host_that_disagree_are_named(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	ask(&s, "api", "https://app.test", "https://app.test", "");
	s.server = 3;
	ask(&s, "api", "https://app.test", NULL, "");
	assert_int_equal(s.last.verdict, CORS_VERDICT_BLOCK);
	assert_true(span_is(scenario_finding(&s, "policy-backends-disagree")->subject,
			    "10.0.0.3:8080"));
	assert_has(scenario_cause(&s, "policy-backends-disagree")->detail,
		   "10.0.0.2:8080 allows https://app.test for /x, 10.0.0.3:8080 refuses it");
	/* One server that changed its mind is not two. */
	s.server = 4;
	ask(&s, "api2", "https://app.test", "https://app.test", "");
	ask(&s, "api2", "https://app.test", NULL, "");
	assert_null(scenario_finding(&s, "policy-backends-disagree"));
	scenario_close(&s);
}

static void a_refused_origin_is_told_beside_the_allowed_ones(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	ask(&s, "api", "https://a.test", "https://a.test", "");
	ask(&s, "api", "https://b.test", "https://b.test", "");
	ask(&s, "api", "https://other.test", NULL, "");
	assert_has(scenario_cause(&s, "acao-missing")->detail,
		   "this host allows https://a.test, https://b.test, so this origin is left out on "
		   "purpose, or to be added");
	scenario_close(&s);
}

static void headers_without_effect_are_told(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	ask(&s, "api", "https://a.test", "*", CREDENTIALS);
	assert_non_null(scenario_finding(&s, "acac-with-wildcard"));
	ask(&s, "api", "https://a.test", "https://a.test",
	    "Access-Control-Expose-Headers: \"ETag\"");
	assert_non_null(scenario_finding(&s, "aceh-syntax"));
	ask(&s, "api", "https://a.test", "https://a.test",
	    "Access-Control-Expose-Headers: ETag, X-Total,");
	assert_null(scenario_finding(&s, "aceh-syntax"));
	scenario_close(&s);
}

/* What the judge says of a host's policy as a whole; "" when it says nothing. */
static const char *kind_of(struct scenario *s, const char *host)
{
	struct judge_policy p;

	for (uint32_t i = 0; judge_policy(s->judge, i, &p); i++)
		if (!p.policy->has_server && span_is(p.host, host))
			return p.kind;
	return "";
}

static void policies_are_inferred_from_what_was_seen(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	ask(&s, "one", "https://a.test", "https://a.test", "");
	ask(&s, "constant", "https://a.test", "https://a.test", "");
	ask(&s, "constant", "https://b.test", "https://a.test", "");
	ask(&s, "list", "https://a.test", "https://a.test", "");
	ask(&s, "list", "https://b.test", "https://b.test", "");
	ask(&s, "list", "https://c.test", NULL, "");
	ask(&s, "reflects", "https://a.test", "https://a.test", "");
	ask(&s, "reflects", "https://b.test", "https://b.test", "");
	ask(&s, "wildcard", "https://a.test", "*", "");
	ask(&s, "silent", "https://a.test", NULL, "");
	assert_string_equal(kind_of(&s, "one"), "one");
	assert_string_equal(kind_of(&s, "constant"), "constant");
	assert_string_equal(kind_of(&s, "list"), "list");
	assert_string_equal(kind_of(&s, "reflects"), "reflects");
	assert_string_equal(kind_of(&s, "wildcard"), "wildcard");
	assert_string_equal(kind_of(&s, "silent"), "silent");
	assert_string_equal(kind_of(&s, "unheard-of"), "");
	scenario_close(&s);
}

/* The origins that are kept are bounded; what comes beyond is counted. */
static void a_policy_keeps_so_many_origins_and_counts_the_rest(void **state)
{
	struct judge_policy p;
	struct scenario s;
	char origin[64];

	(void)state;
	scenario_open(&s);
	for (unsigned i = 0; i < CORS_POLICY_ORIGINS_MAX + 2; i++) {
		snprintf(origin, sizeof(origin), "https://o%u.test", i);
		ask(&s, "api", origin, origin, "");
	}
	for (uint32_t i = 0; judge_policy(s.judge, i, &p); i++) {
		assert_int_equal(p.policy->allowed_cnt, CORS_POLICY_ORIGINS_MAX);
		assert_int_equal(p.policy->allowed_over, 2);
		assert_true(span_is(p.allowed[0], "https://o0.test"));
	}
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_sites_with_credentials_look_reflected),
		cmocka_unit_test(null_with_credentials_is_certain),
		cmocka_unit_test(an_http_origin_is_told_only_of_an_https_service),
		cmocka_unit_test(look_alikes_are_told),
		cmocka_unit_test(comparisons_are_kept_until_the_allowed_origins_change),
		cmocka_unit_test(a_forgotten_name_is_no_lasting_answer),
		cmocka_unit_test(a_wildcard_on_an_internal_name_is_a_hint),
		cmocka_unit_test(two_servers_of_one_host_that_disagree_are_named),
		cmocka_unit_test(a_refused_origin_is_told_beside_the_allowed_ones),
		cmocka_unit_test(headers_without_effect_are_told),
		cmocka_unit_test(policies_are_inferred_from_what_was_seen),
		cmocka_unit_test(a_policy_keeps_so_many_origins_and_counts_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
