/* SPDX-License-Identifier: BSD-2-Clause */

/* What happens at the limits, and without memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/pool.h"
#include "support/failmalloc.h"
#include "talk.h"

#define TEXT_MAX (1u << 20)

/* The last exchange told, as far as the tests look at it. Spans do not outlive the call. */
struct seen {
	size_t cnt;
	bool has_request;
	enum http_outcome outcome;
	unsigned flaws, response_flaws;
	size_t fields_cnt, value_len, target_len;
	bool is_cut, is_target_cut;
};

static struct seen seen;
static char text[TEXT_MAX];
static size_t text_len;

static void see(void *ctx, const struct exchange *x)
{
	(void)ctx;
	seen = (struct seen){
		.cnt = seen.cnt + 1,
		.has_request = x->has_request,
		.outcome = x->outcome,
		.flaws = x->request.m.flaws,
		.response_flaws = x->response.m.flaws,
		.fields_cnt = x->request.m.fields_cnt,
		.target_len = x->request.target.len,
		.is_target_cut = x->request.is_target_cut,
	};
	if (seen.fields_cnt) {
		seen.value_len = x->request.m.fields[seen.fields_cnt - 1].value.len;
		seen.is_cut = x->request.m.fields[seen.fields_cnt - 1].is_cut;
	}
}

static void text_add(const char *s)
{
	size_t n = strlen(s);

	memcpy(text + text_len, s, n + 1);
	text_len += n;
}

static void text_fill(char c, size_t n)
{
	memset(text + text_len, c, n);
	text_len += n;
	text[text_len] = 0;
}

/* Send text as a request in pieces of piece bytes, and its response. */
static struct http_stats ask(size_t piece)
{
	static const struct replay_step answer[] = {
		REPLAY_S("HTTP/1.1 204 x\r\n\r\n"),
		REPLAY_END(CHUNK_CLOSED),
	};
	const struct replay_step question = { .text = text, .len = text_len };
	const struct replay_plan plan = { .seed = piece != 0, .piece_max = piece ? piece : 1 };
	struct http *h = http_new(see, NULL);
	struct http_stats stats;
	struct replay r;

	memset(&seen, 0, sizeof(seen));
	replay_init(&r, http_chunk, h);
	replay_run(&r, &question, 1, &plan);
	replay_run(&r, answer, 2, NULL);
	stats = *http_stats(h);
	http_free(h);
	return stats;
}

static const size_t pieces[] = { 0, 1460, 100 };
#define PIECES_CNT (sizeof(pieces) / sizeof(pieces[0]))

static void a_head_may_be_as_long_as_the_limit(void **state)
{
	(void)state;
	for (size_t i = 0; i < PIECES_CNT; i++) {
		for (size_t over = 0; over < 2; over++) {
			struct http_stats stats;

			text_len = 0;
			text_add("GET / HTTP/1.1\r\nHost: h\r\nX: ");
			text_fill('x', HTTP_HEAD_MAX + over - text_len - 4);
			text_add("\r\n\r\n");
			stats = ask(pieces[i]);
			assert_int_equal(stats.heads_over_limit, over);
			assert_int_equal(seen.cnt, 1);
			assert_int_equal(seen.flaws, over ? HTTP_FLAW_HEAD_OVER : 0);
			assert_int_equal(seen.fields_cnt, 1);
			assert_int_equal(seen.outcome, HTTP_RESPONSE);
		}
	}
}

static void so_many_fields_are_kept(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		struct http_stats stats;

		text_len = 0;
		text_add("GET / HTTP/1.1\r\n");
		for (size_t i = 0; i < HTTP_FIELDS_MAX + over; i++)
			text_add("Accept: a\r\nX: not kept\r\n");
		text_add("\r\n");
		stats = ask(0);
		assert_int_equal(stats.fields_over_limit, over);
		assert_int_equal(seen.flaws, over ? HTTP_FLAW_FIELDS_OVER : 0);
		assert_int_equal(seen.fields_cnt, HTTP_FIELDS_MAX);
	}
}

/* Where a body ends is read even from a line that cannot be kept. */
static void a_length_beyond_the_last_field_counts(void **state)
{
	(void)state;
	text_len = 0;
	text_add("POST / HTTP/1.1\r\n");
	for (size_t i = 0; i < HTTP_FIELDS_MAX; i++)
		text_add("Accept: a\r\n");
	text_add("Content-Length: 6\r\n\r\nGET / GET /next HTTP/1.1\r\n\r\n");
	assert_int_equal(ask(0).requests, 2);
}

