/* SPDX-License-Identifier: BSD-2-Clause */

/* Whatever bytes are missing, what is told is true or says that it may not be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static struct replay_log whole, holed;

static void play(const struct replay_step *steps, size_t n)
{
	talk_play(steps, n, NULL, &holed, NULL);
}

/* One line of a log, cut into what is asked and what is answered. */
struct told {
	struct span line, request, response, outcome;
};

static struct span up_to(struct span s, const char *mark)
{
	const uint8_t *p = memmem(s.ptr, s.len, mark, strlen(mark));

	assert_non_null(p);
	return span_first(s, (size_t)(p - s.ptr));
}

static bool holds(struct span s, const char *mark)
{
	return memmem(s.ptr, s.len, mark, strlen(mark)) != NULL;
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
	return true;
}

/* What stands in the brackets. */
static struct span fields_of(struct span half)
{
	return up_to(span_from(half, up_to(half, "[").len + 1), "]");
}

/* Whether half is the true half or, being cut, what its first lines say. The host is in {}, and
 * may not be known then. */
static bool half_agrees(struct span half, struct span truth)
{
	const char *start_end = holds(truth, " {") ? " {" : " [";
	struct span some, all;

	if (span_eq(half, truth))
		return true;
	if (!holds(half, "flaws=0x4") || !holds(half, start_end) ||
	    !span_eq(up_to(half, start_end), up_to(truth, start_end)))
		return false;
	some = fields_of(half);
	all = fields_of(truth);
	return some.len <= all.len && memcmp(some.ptr, all.ptr, some.len) == 0 &&
	       (some.len == all.len || some.len == 0 || all.ptr[some.len] == '|');
}

/* Whether some true exchange has these halves; "?" is what is not known. */
static bool is_true(const struct told *t, bool are_together)
{
	struct span log = span_make(whole.text, whole.len);
	bool has_request = span_is(t->request, "?"), has_response = span_is(t->response, "?");
	bool is_alone = has_request || has_response;
	struct told truth;

	while (next_told(&log, &truth)) {
		bool request = span_is(t->request, "?") || half_agrees(t->request, truth.request);
		/* 1xx heads may be what was lost. */
		bool response = span_is(t->response, "?") ||
				half_agrees(t->response, truth.response) ||
				(holds(truth.response, " after=1") &&
				 half_agrees(t->response, up_to(truth.response, " after=1")));

		if (request && response)
			return true;
		has_request |= request;
		has_response |= response;
	}
	return (!are_together || is_alone) && has_request && has_response;
}

static void assert_told_is_true(const char *name, const struct replay_plan *plan)
{
	struct span log = span_make(holed.text, holed.len);
	struct told t;

	while (next_told(&log, &t)) {
		if (is_true(&t, !holds(t.outcome, "unsure")))
			continue;
		print_error("%s, %zu bytes lost at %zu, seed %u:\n%.*s\n", name, plan->gap_len,
			    plan->gap_at, plan->seed, (int)t.line.len, (const char *)t.line.ptr);
		fail();
	}
}

static void a_hole_anywhere_tells_nothing_wrong(void **state)
{
	static const size_t lens[] = { 1, 3, 20, 60, 100, 300 };

	(void)state;
	for (size_t i = 0; i < TALKS_CNT; i++) {
		size_t size = replay_size(talks[i].steps, talks[i].cnt);

		talk_play(talks[i].steps, talks[i].cnt, NULL, &whole, NULL);
		for (size_t k = 0; k < size * 24; k++) {
			struct replay_plan plan = {
				.gap_at = k / 24,
				.gap_len = lens[k % 6],
				.is_gap_unknown = k % 12 / 6,
				.seed = k % 24 / 12 ? (unsigned)k : 0,
				.piece_max = 50,
			};

			talk_play(talks[i].steps, talks[i].cnt, &plan, &holed, NULL);
			assert_told_is_true(talks[i].name, &plan);
		}
	}
}

/* A hole costs what was in it, and little besides. */
static void a_hole_of_one_byte_costs_two_exchanges_at_most(void **state)
{
	size_t size = replay_size(talks[0].steps, talks[0].cnt);

	(void)state;
	talk_play(talks[0].steps, talks[0].cnt, NULL, &whole, NULL);
	for (size_t n = 0; n < size; n++) {
		struct replay_plan plan = { .gap_at = n, .gap_len = 1 };
		struct span log;
		struct told t;
		size_t same = 0;

		talk_play(talks[0].steps, talks[0].cnt, &plan, &holed, NULL);
		log = span_make(holed.text, holed.len);
		while (next_told(&log, &t))
			same += memmem(whole.text, whole.len, t.line.ptr, t.line.len + 1) != NULL;
		assert_true(same + 2 >= whole.lines);
	}
}

#define Q(n) REPLAY_C("GET /" #n " HTTP/1.1\r\nHost: h\r\n\r\n")
#define R(n) REPLAY_S("HTTP/1.1 20" #n " x\r\nContent-Length: 0\r\n\r\n")
#define GAP(d, n)                                                                                  \
	{                                                                                          \
		.kind = CHUNK_GAP, .dir = d, .len = n                                              \
	}
