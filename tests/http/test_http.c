/* SPDX-License-Identifier: BSD-2-Clause */

/* Conversations and what is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static struct replay_log told;
static struct http_stats stats;

/* Play the steps and compare what is told. */
#define TELLS(text_, ...)                                                                          \
	do {                                                                                       \
		static const struct replay_step steps[] = { __VA_ARGS__ };                         \
                                                                                                   \
		talk_play(steps, sizeof(steps) / sizeof(steps[0]), NULL, &told, &stats);           \
		assert_string_equal(told.text, text_);                                             \
	} while (0)

#define Q(n)        REPLAY_C("GET /" #n " HTTP/1.1\r\n\r\n")
#define R(n)        REPLAY_S("HTTP/1.1 20" #n " x\r\nContent-Length: 0\r\n\r\n")
#define ASKED(n)    "GET /" #n " {- /" #n "} v11 [] > "
#define ANSWERED(n) "20" #n " v11 [Content-Length:0] = "
#define FIN(d)                                                                                     \
	{                                                                                          \
		.kind = CHUNK_FIN, .dir = d                                                        \
	}

static void what_ends_a_connection_is_the_outcome(void **state)
{
	(void)state;
	TELLS(ASKED(1) "? = reset\n", Q(1), REPLAY_END(CHUNK_RESET));
	TELLS(ASKED(1) "? = closed\n", Q(1), REPLAY_END(CHUNK_CLOSED));
	TELLS(ASKED(1) "? = timeout\n", Q(1), REPLAY_END(CHUNK_TIMEOUT));
	TELLS(ASKED(1) "? = lost\n", Q(1), REPLAY_END(CHUNK_EVICTED));
	TELLS(ASKED(1) "? = pending\n", Q(1), REPLAY_END(CHUNK_END));
	TELLS(ASKED(1) "? = closed\n", Q(1), FIN(1), REPLAY_END(CHUNK_RESET));
	TELLS(ASKED(1) ANSWERED(1) "response\n", Q(1), FIN(0), R(1), REPLAY_END(CHUNK_RESET));
	TELLS(ASKED(1) ANSWERED(1) "response\n" ASKED(2) "? = reset\n" ASKED(3) "? = reset\n", Q(1),
	      Q(2), Q(3), R(1), REPLAY_END(CHUNK_RESET));
}

static void an_unfinished_response_head_is_no_response(void **state)
{
	(void)state;
	TELLS(ASKED(1) "? = closed\n", Q(1), REPLAY_S("HTTP/1.1 200 OK\r\nVary: a\r\n"), FIN(1),
	      REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.heads_unfinished, 1);
	TELLS("", REPLAY_C("GET / HTTP/1.1\r\nHost: h\r\n"), REPLAY_END(CHUNK_RESET));
}

static void the_server_may_be_who_opened(void **state)
{
	(void)state;
	TELLS("GET /1 {- /1} v11 [] > 204 v11 [] = response\n", REPLAY_S("GET /1 HTTP/1.1\r\n\r\n"),
	      REPLAY_C("HTTP/1.1 204 x\r\n\r\n"), REPLAY_END(CHUNK_CLOSED));
}

static void a_response_may_come_before_its_request_has_ended(void **state)
{
	(void)state;
	TELLS("POST /1 {- /1} v11 [Content-Length:10] > 413 v11 [Content-Length:3] = "
	      "response\n" ASKED(2) ANSWERED(2) "response\n",
	      REPLAY_C("POST /1 HTTP/1.1\r\nContent-Length: 10\r\n\r\n12345"),
	      REPLAY_S("HTTP/1.1 413 x\r\nContent-Length: 3\r\n\r\nno!"), REPLAY_C("67890"), Q(2),
	      R(2), REPLAY_END(CHUNK_CLOSED));
}

