/* SPDX-License-Identifier: BSD-2-Clause */

/* The pre-filter's decisions, as an ordinary program. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "capture/runs.h"
#include "net/decode.h"
#include "support/guard.h"
#include "support/hostfilter.h"
#include "support/packets.h"

#define WINDOW  16384
#define SNAPLEN 262144u
#define ISN     0xffffe000u /* the numbers wrap soon */
#define FLAGS   (TCP_ACK | TCP_PSH)
#define HEADERS (14 + 20 + 20)
#define CUT     0u
#define WHOLE   SNAPLEN

static const struct prefilter_settings usual = {
	.window = WINDOW, .snaplen = SNAPLEN, .l2_len = 14, .body_cut = 1
};

/* A filter, and a server's direction of a connection. */
struct setting {
	struct hostfilter *h;
	struct endpoint client, server;
	struct packets room;
	uint8_t body[PACKETS_MAX]; /* no start line in it */
};

static int set_up(void **state)
{
	struct setting *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->h = hostfilter_new(&usual, 64);
	s->client = packets_endpoint("10.0.0.1", 51234);
	s->server = packets_endpoint("10.0.0.2", 8080);
	memset(s->body, '.', sizeof(s->body));
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	struct setting *s = *state;

	assert_true(hostfilter_adds_up(s->h->counts));
	hostfilter_free(s->h);
	free(s);
	return 0;
}

static uint64_t counted(const struct setting *s, enum prefilter_count what)
{
	return s->h->counts[what];
}

static struct prefilter_key key_of(const struct endpoint *src, const struct endpoint *dst)
{
	struct prefilter_key key = { .sport = src->port, .dport = dst->port };

	memcpy(key.src, src->addr.bytes, 16);
	memcpy(key.dst, dst->addr.bytes, 16);
	return key;
}

/* The packet that is in the room. */
static uint32_t run(struct setting *s)
{
	struct hostfilter_frame f = { .interface = 2 };

	return hostfilter_run(s->h, &f, packets_bytes(&s->room));
}

static uint32_t send_bytes(struct setting *s, unsigned dir, int64_t seq, uint8_t flags,
			   const void *payload, size_t len)
{
	(void)packets_frame(&s->room, dir ? &s->server : &s->client, dir ? &s->client : &s->server,
			    ISN + 1 + (uint32_t)seq, 77, flags, payload, len);
	return run(s);
}

/* Numbers count from the first byte of the server's direction. */
static uint32_t from_server(struct setting *s, int64_t seq, const char *payload)
{
	return send_bytes(s, 1, seq, FLAGS, payload, strlen(payload));
}

static uint32_t body(struct setting *s, int64_t seq, size_t len)
{
	return send_bytes(s, 1, seq, FLAGS, s->body, len);
}

static void begin(struct setting *s)
{
	assert_int_equal(send_bytes(s, 0, -1, TCP_SYN, "", 0), WHOLE);
	assert_int_equal(send_bytes(s, 1, -1, TCP_SYN | TCP_ACK, "", 0), WHOLE);
}

/* The first window is over: len bytes have come. */
static void begin_and_use_up(struct setting *s)
{
	begin(s);
	assert_int_equal(body(s, 0, WINDOW), WHOLE);
	assert_int_equal(body(s, WINDOW, 1000), CUT);
}

#define USED ((int64_t)WINDOW + 1000)

static struct prefilter_state *server_state(struct setting *s)
{
	struct prefilter_key key = key_of(&s->server, &s->client);

	return hostfilter_state(s->h, &key);
}

static void start_lines_open_a_window(void **state)
{
	struct setting *s = *state;

	begin_and_use_up(s);
	assert_int_equal(from_server(s, USED, "HTTP/1.1 200 OK\r\n\r\n"), WHOLE);
	assert_int_equal(body(s, USED + 19, WINDOW - 19), WHOLE);
	assert_int_equal(body(s, USED + WINDOW, 1), WHOLE); /* short */
	assert_int_equal(body(s, USED + WINDOW + 1, 4), CUT);
	assert_int_equal(counted(s, PREFILTER_COUNT_windows), 1);
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_body), 2);
}

