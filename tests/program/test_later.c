/* SPDX-License-Identifier: BSD-2-Clause */
#include "later.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "report/sink.h"
#include "support/failmalloc.h"

/* What the other sink heard. */
struct heard {
	struct sink base;
	unsigned judged, findings, none, taken_back, closed;
	uint64_t next; /* the exchange that is due */
	int err;       /* what it answers */
};

static struct heard heard;

static int on_judged(struct sink *s, const struct judgement *j)
{
	(void)s;
	assert_int_equal(j->x->connection, heard.next++);
	assert_true(span_is(j->x->request.method, "GET"));
	heard.judged++;
	heard.findings += j->findings_cnt;
	heard.none += j->kind == CORS_KIND_NONE && j->verdict == CORS_VERDICT_NONE;
	if (j->findings_cnt)
		assert_true(span_is(j->findings[0].subject, "X-Token"));
	return heard.err;
}

static int on_taken_back(struct sink *s, const struct takeback *t)
{
	(void)s;
	(void)t;
	heard.taken_back++;
	return 0;
}

static int on_finish(struct sink *s, const struct summary *sum)
{
	(void)s;
	(void)sum;
	return 0;
}

static void on_close(struct sink *s)
{
	(void)s;
	heard.closed++;
}

static struct sink *later(void)
{
	static const struct sink_ops ops = { .name = "heard",
					     .judged = on_judged,
					     .taken_back = on_taken_back,
					     .cause_opened = sink_ignore_cause,
					     .finish = on_finish,
					     .close = on_close };

	heard = (struct heard){ .base.ops = &ops };
	return later_new(&heard.base);
}

/* One with a finding; what it borrows is gone after the call. */
static void judge(struct sink *s, uint64_t connection)
{
	char method[] = "GET", subject[] = "X-Token";
	struct exchange x = { .connection = connection, .has_request = true };
	struct judgement j = {
		.x = &x, .kind = CORS_KIND_ACTUAL, .verdict = CORS_VERDICT_BLOCK, .findings_cnt = 1
	};

	x.request.method = span_text(method);
	j.findings[0].rule = &rules[0];
	j.findings[0].subject = span_text(subject);
	assert_int_equal(s->ops->judged(s, &j), 0);
	memset(method, 0, sizeof(method));
	memset(subject, 0, sizeof(subject));
}

static void take_back(struct sink *s, uint64_t connection)
{
	assert_int_equal(s->ops->taken_back(s, &(struct takeback){ .connection = connection }), 0);
}

static void what_is_taken_back_in_time_is_never_said(void **state)
{
	struct sink *s = later();
	const struct later_stats *stats = s->counters->stats;

	(void)state;
	for (uint64_t i = 0; i <= LATER_EXCHANGES; i++)
		judge(s, i);
	/* The first had to leave; the others wait. */
	assert_int_equal(heard.judged, 1);
	take_back(s, 0);
	assert_int_equal(heard.taken_back, 1);
	assert_int_equal(stats->taken_back_late, 1);
	take_back(s, 1);
	take_back(s, LATER_EXCHANGES);
	assert_int_equal(heard.taken_back, 1);
	assert_int_equal(s->ops->finish(s, &(struct summary){ 0 }), 0);
	assert_int_equal(heard.judged, LATER_EXCHANGES + 1);
	assert_int_equal(heard.findings, LATER_EXCHANGES - 1);
	assert_int_equal(heard.none, 2);
	sink_close(s);
	assert_int_equal(heard.closed, 1);
}

/* Nobody who sends long heads fills the memory. */
static void what_waits_has_a_limit_of_bytes(void **state)
{
	static char target[64 << 10];
	const uint64_t room = LATER_BYTES_MAX / sizeof(target);
	struct sink *s = later();
	struct exchange x = { .has_request = true };
	struct judgement j = { .x = &x, .kind = CORS_KIND_ACTUAL };

	(void)state;
	x.request.method = span_text("GET");
	x.request.target = span_make(target, sizeof(target));
	for (; x.connection <= room; x.connection++)
		assert_int_equal(s->ops->judged(s, &j), 0);
	assert_in_range(heard.judged, 1, room / 8);
	take_back(s, 0);
	assert_int_equal(heard.taken_back, 1);
	assert_int_equal(s->ops->finish(s, &(struct summary){ 0 }), 0);
	assert_int_equal(heard.judged, x.connection);
	sink_close(s);
}

static void a_run_that_is_given_up_leaves_nothing(void **state)
{
	struct sink *s = later();

	(void)state;
	judge(s, 0);
	sink_close(s);
	assert_int_equal(heard.judged, 0);
	assert_int_equal(heard.closed, 1);
}

static void an_error_of_the_other_is_given_back(void **state)
{
	struct sink *s = later();

	(void)state;
	judge(s, 0);
	judge(s, 1);
	heard.err = -28;
	assert_int_equal(s->ops->finish(s, &(struct summary){ 0 }), -28);
	assert_int_equal(heard.judged, 1);
	sink_close(s);
}

static void short_memory_loses_one_and_counts_it(void **state)
{
	struct sink *s = later();
	const struct later_stats *stats = s->counters->stats;

	(void)state;
	for (unsigned n = 0; n < 2; n++) {
		failmalloc_arm(n + 1);
		judge(s, 9);
		(void)failmalloc_disarm();
	}
	assert_int_equal(stats->no_memory, 2);
	judge(s, 0);
	assert_int_equal(s->ops->finish(s, &(struct summary){ 0 }), 0);
	assert_int_equal(heard.judged, 1);
	sink_close(s);
	failmalloc_arm(1);
	assert_null(later());
	(void)failmalloc_disarm();
	assert_int_equal(heard.closed, 1);
	assert_null(later_new(NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_taken_back_in_time_is_never_said),
		cmocka_unit_test(what_waits_has_a_limit_of_bytes),
		cmocka_unit_test(a_run_that_is_given_up_leaves_nothing),
		cmocka_unit_test(an_error_of_the_other_is_given_back),
		cmocka_unit_test(short_memory_loses_one_and_counts_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
