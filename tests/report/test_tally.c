/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/tally.h"

#include "sample.h"

static void judgements_are_counted_by_kind_and_verdict(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);
	struct tally t = { 0 };

	(void)state;
	tally_add(&t, &j);
	j.kind = CORS_KIND_PREFLIGHT;
	tally_add(&t, &j);
	j.verdict = CORS_VERDICT_BLOCK;
	tally_add(&t, &j);
	assert_int_equal(t.exchanges, 3);
	assert_int_equal(tally_kind(&t, CORS_KIND_PREFLIGHT), 2);
	assert_int_equal(tally_kind(&t, CORS_KIND_NONE), 0);
	assert_int_equal(tally_verdict(&t, CORS_VERDICT_PASS), 2);
	assert_int_equal(tally_verdict(&t, CORS_VERDICT_BLOCK), 1);
}

static void only_cors_requests_need_a_browser(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);
	struct tally t = { 0 };

	(void)state;
	j.is_browser = false;
	tally_add(&t, &j);
	j.kind = CORS_KIND_NONE;
	tally_add(&t, &j);
	assert_int_equal(t.not_browser, 1);
}

static void reasons_are_counted_up_to_the_limit(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);
	struct tally t = { 0 };
	char word[16];

	(void)state;
	j.unknown = word; /* a copy is kept: the next one stands in the same place */
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < TALLY_REASONS_MAX + 1; i++) {
			snprintf(word, sizeof(word), "reason-%u", i);
			tally_add(&t, &j);
		}
	}
	assert_int_equal(t.reasons_cnt, TALLY_REASONS_MAX);
	assert_string_equal(t.reasons[0].word, "reason-0");
	for (unsigned i = 0; i < TALLY_REASONS_MAX; i++)
		assert_int_equal(t.reasons[i].cnt, 2);
	assert_int_equal(t.reasons_others, 2);
}

static void a_long_reason_is_cut_and_still_one(void **state)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_pass(&x);
	struct tally t = { 0 };
	char word[TALLY_REASON_CAP + 10];

	(void)state;
	memset(word, 'a', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	j.unknown = word;
	tally_add(&t, &j);
	tally_add(&t, &j);
	assert_int_equal(t.reasons_cnt, 1);
	assert_int_equal(t.reasons[0].cnt, 2);
	assert_int_equal(strlen(t.reasons[0].word), TALLY_REASON_CAP - 1);
}

static void a_counter_is_found_by_its_name(void **state)
{
	static const struct counter one[] = { { "a", "", COUNTER_TRAFFIC, 8 } };
	static const struct counter two[] = { { "b", "", COUNTER_LOSS, 0 },
					      { "a", "", COUNTER_LOSS, 8 } };
	const uint64_t stats[] = { 5, 7 };
	const struct counter_group groups[] = { { "x", one, 1, stats }, { "y", two, 2, stats } };
	const struct summary sum = { .groups = groups, .groups_cnt = 2 };

	(void)state;
	assert_int_equal(tally_counter(&sum, "a"), 14);
	assert_int_equal(tally_counter(&sum, "b"), 5);
	assert_int_equal(tally_counter(&sum, "c"), 0);
}

static void only_losses_are_losses(void **state)
{
	static const struct counter table[] = { { "a", "", COUNTER_TRAFFIC, 0 },
						{ "b", "", COUNTER_NOTE, 0 },
						{ "c", "", COUNTER_LOSS, 8 } };
	uint64_t stats[] = { 5, 0 };
	const struct counter_group group = { "x", table, 3, stats };
	const struct summary sum = { .groups = &group, .groups_cnt = 1 };

	(void)state;
	assert_false(tally_has_loss(&sum));
	stats[1] = 1;
	assert_true(tally_has_loss(&sum));
}

static void findings_are_summed_by_severity(void **state)
{
	uint64_t *counts = calloc(rules_cnt, sizeof(*counts));
	struct summary sum = { .rule_counts = counts };
	uint64_t expected[TALLY_SEVERITIES] = { 0 }, n[TALLY_SEVERITIES] = { 9, 9, 9 };

	(void)state;
	assert_non_null(counts);
	for (size_t i = 0; i < rules_cnt; i++) {
		counts[i] = i + 1;
		expected[rules[i].severity] += i + 1;
	}
	tally_severities(&sum, n);
	for (unsigned s = 0; s < TALLY_SEVERITIES; s++)
		assert_int_equal(n[s], expected[s]);
	free(counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judgements_are_counted_by_kind_and_verdict),
		cmocka_unit_test(only_cors_requests_need_a_browser),
		cmocka_unit_test(reasons_are_counted_up_to_the_limit),
		cmocka_unit_test(a_long_reason_is_cut_and_still_one),
		cmocka_unit_test(a_counter_is_found_by_its_name),
		cmocka_unit_test(only_losses_are_losses),
		cmocka_unit_test(findings_are_summed_by_severity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