#define ASKED(n)    "GET /" #n " {h /" #n "} v11 [Host:h] > "
#define ANSWERED(n) "20" #n " v11 [Content-Length:0] = "
#define PLAY(...)                                                                                  \
	do {                                                                                       \
		static const struct replay_step steps[] = { __VA_ARGS__ };                         \
                                                                                                   \
		play(steps, sizeof(steps) / sizeof(steps[0]));                                     \
	} while (0)

static void one_waiting_request_gets_the_response_after_a_hole(void **state)
{
	(void)state;
	PLAY(Q(1), GAP(1, 25), R(1), REPLAY_END(CHUNK_CLOSED));
	assert_string_equal(holed.text, ASKED(1) ANSWERED(1) "response\n");
}

static void the_newest_request_gets_the_response_after_a_hole(void **state)
{
	(void)state;
	PLAY(Q(1), GAP(1, 40), Q(2), R(2), Q(3), R(3), REPLAY_END(CHUNK_CLOSED));
	assert_string_equal(holed.text, ASKED(1) "? = lost\n" ASKED(2) ANSWERED(
						2) "response\n" ASKED(3) ANSWERED(3) "response\n");
}

static void of_several_requests_before_a_hole_none_gets_the_response(void **state)
{
	(void)state;
	PLAY(Q(1), Q(2), GAP(1, 40), R(2), Q(3), R(3), REPLAY_END(CHUNK_CLOSED));
	assert_string_equal(holed.text,
			    ASKED(1) "? = lost\n" ASKED(2) "? = lost\n"
							   "? > " ANSWERED(2) "lost unsure\n"
			    /* A client that pipelines: another response may be due. */
			    ASKED(3) ANSWERED(3) "response unsure\n");
}

static void a_request_whose_response_is_in_a_hole_is_lost_not_closed(void **state)
{
	(void)state;
	PLAY(Q(1), GAP(1, 40), REPLAY_END(CHUNK_RESET));
	assert_string_equal(holed.text, ASKED(1) "? = lost\n");
}

static void a_response_to_a_lost_request_is_told_alone(void **state)
{
	(void)state;
	PLAY(Q(1), R(1), GAP(0, 40), R(2), Q(3), R(3), REPLAY_END(CHUNK_CLOSED));
	assert_string_equal(holed.text, ASKED(1) ANSWERED(1) "response\n? > " ANSWERED(
						2) "lost\n" ASKED(3) ANSWERED(3) "response\n");
}

static void the_first_pairing_after_a_lost_request_is_unsure(void **state)
{
	(void)state;
	PLAY(GAP(0, 0), GAP(1, 0), Q(2), R(2), Q(3), R(3), REPLAY_END(CHUNK_CLOSED));
	assert_string_equal(holed.text, ASKED(2) ANSWERED(2) "response unsure\n" ASKED(3)
						ANSWERED(3) "response\n");
}

static void a_connection_is_joined_in_the_middle_of_a_body(void **state)
{
	(void)state;
	PLAY(GAP(1, 0), REPLAY_S("rest of a body\r\n\r\n"), GAP(0, 0), Q(1), R(1),
	     REPLAY_END(CHUNK_CLOSED));
	assert_string_equal(holed.text, ASKED(1) ANSWERED(1) "response unsure\n");
}

static void one_direction_alone_is_told(void **state)
{
	(void)state;
	PLAY(GAP(0, 0), Q(1), Q(2), REPLAY_END(CHUNK_END));
	assert_string_equal(holed.text, ASKED(1) "? = pending\n" ASKED(2) "? = pending\n");
	PLAY(GAP(1, 0), R(1), R(2), REPLAY_END(CHUNK_END));
	assert_string_equal(holed.text, "? > " ANSWERED(1) "lost\n? > " ANSWERED(2) "lost\n");
}

static void a_response_to_an_unknown_request_may_be_one_to_head(void **state)
{
#define LONG(n) "HTTP/1.1 200 OK\r\nContent-Length: " #n "\r\n\r\n"
	(void)state;
	PLAY(GAP(0, 0), GAP(1, 0), REPLAY_S(LONG(20)), REPLAY_S(LONG(3)), REPLAY_S("HTT"),
	     REPLAY_S("HT"), REPLAY_S("TP/1.1 204 x\r\nVary: a\r\n\r\n"), R(1),
	     REPLAY_END(CHUNK_END));
	assert_string_equal(holed.text, "? > 200 v11 [Content-Length:20] = lost\n"
					"? > 200 v11 [Content-Length:3] = lost\n"
					"? > 204 v11 [Vary:a] = lost\n? > " ANSWERED(1) "lost\n");
}

