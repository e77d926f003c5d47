/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * TCP streams as packets of all kinds give them: what comes out, and in which order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "support/failmalloc.h"
#include "support/talk.h"

#define ACK TCP_ACK
#define S   (1000000000ull)

static int begin(void **state)
{
	*state = talk_new(0, 0);
	return *state ? 0 : -1;
}

static int end(void **state)
{
	talk_free(*state);
	return 0;
}

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

static void acknowledged_hole_is_given_up_after_some_segments(void **state)
{
	struct talk *t = *state;
	unsigned n;

	talk_handshake(t);
	talk_send(t, 0, 3, 0, ACK, "def");
	talk_send(t, 1, 0, 6, ACK, "");
	for (n = 0; talk_stats(t)->gaps == 0 && n < 100; n++)
		talk_send(t, 1, 0, 6, ACK, "");
	assert_in_range(n, NET_GAP_SEGMENTS - 3, NET_GAP_SEGMENTS);
	assert_string_equal(talk_log(t), "0gap(3) 0\"def\"");
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

static void joined_in_the_middle_says_so_first(void **state)
{
	struct talk *t = *state;

	talk_send(t, 0, 5000, 700, ACK, "GET");
	talk_send(t, 1, 700, 5003, ACK, "OK");
	assert_string_equal(talk_log(t), "0gap(?) 0\"GET\" 1gap(?) 1\"OK\"");
	assert_int_equal(talk_stats(t)->connections_midstream, 1);
}

static void joined_with_the_response_first(void **state)
{
	struct talk *t = *state;

	talk_send(t, 1, 700, 5000, ACK, "OK");
	talk_send(t, 0, 5000, 702, ACK, "GET");
	/* Directions are numbered by who was seen first. */
	assert_string_equal(talk_log(t), "0gap(?) 0\"OK\" 1gap(?) 1\"GET\"");
}

static void one_direction_alone_is_followed(void **state)
{
	struct talk *t = *state;

	talk_send(t, 1, -1, 0, TCP_SYN | ACK, "");
	talk_send(t, 1, 0, 3, ACK, "OK1");
	talk_send(t, 1, 3, 6, ACK, "OK2");
	t->time_ns += 2 * NET_GAP_AGE_NS;
	talk_send(t, 1, 6, 9, ACK, "OK3");
	t->time_ns += 2 * NET_GAP_AGE_NS;
	assert_string_equal(talk_finish(t),
			    "0gap(3) 1\"OK1\" 0gap(3) 1\"OK2\" 0gap(3) 1\"OK3\" end");
}

static void response_direction_without_any_handshake_is_followed(void **state)
{
	struct talk *t = *state;

	talk_send(t, 1, 0, 3, ACK, "OK1");
	talk_send(t, 1, 3, 6, ACK, "OK2");
	assert_string_equal(talk_log(t), "0gap(?) 0\"OK1OK2\"");
}

static void missing_syn_ack_leaves_no_gap(void **state)
{
	struct talk *t = *state;

	talk_send(t, 0, -1, 0, TCP_SYN, "");
	talk_send(t, 0, 0, 0, ACK, "");
	talk_send(t, 0, 0, 0, ACK, "GET");
	talk_send(t, 1, 0, 3, ACK, "OK");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"OK\"");
}

static void syn_with_payload_is_data(void **state)
{
	struct talk *t = *state;

	talk_send(t, 0, -1, 0, TCP_SYN, "GET");
	talk_send(t, 1, -1, 3, TCP_SYN | ACK, "");
	talk_send(t, 1, 0, 3, ACK, "OK");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"OK\"");
}

static void simultaneous_open_is_one_connection(void **state)
{
	struct talk *t = *state;

	talk_send(t, 0, -1, 0, TCP_SYN, "");
	talk_send(t, 1, -1, 0, TCP_SYN, "");
	talk_send(t, 0, -1, 0, TCP_SYN | ACK, "");
	talk_send(t, 1, -1, 0, TCP_SYN | ACK, "");
	talk_send(t, 0, 0, 0, ACK, "GET");
	talk_send(t, 1, 0, 3, ACK, "OK");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"OK\"");
	assert_int_equal(talk_stats(t)->connections, 1);
}

