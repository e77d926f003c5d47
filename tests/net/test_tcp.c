/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * TCP streams as packets of all kinds give them: which bytes come out, and in which order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "support/talk.h"

#define ACK TCP_ACK

static void in_order_bytes_come_at_once(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	talk_send(t, 1, 0, 3, ACK, "OK");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"OK\"");
	talk_send(t, 1, 2, 3, ACK | TCP_FIN, "");
	talk_send(t, 0, 3, 3, ACK | TCP_FIN, "");
	assert_string_equal(talk_log(t), "1fin 0fin 0closed");
	assert_string_equal(talk_finish(t), "");
}

static void late_segment_is_put_in_its_place(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 3, 0, ACK, "def");
	talk_send(t, 0, 6, 0, ACK, "ghi");
	assert_string_equal(talk_log(t), "");
	talk_send(t, 0, 0, 0, ACK, "abc");
	assert_string_equal(talk_log(t), "0\"abcdefghi\"");
	assert_int_equal(talk_stats(t)->gaps, 0);
}

static void copies_and_overlaps_bring_nothing_twice(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "abc");
	talk_send(t, 0, 0, 0, ACK, "abc");
	talk_send(t, 0, 1, 0, ACK, "bcde");
	talk_send(t, 0, 0, 0, ACK, "abcdef");
	assert_string_equal(talk_log(t), "0\"abcdef\"");
	assert_int_equal(talk_stats(t)->overlap_differs, 0);
}

/* An answer that acknowledges bytes of a body which nobody wants waits for those before them alone.
 * Then the direction is further than the segment that let the answer go: the next one comes late,
 * though it goes on there. */
static void late_bytes_of_a_skipped_body_are_late_in_a_train_too(void **state)
{
	enum { SEGMENT = 600 };
	static const char body[SEGMENT];
	struct talk *t = *state;

	talk_handshake(t);
	t->skip[0] = 2 * SEGMENT;
	talk_send(t, 1, 0, 2 * SEGMENT, ACK, "OK");
	talk_send_bytes(t, 0, 0, 0, ACK, body, SEGMENT);
	assert_int_equal(talk_stats(t)->body_bytes_missed, SEGMENT);
	talk_send_bytes(t, 0, SEGMENT, 0, ACK, body, SEGMENT);
	assert_int_equal(talk_stats(t)->retransmitted, 1);
	assert_int_equal(talk_stats(t)->skipped_bytes, 0);
	talk_send_bytes(t, 0, 2 * SEGMENT, 0, ACK, body, SEGMENT);
	assert_int_equal(talk_stats(t)->retransmitted, 1);
	assert_int_equal(talk_stats(t)->skipped_bytes, SEGMENT);
}

static void first_copy_wins_and_the_difference_is_counted(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "abc");
	talk_send(t, 0, 0, 0, ACK, "xyz");
	assert_int_equal(talk_stats(t)->overlap_differs, 1);
	talk_send(t, 0, 6, 0, ACK, "ghi");
	talk_send(t, 0, 3, 0, ACK, "DEFGHI");
	assert_string_equal(talk_log(t), "0\"abcDEFghi\"");
	assert_int_equal(talk_stats(t)->overlap_differs, 2);
}

/* What the consumer skips of a segment is in its fingerprint, but not in a copy of the rest. */
static void copy_of_what_is_left_of_a_segment_is_a_mere_copy(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	t->skip[0] = 2;
	talk_send(t, 0, 0, 0, ACK, "abc");
	talk_send(t, 0, 3, 0, ACK, "defghi");
	assert_string_equal(talk_log(t), "0\"abcfghi\"");
	talk_send(t, 0, 5, 0, ACK, "fghi");
	talk_send(t, 0, 3, 0, ACK, "defghi");
	assert_int_equal(talk_stats(t)->overlap_differs, 0);
	talk_send(t, 0, 5, 0, ACK, "fgHi");
	assert_int_equal(talk_stats(t)->overlap_differs, 1);
	/* The same of what came before already. */
	talk_send(t, 0, 7, 0, ACK, "hijk");
	talk_send(t, 0, 9, 0, ACK, "jk");
	assert_int_equal(talk_stats(t)->overlap_differs, 1);
	talk_send(t, 0, 9, 0, ACK, "jK");
	assert_int_equal(talk_stats(t)->overlap_differs, 2);
}