static void bytes_that_look_like_a_head_inside_a_body_prove_nothing(void **state)
{
	(void)state;
	PLAY(GAP(1, 0), REPLAY_S("HTTP/1.1 200 is what a server says\r\nbut not here\r\n\r\n"),
	     REPLAY_S("x HTTP/1.1 200 OK\r\nVary: fake\r\n\r\n"), GAP(0, 0),
	     REPLAY_C("word word HTTP/1.1\r\nVary: fake\r\n\r\n"),
	     REPLAY_C("GET /fake HTTP/1.1\r\n\r\n"), REPLAY_END(CHUNK_END));
	assert_string_equal(holed.text, "");
}

static void a_response_that_nobody_asked_for_is_a_piece_of_a_body(void **state)
{
	static const struct replay_step steps[] = {
		REPLAY_C("GET /a HTTP/1.1\r\nHost: h\r\n\r\n"),
		REPLAY_S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n"),
		GAP(1, 5000),
		REPLAY_S("HTTP/1.1 404 No\r\nAge: 1\r\n\r\nHTTP/1.1 500 No\r\n\r\n"),
		REPLAY_C("GET /b HTTP/1.1\r\nHost: h\r\n\r\n"),
		REPLAY_S("HTTP/1.1 201 OK\r\nContent-Length: 0\r\n\r\n"),
	};

	(void)state;
	play(steps, sizeof(steps) / sizeof(steps[0]));
	assert_int_equal(holed.lines, 2);
	assert_non_null(strstr(holed.text, "GET /a "));
	assert_non_null(strstr(holed.text, "> 200 "));
	assert_non_null(strstr(holed.text, "GET /b "));
	assert_non_null(strstr(holed.text, "> 201 "));
}

static void a_candidate_that_is_cut_must_be_well_formed(void **state)
{
	(void)state;
	PLAY(GAP(1, 0), REPLAY_S("HTTP/1.1 200 x\r\nVary: a\r\n"), REPLAY_S("no colon\r\nX"),
	     GAP(1, 9), REPLAY_END(CHUNK_END));
	assert_string_equal(holed.text, "");
	PLAY(GAP(1, 0), REPLAY_S("HTTP/1.1 200 x\r\nVary: a\r\n"), REPLAY_S("X"), GAP(1, 9),
	     REPLAY_END(CHUNK_END));
	assert_string_equal(holed.text, "? > 200 v11 [Vary:a] flaws=0x400 = lost\n");
}

static void a_cut_head_is_told_with_what_is_sure_of_it(void **state)
{
	(void)state;
	PLAY(REPLAY_C("GET /1 HTTP/1.1\r\nHost: h\r\nOrigin: https://a\r\n"), GAP(0, 9),
	     REPLAY_S("HTTP/1.1 200 x\r\nVary: a\r\nAge: 1\r\nA"), GAP(1, 9),
	     REPLAY_END(CHUNK_CLOSED));
	/* The Origin line may go on: the byte after it is not known. Age is followed by an "A". */
	assert_string_equal(holed.text, "GET /1 {h /1} v11 [Host:h] flaws=0x400 > "
					"200 v11 [Vary:a|Age:1] flaws=0x400 = response unsure\n");
}

static void the_end_of_the_capture_cuts_a_head(void **state)
{
	(void)state;
	PLAY(Q(1), R(1), Q(2), REPLAY_S("HTTP/1.1 200 x\r\nVary: a\r\nAg"),
	     REPLAY_C("GET /3 HTTP/1.1\r\nHo"), REPLAY_END(CHUNK_END));
	assert_string_equal(holed.text,
			    ASKED(1) ANSWERED(1) "response\n" ASKED(
				    2) "200 v11 [Vary:a] flaws=0x400 = response\n"
				       "GET /3 {- /3} v11 [] flaws=0x400 > ? = pending\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hole_anywhere_tells_nothing_wrong),
		cmocka_unit_test(a_hole_of_one_byte_costs_two_exchanges_at_most),
		cmocka_unit_test(one_waiting_request_gets_the_response_after_a_hole),
		cmocka_unit_test(the_newest_request_gets_the_response_after_a_hole),
		cmocka_unit_test(of_several_requests_before_a_hole_none_gets_the_response),
		cmocka_unit_test(a_request_whose_response_is_in_a_hole_is_lost_not_closed),
		cmocka_unit_test(a_response_to_a_lost_request_is_told_alone),
		cmocka_unit_test(the_first_pairing_after_a_lost_request_is_unsure),
		cmocka_unit_test(a_connection_is_joined_in_the_middle_of_a_body),
		cmocka_unit_test(one_direction_alone_is_told),
		cmocka_unit_test(a_response_to_an_unknown_request_may_be_one_to_head),
		cmocka_unit_test(bytes_that_look_like_a_head_inside_a_body_prove_nothing),
		cmocka_unit_test(a_response_that_nobody_asked_for_is_a_piece_of_a_body),
		cmocka_unit_test(a_candidate_that_is_cut_must_be_well_formed),
		cmocka_unit_test(a_cut_head_is_told_with_what_is_sure_of_it),
		cmocka_unit_test(the_end_of_the_capture_cuts_a_head),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
