/* SPDX-License-Identifier: BSD-2-Clause */
#include "scenario.h"

#define H     "Host: api.example.com\n"
#define A     "Origin: https://a.example.com\n"
#define B     "Origin: https://b.example.com\n"
#define GET   "GET /x HTTP/1.1\n" H
#define MODE  "Sec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site\n"
#define FOR_A "Access-Control-Allow-Origin: https://a.example.com\n"
#define FOR_B "Access-Control-Allow-Origin: https://b.example.com\n"
#define AGE   "Cache-Control: max-age=60\n"

/* The vary-* finding of the last judgement, or NULL; hints do not count. */
static const struct finding *vary(const struct scenario *s)
{
	for (unsigned i = 0; i < s->last.findings_cnt; i++)
		if (strncmp(s->last.findings[i].rule->id, "vary-", 5) == 0 &&
		    s->last.findings[i].confidence != CONFIDENCE_POSSIBLE)
			return &s->last.findings[i];
	return NULL;
}

/* Two exchanges with the same URL; the finding's rule after the second, NULL for none. */
static void two(const char *request1, const char *response1, const char *request2,
		const char *response2, const char *rule)
{
	const struct finding *f;
	struct scenario s;

	scenario_open(&s);
	scenario_play(&s, request1, response1);
	assert_null(vary(&s));
	s.client++;
	scenario_play(&s, request2, response2);
	f = vary(&s);
	if (!rule && f)
		fail_msg("%s after %s then %s", f->rule->id, response1, response2);
	if (rule && (!f || strcmp(f->rule->id, rule) != 0))
		fail_msg("%s after %s then %s", f ? f->rule->id : "nothing", response1, response2);
	if (f) {
		assert_int_equal(f->evidence[0], 2);
		assert_int_equal(f->evidence[1], 4);
	}
	scenario_close(&s);
}

static void reflection_over_two_origins_without_vary_is_proven(void **state)
{
	(void)state;
	two(GET A MODE, "200\n" AGE FOR_A, GET B MODE, "200\n" AGE FOR_B, "vary-origin-missing");
	two(GET A MODE, "200\n" AGE FOR_A, GET B MODE, "200\n" AGE, "vary-origin-missing");
	two(GET A MODE, "200\n" AGE FOR_A "Vary: Accept-Encoding, X-Origin", GET B MODE,
	    "200\n" AGE FOR_B "Vary: Accept-Encoding", "vary-origin-missing");
}

static void the_response_without_origin_is_the_one_that_poisons(void **state)
{
	(void)state;
	/* Vary only where there is an Origin: the classic fault. */
	two(GET, "200\n" AGE, GET A MODE, "200\n" AGE FOR_A "Vary: Origin", "vary-origin-missing");
	two(GET A MODE, "200\n" AGE FOR_A "Vary: Origin", GET, "200\n" AGE, "vary-origin-missing");
}

static void correct_servers_are_not_flagged(void **state)
{
	(void)state;
	/* Vary on all of them. */
	two(GET, "200\n" AGE "Vary: Origin", GET A MODE, "200\n" AGE FOR_A "Vary: Origin", NULL);
	two(GET A MODE, "200\n" AGE FOR_A "Vary: accept, origin", GET B MODE,
	    "200\n" AGE FOR_B "Vary: *", NULL);
	/* A constant, and a wildcard. */
	two(GET A MODE, "200\n" AGE FOR_A, GET B MODE, "200\n" AGE FOR_A, NULL);
	two(GET, "200\n" AGE FOR_A, GET A MODE, "200\n" AGE FOR_A, NULL);
	two(GET A MODE, "200\n" AGE "Access-Control-Allow-Origin: *", GET B MODE,
	    "200\n" AGE "Access-Control-Allow-Origin: *", NULL);
	/* Nothing that a shared cache may keep. */
	two(GET A MODE, "200\nCache-Control: no-store\n" FOR_A, GET B MODE,
	    "200\nCache-Control: no-store\n" FOR_B, NULL);
	two(GET A MODE, "200\nCache-Control: private\n" FOR_A, GET B MODE,
	    "200\nCache-Control: private, max-age=9\n" FOR_B, NULL);
	/* An error that lost its headers says nothing about Vary. */
	two(GET A MODE, "200\n" AGE FOR_A, GET B MODE, "404\nServer: x", NULL);
	two("POST /x HTTP/1.1\n" H A MODE, "200\n" AGE FOR_A, "POST /x HTTP/1.1\n" H B MODE,
	    "200\n" AGE FOR_B, NULL);
	/* Another URL. */
	two(GET A MODE, "200\n" AGE FOR_A, "GET /x?y HTTP/1.1\n" H B MODE, "200\n" AGE FOR_B, NULL);
	/* A server that changed its constant. */
	two(GET B MODE, "200\n" AGE "Access-Control-Allow-Origin: https://c.example.com",
	    GET A MODE, "200\n" AGE "Access-Control-Allow-Origin: https://d.example.com", NULL);
}

