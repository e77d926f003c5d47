/* SPDX-License-Identifier: BSD-2-Clause */

/* One exchange seen on both sides of a proxy. */
#include "scenario.h"

#define SITE "https://app.example.com"
#define ASK                                                                                        \
	" HTTP/1.1\nHost: api.example.com\nOrigin: " SITE                                          \
	"\nSec-Fetch-Mode: cors\nSec-Fetch-Site: cross-site"
#define ACAO "Access-Control-Allow-Origin: "

/* Last byte of the address that the proxy has on the inner leg. */
static uint8_t inner_client = 2;

/* The inner leg, from the proxy 10.0.0.2 to 10.0.0.3:3000, and then the outer one, from the browser
 * 10.0.0.1 to 10.0.0.2:80, which began before it. */
static void play(struct scenario *s, const char *inner_request, const char *inner,
		 const char *outer_request, const char *outer)
{
	uint64_t begin_ns = s->clock_ns;

	s->client = inner_client;
	s->server = 3;
	s->server_port = 3000;
	scenario_play(s, inner_request, inner);
	s->client = 1;
	s->server = 2;
	s->server_port = 80;
	s->begin_ns = begin_ns;
	scenario_play(s, outer_request, outer);
	s->begin_ns = 0;
}

/* What the outer leg's finding of this rule says; NULL for no hop rule at all. */
static void expect(const char *inner, const char *outer, const char *rule, const char *detail)
{
	struct scenario s;

	scenario_open(&s);
	play(&s, "GET /v1/x?q=1" ASK, inner, "GET /api/v1/x?q=1" ASK, outer);
	if (!rule) {
		for (unsigned i = 0; i < s.last.findings_cnt; i++)
			assert_int_not_equal(strncmp(s.last.findings[i].rule->id, "hop-", 4), 0);
	} else {
		assert_non_null(scenario_finding(&s, rule));
		assert_int_equal(s.last.confidence, CONFIDENCE_CERTAIN);
		assert_has(scenario_cause(&s, rule)->detail, detail);
	}
	assert_int_equal(judge_stats(s.judge)->inner_legs, 1);
	scenario_close(&s);
}

static void the_hop_is_named(void **state)
{
	(void)state;
	expect("200\n" ACAO SITE, "200\n" ACAO SITE "\n" ACAO SITE, "hop-doubled-header",
	       "10.0.0.3:3000 sends Access-Control-Allow-Origin: " SITE
	       ", and the proxy 10.0.0.2:80 in front of it adds another");
	expect("200\n" ACAO SITE, "200\nServer: nginx", "hop-dropped-header",
	       "10.0.0.2:80 in front of it drops it");
	expect("200\n" ACAO SITE, "200\n" ACAO "https://old.example.com", "hop-changed-header",
	       "in front of it makes it https://old.example.com");
	expect("200\nServer: node", "200\n" ACAO "https://old.example.com", "hop-added-header",
	       "is written by the proxy 10.0.0.2:80");
	expect("200\n" ACAO "null", "200\n" ACAO "null", "hop-passed-header",
	       "comes from 10.0.0.3:3000");
	expect("200\nServer: node", "200\nServer: nginx", "hop-passed-header", "neither");
	/* Where nothing is blocked, nothing is to be named. */
	expect("200\nServer: node", "200\n" ACAO SITE, NULL, NULL);
}

static void what_explains_the_block_comes_first(void **state)
{
	const struct cause *c;
	struct scenario s;

	(void)state;
	scenario_open(&s);
	play(&s, "GET /x" ASK, "200\n" ACAO SITE, "GET /x" ASK, "200\n" ACAO SITE "\n" ACAO SITE);
	scenario_expect(&s, "actual", "block", "acao-multiple-headers");
	c = scenario_cause(&s, "acao-multiple-headers");
	assert_non_null(c->explained_by);
	assert_string_equal(c->explained_by->id, "hop-doubled-header");
	scenario_close(&s);
}

static unsigned taken_back;
static void on_taken_back(void *ctx, const struct takeback *t)
{
	struct scenario *s = ctx;

	/* It is the exchange that was judged last. */
	assert_int_equal(t->connection, s->last_connection);
	assert_int_equal(t->kind, CORS_KIND_ACTUAL);
	assert_int_equal(t->verdict, CORS_VERDICT_BLOCK);
	assert_int_equal(t->findings_cnt, 1);
	assert_string_equal(t->findings[0].rule->id, "acao-missing");
	assert_int_equal(t->findings[0].cause, s->last.findings[0].cause);
	/* Only the first time is its cause gone. */
	assert_int_equal(t->findings[0].is_cause_gone, !taken_back);
	taken_back++;
}