static void syn_and_syn_ack_may_change_places(void **state)
{
	struct talk *t = *state;

	talk_send(t, 1, -1, 0, TCP_SYN | ACK, "");
	talk_send(t, 0, -1, 0, TCP_SYN, "");
	talk_send(t, 0, 0, 0, ACK, "GET");
	talk_send(t, 1, 0, 3, ACK, "OK");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"OK\"");
	assert_int_equal(talk_stats(t)->connections, 1);
}

static void ports_used_again_are_a_new_connection(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET1");
	t->isn[0] += 5000;
	t->isn[1] -= 90000;
	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET2");
	assert_string_equal(talk_log(t), "0\"GET1\" evicted 0\"GET2\"");
	assert_int_equal(talk_stats(t)->connections, 2);
}

static void ports_used_again_without_a_syn_are_noticed(void **state)
{
	struct talk *t = *state;
	int64_t at = 0;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET1");
	t->isn[0] += 0x60000000;
	for (unsigned i = 0; i < NET_STRAYS_MAX; i++, at += 3)
		talk_send(t, 0, at, 0, ACK, "new");
	assert_string_equal(talk_log(t), "0\"GET1\" evicted 0gap(?) 0\"new\"");
}

static void copy_of_a_closed_connection_is_not_a_new_one(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK | TCP_FIN, "GET");
	talk_send(t, 1, 0, 4, ACK | TCP_FIN, "OK");
	talk_send(t, 1, 0, 4, ACK | TCP_FIN, "OK");
	talk_send(t, 0, 0, 0, ACK | TCP_FIN, "GET");
	assert_string_equal(talk_log(t), "0\"GET\" 0fin 1\"OK\" 1fin 1closed");
	assert_string_equal(talk_finish(t), "");
	assert_int_equal(talk_stats(t)->connections, 1);
}

static void half_close_lets_the_other_side_go_on(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK | TCP_FIN, "GET");
	talk_send(t, 1, 0, 4, ACK, "OK");
	assert_string_equal(talk_finish(t), "0\"GET\" 0fin 1\"OK\" end");
}

static void early_fin_waits_for_the_bytes_before_it(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 6, 0, ACK | TCP_FIN, "");
	talk_send(t, 0, 3, 0, ACK, "def");
	talk_send(t, 0, 0, 0, ACK, "abc");
	assert_string_equal(talk_log(t), "0\"abcdef\" 0fin");
}

static void reset_is_believed_after_silence(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	talk_send(t, 1, 0, 3, TCP_RST | ACK, "");
	talk_send(t, 1, 0, 3, TCP_RST | ACK, "");
	assert_string_equal(talk_finish(t), "0\"GET\" 1reset");
	assert_int_equal(talk_stats(t)->connections_reset, 1);
}

/* Another connection's packet, to move the clock. */
static void tick(struct talk *t, uint64_t ns)
{
	struct endpoint other = packets_endpoint("10.9.0.9", 9);
	struct packet p;

	t->time_ns += ns;
	p = packets_frame(&t->room, &other, &t->ends[1], 1, 1, ACK, "", 0);
	p.time_ns = t->time_ns;
	p.number = ++t->number;
	net_packet(t->net, &p);
}

static void reset_is_told_by_the_clock(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	talk_send(t, 1, 0, 3, TCP_RST | ACK, "");
	tick(t, NET_RESET_NS / 2);
	assert_string_equal(talk_log(t), "0\"GET\"");
	tick(t, 2 * NET_RESET_NS);
	assert_string_equal(talk_log(t), "1reset");
}

static void data_after_a_forged_reset_is_not_lost(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	talk_send(t, 1, 0, 3, TCP_RST | ACK, "");
	talk_send(t, 1, 0, 3, ACK, "OK");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"OK\"");
	tick(t, 3 * NET_RESET_NS);
	tick(t, 3 * NET_RESET_NS);
	assert_string_equal(talk_log(t), "1reset");
	talk_send(t, 0, 3, 2, ACK, "GET");
	assert_string_equal(talk_log(t), "0gap(?) 0\"GET\"");
}

