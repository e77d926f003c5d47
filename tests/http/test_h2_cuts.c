/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * However a conversation in HTTP/2 is cut into segments, it gives the same exchanges; and whatever
 * bytes of it are missing, no field is told that was not sent, and no pair that was none.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "h2talk.h"

static struct replay_log whole;

/* Streams that overlap, a block in pieces, a promise, trailers, resets, a new size of the table,
 * names that are in the table with values that are not, and values that come back. */
static void write_all(struct h2frames *b)
{
	struct span block;

	h2frames_get(b, 1, 1);
	h2frames_get(b, 3, 2);
	h2frames_headers(b, 0, 0, 5,
			 ":method: PUT\n:scheme: http\n:authority: h\n:path: /3\n"
			 "origin: https://a3\ncontent-type: text/x\nx-other: 1\n");
	h2frames_data(b, 0, 0, 5, 40);
	h2frames_headers(b, 1, 0, 3, ":status: 103\nvary: fake\n");
	h2frames_ok(b, 3, 2);
	block = h2frames_block(b, 1,
			       ":status: 200\naccess-control-allow-origin: https://a1\n"
			       "vary: 1\nserver: s\n");
	h2frames_add(b, 1, H2FRAME_HEADERS, 0, 1, span_first(block, 5));
	h2frames_add(b, 1, H2FRAME_CONTINUATION, H2FRAME_END_HEADERS, 1, span_from(block, 5));
	h2frames_data(b, 1, 0, 1, 60);
	h2frames_headers(b, 0, H2FRAME_END_STREAM, 5, "origin: https://trailer\n");
	h2frames_headers(b, 1, 0, 5,
			 ":status: 201\naccess-control-allow-origin: https://a3\nvary: 1\n");
	h2frames_data(b, 1, 0, 5, 25);
	h2frames_headers(b, 1, H2FRAME_END_STREAM, 5, "vary: trailer\n");
	h2frames_headers(b, 1, H2FRAME_END_STREAM, 1, "x-trailer: 2\n");
	nghttp2_hd_deflate_change_table_size(b->deflaters[0], 100);
	h2frames_get(b, 7, 1);
	h2frames_get(b, 9, 4);
	h2frames_reset(b, 0, 7, 8);
	nghttp2_hd_deflate_change_table_size(b->deflaters[1], 0);
	nghttp2_hd_deflate_change_table_size(b->deflaters[1], 8192);
	h2frames_ok(b, 7, 1);
	h2frames_ok(b, 9, 1);
	nghttp2_hd_deflate_change_table_size(b->deflaters[0], 4096);
	h2frames_get(b, 11, 4);
	h2frames_get(b, 13, 4);
	h2frames_ok(b, 11, 4);
	h2frames_reset(b, 1, 13, 7);
	h2frames_get(b, 15, 4);
	h2frames_headers(b, 0, 0, 17,
			 ":method: CONNECT\n:protocol: websocket\n:scheme: http\n:path: /6\n"
			 ":authority: h\norigin: https://a6\n");
	h2frames_headers(b, 1, H2FRAME_END_STREAM, 15,
			 ":status: 204\naccess-control-allow-origin: https://a3\n");
	h2frames_headers(b, 1, 0, 17, ":status: 200\naccess-control-allow-origin: https://a6\n");
	h2frames_headers(b, 0, 0, 19,
			 ":method: CONNECT\n:protocol: websocket\n:scheme: http\n:path: /6\n"
			 ":authority: h\norigin: https://a6\n");
	h2frames_headers(b, 1, 0, 19, ":status: 200\naccess-control-allow-origin: https://a6\n");
	h2frames_get(b, 21, 7);
	h2frames_goaway(b, 1, 19, 0);
	h2frames_other(b, CHUNK_CLOSED, 0, 0);
}

