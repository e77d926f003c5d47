/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/gate.h"

#include "sample.h"

static struct sink *gate(void)
{
	struct sink *s =
		gate_new(&(struct gate_config){ .has_fail_on = true, .fail_on = SEVERITY_WARNING });

	assert_non_null(s);
	return s;
}

static void judge(struct sink *s)
{
	struct exchange x = sample_exchange();
	struct judgement j = sample_block(&x);

	assert_int_equal(s->ops->judged(s, &j), 0);
}

static void take_back(struct sink *s)
{
	const struct takeback t = { .findings = { { .rule = &sample_rule } }, .findings_cnt = 1 };

	assert_int_equal(s->ops->taken_back(s, &t), 0);
}

static void finish(struct sink *s)
{
	assert_int_equal(s->ops->finish(s, &(struct summary){ .is_final = true }), 0);
}

/* There may have been no room for its cause: it fails the run all the same. */
static void a_finding_without_a_cause_fails(void **state)
{
	struct sink *s = gate();

	(void)state;
	judge(s);
	finish(s);
	assert_int_equal(gate_failing(s), 1);
	sink_close(s);
}

static void what_is_taken_back_does_not_fail(void **state)
{
	struct sink *s = gate();

	(void)state;
	judge(s);
	judge(s);
	take_back(s);
	assert_int_equal(gate_failing(s), 1);
	take_back(s);
	finish(s);
	assert_int_equal(gate_failing(s), 0);
	sink_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_finding_without_a_cause_fails),
		cmocka_unit_test(what_is_taken_back_does_not_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