static void a_body_that_waits_for_100_may_never_come(void **state)
{
#define WAITS(lines)  "POST /1 HTTP/1.1\r\nExpect: 100-continue\r\n" lines "\r\n"
#define WAITED(field) "POST /1 {- /1} v11 [Expect:100-continue|" field "] > "
	(void)state;
	TELLS(WAITED("Content-Length:99") "401 v11 [Content-Length:0] = response\n" ASKED(2)
		      ANSWERED(2) "response\n",
	      REPLAY_C(WAITS("Content-Length: 99\r\n")),
	      REPLAY_S("HTTP/1.1 401 x\r\nContent-Length: 0\r\n\r\n"), REPLAY_C("GE"),
	      REPLAY_C("T /2 HTTP/1.1\r\n\r\n"), R(2), REPLAY_END(CHUNK_CLOSED));
	TELLS(WAITED("Content-Length:3") "201 v11 [Content-Length:0] after=1 = response\n" ASKED(2)
		      ANSWERED(2) "response\n",
	      REPLAY_C(WAITS("Content-Length: 3\r\n")), REPLAY_S("HTTP/1.1 100 x\r\n\r\n"),
	      REPLAY_C("GET"), R(1), Q(2), R(2), REPLAY_END(CHUNK_CLOSED));
	TELLS(WAITED("Content-Length:1") "201 v11 [Content-Length:0] = response\n"
					 "OPTIONS /2 {- /2} v11 [] > " ANSWERED(2) "response\n",
	      REPLAY_C(WAITS("Content-Length: 1\r\n")), REPLAY_C("P"), R(1), REPLAY_C("O"),
	      REPLAY_C("PTIONS /2 HTTP/1.1\r\n\r\n"), R(2), REPLAY_END(CHUNK_CLOSED));
	TELLS(WAITED("Transfer-Encoding:chunked") "201 v11 [Content-Length:0] = response\n" ASKED(2)
		      ANSWERED(2) "response\n",
	      REPLAY_C(WAITS("Transfer-Encoding: chunked\r\n")), REPLAY_C("D"),
	      REPLAY_C("\r\n0123456789abc\r\n0\r\n\r\n"), R(1), Q(2), R(2),
	      REPLAY_END(CHUNK_CLOSED));
}

static void responses_nobody_asked_for_are_told_alone(void **state)
{
	(void)state;
	TELLS(ASKED(1) ANSWERED(1) "response\n? > 408 v11 [] = lost\n", Q(1), R(1),
	      REPLAY_S("HTTP/1.1 408 x\r\n\r\n"), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.responses_without_request, 1);
	TELLS(ASKED(1) ANSWERED(1) "response\n? > " ANSWERED(2) "lost\n" ASKED(3)
		      ANSWERED(3) "response\n",
	      Q(1), R(1), R(2), Q(3), R(3), REPLAY_END(CHUNK_CLOSED));
}

static void informational_heads_are_counted_and_passed_over(void **state)
{
	(void)state;
	TELLS(ASKED(1) "201 v11 [Content-Length:0] after=3 = response\n" ASKED(2)
		      ANSWERED(2) "response\n",
	      Q(1),
	      REPLAY_S("HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\n"
		       "HTTP/1.1 102 x\r\n\r\nHTTP/1.1 103 x\r\nVary: fake\r\n\r\n"),
	      R(1), Q(2), R(2), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.informational, 3);
}

static void a_tunnel_ends_http(void **state)
{
	(void)state;
	TELLS("CONNECT h:1 {h:1 } v11 [Host:x] > 200 v11 [Content-Length:9] = response\n",
	      REPLAY_C("CONNECT h:1 HTTP/1.1\r\nHost: x\r\n\r\n"),
	      REPLAY_S("HTTP/1.1 200 x\r\nContent-Length: 9\r\n\r\n"), Q(1), R(1),
	      REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.upgrades, 1);
	TELLS("CONNECT h:1 {h:1 } v11 [] > 407 v11 [Content-Length:0] = response\n" ASKED(1)
		      ANSWERED(1) "response\n",
	      REPLAY_C("CONNECT h:1 HTTP/1.1\r\n\r\n"),
	      REPLAY_S("HTTP/1.1 407 x\r\nContent-Length: 0\r\n\r\n"), Q(1), R(1),
	      REPLAY_END(CHUNK_CLOSED));
	/* The answer to a request that asked for h2c comes in HTTP/2. */
	TELLS("GET / {- /} v11 [Upgrade:h2c] > ? = closed #1\n",
	      REPLAY_C("GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n"),
	      REPLAY_S("HTTP/1.1 101 x\r\nUpgrade: h2c\r\n\r\n"), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.http2_connections, 1);
}