static const char text[] = H2_ASKED(2) "200 v20 [vary:2] after=1 = response #3\n" H2_ASKED(
	1) "200 v20 [access-control-allow-origin:https://a1|vary:1|server:s] = response "
	   "#1\n"
	   "PUT /3 {h /3} v20 [origin:https://a3|content-type:text/x] > "
	   "201 v20 [access-control-allow-origin:https://a3|vary:1] = response "
	   "#5\n" H2_ASKED(1) "? = reset #7 code=8 by client\n" H2_ASKED(
		   4) "200 v20 [vary:1] = response #9\n" H2_PAIR(4, 11)
		   H2_ASKED(4) "? = refused #13 code=7\n" H2_ASKED(
			   4) "204 v20 [access-control-allow-origin:https://a3] = response "
			      "#15\n"
			      "CONNECT /6 {h /6} v20 [origin:https://a6] websocket > "
			      "200 v20 [access-control-allow-origin:https://a6] = response "
			      "#17\n"
			      "CONNECT /6 {h /6} v20 [origin:https://a6] websocket > "
			      "200 v20 [access-control-allow-origin:https://a6] = response "
			      "#19\n" H2_ASKED(7) "? = refused #21 code=0\n";

static int all_begin(void **state)
{
	int err = h2talk_begin(state);
	struct h2talk *t = *state;

	if (err)
		return err;
	write_all(t->b);
	h2talk_play(t, NULL);
	whole = t->told;
	return 0;
}

/* The same with DATA that looks like frames, which shows where the position is lost. */
static int fakes_begin(void **state)
{
	int err = h2talk_begin(state);
	struct h2talk *t = *state;

	if (err)
		return err;
	t->b->has_fakes = true;
	write_all(t->b);
	return 0;
}

static void the_conversation_gives_its_exchanges(void **state)
{
	(void)state;
	assert_string_equal(whole.text, text);
}

static void one_split_anywhere_changes_nothing(void **state)
{
	struct h2talk *t = *state;
	size_t size = replay_size(t->b->steps, t->b->cnt);

	for (size_t n = 1; n < size; n++)
		assert_string_equal(h2talk_play(t, &(struct replay_plan){ .split = n }), text);
}

static void any_splits_change_nothing(void **state)
{
	struct h2talk *t = *state;

	for (unsigned seed = 1; seed < 2000; seed++) {
		struct replay_plan plan = { .seed = seed, .piece_max = 1 + seed % 60 };

		assert_string_equal(h2talk_play(t, &plan), text);
	}
}

/* One line of a log. */
struct told {
	struct span line, request, response, outcome, stream;
};

static struct span up_to(struct span s, const char *mark)
{
	const uint8_t *p = memmem(s.ptr, s.len, mark, strlen(mark));

	return p ? span_first(s, (size_t)(p - s.ptr)) : s;
}

static bool next_told(struct span *log, struct told *t)
{
	if (!log->len)
		return false;
	t->line = up_to(*log, "\n");
	*log = span_from(*log, t->line.len + 1);
	t->request = up_to(t->line, " > ");
	t->response = up_to(span_from(t->line, t->request.len + 3), " = ");
	t->outcome = span_from(t->line, t->request.len + t->response.len + 6);
	t->stream = span_from(t->outcome, up_to(t->outcome, "#").len);
	t->stream = up_to(t->stream, " ");
	t->outcome = up_to(t->outcome, " ");
	return true;
}

/* Each of some's fields stands in all's, in this order. */
static bool fields_are_part(struct span some, struct span all)
{
	while (some.len) {
		struct span field = up_to(some, "|");

		for (;;) {
			struct span other = up_to(all, "|");

			if (!all.len)
				return false;
			all = span_from(all, other.len + (other.len < all.len));
			if (span_eq(field, other))
				break;
		}
		some = span_from(some, field.len + (field.len < some.len));
	}
	return true;
}

static struct span fields_of(struct span half)
{
	half = span_from(half, up_to(half, "[").len + 1);
	return up_to(half, "]");
}

/* Whether a half is what was sent, or says that fields of it are not known and has the others. */
static bool half_agrees(struct span half, struct span truth)
{
	struct span start, true_start;

	if (span_is(half, "?") || span_eq(half, truth))
		return true;
	/* 1xx heads may be what was lost. */
	truth = up_to(truth, " after=");
	if (span_eq(half, truth))
		return true;
	if (!memmem(half.ptr, half.len, "flaws=0x800", 11))
		return false;
	/* The host may be among what is not known. */
	start = up_to(half, memmem(half.ptr, half.len, " {", 2) ? " {" : " [");
	true_start = up_to(truth, memmem(truth.ptr, truth.len, " {", 2) ? " {" : " [");
	return span_eq(start, true_start) && fields_are_part(fields_of(half), fields_of(truth));
}

