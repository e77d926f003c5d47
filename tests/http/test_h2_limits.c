/* SPDX-License-Identifier: BSD-2-Clause */

/* What HTTP/2 could make grow without end, and what happens when memory is short. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "h2talk.h"
#include "http/hpack.h"
#include "support/failmalloc.h"

static void so_many_streams_may_wait(void **state)
{
	struct h2talk *t = *state;

	for (unsigned over = 0; over < 2; over++) {
		h2talk_anew(t);
		h2frames_begin(t->b);
		for (unsigned i = 0; i < HTTP_STREAMS_MAX + over; i++)
			h2frames_get(t->b, 2 * i + 1, i);
		/* The first and the last, if it is there. */
		h2frames_ok(t->b, 2 * (HTTP_STREAMS_MAX - 1 + over) + 1, 5000);
		h2frames_ok(t->b, 1, 5001);
		h2talk_tell(t, CHUNK_CLOSED);
		assert_int_equal(t->stats.pipeline_over_limit, over);
		assert_int_equal(t->stats.responses_without_request, over);
		assert_int_equal(t->stats.exchanges, HTTP_STREAMS_MAX + over);
		assert_non_null(strstr(t->told.text, over ? "? > 200 v20 [vary:5000] = lost"
							  : "> 200 v20 [vary:5000] = response"));
		assert_non_null(
			strstr(t->told.text, H2_ASKED(0) "200 v20 [vary:5001] = response #1\n"));
	}
}

/* A block of len bytes in frames of at most piece: a field of no interest, padded out. */
static void long_block(struct h2talk *t, size_t len, size_t piece)
{
	static uint8_t block[HTTP_HEAD_MAX + 100];
	/* GET, /, then literals without index: "x" and up to 60000 bytes. */
	size_t n = 0;
	bool is_first = true;

	block[n++] = 0x82;
	block[n++] = 0x84;
	while (n < len) {
		size_t left = len - n, value = left > 60010 ? 60000 : left - 7;

		/* Of 127 or more: its length in three bytes behind the first. */
		assert_true(left > 7 + 127 + 16384);
		block[n++] = 0;
		block[n++] = 1;
		block[n++] = 'x';
		block[n++] = 127;
		block[n++] = (uint8_t)(0x80 | ((value - 127) & 0x7f));
		block[n++] = (uint8_t)(0x80 | ((value - 127) >> 7 & 0x7f));
		block[n++] = (uint8_t)((value - 127) >> 14);
		memset(block + n, 'a', value);
		n += value;
	}
	for (size_t at = 0; at < len; at += piece) {
		size_t size = len - at < piece ? len - at : piece;

		h2frames_add(t->b, 0, is_first ? H2FRAME_HEADERS : H2FRAME_CONTINUATION,
			     at + size == len ? H2FRAME_END_HEADERS : 0, 1,
			     span_make(block + at, size));
		is_first = false;
	}
}

static void a_block_may_be_as_long_as_the_limit(void **state)
{
	static const size_t pieces[] = { 16384, 60000, HTTP_HEAD_MAX };
	struct h2talk *t = *state;

	for (unsigned i = 0; i < 6; i++) {
		struct replay_plan plan = { .seed = i, .piece_max = 30000 };
		unsigned over = i % 2;

		h2talk_anew(t);
		h2frames_begin(t->b);
		long_block(t, HTTP_HEAD_MAX + over, pieces[i / 2]);
		h2frames_get(t->b, 3, 2);
		h2frames_ok(t->b, 3, 2);
		h2frames_other(t->b, CHUNK_CLOSED, 0, 0);
		h2talk_play(t, i < 2 ? NULL : &plan);
		assert_int_equal(t->stats.heads_over_limit, over);
		assert_int_equal(t->stats.http2_bad_frames, 0);
		assert_int_equal(t->stats.requests, over ? 1 : 2);
		assert_non_null(strstr(t->told.text, H2_PAIR(2, 3)));
	}
}

/* The payload of a frame that is too long is passed over to its end, whatever it looks like. */
static void a_frame_that_is_too_long_is_passed_over(void **state)
{
	struct h2talk *t = *state;
	uint8_t *payload = calloc(1, HTTP_HEAD_MAX + 1);

	h2frames_add(t->b, 1, H2FRAME_HEADERS, H2FRAME_END_HEADERS, 1,
		     span_make(payload, HTTP_HEAD_MAX + 1));
	free(payload);
	for (unsigned seed = 0; seed < 50; seed++) {
		struct replay_plan plan = { .seed = seed, .piece_max = 5000 };

		h2talk_play(t, &plan);
		assert_int_equal(t->stats.heads_over_limit, 1);
		assert_int_equal(t->stats.http2_bad_frames, 0);
	}
}

