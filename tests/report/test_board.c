/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/board.h"

#include <string.h>

#include "sample.h"
#include "support/failmalloc.h"

static struct board *board(void)
{
	struct board *b = board_new(false);

	assert_non_null(b);
	return b;
}

/* A finding of a cause at a time. */
static void find(struct board *b, uint64_t cause, enum rule_index rule, uint64_t time_ns,
		 const char *origin)
{
	struct http_field field = { .id = HTTP_NAME_ORIGIN,
				    .name = span_text("Origin"),
				    .value = span_text(origin) };
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);

	x.request.m.fields = &field;
	x.end_ns = time_ns;
	j.verdict = CORS_VERDICT_BLOCK;
	j.findings_cnt = 1;
	j.findings[0] = (struct finding){ .rule = &rules[rule],
					  .cause = cause,
					  .subject = span_text("https://seed.example"),
					  .evidence = { 12, 19 },
					  .evidence_cnt = 2 };
	board_add(b, &j);
}

static uint64_t total(const struct board_cause *c)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < BOARD_STEPS; i++)
		n += c->steps[i];
	return n;
}

static void a_cause_keeps_its_first_exchange_and_when_it_was_met(void **state)
{
	struct board *b = board();
	const struct board_cause *c;

	(void)state;
	find(b, 7, RULE_ACAO_PORT, SAMPLE_TIME_NS, "https://first.example");
	find(b, 7, RULE_ACAO_PORT, SAMPLE_TIME_NS + 3600 * NS_PER_S, "https://second.example");
	c = board_cause(b, 7);
	assert_non_null(c);
	assert_non_null(c->example);
	assert_true(strncmp(c->example, "{\"type\":\"exchange\"", 18) == 0);
	assert_non_null(strstr(c->example, "first.example"));
	assert_int_equal(total(c), 2);
	assert_int_equal(c->steps[0], 1);
	assert_null(board_cause(b, 8));
	assert_null(board_cause(b, 0));
	board_free(b);
}

static void what_is_taken_back_is_in_no_step(void **state)
{
	struct board *b = board();
	struct takeback t = { .end_ns = SAMPLE_TIME_NS,
			      .kind = CORS_KIND_ACTUAL,
			      .verdict = CORS_VERDICT_BLOCK,
			      .is_browser = true,
			      .findings = { { .rule = &rules[RULE_ACAO_PORT], .cause = 7 } },
			      .findings_cnt = 1 };

	(void)state;
	find(b, 7, RULE_ACAO_PORT, SAMPLE_TIME_NS, "https://first.example");
	find(b, 7, RULE_ACAO_PORT, SAMPLE_TIME_NS + 3600 * NS_PER_S, "https://second.example");
	board_take_back(b, &t);
	assert_int_equal(total(board_cause(b, 7)), 1);
	assert_int_equal(b->measure.tally.verdicts[CORS_KIND_ACTUAL][CORS_VERDICT_BLOCK], 1);
	assert_int_equal(b->measure.tally.verdicts[CORS_KIND_NONE][CORS_VERDICT_NONE], 1);
	assert_int_equal(b->measure.judged.verdicts[CORS_KIND_ACTUAL][CORS_VERDICT_BLOCK], 2);
	assert_int_equal(b->measure.taken_back[RULE_ACAO_PORT], 1);
	/* A step that was left is no number below none. */
	t.end_ns += 60 * 3600 * NS_PER_S;
	board_take_back(b, &t);
	assert_int_equal(total(board_cause(b, 7)), 1);
	board_free(b);
}

static void causes_end_at_the_judges_number(void **state)
{
	struct board *b = board();

	(void)state;
	/* Ids that all want the same place. */
	for (uint64_t i = 1; i <= 2 * CORS_CAUSES_MAX; i++)
		find(b, i << 32, RULE_ACAO_PORT, SAMPLE_TIME_NS, "https://a.example");
	assert_int_equal(b->causes_cnt, CORS_CAUSES_MAX);
	assert_non_null(board_cause(b, (uint64_t)CORS_CAUSES_MAX << 32));
	assert_null(board_cause(b, (uint64_t)(CORS_CAUSES_MAX + 1) << 32));
	board_free(b);
}

static void long_exchanges_are_left_out_and_counted(void **state)
{
	struct board *b = board();
	char *origin = malloc(BOARD_EXAMPLE_MAX + 1);

	(void)state;
	assert_non_null(origin);
	memset(origin, 'o', BOARD_EXAMPLE_MAX);
	origin[BOARD_EXAMPLE_MAX] = '\0';
	find(b, 1, RULE_ACAO_PORT, SAMPLE_TIME_NS, origin);
	assert_non_null(board_cause(b, 1));
	assert_null(board_cause(b, 1)->example);
	assert_int_equal(b->examples_left_out, 1);
	/* As many of 32 KB as the whole has room for. */
	origin[BOARD_EXAMPLE_MAX / 2] = '\0';
	for (unsigned i = 2; i < 1000; i++)
		find(b, i, RULE_ACAO_PORT, SAMPLE_TIME_NS, origin);
	assert_true(b->examples_bytes <= BOARD_EXAMPLES_MAX);
	assert_true(b->examples_bytes > BOARD_EXAMPLES_MAX - BOARD_EXAMPLE_MAX);
	assert_true(b->examples_left_out > 400);
	free(origin);
	board_free(b);
}