static void packets_are_truncated_at_the_window_s_end(void **state)
{
	struct setting *s = *state;
	uint8_t response[40000] = "HTTP/1.1 200 OK\r\n\r\n";

	begin_and_use_up(s);
	assert_int_equal(send_bytes(s, 1, USED, FLAGS, response, sizeof(response)),
			 HEADERS + WINDOW);
	assert_int_equal(counted(s, PREFILTER_COUNT_truncated), 1);
	assert_int_equal(server_state(s)->cut_bytes, 1000 + sizeof(response) - WINDOW);
	assert_int_equal(server_state(s)->cut_packets, 1);
}

static void window_s_last_byte_passes_and_the_next_is_cut(void **state)
{
	struct setting *s = *state;

	begin(s);
	assert_int_equal(body(s, 0, WINDOW - 10), WHOLE);
	assert_int_equal(body(s, WINDOW - 10, 10), WHOLE);
	assert_int_equal(body(s, WINDOW, 4), CUT);

	begin(s);
	s->client.port++;
	begin(s);
	assert_int_equal(body(s, 0, WINDOW - 10), WHOLE);
	assert_int_equal(body(s, WINDOW - 10, 11), HEADERS + 10);
}

static void packets_are_never_longer_than_the_snap_length(void **state)
{
	struct setting *s = *state;
	uint8_t response[40000] = "HTTP/1.1 200 OK\r\n\r\n";

	begin(s);
	s->h->settings.snaplen = 100;
	assert_int_equal(send_bytes(s, 1, 0, FLAGS, response, sizeof(response)), 100);
	assert_int_equal(counted(s, PREFILTER_COUNT_truncated), 1);
	assert_int_equal(counted(s, PREFILTER_COUNT_passed_bytes), 54 + 54 + 100);
}

static void acknowledgements_are_cut_and_ends_pass(void **state)
{
	struct setting *s = *state;

	begin_and_use_up(s);
	assert_int_equal(send_bytes(s, 1, USED, TCP_ACK, "", 0), CUT);
	assert_int_equal(send_bytes(s, 0, 0, TCP_ACK, "", 0), CUT);
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_ack), 2);
	assert_int_equal(send_bytes(s, 1, USED, TCP_ACK | TCP_FIN, "", 0), WHOLE);
	assert_int_equal(send_bytes(s, 1, USED, TCP_ACK | TCP_FIN, s->body, 500), WHOLE);
	assert_int_equal(send_bytes(s, 1, USED, TCP_RST, "", 0), WHOLE);
	assert_int_equal(send_bytes(s, 1, USED + 500, TCP_RST, s->body, 500), WHOLE);
	assert_int_equal(server_state(s)->cut_bytes, 1000);
}

static void syn_begins_anew_but_a_copy_of_it_does_not(void **state)
{
	struct setting *s = *state;
	struct prefilter_state before;

	begin_and_use_up(s);
	before = *server_state(s);
	begin(s);
	assert_memory_equal(&before, server_state(s), sizeof(before));
	assert_int_equal(body(s, USED, 1000), CUT);
	/* The same ports, other numbers. */
	assert_int_equal(send_bytes(s, 1, 5000000 - 1, TCP_SYN | TCP_ACK, "", 0), WHOLE);
	assert_int_equal(server_state(s)->cut_bytes, 0);
	assert_int_equal(body(s, 5000000, 1000), WHOLE);
}

static void data_in_a_syn_passes(void **state)
{
	struct setting *s = *state;

	assert_int_equal(send_bytes(s, 0, -1, TCP_SYN, "GET / HTTP/1.1\r\n", 16), WHOLE);
	assert_int_equal(send_bytes(s, 0, 16, FLAGS, "Host: x\r\n\r\n", 11), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_holes), 0);
}

