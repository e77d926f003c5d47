/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * TCP connections: how they begin, are joined, are mistaken for each other, and end; and their
 * limits.
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

/* Files may claim any time. */
static void connections_end_at_the_end_of_all_time(void **state)
{
	struct talk *t = *state;

	talk_handshake(t);
	talk_send(t, 0, 0, 0, ACK, "GET");
	tick(t, UINT64_MAX - t->time_ns);
	tick(t, 0);
	assert_string_equal(talk_log(t), "0\"GET\" timeout");
	talk_send(t, 0, 3, 0, ACK, "GET");
	talk_send(t, 0, 9, 0, ACK, "is held");
	assert_string_equal(talk_finish(t), "0gap(?) 0\"GET\" 0gap(3) 0\"is held\" end");
	assert_int_equal(net_open(t->net), 0);
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
#define TEST(f) cmocka_unit_test_setup_teardown(f, talk_begin, talk_end)
	const struct CMUnitTest tests[] = {
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
		TEST(connections_end_at_the_end_of_all_time),
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
