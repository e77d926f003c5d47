/* SPDX-License-Identifier: BSD-2-Clause */

/* Conversations in HTTP/2 and what is told of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "h2talk.h"

#define TELLS(t, end, text) assert_string_equal(h2talk_tell(t, end), text)

static void streams_pair_by_their_number(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_get(t->b, 3, 2);
	h2frames_get(t->b, 5, 3);
	h2frames_ok(t->b, 5, 3);
	h2frames_ok(t->b, 1, 1);
	h2frames_ok(t->b, 3, 2);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(3, 5) H2_PAIR(1, 1) H2_PAIR(2, 3));
	assert_int_equal(t->stats.http2_connections, 1);
	assert_int_equal(t->stats.http2_joined, 0);
	assert_int_equal(t->stats.requests, 3);
	assert_int_equal(t->stats.responses, 3);
	assert_int_equal(t->stats.http2_fields, 3 * 5 + 3 * 2);
	assert_int_equal(t->stats.http2_fields_unknown, 0);
}

static void the_pseudo_fields_are_the_start_line(void **state)
{
	struct h2talk *t = *state;

	h2frames_headers(t->b, 0, 0, 1,
			 ":method: PUT\n:path: /a?b\n:scheme: https\n:authority: x:8443\n"
			 "host: other\ncontent-type: text/plain\n");
	h2frames_headers(t->b, 1, H2FRAME_END_STREAM, 1, ":status: 404\n");
	h2frames_headers(t->b, 0, H2FRAME_END_STREAM, 3,
			 ":method: OPTIONS\n:path: *\n:scheme: http\nhost: h\n");
	h2frames_headers(t->b, 1, H2FRAME_END_STREAM, 3, ":status: 204\n");
	TELLS(t, CHUNK_CLOSED,
	      "PUT /a?b {x:8443 /a?b} v20 [host:other|content-type:text/plain] > "
	      "404 v20 [] = response #1\n"
	      "OPTIONS * {h *} v20 [host:h] > 204 v20 [] = response #3\n");
}

static void user_information_is_private(void **state)
{
	struct h2talk *t = *state;

	h2frames_headers(t->b, 0, H2FRAME_END_STREAM, 1,
			 ":method: GET\n:path: /\n:scheme: http\n:authority: user:secret@h:8080\n");
	h2frames_headers(t->b, 1, H2FRAME_END_STREAM, 1, ":status: 204\n");
	TELLS(t, CHUNK_CLOSED, "GET / {h:8080 /} v20 [] > 204 v20 [] = response #1\n");
}

static void cookies_are_one_and_other_fields_stay_apart(void **state)
{
	struct h2talk *t = *state;

	h2frames_headers(t->b, 0, H2FRAME_END_STREAM, 1,
			 ":method: GET\n:path: /\n:scheme: http\n:authority: h\n"
			 "cookie: a=1\ncookie: b=2\nauthorization: Bearer x\ncookie: c=3\n");
	h2frames_headers(t->b, 1, H2FRAME_END_STREAM, 1,
			 ":status: 200\naccess-control-allow-origin: https://a\nvary: x\n"
			 "access-control-allow-origin: https://b\nset-cookie: a\nset-cookie: b\n");
	TELLS(t, CHUNK_CLOSED,
	      "GET / {h /} v20 [cookie:(present)|authorization:(present)] auth=5 > "
	      "200 v20 [access-control-allow-origin:https://a|vary:x|"
	      "access-control-allow-origin:https://b|set-cookie:(present)|set-cookie:(present)] "
	      "= response #1\n");
}

/* Padding and a priority around the block (RFC 9113, 6.2). */
static void padding_and_priority_are_no_fields(void **state)
{
	struct h2talk *t = *state;
	uint8_t payload[256] = { 7, 0x80, 0, 0, 0, 15 };
	struct span block = h2frames_block(t->b, 0,
					   ":method: GET\n:path: /1\n:authority: h\n"
					   "origin: https://a1\n");

	memcpy(payload + 6, block.ptr, block.len);
	h2frames_add(t->b, 0, H2FRAME_HEADERS, 0x2d, 1, span_make(payload, 6 + block.len + 7));
	h2frames_ok(t->b, 1, 1);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(1, 1));
}