static void direction_met_in_the_middle_passes_for_a_window(void **state)
{
	struct setting *s = *state;

	assert_int_equal(body(s, 777, 1000), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_joined), 1);
	assert_int_equal(body(s, 1777, WINDOW), HEADERS + WINDOW - 1000);
	/* What came before it was not seen either. */
	assert_int_equal(body(s, 0, 777), WHOLE);
	assert_int_equal(server_state(s)->first, ISN + 1 + 777);
}

static void without_memory_everything_passes(void **state)
{
	struct setting *s = *state;

	s->h->flows_max = 0;
	begin(s);
	for (int i = 0; i < 100; i++)
		assert_int_equal(body(s, i * 1000, 1000), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_untracked), 102);
}

static void short_segments_pass_and_can_be_half_a_start_line(void **state)
{
	struct setting *s = *state;

	begin_and_use_up(s);
	assert_int_equal(from_server(s, USED, "..."), WHOLE);
	assert_int_equal(body(s, USED + 3, 100), CUT);
	assert_int_equal(from_server(s, USED + 103, "\r\nH"), WHOLE);
	assert_int_equal(from_server(s, USED + 106, "TTP/1.1 200 OK\r\n\r\n"), WHOLE);
	assert_int_equal(server_state(s)->cut_bytes, 1000 + 100);
}

static void hole_may_have_hidden_a_start_line(void **state)
{
	struct setting *s = *state;

	begin_and_use_up(s);
	/* The start line's segment was lost on its way, what follows it was not. */
	assert_int_equal(body(s, USED + 1000, 500), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_holes), 1);
	assert_int_equal(body(s, USED + 1500, WINDOW - 500), WHOLE);
	assert_int_equal(body(s, USED + 1000 + WINDOW, 100), CUT);
	/* It is sent once more, in other pieces. */
	assert_int_equal(body(s, USED + 10, 600), WHOLE);
	assert_int_equal(body(s, USED + 610, 600), WHOLE);
	assert_int_equal(from_server(s, USED, "HTTP/1.1 2"), WHOLE);
}

static void late_bytes_pass_after_windows_moved_on(void **state)
{
	struct setting *s = *state;

	begin_and_use_up(s);
	assert_int_equal(from_server(s, USED, "HTTP/1.1 200 OK\r\n"), WHOLE);
	/* 100 bytes of the head are missing, and the body feigns heads. */
	assert_int_equal(from_server(s, USED + 117, "HTTP/1.1 200 OK\r\n"), WHOLE);
	for (int i = 1; i < 10; i++) {
		int64_t at = USED + 134 + i * 2 * (int64_t)WINDOW;

		assert_int_equal(body(s, at - 2 * WINDOW, 2 * WINDOW - 17), HEADERS + WINDOW - 17);
		assert_int_equal(from_server(s, at - 17, "HTTP/1.1 200 OK\r\n"), WHOLE);
	}
	assert_int_equal(body(s, USED + 17, 100), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_holes), 1);
}

/* What it is for. */
static void of_large_bodies_a_window_passes(void **state)
{
	struct setting *s = *state;
	int64_t at = 0;

	begin(s);
	for (int i = 0; i < 20; i++) {
		int64_t end = at + (1 << 20);

		assert_int_equal(from_server(s, at, "HTTP/1.1 200 OK\r\n\r\n"), WHOLE);
		for (at += 19; at < end; at += 1448) {
			(void)body(s, at, 1448);
			(void)send_bytes(s, 0, 0, TCP_ACK, "", 0);
		}
	}
	assert_true(counted(s, PREFILTER_COUNT_passed_bytes) * 50 <
		    counted(s, PREFILTER_COUNT_seen_bytes));
	assert_int_equal(server_state(s)->runs_cnt, 20);
}

