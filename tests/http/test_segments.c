/* SPDX-License-Identifier: BSD-2-Clause */

/* Whatever segments a conversation comes in, the exchanges are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "talk.h"

static struct replay_log whole, cut;

static const char plain_text[] =
	"GET /1 {h /1} v11 [Host:h|Origin:https://a.example] > 200 v11 [Content-Length:26|"
	"Access-Control-Allow-Origin:https://a.example|Vary:Origin] = response\n"
	"OPTIONS /2 {h /2} v11 [Host:h|Origin:https://b.example|Access-Control-Request-Method:PUT] "
	"> 204 v11 [Access-Control-Allow-Origin:*] = response\n"
	"PUT /2 {h /2} v11 [Host:h|Origin:https://b.example|Content-Length:9|Expect:100-continue] "
	"> 201 v11 [Transfer-Encoding:chunked|Vary:x, y] flaws=0x80 after=1 = response\n"
	"HEAD /3 {h /3} v11 [Host:h|Cookie:(present)] > 200 v11 [Content-Length:1000|Age:3] "
	"= response\n"
	"POST /4 {h /4} v11 [Host:h|Transfer-Encoding:chunked] flaws=0x10 "
	"> 304 v11 [ETag:\"4\"] after=1 = response\n"
	"GET http://h5/5?q {h5 /5?q} v10 [] > 404 v10 [Server:s] = response\n";

static const char pipelined_text[] =
	"GET /1 {h /1} v11 [Host:h|Origin:https://a1] "
	"> 201 v11 [Content-Length:5|Vary:1] = response\n"
	"HEAD /2 {h /2} v11 [Host:h|Origin:https://a2] "
	"> 202 v11 [Content-Length:5|Vary:2] = response\n"
	"POST /3 {h /3} v11 [Host:h|Origin:https://a3|Content-Length:4] "
	"> 203 v11 [Transfer-Encoding:chunked|Vary:3] = response\n"
	"GET /4 {h /4} v11 [Host:h|Origin:https://a4] > 204 v11 [Vary:4] = response\n"
	"GET /5 {h /5} v11 [Host:h|Origin:https://a5] "
	"> 205 v11 [Content-Length:0|Vary:5] = response\n";

static const char upgrade_text[] =
	"GET /ws {h /ws} v11 [Host:h|Origin:https://a|Upgrade:websocket|Connection:Upgrade] "
	"> 101 v11 [Upgrade:websocket|Connection:Upgrade] = response\n";

static const char simple_text[] = "GET /old {- /old} v9 [] > 200 v9 [] = response\n";

static void a_conversation_gives_its_exchanges(void **state)
{
	static const char *const texts[] = { plain_text, pipelined_text, upgrade_text,
					     simple_text };

	(void)state;
	for (size_t i = 0; i < TALKS_CNT; i++) {
		talk_play(talks[i].steps, talks[i].cnt, NULL, &whole, NULL);
		assert_string_equal(whole.text, texts[i]);
	}
}

static void one_split_anywhere_changes_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < TALKS_CNT; i++) {
		size_t size = replay_size(talks[i].steps, talks[i].cnt);

		talk_play(talks[i].steps, talks[i].cnt, NULL, &whole, NULL);
		for (size_t n = 1; n < size; n++) {
			struct replay_plan plan = { .split = n };

			talk_play(talks[i].steps, talks[i].cnt, &plan, &cut, NULL);
			assert_string_equal(cut.text, whole.text);
		}
	}
}

static void any_splits_change_nothing(void **state)
{
	(void)state;
	for (size_t i = 0; i < TALKS_CNT; i++) {
		talk_play(talks[i].steps, talks[i].cnt, NULL, &whole, NULL);
		for (unsigned seed = 1; seed < 2000; seed++) {
			struct replay_plan plan = { .seed = seed, .piece_max = 1 + seed % 60 };

			talk_play(talks[i].steps, talks[i].cnt, &plan, &cut, NULL);
			assert_string_equal(cut.text, whole.text);
		}
	}
}

/* What is skipped must be asked for: the consumer sees no byte of a body that begins a chunk. */
static void bodies_are_not_delivered(void **state)
{
	static const struct replay_step steps[] = {
		REPLAY_C("GET / HTTP/1.1\r\n\r\n"),
		REPLAY_S("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"),
		REPLAY_S("0123456789012345678901234567890123456789012345678901234567890123456789"),
		REPLAY_S("012345678901234567890123456789"),
		REPLAY_C("GET / HTTP/1.1\r\n\r\n"),
		REPLAY_S("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n"),
		REPLAY_S("0123456789012345678901234567890123456789012345678901234567890123456789"),
		REPLAY_S("012345678901234567890123456789"),
		REPLAY_S("\r\n0\r\n\r\n"),
		REPLAY_C("GET / HTTP/1.1\r\n\r\n"),
		REPLAY_S("HTTP/1.1 200 OK\r\n\r\n"),
		REPLAY_S("HTTP/1.1 200 OK\r\n\r\n"),
		REPLAY_END(CHUNK_CLOSED),
	};
	struct http *h = http_new(replay_log_exchange, &cut);
	struct replay r;

	(void)state;
	cut.len = cut.lines = 0;
	replay_init(&r, http_chunk, h);
	replay_run(&r, steps, sizeof(steps) / sizeof(steps[0]), NULL);
	assert_int_equal(cut.lines, 3);
	assert_int_equal(r.chunks, 8);
	http_free(h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_conversation_gives_its_exchanges),
		cmocka_unit_test(one_split_anywhere_changes_nothing),
		cmocka_unit_test(any_splits_change_nothing),
		cmocka_unit_test(bodies_are_not_delivered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