static void held_pieces_are_filled_around_each_other(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 2, 0, ACK, "c");
	talk_send(t, 0, 6, 0, ACK, "g");
	talk_send(t, 0, 4, 0, ACK, "e");
	talk_send(t, 0, 1, 0, ACK, "bcdefgh");
	talk_send(t, 0, 0, 0, ACK, "a");
	assert_string_equal(talk_log(t), "0\"abcdefgh\"");
}

static void response_waits_for_the_request_it_acknowledges(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 1, 0, 3, ACK, "OK");
	assert_string_equal(talk_log(t), "");
	talk_send(t, 0, 0, 0, ACK, "GET");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"OK\"");
}

static void lost_request_is_told_before_its_response(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 1, 0, 3, ACK, "OK");
	t->time_ns += NET_GAP_ACKED_NS;
	talk_send(t, 0, 3, 2, ACK, "");
	assert_string_equal(talk_log(t), "0gap(3) 1\"OK\"");
	assert_int_equal(talk_stats(t)->gaps, 1);
	assert_int_equal(talk_stats(t)->gap_bytes, 3);
}

static void lost_response_is_told_before_the_next_request(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET1");
	talk_send(t, 0, 4, 2, ACK, "GET2");
	assert_string_equal(talk_log(t), "0\"GET1\"");
	t->time_ns += NET_GAP_ACKED_NS;
	talk_send(t, 1, 2, 8, ACK, "OK2");
	assert_string_equal(talk_log(t), "1gap(2) 0\"GET2\" 1\"OK2\"");
}

/* What comes behind a hole is acknowledged, then some bytes are so again and again: how often
 * before the hole is given up. */
static unsigned acknowledgements_until_gap(struct talk *t, int64_t ack)
{
	unsigned n;

	talk_handshake(t);
	talk_send(t, 0, 3, 0, ACK, "def");
	talk_send(t, 1, 0, 6, ACK, "");
	for (n = 0; talk_stats(t)->gaps == 0 && n < 100; n++)
		talk_send(t, 1, 0, ack, ACK, "");
	return n;
}

static void acknowledged_hole_is_given_up_after_some_segments(void **state)
{
	struct talk *t = *state;

	assert_in_range(acknowledgements_until_gap(t, 6), NET_GAP_SEGMENTS - 3, NET_GAP_SEGMENTS);
	assert_string_equal(talk_log(t), "0gap(3) 0\"def\"");
}

static void late_acknowledgement_takes_nothing_back(void **state)
{
	assert_in_range(acknowledgements_until_gap(*state, 0), NET_GAP_SEGMENTS - 3,
			NET_GAP_SEGMENTS);
}

/* What is acknowledged in trains is not forgotten: of a body of more than 2^31 bytes, the number
 * before it would seem to be ahead of a hole behind it. */
static void long_body_is_acknowledged_in_trains(void **state)
{
	enum { SEGMENT = 60000, SEGMENTS = 36000 };
	static const char body[SEGMENT];
	const int64_t len = (int64_t)SEGMENT * SEGMENTS;
	struct talk *t = *state;
	uint64_t now_ns;

	assert_true(len > INT32_MAX);
	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	t->skip[1] = (uint64_t)len;
	talk_send(t, 1, 0, 3, ACK, "HEAD");
	now_ns = t->time_ns;
	for (int64_t i = 0; i < SEGMENTS; i++) {
		t->time_ns = now_ns; /* the clock's ticks end trains */
		talk_send_bytes(t, 1, 4 + i * SEGMENT, 3, ACK, body, SEGMENT);
		if (i % 2)
			talk_send(t, 0, 3, 4 + (i + 1) * SEGMENT, ACK, "");
	}
	assert_int_equal(talk_stats(t)->skipped_bytes, len);
	talk_send(t, 1, 4 + len + 3, 3, ACK, "def");
	for (unsigned i = 0; i < 2 * NET_GAP_SEGMENTS; i++)
		talk_send(t, 0, 3, 4 + len, ACK, "");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"HEAD\"");
	talk_send(t, 1, 4 + len, 3, ACK, "abc");
	assert_string_equal(talk_log(t), "1\"abcdef\"");
}