static enum prefilter_gap gap_of(struct setting *s, int64_t from, int64_t until)
{
	return runs_gap(server_state(s), ISN + 1 + (uint32_t)from, ISN + 1 + (uint32_t)until);
}

/* Whoever reads the packets later than that must not wait for the bytes. */
static void what_was_cut_long_ago_is_forgotten_not_lost(void **state)
{
	struct setting *s = *state;
	const int64_t size = 1 << 20, cut_at = WINDOW + 1448;

	begin(s);
	for (int64_t i = 0; i < PREFILTER_RUNS + 2; i++) {
		assert_int_equal(from_server(s, i * size, "HTTP/1.1 200 OK\r\n\r\n"), WHOLE);
		for (int64_t at = 19; at < size; at += 1448)
			(void)body(s, i * size + at, size - at < 1448 ? (size_t)(size - at) : 1448);
	}
	assert_int_equal(gap_of(s, cut_at, size), PREFILTER_GAP_FORGOTTEN);
	assert_int_equal(gap_of(s, size + cut_at, size * 2), PREFILTER_GAP_FORGOTTEN);
	assert_int_equal(gap_of(s, size * 2 + cut_at, size * 3), PREFILTER_GAP_CUT);
	/* With a window that had passed. */
	assert_int_equal(gap_of(s, size * 2 + cut_at, size * 3 + 1), PREFILTER_GAP_LOST);
	assert_int_equal(gap_of(s, cut_at, size * 3 + 1), PREFILTER_GAP_LOST);
	assert_int_equal(gap_of(s, -100, 10), PREFILTER_GAP_UNKNOWN);
}

static void copies_of_a_body_are_cut(void **state)
{
	struct setting *s = *state;

	begin_and_use_up(s);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(body(s, USED, 10000), CUT);
		assert_int_equal(body(s, USED + 10000, 10000), CUT);
		assert_int_equal(body(s, USED + 20000, 10000), CUT);
	}
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_copy), 3);
	assert_int_equal(server_state(s)->cut_bytes, 1000 + 30000);
	/* Those of the last window pass: user space may have lost the first. */
	assert_int_equal(body(s, 0, 1000), WHOLE);
}

static void segment_half_late_is_judged_by_its_new_half(void **state)
{
	struct setting *s = *state;
	char half[120];

	begin_and_use_up(s);
	assert_int_equal(body(s, USED - 50, 100), CUT);
	assert_int_equal(server_state(s)->cut_bytes, 1000 + 50);
	memset(half, '.', sizeof(half));
	memcpy(half + 60, "HTTP/1.1 200 OK", 15);
	assert_int_equal(send_bytes(s, 1, USED - 10, FLAGS, half, sizeof(half)), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_windows), 1);
}

static void numbers_from_elsewhere_pass_and_start_anew(void **state)
{
	struct setting *s = *state;

	begin_and_use_up(s);
	assert_int_equal(body(s, USED + (1ll << 31), 1000), WHOLE);
	assert_int_equal(body(s, USED, 1000), WHOLE);
	assert_int_equal(body(s, USED + 1000, 1000), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_joined), 2);
}

static void bodies_longer_than_the_numbers_stay_cut(void **state)
{
	struct setting *s = *state;
	int64_t at = USED;

	begin_and_use_up(s);
	for (; at < 6ll << 30; at += 60000)
		assert_int_equal(body(s, at, 60000), CUT);
	assert_int_equal(server_state(s)->cut_bytes, at - WINDOW);
	assert_int_equal(server_state(s)->runs_cnt, 1);
	assert_int_equal(from_server(s, at, "HTTP/1.1 200 OK\r\n"), WHOLE);
}

static void stale_memory_is_left_at_the_next_start_line(void **state)
{
	struct setting *s = *state;

	/* Numbers below what is remembered, of a connection whose SYN was not captured. */
	begin_and_use_up(s);
	server_state(s)->late = 0;
	assert_int_equal(body(s, -50000, 1000), CUT);
	assert_int_equal(from_server(s, -40000, "HTTP/1.1 200 OK\r\n"), WHOLE);
	assert_int_equal(body(s, -40000 + 17, 1000), WHOLE);
}