static void so_many_bytes_of_a_value_are_kept(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		struct http_stats stats;

		text_len = 0;
		text_add("GET / HTTP/1.1\r\nAccept: ");
		text_fill('a', HTTP_VALUE_MAX + over);
		text_add("\r\n\r\n");
		stats = ask(0);
		assert_int_equal(stats.values_cut, over);
		assert_int_equal(seen.value_len, HTTP_VALUE_MAX);
		assert_int_equal(seen.is_cut, over);
	}
}

static void so_many_bytes_of_a_target_are_kept(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		text_len = 0;
		text_add("GET /");
		text_fill('a', HTTP_TARGET_MAX - 1 + over);
		text_add(" HTTP/1.1\r\n\r\n");
		ask(0);
		assert_int_equal(seen.target_len, HTTP_TARGET_MAX);
		assert_int_equal(seen.is_target_cut, over);
	}
}

static void a_method_may_be_as_long_as_the_limit(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		for (size_t over = 0; over < 2; over++) {
			struct http_stats stats;

			text_len = 0;
			text_fill('M', HTTP_METHOD_MAX + over);
			text_add(" / HTTP/1.1\r\n\r\n");
			stats = ask(i);
			assert_int_equal(stats.requests, !over);
			assert_int_equal(stats.other_connections, over);
		}
	}
}

static void so_many_requests_may_wait(void **state)
{
	(void)state;
	for (size_t over = 0; over < 2; over++) {
		struct http_stats stats;

		text_len = 0;
		for (size_t i = 0; i < HTTP_PIPELINE_MAX + over; i++)
			text_add("GET / HTTP/1.1\r\n\r\n");
		stats = ask(0);
		assert_int_equal(stats.pipeline_over_limit, over);
		assert_int_equal(stats.exchanges, HTTP_PIPELINE_MAX);
	}
}

static void a_long_start_line_is_no_start_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < PIECES_CNT; i++) {
		text_len = 0;
		text_add("GET /");
		text_fill('a', HTTP_HEAD_MAX);
		assert_int_equal(ask(pieces[i]).other_connections, 1);
	}
}

static void what_is_held_in_all_is_bounded(void **state)
{
	struct http *h = http_new(see, NULL);
	/* The last one finds too little room. */
	size_t cnt = (HTTP_HELD_TOTAL_MAX - HTTP_HELD_ROOM) / HTTP_HEAD_MAX + 2;
	struct replay *conns = calloc(cnt, sizeof(*conns));
	struct replay_step step = { .text = text };

	(void)state;
	text_len = 0;
	text_add("GET / HTTP/1.1\r\nX: ");
	text_fill('x', HTTP_HEAD_MAX - text_len - 1);
	step.len = text_len;
	for (size_t i = 0; i < cnt; i++) {
		assert_int_equal(http_stats(h)->held_over_limit, 0);
		replay_init(&conns[i], http_chunk, h);
		replay_run(&conns[i], &step, 1, NULL);
	}
	assert_int_equal(http_stats(h)->held_over_limit, 1);
	http_free(h);
	free(conns);
}

/* Whoever fills the room for what waits does not keep the others out. */
static void the_longest_waiting_gives_way(void **state)
{
	static struct replay_log log;
	static const struct replay_step one[] = { REPLAY_C("GET / HTTP/1.1\r\nHost: h\r\n\r\n") };
	struct http *h = http_new(replay_log_exchange, &log);
	size_t cnt = HTTP_HELD_TOTAL_MAX / POOL_SMALLEST + 1000;
	struct replay *conns = calloc(cnt, sizeof(*conns));
	struct replay ordinary;

	(void)state;
	for (size_t i = 0; i < cnt; i++) {
		replay_init(&conns[i], http_chunk, h);
		replay_run(&conns[i], one, 1, NULL);
	}
	assert_true(http_stats(h)->held_over_limit > 1000);
	assert_int_equal(http_stats(h)->exchanges, http_stats(h)->held_over_limit);
	log.len = log.lines = 0;
	replay_init(&ordinary, http_chunk, h);
	replay_run(&ordinary, talk_plain, 2, NULL);
	assert_non_null(strstr(log.text, "/1"));
	assert_non_null(strstr(log.text, "200"));
	/* The first one was pushed out; its answer belongs to nothing. */
	replay_run(&conns[0], talk_plain + 1, 1, NULL);
	assert_int_equal(http_stats(h)->responses_without_request, 1);
	http_free(h);
	free(conns);
}