static void a_flood_of_continuations_is_bounded(void **state)
{
	static const uint8_t bytes[16000];
	struct h2talk *t = *state;

	h2frames_add(t->b, 0, H2FRAME_HEADERS, 0, 1, span_text("\x82"));
	for (unsigned i = 0; i < 60; i++)
		h2frames_add(t->b, 0, H2FRAME_CONTINUATION, 0, 1, span_make(bytes, sizeof(bytes)));
	for (unsigned i = 0; i < 1000; i++)
		h2frames_add(t->b, 0, H2FRAME_CONTINUATION, 0, 1, span_text(""));
	h2frames_add(t->b, 0, H2FRAME_CONTINUATION, H2FRAME_END_HEADERS, 1, span_text("\x84"));
	h2frames_get(t->b, 3, 2);
	h2frames_ok(t->b, 3, 2);
	assert_string_equal(h2talk_tell(t, CHUNK_CLOSED), H2_PAIR(2, 3));
	assert_int_equal(t->stats.heads_over_limit, 1);
	assert_int_equal(t->stats.http2_bad_frames, 0);
}

/* One entry of the table, named as often as a block has bytes. */
static void a_block_that_grows_when_decoded_is_bounded(void **state)
{
	static uint8_t block[HTTP_HEAD_MAX];
	static char lines[4096];
	struct h2talk *t = *state;
	struct span first;

	strcpy(lines, ":method: GET\n:path: /1\n:authority: h\norigin: ");
	memset(lines + strlen(lines), 'a', 1500);
	strcat(lines, "\n");
	first = h2frames_block(t->b, 0, lines);
	memcpy(block, first.ptr, first.len);
	/* The newest entry. */
	memset(block + first.len, 0x80 | 62, sizeof(block) - first.len);
	h2frames_add(t->b, 0, H2FRAME_HEADERS, H2FRAME_END_HEADERS, 1,
		     span_make(block, sizeof(block)));
	h2frames_headers(t->b, 1, 0, 1, ":status: 204\n");
	failmalloc_arm(1000);
	h2talk_tell(t, CHUNK_CLOSED);
	/* Blocks of 4 KiB: a copy of every field would take a hundred thousand of them. */
	assert_false(failmalloc_disarm());
	assert_int_equal(t->stats.fields_over_limit, 1);
	assert_int_equal(t->stats.exchanges, 1);
	assert_non_null(strstr(t->told.text, "flaws=0x100 > 204"));
}

static void so_many_bytes_of_a_value_are_kept(void **state)
{
	static char lines[HTTP_VALUE_MAX + 200];
	struct h2talk *t = *state;

	for (unsigned over = 0; over < 2; over++) {
		h2talk_anew(t);
		h2frames_begin(t->b);
		strcpy(lines, ":method: GET\n:path: /1\n:authority: h\norigin: ");
		memset(lines + strlen(lines), 'a', HTTP_VALUE_MAX);
		strcat(lines, over ? "a\n" : "\n");
		h2frames_headers(t->b, 0, 0, 1, lines);
		h2talk_tell(t, CHUNK_CLOSED);
		assert_int_equal(t->stats.values_cut, over);
		assert_int_equal(strstr(t->told.text, "a~]") != NULL, over);
		memset(lines, 0, sizeof(lines));
	}
}

static void so_many_bytes_of_a_target_are_kept(void **state)
{
	static char lines[HTTP_TARGET_MAX + 200];
	struct h2talk *t = *state;

	for (unsigned over = 0; over < 2; over++) {
		h2talk_anew(t);
		h2frames_begin(t->b);
		strcpy(lines, ":method: GET\n:authority: h\n:path: /");
		memset(lines + strlen(lines), 'a', HTTP_TARGET_MAX - 1);
		strcat(lines, over ? "a\n" : "\n");
		h2frames_headers(t->b, 0, 0, 1, lines);
		h2talk_tell(t, CHUNK_CLOSED);
		assert_int_equal(strstr(t->told.text, "a~ {") != NULL, over);
		memset(lines, 0, sizeof(lines));
	}
}