/* The application behind a proxy that adds the headers is no fault. */
static void findings_of_an_inner_leg_are_taken_back(void **state)
{
	struct judge_config config = { .seed = 7, .taken_back = on_taken_back };
	struct scenario s;
	size_t cnt;

	(void)state;
	taken_back = 0;
	scenario_open_with(&s, config);
	for (unsigned i = 0; i < 3; i++)
		play(&s, "GET /x" ASK, "200\nServer: node", "GET /x" ASK,
		     "200\nVary: Origin\n" ACAO SITE);
	assert_int_equal(judge_stats(s.judge)->inner_legs, 3);
	assert_int_equal(taken_back, 3);
	judge_causes(s.judge, &cnt);
	assert_int_equal(cnt, 0);
	assert_int_equal(judge_stats(s.judge)->findings, 3);
	assert_int_equal(judge_stats(s.judge)->findings_taken_back, 3);
	for (size_t i = 0; i < rules_cnt; i++)
		assert_int_equal(judge_rule_counts(s.judge)[i], 0);
	/* One that nobody stands in front of counts again, and anew. */
	s.client = 1;
	scenario_play(&s, "GET /x" ASK, "200\nServer: node");
	judge_causes(s.judge, &cnt);
	assert_int_equal(cnt, 1);
	assert_int_equal(scenario_cause(&s, "acao-missing")->cnt, 1);
	assert_int_equal(scenario_cause(&s, "acao-missing")->origins.rows_cnt, 1);
	scenario_close(&s);
}

static void other_exchanges_are_no_legs(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	/* Another method, path or client; one after the other; the same server again. */
	play(&s, "PUT /x" ASK, "200", "GET /x" ASK, "200\n" ACAO SITE);
	play(&s, "GET /x" ASK, "200", "GET /y" ASK, "200\n" ACAO SITE);
	s.client = 2;
	s.server = 3;
	s.server_port = 3000;
	scenario_play(&s, "GET /z" ASK, "200");
	s.client = 1;
	s.server = 2;
	scenario_play(&s, "GET /z" ASK, "200\n" ACAO SITE);
	assert_int_equal(judge_stats(s.judge)->inner_legs, 0);
	scenario_close(&s);
}

/* Containers see another address of the proxy; X-Forwarded-For tells who asked it. */
static void a_forwarded_address_joins_legs_across_networks(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	inner_client = 99;
	play(&s, "GET /x" ASK "\nX-Forwarded-For: 203.0.113.9, 10.0.0.1", "200", "GET /x" ASK,
	     "200\n" ACAO SITE);
	assert_int_equal(judge_stats(s.judge)->inner_legs, 1);
	play(&s, "GET /x" ASK "\nX-Forwarded-For: 10.0.0.7", "200", "GET /x" ASK,
	     "200\n" ACAO SITE);
	assert_int_equal(judge_stats(s.judge)->inner_legs, 1);
	inner_client = 2;
	scenario_close(&s);
}

/* A probe may not know addresses; the process is the same then. */
static void a_process_joins_its_two_sides(void **state)
{
	struct scenario s;

	(void)state;
	scenario_open(&s);
	s.process = (struct process){ .pid = 7, .command = "nginx" };
	s.is_unaddressed = true;
	play(&s, "GET /x" ASK, "200\n" ACAO SITE, "GET /x" ASK, "200");
	assert_int_equal(judge_stats(s.judge)->inner_legs, 1);
	assert_has(scenario_cause(&s, "hop-dropped-header")->detail,
		   "of unknown address sends Access-Control-Allow-Origin: " SITE
		   ", and the proxy nginx in front of it drops it");
	/* Nor do unknown addresses make two processes one. */
	s.process.pid = 8;
	s.client = inner_client;
	scenario_play(&s, "GET /y" ASK, "200");
	s.process.pid = 9;
	s.begin_ns = s.clock_ns - 5000000;
	scenario_play(&s, "GET /y" ASK, "200");
	assert_int_equal(judge_stats(s.judge)->inner_legs, 1);
	scenario_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hop_is_named),
		cmocka_unit_test(what_explains_the_block_comes_first),
		cmocka_unit_test(findings_of_an_inner_leg_are_taken_back),
		cmocka_unit_test(other_exchanges_are_no_legs),
		cmocka_unit_test(a_process_joins_its_two_sides),
		cmocka_unit_test(a_forwarded_address_joins_legs_across_networks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