static void preface_of_http2_makes_both_directions_full(void **state)
{
	struct setting *s = *state;
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

	begin_and_use_up(s);
	assert_int_equal(send_bytes(s, 0, 0, FLAGS, preface, sizeof(preface) - 1), WHOLE);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(body(s, USED + i * 60000, 60000), WHOLE);
		assert_int_equal(send_bytes(s, 0, i * 60000, FLAGS, s->body, 60000), WHOLE);
	}
	/* Until the ports are used again. */
	assert_int_equal(send_bytes(s, 1, 9000000 - 1, TCP_SYN | TCP_ACK, "", 0), WHOLE);
	assert_int_equal(body(s, 9000000, 60000), HEADERS + WINDOW);
}

static void preface_is_enough_when_the_other_direction_is_silent(void **state)
{
	struct setting *s = *state;

	assert_int_equal(from_server(s, 0, "PRI * HTTP/2.0\r\n"), WHOLE);
	for (int i = 0; i < 5; i++)
		assert_int_equal(send_bytes(s, 0, i * 60000, FLAGS, s->body, 60000), WHOLE);
}

static void hints_override_the_cut(void **state)
{
	struct setting *s = *state;
	struct prefilter_key key = key_of(&s->server, &s->client);

	begin_and_use_up(s);
	hostfilter_hint(s->h, &key, ISN + 1, PREFILTER_HINT_FULL);
	assert_int_equal(body(s, USED, 60000), WHOLE);
	hostfilter_hint(s->h, &key, ISN + 1, PREFILTER_HINT_IGNORE);
	assert_int_equal(from_server(s, USED + 60000, "HTTP/1.1 200 OK\r\n"), CUT);
	assert_int_equal(from_server(s, USED + 60000, "."), CUT);
	assert_int_equal(send_bytes(s, 1, USED + 60000, FLAGS | TCP_FIN, "x", 1), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_ignored), 2);
	/* The other direction was not named. */
	assert_int_equal(send_bytes(s, 0, 0, FLAGS, "GET / HTTP/1.1\r\n", 16), WHOLE);
	hostfilter_hint(s->h, &key, 0, PREFILTER_HINT_NONE);
	assert_int_equal(from_server(s, USED + 60001, "HTTP/1.1 200 OK\r\n"), WHOLE);
}

static void late_hint_cannot_hide_the_next_connection(void **state)
{
	struct setting *s = *state;
	struct prefilter_key key = key_of(&s->server, &s->client);

	begin_and_use_up(s);
	assert_int_equal(send_bytes(s, 1, 5000000 - 1, TCP_SYN | TCP_ACK, "", 0), WHOLE);
	hostfilter_hint(s->h, &key, ISN + 1, PREFILTER_HINT_IGNORE);
	assert_int_equal(from_server(s, 5000000, "HTTP/1.1 200 OK\r\n"), WHOLE);
	/* Nor one that was given before, and found again. */
	hostfilter_hint(s->h, &key, ISN + 1 + 5000000, PREFILTER_HINT_IGNORE);
	assert_int_equal(from_server(s, 5000017, "HTTP/1.1 200 OK\r\n"), CUT);
	assert_int_equal(send_bytes(s, 1, 7000000 - 1, TCP_SYN | TCP_ACK, "", 0), WHOLE);
	assert_int_equal(from_server(s, 7000000, "HTTP/1.1 200 OK\r\n"), WHOLE);
}