static void reset_from_nowhere_is_ignored(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	talk_send(t, 1, 0x30000000, 0, TCP_RST, "");
	assert_string_equal(talk_finish(t), "0\"GET\" end");
	assert_int_equal(talk_stats(t)->out_of_window, 1);
}

static void refused_connection_is_counted_and_told_to_nobody(void **state)
{
	struct talk *t = *state;

	talk_send(t, 0, -1, 0, TCP_SYN, "");
	talk_send(t, 1, -1, 0, TCP_RST | ACK, "");
	assert_string_equal(talk_finish(t), "");
	assert_int_equal(talk_stats(t)->connections_refused, 1);
}

static void silence_ends_a_connection(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	for (uint64_t s = 0; s < NET_FLOW_IDLE_NS / S - 1; s += 60)
		tick(t, 60 * S);
	tick(t, S);
	tick(t, 2 * S);
	assert_string_equal(talk_log(t), "0\"GET\" timeout");
	assert_int_equal(net_open(t->net), 0);
}

static void busy_connection_is_not_timed_out(void **state)
{
	struct talk *t = *state;
	int64_t at = 0;

	talk_handshake(t);
	for (unsigned i = 0; i < 30; i++, at++) {
		t->time_ns += 120 * S;
		talk_send(t, 0, at, 0, ACK, "x");
	}
	assert_string_equal(talk_log(t), "0\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"");
}

static void one_packet_with_a_damaged_time_ends_nothing(void **state)
{
	struct talk *t = *state;
	uint64_t now;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	now = t->time_ns;
	t->time_ns = now + 1000000 * S;
	talk_send(t, 1, 0, 3, ACK, "O");
	t->time_ns = now;
	talk_send(t, 1, 1, 3, ACK, "K");
	assert_string_equal(talk_log(t), "0\"GET\" 1\"OK\"");
}

static void full_table_evicts_the_one_due_first(void **state)
{
	struct talk *t = talk_new(4, 0);

	(void)state;
	for (uint16_t port = 1; port <= 6; port++) {
		t->ends[0].port = port;
		talk_handshake(t);
		talk_send(t, 0, 0, 0, ACK, "x");
		t->time_ns += 2 * S;
	}
	assert_int_equal(talk_stats(t)->connections_evicted, 2);
	assert_int_equal(net_open(t->net), 4);
	assert_string_equal(talk_finish(t),
			    "0\"xxxx\" evicted 0\"x\" evicted 0\"x\" end end end end");
	talk_free(t);
}

static void syn_flood_does_not_push_out_a_busy_connection(void **state)
{
	struct talk *t = talk_new(64, 0);
	struct endpoint client = t->ends[0];

	(void)state;
	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "a");
	for (uint32_t i = 0; i < 3000; i++) {
		t->ends[0] = packets_endpoint("10.66.0.1", (uint16_t)(1000 + i));
		talk_send(t, 0, -1, 0, TCP_SYN, "");
		if (i % 1000 == 0) {
			t->ends[0] = client;
			talk_send(t, 0, 1 + i / 1000, 0, ACK, "b");
		}
	}
	t->ends[0] = client;
	assert_string_equal(talk_finish(t), "0\"abbb\" end");
	talk_free(t);
}

static void held_bytes_are_bounded_for_one_connection(void **state)
{
	struct talk *t = *state;
	static char bytes[16384];
	uint64_t held = 0;

	memset(bytes, 'x', sizeof(bytes));
	talk_handshake(t);
	while (held <= NET_HOLD_FLOW_MAX + sizeof(bytes)) {
		talk_send_bytes(t, 0, 1 + (int64_t)held, 0, ACK, bytes, sizeof(bytes));
		held += sizeof(bytes);
	}
	assert_int_equal(talk_stats(t)->hold_overflows, 1);
	assert_int_equal(talk_stats(t)->gaps, 1);
	assert_memory_equal(talk_log(t), "0gap(1) 0\"xxx", 13);
}