static void a_copy_made_for_another_origin_is_proven_by_any_mark_of_a_cache(void **state)
{
	static const char *const marks[] = {
		"Age: 7",
		"X-Cache: HIT",
		"X-Cache: Hit from cloudfront",
		"X-Cache: RefreshHit from cloudfront",
		"X-Cache: TCP_MEM_HIT from a",
		"X-Cache-Status: HIT",
		"X-Proxy-Cache: HIT",
		"X-Vercel-Cache: HIT",
		"CF-Cache-Status: HIT",
		"CF-Cache-Status: STALE",
		"CF-Cache-Status: REVALIDATED",
		"Cache-Status: ExampleCache; hit; ttl=3",
		"Cache-Status: OriginCache; fwd=miss, \"CDN\"; hit",
		"X-Varnish: 32770 3",
		"X-Cache-Hits: 2",
	};
	char response[512];

	(void)state;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		snprintf(response, sizeof(response), "200\n" AGE FOR_A "%s", marks[i]);
		two(GET A MODE, "200\n" AGE FOR_A, GET B MODE, response, "vary-origin-poisoned");
		snprintf(response, sizeof(response), "200\n" AGE "%s", marks[i]);
		two(GET, "200\n" AGE, GET B MODE, response, "vary-origin-poisoned");
	}
}

static void a_proxy_alone_or_a_miss_is_no_cached_copy(void **state)
{
	static const char *const marks[] = {
		"Age: 0",           "Via: 1.1 varnish",         "X-Served-By: cache-1",
		"X-Cache: MISS",    "CF-Cache-Status: DYNAMIC", "CF-Cache-Status: MISS",
		"X-Varnish: 32770", "X-Cache-Hits: 0",          "Cache-Status: a; fwd=miss"
	};
	char response[512];

	(void)state;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		snprintf(response, sizeof(response), "200\n" AGE FOR_A "%s", marks[i]);
		two(GET A MODE, "200\n" AGE FOR_A, GET B MODE, response, NULL);
	}
}

static void a_cache_that_ignores_vary_is_told_as_such(void **state)
{
	(void)state;
	two(GET A MODE, "200\n" AGE FOR_A "Vary: Origin\nETag: \"1\"\nDate: x", GET B MODE,
	    "200\n" AGE FOR_A "Vary: Origin\nETag: \"1\"\nDate: x\nAge: 3", "vary-origin-ignored");
}

static void different_validators_are_different_copies(void **state)
{
	(void)state;
	/* Without its seed it is still likely: somebody's echo, out of a cache. */
	two(GET, "200\n" AGE "ETag: \"1\"", GET B MODE, "200\n" AGE "ETag: \"2\"\nAge: 3", NULL);
}

static void without_its_seed_a_poisoned_copy_is_likely_only(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET B MODE, "200\n" AGE FOR_A "Age: 9");
	assert_int_equal(scenario_finding(&s, "vary-origin-poisoned")->confidence,
			 CONFIDENCE_LIKELY);
	scenario_close(&s);
}

static void one_origin_alone_is_only_a_hint(void **state)
{
	const struct finding *f;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET A MODE, "200\n" AGE FOR_A);
	f = scenario_finding(&s, "vary-origin-suspect");
	assert_int_equal(f->confidence, CONFIDENCE_POSSIBLE);
	assert_int_equal(f->rule->severity, SEVERITY_INFO);
	scenario_play(&s, "GET /y HTTP/1.1\n" H A MODE, "200\nCache-Control: no-store\n" FOR_A);
	assert_null(scenario_finding(&s, "vary-origin-suspect"));
	scenario_play(&s, "GET /z HTTP/1.1\n" H A MODE, "200\n" AGE FOR_A "Vary: Origin");
	assert_int_equal(s.last.findings_cnt, 0);
	scenario_close(&s);
}

static void vary_beside_a_wildcard_is_needless(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET A MODE, "200\n" AGE "Access-Control-Allow-Origin: *\nVary: Origin");
	assert_non_null(scenario_finding(&s, "vary-needless"));
	scenario_close(&s);
}

static void a_busy_origin_does_not_push_the_seed_out(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	scenario_play(&s, GET, "200\n" AGE);
	for (unsigned i = 0; i < 100; i++) {
		s.client = (uint8_t)i;
		snprintf(s.text[1], sizeof(s.text[1]), "200\n" AGE FOR_A "Vary: Origin\nDate: %u",
			 i);
		scenario_play(&s, GET A MODE, s.text[1]);
	}
	assert_int_equal(vary(&s)->evidence[0], 2);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reflection_over_two_origins_without_vary_is_proven),
		cmocka_unit_test(the_response_without_origin_is_the_one_that_poisons),
		cmocka_unit_test(correct_servers_are_not_flagged),
		cmocka_unit_test(a_copy_made_for_another_origin_is_proven_by_any_mark_of_a_cache),
		cmocka_unit_test(a_proxy_alone_or_a_miss_is_no_cached_copy),
		cmocka_unit_test(a_cache_that_ignores_vary_is_told_as_such),
		cmocka_unit_test(different_validators_are_different_copies),
		cmocka_unit_test(without_its_seed_a_poisoned_copy_is_likely_only),
		cmocka_unit_test(one_origin_alone_is_only_a_hint),
		cmocka_unit_test(vary_beside_a_wildcard_is_needless),
		cmocka_unit_test(a_busy_origin_does_not_push_the_seed_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