static void conflicts_name_both_and_the_latest_are_kept(void **state)
{
	struct board *b = board();
	const struct board_conflict *c;
	unsigned kept = 0;

	(void)state;
	find(b, 1, RULE_ACAO_PORT, SAMPLE_TIME_NS, "https://no.example");
	assert_null(board_conflict(b, 0));
	for (unsigned i = 0; i < BOARD_CONFLICTS_MAX + 5; i++)
		find(b, 2, RULE_VARY_ORIGIN_POISONED, SAMPLE_TIME_NS + i, "https://victim.example");
	while (board_conflict(b, kept))
		kept++;
	assert_int_equal(kept, BOARD_CONFLICTS_MAX);
	assert_int_equal(b->conflicts_cnt, BOARD_CONFLICTS_MAX + 5);
	c = board_conflict(b, 0);
	assert_int_equal(c->time_ns, SAMPLE_TIME_NS + BOARD_CONFLICTS_MAX + 4);
	assert_int_equal(c->rule, RULE_VARY_ORIGIN_POISONED);
	assert_string_equal(c->victim, "https://victim.example");
	assert_string_equal(c->seed, "https://seed.example");
	assert_string_equal(c->host, "api.example.com");
	assert_int_equal(c->evidence[0], 12);
	board_free(b);
}

static void a_conflict_that_is_taken_back_is_shown_no_more(void **state)
{
	struct board *b = board();
	struct takeback t = { .end_ns = SAMPLE_TIME_NS + 70,
			      .connection = 7,
			      .index = 3,
			      .kind = CORS_KIND_ACTUAL,
			      .verdict = CORS_VERDICT_BLOCK,
			      .findings = { { .rule = &rules[RULE_VARY_ORIGIN_POISONED],
					      .cause = 2 } },
			      .findings_cnt = 1 };
	unsigned kept = 0;

	(void)state;
	for (unsigned i = 0; i < BOARD_CONFLICTS_MAX + 20; i++)
		find(b, 2, RULE_VARY_ORIGIN_POISONED, SAMPLE_TIME_NS + i, "https://victim.example");
	board_take_back(b, &t);
	/* Of the exchange before it, which is not taken back, nothing goes; nor what is left
	 * already. */
	t.end_ns = SAMPLE_TIME_NS + 1;
	board_take_back(b, &t);
	assert_int_equal(b->conflicts_cnt, BOARD_CONFLICTS_MAX + 18);
	for (const struct board_conflict *c; (c = board_conflict(b, kept)); kept++)
		assert_int_equal(c->time_ns,
				 SAMPLE_TIME_NS + BOARD_CONFLICTS_MAX + 19 - kept - (kept >= 13));
	assert_int_equal(kept, BOARD_CONFLICTS_MAX - 1);
	find(b, 2, RULE_VARY_ORIGIN_POISONED, SAMPLE_TIME_NS + 500, "https://victim.example");
	assert_int_equal(board_conflict(b, 0)->time_ns, SAMPLE_TIME_NS + 500);
	assert_non_null(board_conflict(b, BOARD_CONFLICTS_MAX - 1));
	assert_null(board_conflict(b, BOARD_CONFLICTS_MAX));
	board_free(b);
}

static void a_rule_of_no_table_is_no_conflict(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_block(&x);
	struct board *b = board();

	(void)state;
	board_add(b, &j);
	assert_null(board_conflict(b, 0));
	assert_non_null(board_cause(b, j.findings[0].cause));
	board_free(b);
}

static void short_memory_keeps_no_example(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 100; n++) {
		struct board *b;
		bool was_short;

		failmalloc_arm(n);
		b = board_new(false);
		if (b)
			find(b, 1, RULE_ACAO_PORT, SAMPLE_TIME_NS, "https://a.example");
		was_short = failmalloc_disarm();
		if (b)
			assert_int_equal(total(board_cause(b, 1)), 1);
		board_free(b);
		if (!was_short)
			return;
	}
	fail_msg("it never ends");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cause_keeps_its_first_exchange_and_when_it_was_met),
		cmocka_unit_test(what_is_taken_back_is_in_no_step),
		cmocka_unit_test(causes_end_at_the_judges_number),
		cmocka_unit_test(long_exchanges_are_left_out_and_counted),
		cmocka_unit_test(conflicts_name_both_and_the_latest_are_kept),
		cmocka_unit_test(a_conflict_that_is_taken_back_is_shown_no_more),
		cmocka_unit_test(a_rule_of_no_table_is_no_conflict),
		cmocka_unit_test(short_memory_keeps_no_example),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