static void held_bytes_are_bounded_in_all(void **state)
{
	struct talk *t = talk_new(0, 4096);
	char bytes[1000];

	(void)state;
	memset(bytes, 'y', sizeof(bytes));
	for (uint16_t port = 1; port <= 5; port++) {
		t->ends[0].port = port;
		talk_handshake(t);
		talk_send_bytes(t, 0, 1, 0, ACK, bytes, sizeof(bytes));
	}
	assert_true(talk_stats(t)->hold_overflows >= 1);
	talk_free(t);
}

static void other_ports_are_not_followed(void **state)
{
	struct talk *t = *state;
	struct port_set ports = { { 0 } };
	struct net_config config = { .ports = &ports, .emit = NULL, .seed = 3 };
	struct net *n;
	struct packet p;

	port_set_add(&ports, 80);
	n = net_new(&config);
	assert_non_null(n);
	p = packets_frame(&t->room, &t->ends[0], &t->ends[1], 1, 1, ACK, "x", 1);
	net_packet(n, &p);
	assert_int_equal(net_stats(n)->ports_ignored, 1);
	assert_int_equal(net_stats(n)->connections, 0);
	net_free(n);
}

static void any_allocation_may_fail(void **state)
{
	(void)state;
	for (unsigned n = 1;; n++) {
		struct talk *t;

		failmalloc_arm(n);
		t = talk_new(0, 0);
		if (t) {
			talk_handshake(t);
			talk_send(t, 0, 3, 0, ACK, "def");
			talk_send(t, 0, 9, 0, ACK, "jkl");
			talk_send(t, 0, 0, 0, ACK, "abc");
			talk_finish(t);
		}
		talk_free(t);
		if (!failmalloc_disarm())
			break;
		assert_true(n < 1000);
	}
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(in_order_bytes_come_at_once),
		TEST(late_segment_is_put_in_its_place),
		TEST(copies_and_overlaps_bring_nothing_twice),
		TEST(first_copy_wins_and_the_difference_is_counted),
		TEST(held_pieces_are_filled_around_each_other),
		TEST(response_waits_for_the_request_it_acknowledges),
		TEST(lost_request_is_told_before_its_response),
		TEST(lost_response_is_told_before_the_next_request),
		TEST(acknowledged_hole_is_given_up_after_some_segments),
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
		TEST(joined_in_the_middle_says_so_first),
		TEST(joined_with_the_response_first),
		TEST(one_direction_alone_is_followed),
		TEST(response_direction_without_any_handshake_is_followed),
		TEST(missing_syn_ack_leaves_no_gap),
		TEST(syn_with_payload_is_data),
		TEST(simultaneous_open_is_one_connection),
		TEST(syn_and_syn_ack_may_change_places),
		TEST(ports_used_again_are_a_new_connection),
		TEST(ports_used_again_without_a_syn_are_noticed),
		TEST(copy_of_a_closed_connection_is_not_a_new_one),
		TEST(half_close_lets_the_other_side_go_on),
		TEST(early_fin_waits_for_the_bytes_before_it),
		TEST(reset_is_believed_after_silence),
		TEST(reset_is_told_by_the_clock),
		TEST(data_after_a_forged_reset_is_not_lost),
		TEST(reset_from_nowhere_is_ignored),
		TEST(refused_connection_is_counted_and_told_to_nobody),
		TEST(silence_ends_a_connection),
		TEST(busy_connection_is_not_timed_out),
		TEST(one_packet_with_a_damaged_time_ends_nothing),
		TEST(full_table_evicts_the_one_due_first),
		TEST(syn_flood_does_not_push_out_a_busy_connection),
		TEST(held_bytes_are_bounded_for_one_connection),
		TEST(held_bytes_are_bounded_in_all),
		TEST(other_ports_are_not_followed),
		TEST(any_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