static void start_lines_of_all_kinds_are_known(void **state)
{
	static const char *const yes[] = {
		"HTTP/1.1 200 OK\r\n",
		"http/1.0 404 x",
		"HTTP",
		"HTT",
		"H",
		"GET / HTTP/1.1",
		"get /x HTTP/1.1",
		"patch /x HTTP/1.1",
		"OPTIONS * HTTP/1.1",
		"PUT http://a/ HTTP/1",
		"CONNECT a.example:443 HTTP/1.1",
		"M-SEARCH * HTTP/1.1",
		"UPDATEREDIRECTREF / HTTP/1.1",
		"BASELINE-CONTROL / HTTP/1.1",
		"GET example HTTP/1.1",
		"GET",
		"GET ",
		"G",
		"GET /",
		"\r\nGET / ",
		"\r\n\r\nPOST / HTTP/1.1",
		"\nHTTP/1.1 200",
		"\r\nH",
		"query /?a HTTP/1.1",
		"a /",
		"a http:",
		"GET htt",
	};
	static const char *const no[] = {
		"{\"a\":1}",
		"<html>",
		"\r\n",
		"\r\n\r\n",
		"1000\r\n",
		"\r\n1f40\r\n",
		"The quick brown fox",
		"data: {}",
		"0\r\n\r\n",
		"\x16\x03\x01\x02\x01",
		"QUJDREVGR0hJSktMTU5PUFFSU1RVVldY=",
		"abcdefghijklmnopq",
		" GET / HTTP/1.1",
		"(GET / HTTP/1.1",
		"2GET / HTTP/1.1",
		"ab cd",
		"x=1&y=2",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		if (hostfilter_look(span_text(yes[i])) != 1)
			fail_msg("not known: %s", yes[i]);
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (hostfilter_look(span_text(no[i])) != 0)
			fail_msg("taken for a start line: %s", no[i]);
	assert_int_equal(hostfilter_look(span_text("PRI * HTTP/2.0\r\n")), 2);
	assert_int_equal(hostfilter_look(span_text("\r\nPRI * HTTP/2.0\r\n")), 2);
}

/* A line split anywhere: its first part must open a window, or be so short that it passes. */
static void every_prefix_of_a_start_line_may_be_one(void **state)
{
	static const char *const lines[] = {
		"HTTP/1.1 200 OK",     "OPTIONS /preflight?x HTTP/1.1",
		"patch /x HTTP/1.1",   "PRI * HTTP/2.0",
		"M-SEARCH * HTTP/1.1", "UPDATEREDIRECTREF /x HTTP/1.1",
		"\r\nGET / HTTP/1.1",  "CONNECT a.example:443 HTTP/1.1"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		for (size_t n = 1; n <= strlen(lines[i]); n++) {
			struct guard g = guard_copy(lines[i], n);

			if (lines[i][n - 1] != '\r' && lines[i][n - 1] != '\n')
				assert_int_not_equal(hostfilter_look(g.bytes), 0);
			guard_free(&g);
		}
	}
}

static void other_ports_are_cut(void **state)
{
	struct setting *s = *state;

	memset(s->h->ports, 0, sizeof(s->h->ports));
	assert_int_equal(from_server(s, 0, "HTTP/1.1 200 OK"), CUT);
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_port), 1);
	s->h->ports[8080 / 64] |= 1ull << 8080 % 64;
	assert_int_equal(from_server(s, 0, "HTTP/1.1 200 OK"), WHOLE);
	assert_int_equal(send_bytes(s, 0, 0, FLAGS, "GET / HTTP/1.1", 14), WHOLE);
	s->server.port = 65535;
	assert_int_equal(from_server(s, 0, "HTTP/1.1 200 OK"), CUT);
	s->h->ports[1023] |= 1ull << 63;
	assert_int_equal(from_server(s, 0, "HTTP/1.1 200 OK"), WHOLE);
}