static void padding_longer_than_the_frame_is_bad(void **state)
{
	static const uint8_t payload[] = { 3, 0x82, 0x84 };
	struct h2talk *t = *state;

	h2frames_add(t->b, 0, H2FRAME_HEADERS, 0x0d, 1, span_make(payload, sizeof(payload)));
	h2frames_headers(t->b, 0, H2FRAME_END_STREAM, 3, ":method: GET\n:path: /\n:authority: h\n");
	h2frames_headers(t->b, 1, H2FRAME_END_STREAM, 3, ":status: 204\n");
	TELLS(t, CHUNK_CLOSED, "GET / {h /} v20 [] > 204 v20 [] = response #3\n");
	assert_int_equal(t->stats.http2_bad_frames, 1);
}

static void a_block_goes_on_in_continuations(void **state)
{
	struct h2talk *t = *state;
	struct span block = h2frames_block(t->b, 0,
					   ":method: GET\n:path: /1\n:authority: h\n"
					   "origin: https://a1\n");

	/* The first fragment may be empty, and so may any other. */
	h2frames_add(t->b, 0, H2FRAME_HEADERS, H2FRAME_END_STREAM, 1, span_text(""));
	h2frames_add(t->b, 0, H2FRAME_CONTINUATION, 0, 1, span_first(block, 3));
	h2frames_add(t->b, 0, H2FRAME_CONTINUATION, 0, 1, span_text(""));
	h2frames_add(t->b, 0, H2FRAME_CONTINUATION, H2FRAME_END_HEADERS, 1, span_from(block, 3));
	h2frames_ok(t->b, 1, 1);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(1, 1));
	assert_int_equal(t->stats.http2_bad_frames, 0);
}

static void a_frame_inside_a_block_breaks_it_off(void **state)
{
	struct h2talk *t = *state;
	struct span block = h2frames_block(t->b, 0, ":method: GET\n:path: /x\n:authority: h\n");

	h2frames_add(t->b, 0, H2FRAME_HEADERS, H2FRAME_END_STREAM, 1, block);
	h2frames_reset(t->b, 0, 1, 8);
	h2frames_get(t->b, 3, 2);
	h2frames_ok(t->b, 3, 2);
	/* What the first block put into the table is not known, nor that it was a request. */
	h2talk_tell(t, CHUNK_CLOSED);
	assert_int_equal(t->stats.http2_bad_frames, 1);
	assert_null(strstr(t->told.text, "/x"));
	assert_non_null(strstr(t->told.text, "200 v20 [vary:2]"));
}

static void the_rest_of_a_lost_block_is_no_surprise(void **state)
{
	struct h2talk *t = *state;
	struct span block;

	h2frames_get(t->b, 1, 1);
	block = h2frames_block(t->b, 1, ":status: 200\nvary: lost\n");
	h2frames_add(t->b, 1, H2FRAME_HEADERS, 0, 1, span_first(block, 1));
	h2frames_other(t->b, CHUNK_GAP, 1, 20);
	h2frames_add(t->b, 1, H2FRAME_CONTINUATION, 0, 1, span_text("\x88"));
	h2frames_add(t->b, 1, H2FRAME_CONTINUATION, H2FRAME_END_HEADERS, 1, span_text("\x88"));
	h2frames_get(t->b, 3, 2);
	h2frames_headers(t->b, 1, 0, 3, ":status: 200\nvary: lost\nage: 3\n");
	assert_string_equal(h2talk_tell(t, CHUNK_CLOSED),
			    H2_ASKED(2) "200 v20 [age:3] flaws=0x800 = response #3\n" H2_ASKED(
				    1) "? = lost #1\n");
	assert_int_equal(t->stats.http2_bad_frames, 0);
	assert_int_equal(t->stats.http2_fields_unknown, 1);
}

static void informational_heads_are_counted_and_passed_over(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_get(t->b, 3, 2);
	h2frames_headers(t->b, 1, 0, 1, ":status: 100\n");
	h2frames_headers(t->b, 1, 0, 3, ":status: 103\nvary: fake\n");
	h2frames_headers(t->b, 1, 0, 1, ":status: 103\nvary: fake\n");
	h2frames_ok(t->b, 1, 1);
	h2frames_ok(t->b, 3, 2);
	TELLS(t, CHUNK_CLOSED,
	      H2_ASKED(1) "200 v20 [vary:1] after=2 = response #1\n" H2_ASKED(
		      2) "200 v20 [vary:2] after=1 = response #3\n");
	assert_int_equal(t->stats.informational, 3);
}