static bool is_true(const struct told *t)
{
	struct span log = span_make(whole.text, whole.len);
	struct told truth;
	bool is_told = false;

	while (next_told(&log, &truth)) {
		if (!span_eq(t->stream, truth.stream))
			continue;
		is_told = true;
		/* Stream 7 is answered after its client gave up. */
		if (!half_agrees(t->request, truth.request) ||
		    (!half_agrees(t->response, truth.response) && !span_is(t->stream, "#7")))
			return false;
		if (span_eq(t->outcome, truth.outcome) || span_is(t->outcome, "lost"))
			return true;
		/* A request whose end was in a hole of the client's. */
		return span_is(t->stream, "#7") && span_is(t->outcome, "response");
	}
	return is_told;
}

static void assert_told_is_true(const struct h2talk *t, const struct replay_plan *plan)
{
	struct span log = span_make(t->told.text, t->told.len);
	struct told told;

	while (next_told(&log, &told)) {
		if (is_true(&told))
			continue;
		print_error("%zu bytes lost at %zu, seed %u:\n%.*s\n", plan->gap_len, plan->gap_at,
			    plan->seed, (int)told.line.len, (const char *)told.line.ptr);
		fail();
	}
}

static void a_hole_anywhere_tells_nothing_wrong(void **state)
{
	static const size_t lens[] = { 1, 3, 9, 20, 60, 100, 300, 700 };
	struct h2talk *t = *state;
	size_t size = replay_size(t->b->steps, t->b->cnt);

	for (size_t k = 0; k < size * 32; k++) {
		struct replay_plan plan = {
			.gap_at = k / 32,
			.gap_len = lens[k % 8],
			.is_gap_unknown = k % 16 / 8,
			.seed = k % 32 / 16 ? (unsigned)k : 0,
			.piece_max = 50,
		};

		h2talk_play(t, &plan);
		assert_told_is_true(t, &plan);
	}
}

/* Joined at any step, with both directions' beginning missing. */
static void joined_anywhere_tells_nothing_wrong(void **state)
{
	struct h2talk *t = *state;
	uint64_t known = 0, unknown = 0;

	for (size_t from = 1; from < t->b->cnt; from++) {
		static struct replay_step steps[H2FRAMES_STEPS_MAX + 2];
		size_t n = t->b->cnt - from;

		steps[0] = (struct replay_step){ .kind = CHUNK_GAP, .dir = 0 };
		steps[1] = (struct replay_step){ .kind = CHUNK_GAP, .dir = 1 };
		memcpy(steps + 2, t->b->steps + from, n * sizeof(steps[0]));
		talk_play(steps, n + 2, NULL, &t->told, &t->stats);
		assert_told_is_true(t, &(struct replay_plan){ .gap_at = from });
		known += t->stats.http2_fields - t->stats.http2_fields_unknown;
		unknown += t->stats.http2_fields_unknown;
	}
	print_message("joined: %u of %u fields are known\n", (unsigned)known,
		      (unsigned)(known + unknown));
	assert_true(known > unknown);
}

/* With the SYN missing and nothing else, nothing is lost: the preface says that it is one. */
static void the_preface_proves_the_beginning(void **state)
{
	struct h2talk *t = *state;

	for (unsigned dirs = 1; dirs < 4; dirs++) {
		static struct replay_step steps[H2FRAMES_STEPS_MAX + 2];
		size_t n = 0;

		for (uint8_t dir = 0; dir < 2; dir++) {
			if (dirs >> dir & 1)
				steps[n++] = (struct replay_step){ .kind = CHUNK_GAP, .dir = dir };
		}
		memcpy(steps + n, t->b->steps, t->b->cnt * sizeof(steps[0]));
		talk_play(steps, n + t->b->cnt, NULL, &t->told, &t->stats);
		assert_string_equal(t->told.text, text);
		assert_int_equal(t->stats.http2_joined, 0);
	}
}

int main(void)
{
#define TEST(name)       cmocka_unit_test_setup_teardown(name, all_begin, h2talk_end)
#define TEST_FAKES(name) cmocka_unit_test_setup_teardown(name, fakes_begin, h2talk_end)
	const struct CMUnitTest tests[] = {
		TEST(the_conversation_gives_its_exchanges),
		TEST_FAKES(one_split_anywhere_changes_nothing),
		TEST_FAKES(any_splits_change_nothing),
		TEST(a_hole_anywhere_tells_nothing_wrong),
		TEST(joined_anywhere_tells_nothing_wrong),
		TEST(the_preface_proves_the_beginning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