/* Between two exchanges a connection has no memory of its own. */
static void silent_connections_rest(void **state)
{
	static struct replay_log log;
	struct http *h = http_new(replay_log_exchange, &log);
	struct replay a, b;

	(void)state;
	replay_init(&a, http_chunk, h);
	replay_init(&b, http_chunk, h);
	replay_run(&a, talk_plain, 1, NULL);
	replay_run(&b, talk_plain, 1, NULL);
	assert_ptr_not_equal(a.conn.consumer, b.conn.consumer);
	replay_run(&a, talk_plain + 1, 1, NULL);
	replay_run(&b, talk_plain + 1, 1, NULL);
	assert_ptr_equal(a.conn.consumer, b.conn.consumer);
	assert_non_null(a.conn.consumer);
	http_free(h);
}

static void blocks_are_used_again(void **state)
{
	struct pool p = { 0 };
	struct block *a = pool_take(&p, 500), *b;

	(void)state;
	assert_int_equal(p.held, POOL_SMALLEST);
	pool_give(&p, a);
	pool_give(&p, NULL);
	assert_int_equal(p.held, 0);
	b = pool_take(&p, 1);
	assert_ptr_equal(a, b);
	memcpy(b->bytes, "bytes", 5);
	b = pool_grow(&p, b, 5, POOL_SMALLEST);
	assert_ptr_equal(a, b);
	b = pool_grow(&p, b, 5, POOL_SMALLEST + 1);
	assert_ptr_not_equal(a, b);
	assert_memory_equal(b->bytes, "bytes", 5);
	assert_int_equal(p.held, 2 * POOL_SMALLEST);
	b = pool_grow(&p, b, 5, 100000);
	assert_int_equal(p.held, b->cap);
	assert_null(pool_take(&p, HTTP_HELD_TOTAL_MAX - b->cap + 1));
	assert_true(p.is_full);
	pool_give(&p, b);
	b = pool_take(&p, HTTP_HELD_TOTAL_MAX);
	assert_non_null(b);
	pool_give(&p, b);
	pool_fini(&p);
}

/* Traffic in its steady state asks nothing of malloc. */
static void a_second_exchange_needs_no_memory(void **state)
{
	static struct replay_log log;
	struct http *h = http_new(replay_log_exchange, &log);
	struct replay r;

	(void)state;
	replay_init(&r, http_chunk, h);
	replay_run(&r, talk_plain, 10, NULL);
	failmalloc_arm(1);
	replay_run(&r, talk_plain, 10, NULL);
	assert_false(failmalloc_disarm());
	assert_int_equal(log.lines, 8);
	http_free(h);
}

/* What is told without memory is a part of what is told with it, or says that something is
 * missing; and what is dropped is counted. */
static void any_allocation_may_fail(void **state)
{
	static struct replay_log log;

	(void)state;
	for (size_t i = 0; i < TALKS_CNT; i++) {
		for (unsigned seed = 0; seed < 3; seed++) {
			struct replay_plan plan = { .seed = seed, .piece_max = 20 };

			for (unsigned n = 1;; n++) {
				struct http *h;
				struct replay r;

				log.len = log.lines = 0;
				failmalloc_arm(n);
				h = http_new(replay_log_exchange, &log);
				if (!h) {
					assert_true(failmalloc_disarm());
					continue;
				}
				replay_init(&r, http_chunk, h);
				replay_run(&r, talks[i].steps, talks[i].cnt, &plan);
				if (!failmalloc_disarm()) {
					http_free(h);
					break;
				}
				assert_int_equal(http_stats(h)->no_memory, 1);
				http_free(h);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_may_be_as_long_as_the_limit),
		cmocka_unit_test(so_many_fields_are_kept),
		cmocka_unit_test(a_length_beyond_the_last_field_counts),
		cmocka_unit_test(so_many_bytes_of_a_value_are_kept),
		cmocka_unit_test(so_many_bytes_of_a_target_are_kept),
		cmocka_unit_test(a_method_may_be_as_long_as_the_limit),
		cmocka_unit_test(so_many_requests_may_wait),
		cmocka_unit_test(a_long_start_line_is_no_start_line),
		cmocka_unit_test(what_is_held_in_all_is_bounded),
		cmocka_unit_test(the_longest_waiting_gives_way),
		cmocka_unit_test(silent_connections_rest),
		cmocka_unit_test(blocks_are_used_again),
		cmocka_unit_test(a_second_exchange_needs_no_memory),
		cmocka_unit_test(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