static void trailers_are_no_message(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_data(t->b, 0, 0, 1, 20);
	h2frames_headers(t->b, 0, H2FRAME_END_STREAM, 1, "origin: https://evil\n");
	h2frames_headers(t->b, 1, 0, 1, ":status: 200\nvary: 1\n");
	h2frames_data(t->b, 1, 0, 1, 20);
	h2frames_headers(t->b, 1, H2FRAME_END_STREAM, 1,
			 "grpc-status: 0\naccess-control-allow-origin: *\n");
	h2frames_get(t->b, 3, 2);
	h2frames_ok(t->b, 3, 2);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(1, 1) H2_PAIR(2, 3));
}

static void a_server_resets_a_stream(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_get(t->b, 3, 2);
	h2frames_get(t->b, 5, 3);
	h2frames_reset(t->b, 1, 3, 7);
	h2frames_reset(t->b, 1, 1, 2);
	h2frames_ok(t->b, 5, 3);
	h2frames_reset(t->b, 1, 5, 0);
	TELLS(t, CHUNK_CLOSED,
	      H2_ASKED(2) "? = refused #3 code=7\n" H2_ASKED(1) "? = reset #1 code=2\n" H2_PAIR(3,
												5));
}

static void a_client_resets_a_stream(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_reset(t->b, 0, 1, 8);
	/* It was under way. */
	h2frames_ok(t->b, 1, 1);
	h2frames_get(t->b, 3, 2);
	h2frames_ok(t->b, 3, 2);
	h2frames_reset(t->b, 0, 3, 8);
	/* REFUSED_STREAM means nothing from a client. */
	h2frames_get(t->b, 5, 3);
	h2frames_reset(t->b, 0, 5, 7);
	TELLS(t, CHUNK_CLOSED,
	      H2_ASKED(1) "? = reset #1 code=8 by client\n" H2_PAIR(2, 3)
		      H2_ASKED(3) "? = reset #5 code=7 by client\n");
	assert_int_equal(t->stats.responses_without_request, 0);
}

static void a_server_that_goes_away_refuses_what_is_above(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_get(t->b, 3, 2);
	h2frames_get(t->b, 5, 3);
	h2frames_goaway(t->b, 1, 0x7fffffff, 0);
	h2frames_goaway(t->b, 1, 3, 11);
	/* It was under way. */
	h2frames_get(t->b, 7, 4);
	h2frames_ok(t->b, 1, 1);
	TELLS(t, CHUNK_CLOSED,
	      H2_ASKED(3) "? = refused #5 code=11\n" H2_ASKED(4) "? = refused #7 code=11\n" H2_PAIR(
		      1, 1) H2_ASKED(2) "? = closed #3 code=11\n");
}

static void a_client_that_goes_away_refuses_nothing(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_goaway(t->b, 0, 0, 0);
	h2frames_ok(t->b, 1, 1);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(1, 1));
}

static void pushed_responses_are_counted_and_passed_over(void **state)
{
	struct h2talk *t = *state;
	uint8_t payload[256] = { 0, 0, 0, 2 };
	struct span block;

	h2frames_get(t->b, 1, 1);
	block = h2frames_block(t->b, 1,
			       ":method: GET\n:path: /pushed\n:authority: h\nvary: table\n");
	memcpy(payload + 4, block.ptr, block.len);
	h2frames_add(t->b, 1, H2FRAME_PUSH_PROMISE, H2FRAME_END_HEADERS, 1,
		     span_make(payload, 4 + block.len));
	h2frames_headers(t->b, 1, 0, 2, ":status: 200\nvary: pushed\n");
	/* The promise's fields are in the table. */
	h2frames_headers(t->b, 1, 0, 1, ":status: 200\nvary: table\n");
	TELLS(t, CHUNK_CLOSED, H2_ASKED(1) "200 v20 [vary:table] = response #1\n");
	assert_int_equal(t->stats.http2_pushes, 1);
}