/* What the tables of many connections take in all. */
static void tables_are_bounded_in_all(void **state)
{
	struct hpack_budget budget;
	struct hpack h;
	struct span name, value;

	(void)state;
	hpack_budget_init(&budget);
	hpack_init(&h, &budget);
	hpack_begin(&h, span_text("\x88"));
	assert_int_equal(hpack_next(&h, &name, &value), HPACK_FIELD);
	assert_true(budget.held > 0);
	hpack_fini(&h);
	assert_int_equal(budget.held, 0);

	/* As if other connections held the rest. */
	budget.held = HTTP_TABLES_TOTAL_MAX - 100;
	hpack_init(&h, &budget);
	hpack_begin(&h, span_text("\x88"));
	assert_int_equal(hpack_next(&h, &name, &value), HPACK_MEMORY);
	assert_true(budget.is_full);
	assert_int_equal(budget.held, HTTP_TABLES_TOTAL_MAX - 100);
	budget.held = 0;
	/* It goes on when there is room, knowing less. */
	hpack_begin(&h, span_text("\x88\xbe"));
	assert_int_equal(hpack_next(&h, &name, &value), HPACK_FIELD);
	assert_int_equal(hpack_next(&h, &name, &value), HPACK_UNKNOWN);
	assert_int_equal(hpack_next(&h, &name, &value), HPACK_END);
	hpack_fini(&h);
}

static void a_table_larger_than_any_peer_uses_is_refused(void **state)
{
	/* A size of 2^20, and one more. */
	static const uint8_t sizes[2][5] = { { 0x3f, 0xe1, 0xff, 0x3f, 0x88 },
					     { 0x3f, 0xe2, 0xff, 0x3f, 0x88 } };
	struct hpack_budget budget;
	struct span name, value;

	(void)state;
	hpack_budget_init(&budget);
	for (unsigned over = 0; over < 2; over++) {
		struct hpack h;

		hpack_init(&h, &budget);
		hpack_begin(&h, span_make(sizes[over], 5));
		assert_int_equal(hpack_next(&h, &name, &value), over ? HPACK_BAD : HPACK_FIELD);
		hpack_fini(&h);
	}
}

/* Any allocation fails: what is told then is part of what would have been, and is counted. */
static void any_allocation_may_fail(void **state)
{
	struct h2talk *t = *state;
	struct replay_plan plan = { .seed = 5, .piece_max = 25 };
	struct span block;
	unsigned n;

	for (unsigned i = 0; i < 4; i++) {
		h2frames_get(t->b, 2 * i + 1, i);
		h2frames_ok(t->b, 2 * i + 1, i);
	}
	block = h2frames_block(t->b, 0, ":method: GET\n:path: /1\n:authority: h\n");
	h2frames_add(t->b, 0, H2FRAME_HEADERS, 0, 9, block);
	h2frames_add(t->b, 0, H2FRAME_CONTINUATION, H2FRAME_END_HEADERS, 9, span_text(""));
	h2frames_other(t->b, CHUNK_CLOSED, 0, 0);
	for (n = 1;; n++) {
		struct http *h = http_new(replay_log_exchange, &t->told);
		const struct http_stats *s = http_stats(h);
		struct replay r;

		t->told.len = t->told.lines = 0;
		replay_init(&r, http_chunk, h);
		failmalloc_arm(n);
		replay_run(&r, t->b->steps, t->b->cnt, &plan);
		if (!failmalloc_disarm()) {
			assert_int_equal(t->told.lines, 5);
			http_free(h);
			break;
		}
		assert_true(s->no_memory + s->held_over_limit + s->tables_over_limit >= 1);
		assert_int_equal(s->http2_bad_frames, 0);
		assert_int_equal(s->http2_bad_blocks, 0);
		assert_true(t->told.lines <= 5);
		http_free(h);
	}
	assert_true(n > 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, h2talk_begin, h2talk_end)
	const struct CMUnitTest tests[] = {
		TEST(so_many_streams_may_wait),
		TEST(a_block_may_be_as_long_as_the_limit),
		TEST(a_frame_that_is_too_long_is_passed_over),
		TEST(a_flood_of_continuations_is_bounded),
		TEST(a_block_that_grows_when_decoded_is_bounded),
		TEST(so_many_bytes_of_a_value_are_kept),
		TEST(so_many_bytes_of_a_target_are_kept),
		TEST(tables_are_bounded_in_all),
		TEST(a_table_larger_than_any_peer_uses_is_refused),
		TEST(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