static void either_end_may_be_in_the_prefixes(void **state)
{
	struct setting *s = *state;
	struct prefilter_net_key *net = s->h->nets;

	s->h->nets_cnt = 1;
	net->len = 96 + 31;
	memcpy(net->addr, packets_endpoint("10.0.0.2", 0).addr.bytes, 16);
	assert_int_equal(from_server(s, 0, "HTTP/1.1 200 OK"), WHOLE);
	assert_int_equal(send_bytes(s, 0, 0, FLAGS, "GET / HTTP/1.1", 14), WHOLE);
	s->server = packets_endpoint("10.0.0.4", 8080);
	assert_int_equal(from_server(s, 0, "HTTP/1.1 200 OK"), CUT);
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_address), 1);
}

static void begins_of_quic_pass_on_any_port(void **state)
{
	static const uint8_t initial[40] = { 0xc0, 0, 0, 0, 1, 8 };
	struct setting *s = *state;
	struct span whole;

	memset(s->h->ports, 0, sizeof(s->h->ports));
	packets_begin(&s->room, initial, sizeof(initial));
	packets_udp(&s->room, 51234, 443);
	packets_ip4(&s->room, &s->client.addr, &s->server.addr, 17);
	packets_eth(&s->room, 0x0800);
	assert_int_equal(run(s), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_quic), 1);
	whole = packets_bytes(&s->room);
	for (size_t n = 14 + 20 + 4; n < whole.len; n++) {
		struct guard g = guard_copy(whole.ptr, n);
		struct hostfilter_frame f = { .len = (uint32_t)whole.len };

		assert_int_equal(hostfilter_run(s->h, &f, g.bytes),
				 n < 14 + 20 + 8 + 5 ? CUT : WHOLE);
		guard_free(&g);
	}
	s->h->nets_cnt = 1;
	s->h->nets[0].len = 128;
	assert_int_equal(run(s), CUT);
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_address), 1);
}

static void sender_s_copies_are_cut_on_loopback_alone(void **state)
{
	struct setting *s = *state;
	struct hostfilter_frame f = { .interface = 1, .is_outgoing = true };

	(void)from_server(s, 0, "HTTP/1.1 200 OK");
	assert_int_equal(hostfilter_run(s->h, &f, packets_bytes(&s->room)), WHOLE);
	s->h->settings.loopback = 1;
	assert_int_equal(hostfilter_run(s->h, &f, packets_bytes(&s->room)), CUT);
	f.is_outgoing = false;
	assert_int_equal(hostfilter_run(s->h, &f, packets_bytes(&s->room)), WHOLE);
	f = (struct hostfilter_frame){ .interface = 2, .is_outgoing = true };
	assert_int_equal(hostfilter_run(s->h, &f, packets_bytes(&s->room)), WHOLE);
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_loopback), 1);
}

static void without_the_cut_all_of_the_ports_pass(void **state)
{
	struct setting *s = *state;

	s->h->settings.body_cut = 0;
	for (int i = 0; i < 5; i++)
		assert_int_equal(body(s, i * 60000, 60000), WHOLE);
	assert_int_equal(send_bytes(s, 1, 0, TCP_ACK, "", 0), WHOLE);
	assert_int_equal(s->h->flows_cnt, 0);
}

/* Payloads end with the datagram, not with the frame. */
static void padding_is_no_payload(void **state)
{
	struct setting *s = *state;

	begin_and_use_up(s);
	(void)packets_frame(&s->room, &s->server, &s->client, ISN + 1 + (uint32_t)USED, 0, TCP_ACK,
			    "", 0);
	packets_trailer(&s->room, "\0\0\0\0\0\0", 6);
	assert_int_equal(run(s), CUT);
	assert_int_equal(counted(s, PREFILTER_COUNT_cut_ack), 1);
}