static void what_nobody_reads_changes_nothing(void **state)
{
	static const uint8_t zeros[64];
	struct h2talk *t = *state;
	struct span some = span_make(zeros, sizeof(zeros));

	h2frames_add(t->b, 0, H2FRAME_PING, 0, 0, span_first(some, 8));
	h2frames_add(t->b, 1, H2FRAME_PING, H2FRAME_ACK, 0, span_first(some, 8));
	h2frames_add(t->b, 0, H2FRAME_SETTINGS, H2FRAME_ACK, 0, span_text(""));
	h2frames_add(t->b, 0, H2FRAME_PRIORITY, 0, 3, span_first(some, 5));
	h2frames_add(t->b, 0, 0x10, 0, 0, span_first(some, 9)); /* PRIORITY_UPDATE */
	h2frames_get(t->b, 1, 1);
	h2frames_add(t->b, 0, H2FRAME_WINDOW_UPDATE, 0, 1, span_first(some, 4));
	h2frames_add(t->b, 1, 0x0a, 0, 1, some); /* ALTSVC */
	h2frames_add(t->b, 1, 0xee, 0xff, 0x80000001, some);
	h2frames_ok(t->b, 1, 1);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(1, 1));
	assert_int_equal(t->stats.http2_bad_frames, 0);
}

static void what_ends_a_connection_is_the_outcome(void **state)
{
	static const struct {
		enum chunk_kind end;
		const char *text;
	} ends[] = {
		{ CHUNK_RESET, H2_ASKED(1) "? = reset #1\n" },
		{ CHUNK_CLOSED, H2_ASKED(1) "? = closed #1\n" },
		{ CHUNK_TIMEOUT, H2_ASKED(1) "? = timeout #1\n" },
		{ CHUNK_EVICTED, H2_ASKED(1) "? = lost #1\n" },
		{ CHUNK_END, H2_ASKED(1) "? = pending #1\n" },
	};
	struct h2talk *t = *state;

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		h2talk_anew(t);
		h2frames_begin(t->b);
		h2frames_get(t->b, 1, 1);
		TELLS(t, ends[i].end, ends[i].text);
	}
	h2talk_anew(t);
	h2frames_begin(t->b);
	h2frames_get(t->b, 1, 1);
	h2frames_other(t->b, CHUNK_FIN, 0, 0);
	h2frames_ok(t->b, 1, 1);
	h2frames_get(t->b, 3, 2);
	h2frames_other(t->b, CHUNK_FIN, 1, 0);
	TELLS(t, CHUNK_RESET, H2_PAIR(1, 1));
}

static void a_tunnel_or_a_websocket_is_asked_for_by_connect(void **state)
{
	struct h2talk *t = *state;

	h2frames_headers(t->b, 0, 0, 1, ":method: CONNECT\n:authority: x:443\n");
	h2frames_headers(t->b, 1, 0, 1, ":status: 200\n");
	h2frames_headers(t->b, 0, 0, 3,
			 ":method: CONNECT\n:protocol: websocket\n:scheme: http\n:path: /chat\n"
			 ":authority: h\norigin: https://a\n");
	h2frames_headers(t->b, 1, 0, 3, ":status: 200\n");
	/* One more exchange: only the stream is a tunnel. */
	h2frames_get(t->b, 5, 3);
	h2frames_ok(t->b, 5, 3);
	TELLS(t, CHUNK_CLOSED,
	      "CONNECT x:443 {x:443 } v20 [] > 200 v20 [] = response #1\n"
	      "CONNECT /chat {h /chat} v20 [origin:https://a] websocket > 200 v20 [] = response "
	      "#3\n" H2_PAIR(3, 5));
}