static void hole_that_nobody_acknowledged_waits_for_a_retransmission(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 3, 0, ACK, "def");
	for (unsigned i = 0; i < 50; i++)
		talk_send(t, 1, 0, 0, ACK, "");
	assert_string_equal(talk_log(t), "");
	talk_send(t, 0, 0, 0, ACK, "abc");
	assert_string_equal(talk_log(t), "0\"abcdef\"");
	talk_send(t, 0, 9, 0, ACK, "jkl");
	t->time_ns += NET_GAP_AGE_NS;
	talk_send(t, 1, 0, 0, ACK, "");
	assert_string_equal(talk_log(t), "0gap(3) 0\"jkl\"");
}

static void skipped_bytes_are_neither_delivered_nor_waited_for(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	t->skip[1] = 10;
	talk_send(t, 1, 0, 3, ACK, "HEAD");
	talk_send(t, 1, 4, 3, ACK, "12345");
	assert_int_equal(talk_stats(t)->skipped_bytes, 5);
	talk_send(t, 1, 9, 3, ACK, "6789a");
	talk_send(t, 1, 14, 3, ACK, "NEXT");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"HEADNEXT\"");
}

static void hole_inside_a_skipped_body_costs_nothing(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	t->skip[1] = 10;
	talk_send(t, 1, 0, 3, ACK, "HEAD");
	talk_send(t, 1, 10, 3, ACK, "7890NEXT");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"HEADNEXT\"");
	assert_int_equal(talk_stats(t)->body_bytes_missed, 6);
	assert_int_equal(talk_stats(t)->gaps, 0);
}

static void hole_across_a_body_s_end_is_told_from_its_end_on(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	t->skip[1] = 10;
	talk_send(t, 1, 0, 3, ACK, "HEAD");
	talk_send(t, 1, 20, 3, ACK, "tail");
	talk_send(t, 0, 3, 24, ACK, "");
	t->time_ns += NET_GAP_ACKED_NS;
	talk_send(t, 0, 3, 24, ACK, "");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"HEAD\" 1gap(6) 1\"tail\"");
	assert_int_equal(talk_stats(t)->gap_bytes, 6);
}

static void acknowledged_body_needs_no_packets(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET1");
	t->skip[1] = 100000;
	talk_send(t, 1, 0, 4, ACK, "HEAD");
	talk_send(t, 0, 4, 100004, ACK, "GET2");
	talk_send(t, 1, 100004, 8, ACK, "NEXT");
	assert_string_equal(talk_log(t), "0\"GET1\" 1\"HEAD\" 0\"GET2\" 1\"NEXT\"");
}

static void consumer_that_skips_all_is_told_the_end_only(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	t->skip[0] = CHUNK_SKIP_ALL;
	talk_send(t, 0, 0, 0, ACK, "\x16\x03");
	talk_send(t, 0, 2, 0, ACK, "more");
	talk_send(t, 0, 1000000, 0, ACK, "still more");
	talk_send(t, 0, 1000010, 0, ACK | TCP_FIN, "");
	assert_string_equal(talk_log(t), "0\"\x16\x03\" 0fin");
}