static void a_hole_where_a_tunnel_may_have_begun_ends_http(void **state)
{
	static const char asked[] = "GET /ws {- /ws} v11 [Upgrade:websocket] > ? = lost\n";

	(void)state;
	TELLS(asked, REPLAY_C("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"),
	      { .kind = CHUNK_GAP, .dir = 1, .len = 100 }, R(1), Q(2), R(2),
	      REPLAY_END(CHUNK_CLOSED));
}

static void contradictions_are_told_and_followed(void **state)
{
	(void)state;
	TELLS(ASKED(1) "200 v11 [Content-Length:9|Transfer-Encoding:chunked] flaws=0x4 = "
		       "response\n" ASKED(2) ANSWERED(2) "response\n",
	      Q(1),
	      REPLAY_S("HTTP/1.1 200 x\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n"
		       "1\r\nx\r\n0\r\n\r\n"),
	      Q(2), R(2), REPLAY_END(CHUNK_CLOSED));
	TELLS(ASKED(1) "200 v11 [Content-Length:9|Content-Length:2] flaws=0x2 = response\n" ASKED(2)
		      ANSWERED(2) "response\n",
	      Q(1), REPLAY_S("HTTP/1.1 200 x\r\nContent-Length: 9\r\nContent-Length: 2\r\n\r\nab"),
	      Q(2), R(2), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.framing_conflicts, 1);
	assert_int_equal(stats.resyncs, 1);
	/* The same length twice is one. */
	TELLS(ASKED(1) "200 v11 [Content-Length:2|Content-Length:2] = response\n" ASKED(2)
		      ANSWERED(2) "response\n",
	      Q(1), Q(2),
	      REPLAY_S("HTTP/1.1 200 x\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nab"
		       "HTTP/1.1 202 x\r\nContent-Length: 0\r\n\r\n"),
	      REPLAY_END(CHUNK_CLOSED));
}

static void a_bad_chunk_size_is_counted_and_the_next_head_found(void **state)
{
	(void)state;
	TELLS(ASKED(1) "200 v11 [Transfer-Encoding:chunked] = response\n" ASKED(2)
		      ANSWERED(2) "response\n",
	      Q(1), REPLAY_S("HTTP/1.1 200 x\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"), Q(2),
	      R(2), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.bad_chunks, 1);
}

static void what_is_no_response_is_invalid(void **state)
{
	(void)state;
	TELLS(ASKED(1) "? = invalid\n", Q(1), REPLAY_S("SSH-2.0-OpenSSH_9.2\r\n"),
	      REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.bad_heads, 1);
	TELLS(ASKED(1) "? = invalid\n" ASKED(2) ANSWERED(2) "response\n", Q(1),
	      REPLAY_S("HTTP/1.1 2XX Hm\r\n\r\n"), Q(2), R(2), REPLAY_END(CHUNK_CLOSED));
}

static void a_close_delimited_body_is_passed_over(void **state)
{
	(void)state;
	TELLS(ASKED(1) "200 v11 [Transfer-Encoding:gzip] = response\n", Q(1),
	      REPLAY_S("HTTP/1.1 200 x\r\nTransfer-Encoding: gzip\r\n\r\n"), R(1), FIN(1),
	      REPLAY_END(CHUNK_CLOSED));
}