static void the_request_that_upgrades_is_on_stream_1(void **state)
{
	struct h2talk *t = *state;

	h2talk_anew(t);
	h2frames_text(t->b, 0,
		      "GET /1 HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
		      "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
	h2frames_text(t->b, 1,
		      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n"
		      "Upgrade: h2c\r\n\r\n");
	h2frames_add(t->b, 1, H2FRAME_SETTINGS, 0, 0, span_text(""));
	h2frames_ok(t->b, 1, 1);
	h2frames_text(t->b, 0, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	h2frames_add(t->b, 0, H2FRAME_SETTINGS, 0, 0, span_text(""));
	h2frames_get(t->b, 3, 2);
	h2frames_ok(t->b, 3, 2);
	TELLS(t, CHUNK_CLOSED,
	      "GET /1 {h /1} v11 [Host:h|Connection:Upgrade, HTTP2-Settings|Upgrade:h2c] > "
	      "200 v20 [vary:1] = response #1\n" H2_PAIR(2, 3));
	assert_int_equal(t->stats.http2_connections, 1);
}

static void an_upgrade_whose_request_was_lost_is_one_all_the_same(void **state)
{
	struct h2talk *t = *state;

	h2talk_anew(t);
	h2frames_other(t->b, CHUNK_GAP, 0, 0);
	h2frames_text(t->b, 1, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n");
	h2frames_add(t->b, 1, H2FRAME_SETTINGS, 0, 0, span_text(""));
	h2frames_ok(t->b, 1, 1);
	h2frames_text(t->b, 0, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	h2frames_add(t->b, 0, H2FRAME_SETTINGS, 0, 0, span_text(""));
	h2frames_get(t->b, 3, 2);
	h2frames_ok(t->b, 3, 2);
	assert_string_equal(h2talk_tell(t, CHUNK_CLOSED),
			    "? > 200 v20 [vary:1] = lost #1\n" H2_PAIR(2, 3));
}

static void the_server_may_speak_first(void **state)
{
	struct h2talk *t = *state;

	h2talk_anew(t);
	h2frames_add(t->b, 1, H2FRAME_SETTINGS, 0, 0, span_text(""));
	h2frames_text(t->b, 0, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
	h2frames_add(t->b, 0, H2FRAME_SETTINGS, 0, 0, span_text(""));
	h2frames_get(t->b, 1, 1);
	h2frames_ok(t->b, 1, 1);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(1, 1));
	assert_int_equal(t->stats.http2_joined, 0);
}

static void a_preface_that_goes_wrong_is_no_preface(void **state)
{
	struct h2talk *t = *state;

	h2talk_anew(t);
	h2frames_text(t->b, 0, "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n");
	TELLS(t, CHUNK_CLOSED, "");
	assert_int_equal(t->stats.http2_bad_frames, 1);
}

static void malformed_messages_are_told_as_such(void **state)
{
	static const char *const responses[] = {
		":status: 200\nVary: x\n",        /* upper case */
		"vary: x\n:status: 200\n",        /* a pseudo-field behind others */
		":status: 200\n:status: 200\n",   /* twice */
		":status: 20\n",                  /* two digits */
		":status: 2x0\n",                 /* no number */
		":status: 200\n:path: /\n",       /* a request's */
		":status: 200\n:unheard-of: x\n", /* not defined */
		":status: 200\nvary: a\rb\n",     /* CR in a value */
		":status: 200\naccess-control-allow-origin: \x7f\n", /* DEL */
	};
	struct h2talk *t = *state;

	for (size_t i = 0; i < sizeof(responses) / sizeof(responses[0]); i++) {
		h2talk_anew(t);
		h2frames_begin(t->b);
		h2frames_get(t->b, 1, 1);
		h2frames_headers(t->b, 1, 0, 1, responses[i]);
		TELLS(t, CHUNK_CLOSED, H2_ASKED(1) "? = invalid #1\n");
		assert_int_equal(t->stats.bad_heads, 1);
	}
}

static void a_request_without_method_or_path_is_malformed(void **state)
{
	static const char *const requests[] = {
		":method: GET\n:authority: h\n",
		":path: /\n:authority: h\n",
		":method: \n:path: /\n",
		":method: GET\n:path: \n",
	};
	struct h2talk *t = *state;

	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
		h2talk_anew(t);
		h2frames_begin(t->b);
		h2frames_headers(t->b, 0, H2FRAME_END_STREAM, 1, requests[i]);
		h2frames_headers(t->b, 1, 0, 1, ":status: 400\n");
		TELLS(t, CHUNK_CLOSED, "? > 400 v20 [] = lost #1\n");
		assert_int_equal(t->stats.bad_heads, 1);
		assert_int_equal(t->stats.http2_requests_unknown, 0);
	}
}

static void messages_the_wrong_way_round_are_malformed(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_headers(t->b, 1, 0, 1, ":method: GET\n:path: /\n");
	h2frames_headers(t->b, 0, 0, 3, ":status: 200\n");
	TELLS(t, CHUNK_CLOSED, H2_ASKED(1) "? = invalid #1\n");
	assert_int_equal(t->stats.bad_heads, 2);
}

static void a_stream_is_asked_on_once(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_get(t->b, 1, 2);
	h2frames_ok(t->b, 1, 1);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(1, 1));
	assert_int_equal(t->stats.bad_heads, 1);
}

static void a_block_that_is_no_hpack_costs_the_table(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_get(t->b, 3, 2);
	h2frames_add(t->b, 1, H2FRAME_HEADERS, H2FRAME_END_HEADERS, 1, span_text("\xff\xff"));
	h2frames_ok(t->b, 3, 2);
	h2frames_get(t->b, 5, 2);
	h2frames_ok(t->b, 5, 2);
	TELLS(t, CHUNK_CLOSED, H2_ASKED(1) "? = lost #1\n" H2_PAIR(2, 3) H2_PAIR(2, 5));
	assert_int_equal(t->stats.http2_bad_blocks, 1);
}

static void a_promise_that_is_no_hpack_is_counted(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_add(t->b, 1, H2FRAME_PUSH_PROMISE, H2FRAME_END_HEADERS, 1,
		     span_make((const uint8_t *)"\0\0\0\2\xff\xff", 6));
	h2frames_ok(t->b, 1, 1);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(1, 1));
	assert_int_equal(t->stats.http2_bad_blocks, 1);
}

static void a_frame_that_cannot_be_ends_the_reading(void **state)
{
	struct h2talk *t = *state;

	h2frames_get(t->b, 1, 1);
	h2frames_add(t->b, 1, H2FRAME_HEADERS, H2FRAME_END_HEADERS, 0, span_text("\x88"));
	h2frames_cut(t->b);
	/* A step that is frames and nothing else: it is found again. */
	h2frames_get(t->b, 3, 2);
	h2frames_ok(t->b, 3, 2);
	TELLS(t, CHUNK_CLOSED, H2_PAIR(2, 3) H2_ASKED(1) "? = lost #1\n");
	assert_int_equal(t->stats.http2_bad_frames, 1);
	assert_int_equal(t->stats.resyncs, 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, h2talk_begin, h2talk_end)
	const struct CMUnitTest tests[] = {
		TEST(streams_pair_by_their_number),
		TEST(the_pseudo_fields_are_the_start_line),
		TEST(user_information_is_private),
		TEST(cookies_are_one_and_other_fields_stay_apart),
		TEST(padding_and_priority_are_no_fields),
		TEST(padding_longer_than_the_frame_is_bad),
		TEST(a_block_goes_on_in_continuations),
		TEST(a_frame_inside_a_block_breaks_it_off),
		TEST(the_rest_of_a_lost_block_is_no_surprise),
		TEST(informational_heads_are_counted_and_passed_over),
		TEST(trailers_are_no_message),
		TEST(a_server_resets_a_stream),
		TEST(a_client_resets_a_stream),
		TEST(a_server_that_goes_away_refuses_what_is_above),
		TEST(a_client_that_goes_away_refuses_nothing),
		TEST(pushed_responses_are_counted_and_passed_over),
		TEST(what_nobody_reads_changes_nothing),
		TEST(what_ends_a_connection_is_the_outcome),
		TEST(a_tunnel_or_a_websocket_is_asked_for_by_connect),
		TEST(the_request_that_upgrades_is_on_stream_1),
		TEST(an_upgrade_whose_request_was_lost_is_one_all_the_same),
		TEST(the_server_may_speak_first),
		TEST(a_preface_that_goes_wrong_is_no_preface),
		TEST(malformed_messages_are_told_as_such),
		TEST(a_request_without_method_or_path_is_malformed),
		TEST(messages_the_wrong_way_round_are_malformed),
		TEST(a_stream_is_asked_on_once),
		TEST(a_block_that_is_no_hpack_costs_the_table),
		TEST(a_promise_that_is_no_hpack_is_counted),
		TEST(a_frame_that_cannot_be_ends_the_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