static void bytes_left_out_on_purpose_are_not_waited_for(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET1");
	talk_send(t, 1, 0, 4, ACK, "HEAD");
	t->cut.dir = 1;
	t->cut.from = 4;
	t->cut.until = 100;
	talk_send(t, 0, 4, 100, ACK, "GET2");
	talk_send(t, 1, 100, 8, ACK, "NEXT");
	assert_string_equal(talk_log(t), "0\"GET1\" 1\"HEAD\" 1gap(96) 0\"GET2\" 1\"NEXT\"");
	assert_int_equal(talk_stats(t)->cut_gaps, 1);
	assert_int_equal(talk_stats(t)->gaps, 0);
}

static void loss_beside_what_was_left_out_is_still_loss(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET1");
	talk_send(t, 1, 0, 4, ACK, "HEAD");
	t->cut.dir = 1;
	t->cut.from = 4;
	t->cut.until = 90;
	talk_send(t, 0, 4, 100, ACK, "GET2");
	assert_string_equal(talk_log(t), "0\"GET1\" 1\"HEAD\"");
	t->time_ns += NET_GAP_ACKED_NS;
	talk_send(t, 1, 100, 8, ACK, "NEXT");
	assert_int_equal(talk_stats(t)->cut_gaps, 0);
	assert_int_equal(talk_stats(t)->gap_bytes, 96);
}

static void snapped_payload_is_a_gap(void **state)
{
	struct talk *t = *state;
	struct packet p;

	talk_handshake(t);
	p = packets_frame(&t->room, &t->ends[0], &t->ends[1], t->isn[0] + 1, t->isn[1] + 1, ACK,
			  "abcdefgh", 8);
	p.caplen -= 5;
	p.time_ns = t->time_ns;
	p.number = ++t->number;
	net_packet(t->net, &p);
	talk_send(t, 0, 8, 0, ACK, "ijk");
	assert_string_equal(talk_log(t), "0\"abc\" 0gap(5) 0\"ijk\"");
}

static void probes_are_not_bytes(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "abc");
	talk_send(t, 0, 2, 0, ACK, "");
	talk_send(t, 0, 2, 0, ACK, "\x01");
	talk_send(t, 0, 3, 0, ACK, "d");
	talk_send(t, 0, 3, 0, ACK, "def");
	assert_string_equal(talk_log(t), "0\"abcdef\"");
	assert_int_equal(talk_stats(t)->keepalive_probes, 1);
	assert_int_equal(talk_stats(t)->overlap_differs, 0);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, talk_begin, talk_end)
	const struct CMUnitTest tests[] = {
		TEST(in_order_bytes_come_at_once),
		TEST(late_segment_is_put_in_its_place),
		TEST(copies_and_overlaps_bring_nothing_twice),
		TEST(late_bytes_of_a_skipped_body_are_late_in_a_train_too),
		TEST(first_copy_wins_and_the_difference_is_counted),
		TEST(copy_of_what_is_left_of_a_segment_is_a_mere_copy),
		TEST(held_pieces_are_filled_around_each_other),
		TEST(response_waits_for_the_request_it_acknowledges),
		TEST(lost_request_is_told_before_its_response),
		TEST(lost_response_is_told_before_the_next_request),
		TEST(acknowledged_hole_is_given_up_after_some_segments),
		TEST(late_acknowledgement_takes_nothing_back),
		TEST(long_body_is_acknowledged_in_trains),
		TEST(hole_that_nobody_acknowledged_waits_for_a_retransmission),
		TEST(skipped_bytes_are_neither_delivered_nor_waited_for),
		TEST(hole_inside_a_skipped_body_costs_nothing),
		TEST(hole_across_a_body_s_end_is_told_from_its_end_on),
		TEST(acknowledged_body_needs_no_packets),
		TEST(consumer_that_skips_all_is_told_the_end_only),
		TEST(bytes_left_out_on_purpose_are_not_waited_for),
		TEST(loss_beside_what_was_left_out_is_still_loss),
		TEST(snapped_payload_is_a_gap),
		TEST(probes_are_not_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