static void another_protocol_is_named_and_costs_nothing(void **state)
{
	(void)state;
	TELLS("", REPLAY_C("\x16\x03\x01\x02\x00\x01\x00\x01\xfc"), Q(1), R(1),
	      REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.tls_connections, 1);
	TELLS("", REPLAY_C("\x16"), REPLAY_C("\x03\x01"), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.tls_connections, 1);
	TELLS("", REPLAY_C("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), REPLAY_S("\0\0\0\4\0\0\0\0\0"),
	      REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.http2_connections, 1);
	assert_int_equal(stats.requests, 0);
	TELLS("", REPLAY_S("\0\0\6\4\0\0\0\0\0\0\3\0\0\0\x64"), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.http2_connections, 1);
	TELLS("", REPLAY_S("220 mail ESMTP\r\n"), Q(1), R(1), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.other_connections, 1);
	TELLS("", REPLAY_C("G"), REPLAY_C("IF89a\x80"), Q(1), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.other_connections, 1);
	TELLS("", REPLAY_C("G"), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.other_connections, 1);
}

static void tls_joined_in_the_middle_is_known_by_its_records(void **state)
{
	(void)state;
	TELLS("", { .kind = CHUNK_GAP, .dir = 0 }, { .kind = CHUNK_GAP, .dir = 1 },
	      REPLAY_C("\x17\x03\x03\x01\x00xxx"), REPLAY_S("\x17\x03\x03\x01\x00xxx"),
	      REPLAY_C("\x17\x03\x03\x01\x00xxx"), REPLAY_END(CHUNK_CLOSED));
	assert_int_equal(stats.tls_connections, 1);
	assert_int_equal(stats.other_connections, 0);
}

static void hosts_come_from_the_target_first(void **state)
{
	(void)state;
	TELLS("GET http://a/x {a /x} v11 [Host:b] > ? = pending\n"
	      "GET /x {b /x} v11 [host:b|Host:c] > ? = pending\n"
	      "OPTIONS * {b *} v11 [Host:b] > ? = pending\n"
	      "GET http://a {a /} v11 [] > ? = pending\n",
	      REPLAY_C("GET http://a/x HTTP/1.1\r\nHost: b\r\n\r\n"
		       "GET /x HTTP/1.1\r\nhost: b\r\nHost: c\r\n\r\n"
		       "OPTIONS * HTTP/1.1\r\nHost: b\r\n\r\n"
		       "GET http://a HTTP/1.1\r\n\r\n"),
	      REPLAY_END(CHUNK_END));
}

/* Times, packets and addresses of an exchange. */
static struct exchange last;
static void keep_last(void *ctx, const struct exchange *x)
{
	(void)ctx;
	last = *x;
}

static void messages_name_the_packets_of_their_heads(void **state)
{
	static const struct replay_step steps[] = {
		REPLAY_C("\r\n"),
		REPLAY_C("GET / HT"),
		REPLAY_C("TP/1.1\r\n"),
		REPLAY_C("\r\n"),
		REPLAY_S("HTTP/1.1 204 x\r\nA: b\r\n"),
		REPLAY_S("\r\n"),
	};
	struct http *h = http_new(keep_last, NULL);
	struct replay r;

	(void)state;
	replay_init(&r, http_chunk, h);
	replay_run(&r, steps, 6, NULL);
	assert_int_equal(last.request.m.packet, 2);
	assert_int_equal(last.request.m.time_ns, 2000);
	assert_int_equal(last.request.m.packet_last, 4);
	assert_int_equal(last.response.m.packet, 5);
	assert_int_equal(last.response.m.packet_last, 6);
	assert_int_equal(last.end_packet, 6);
	assert_int_equal(last.end_ns, 6000);
	assert_int_equal(last.client.port, 50000);
	assert_int_equal(last.server.port, 80);
	assert_int_equal(last.index, 0);
	assert_true(last.is_client_known);
	replay_run(&r, steps, 6, NULL);
	assert_int_equal(last.index, 1);
	/* The connection is still open: it is freed all the same. */
	http_free(h);
	http_free(NULL);
}

/* What the producer knows of a connection, its exchanges know. */
static void what_is_inside_tls_says_so(void **state)
{
	static const struct replay_step steps[] = {
		REPLAY_C("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"),
		REPLAY_S("HTTP/1.1 204 No Content\r\n\r\n"),
	};
	struct http *h = http_new(keep_last, NULL);
	struct replay r;

	(void)state;
	replay_init(&r, http_chunk, h);
	r.conn.is_tls = true;
	r.conn.is_unaddressed = true;
	replay_run(&r, steps, 2, NULL);
	assert_true(last.request.is_tls);
	assert_false(last.is_client_known);
	http_free(h);
}

/* Frames of two PINGs in the middle of a connection are HTTP/2, unless the peers agreed on
 * HTTP/1. Where they agreed on HTTP/2, no proof is asked for. */
static void what_the_peers_agreed_on_is_believed(void **state)
{
	static const struct replay_step pings[] = {
		{ .kind = CHUNK_GAP, .dir = 0 },
		REPLAY_C("\0\0\10\6\0\0\0\0\0pingpong\0\0\10\6\0\0\0\0\0pingpong"),
		REPLAY_END(CHUNK_CLOSED),
	};
	static const struct replay_step something[] = {
		{ .kind = CHUNK_GAP, .dir = 0 },
		REPLAY_C("something"),
		REPLAY_END(CHUNK_CLOSED),
	};
	static const struct {
		enum connection_protocol protocol;
		const struct replay_step *steps;
		unsigned http2;
	} rows[] = {
		{ CONNECTION_PROTOCOL_UNKNOWN, pings, 1 },
		{ CONNECTION_PROTOCOL_HTTP1, pings, 0 },
		{ CONNECTION_PROTOCOL_HTTP2, pings, 1 },
		{ CONNECTION_PROTOCOL_UNKNOWN, something, 0 },
		{ CONNECTION_PROTOCOL_HTTP2, something, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct http *h = http_new(keep_last, NULL);
		struct replay r;

		replay_init(&r, http_chunk, h);
		r.conn.protocol = rows[i].protocol;
		replay_run(&r, rows[i].steps, 3, NULL);
		assert_int_equal(http_stats(h)->http2_connections, rows[i].http2);
		http_free(h);
	}
}

static void every_counter_is_in_the_table(void **state)
{
	(void)state;
	assert_int_equal(http_counters_cnt * sizeof(uint64_t), sizeof(struct http_stats));
	for (size_t i = 0; i < http_counters_cnt; i++)
		assert_int_equal(http_counters[i].off, i * sizeof(uint64_t));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_ends_a_connection_is_the_outcome),
		cmocka_unit_test(an_unfinished_response_head_is_no_response),
		cmocka_unit_test(the_server_may_be_who_opened),
		cmocka_unit_test(a_response_may_come_before_its_request_has_ended),
		cmocka_unit_test(a_body_that_waits_for_100_may_never_come),
		cmocka_unit_test(responses_nobody_asked_for_are_told_alone),
		cmocka_unit_test(informational_heads_are_counted_and_passed_over),
		cmocka_unit_test(a_tunnel_ends_http),
		cmocka_unit_test(a_hole_where_a_tunnel_may_have_begun_ends_http),
		cmocka_unit_test(contradictions_are_told_and_followed),
		cmocka_unit_test(a_bad_chunk_size_is_counted_and_the_next_head_found),
		cmocka_unit_test(what_is_no_response_is_invalid),
		cmocka_unit_test(a_close_delimited_body_is_passed_over),
		cmocka_unit_test(another_protocol_is_named_and_costs_nothing),
		cmocka_unit_test(tls_joined_in_the_middle_is_known_by_its_records),
		cmocka_unit_test(hosts_come_from_the_target_first),
		cmocka_unit_test(messages_name_the_packets_of_their_heads),
		cmocka_unit_test(what_is_inside_tls_says_so),
		cmocka_unit_test(what_the_peers_agreed_on_is_believed),
		cmocka_unit_test(every_counter_is_in_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