/* Merged segments beyond 64 KiB have a length of 0 in the header. */
static void merged_segments_have_the_frame_s_length(void **state)
{
	struct setting *s = *state;
	static const uint8_t jumbo[] = { 6, 0, 0xc2, 4, 0, 1, 0x10, 0 };

	begin(s);
	packets_begin(&s->room, s->body, 60000);
	packets_tcp(&s->room, 8080, 51234, ISN + 1, 0, FLAGS);
	packets_ip4(&s->room, &s->server.addr, &s->client.addr, 6);
	s->room.room[s->room.off + 2] = s->room.room[s->room.off + 3] = 0;
	packets_eth(&s->room, 0x0800);
	assert_int_equal(run(s), HEADERS + WINDOW);

	s->client = packets_endpoint("2001:db8::1", 51234);
	s->server = packets_endpoint("2001:db8::2", 8080);
	packets_begin(&s->room, s->body, 60000);
	packets_tcp(&s->room, 8080, 51234, ISN + 1, 0, FLAGS);
	packets_raw(&s->room, jumbo, sizeof(jumbo));
	packets_ip6(&s->room, &s->server.addr, &s->client.addr, 0);
	s->room.room[s->room.off + 4] = s->room.room[s->room.off + 5] = 0;
	packets_eth(&s->room, 0x86dd);
	assert_int_equal(run(s), 14 + 40 + 8 + 20 + WINDOW);
}

/* Whatever is short passes, and nothing behind the end is read. */
static void every_prefix_of_a_packet_is_read_to_its_end_only(void **state)
{
	struct setting *s = *state;
	struct hostfilter_frame f = { .interface = 2 };

	for (int family = 4; family <= 6; family += 2) {
		struct span whole;

		if (family == 6) {
			s->client = packets_endpoint("2001:db8::1", 51234);
			s->server = packets_endpoint("2001:db8::2", 8080);
		}
		(void)packets_frame(&s->room, &s->server, &s->client, 1, 0, FLAGS,
				    "HTTP/1.1 200 OK\r\n\r\n", 19);
		whole = packets_bytes(&s->room);
		for (size_t n = 0; n <= whole.len; n++) {
			struct guard g = guard_copy(whole.ptr, n);

			f.len = n & 1 ? (uint32_t)whole.len : 0;
			(void)hostfilter_run(s->h, &f, g.bytes);
			guard_free(&g);
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(start_lines_open_a_window),
		TEST(packets_are_truncated_at_the_window_s_end),
		TEST(window_s_last_byte_passes_and_the_next_is_cut),
		TEST(packets_are_never_longer_than_the_snap_length),
		TEST(acknowledgements_are_cut_and_ends_pass),
		TEST(syn_begins_anew_but_a_copy_of_it_does_not),
		TEST(data_in_a_syn_passes),
		TEST(direction_met_in_the_middle_passes_for_a_window),
		TEST(without_memory_everything_passes),
		TEST(short_segments_pass_and_can_be_half_a_start_line),
		TEST(hole_may_have_hidden_a_start_line),
		TEST(late_bytes_pass_after_windows_moved_on),
		TEST(of_large_bodies_a_window_passes),
		TEST(what_was_cut_long_ago_is_forgotten_not_lost),
		TEST(copies_of_a_body_are_cut),
		TEST(segment_half_late_is_judged_by_its_new_half),
		TEST(numbers_from_elsewhere_pass_and_start_anew),
		TEST(bodies_longer_than_the_numbers_stay_cut),
		TEST(stale_memory_is_left_at_the_next_start_line),
		TEST(preface_of_http2_makes_both_directions_full),
		TEST(preface_is_enough_when_the_other_direction_is_silent),
		TEST(hints_override_the_cut),
		TEST(late_hint_cannot_hide_the_next_connection),
		TEST(start_lines_of_all_kinds_are_known),
		TEST(every_prefix_of_a_start_line_may_be_one),
		TEST(other_ports_are_cut),
		TEST(either_end_may_be_in_the_prefixes),
		TEST(begins_of_quic_pass_on_any_port),
		TEST(sender_s_copies_are_cut_on_loopback_alone),
		TEST(without_the_cut_all_of_the_ports_pass),
		TEST(padding_is_no_payload),
		TEST(merged_segments_have_the_frame_s_length),
		TEST(every_prefix_of_a_packet_is_read_to_its_end_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
