/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The conversations that the tests of segments and holes cut in every way, and a player.
 */
#ifndef TESTS_HTTP_TALK_H
#define TESTS_HTTP_TALK_H

#include "http/http.h"
#include "support/replay.h"

/* Play steps over a connection of h, or of an own one when h is NULL; the exchanges' lines are
 * in log, which is cleared first. */
static inline void talk_play(const struct replay_step *steps, size_t n,
			     const struct replay_plan *plan, struct replay_log *log,
			     struct http_stats *stats)
{
	struct http *h = http_new(replay_log_exchange, log);
	struct replay r;

	log->len = log->lines = 0;
	log->text[0] = 0;
	replay_init(&r, http_chunk, h);
	replay_run(&r, steps, n, plan);
	if (stats)
		*stats = *http_stats(h);
	http_free(h);
}

/* A client that waits for each response. */
static const struct replay_step talk_plain[] = {
	REPLAY_C("GET /1 HTTP/1.1\r\nHost: h\r\nOrigin: https://a.example\r\n\r\n"),
	REPLAY_S("HTTP/1.1 200 OK\r\nContent-Length: 26\r\nAccess-Control-Allow-Origin: "
		 "https://a.example\r\nVary: Origin\r\n\r\nbody of the first response"),
	REPLAY_C("OPTIONS /2 HTTP/1.1\r\nHost: h\r\nOrigin: https://b.example\r\n"
		 "Access-Control-Request-Method: PUT\r\n\r\n"),
	REPLAY_S("HTTP/1.1 204 No Content\r\nAccess-Control-Allow-Origin: *\r\n\r\n"),
	REPLAY_C("PUT /2 HTTP/1.1\r\nHost: h\r\nOrigin: https://b.example\r\nContent-Length: 9\r\n"
		 "Expect: 100-continue\r\n\r\n"),
	REPLAY_S("HTTP/1.1 100 Continue\r\n\r\n"),
	REPLAY_C("some data"),
	REPLAY_S("HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nVary: x,\r\n y\r\n\r\n"
		 "5;x=y\r\nabcde\r\n10\r\n0123456789abcdef\r\n0\r\n"
		 "Access-Control-Allow-Origin: https://evil.example\r\n\r\n"),
	REPLAY_C("HEAD /3 HTTP/1.1\r\nHost: h\r\nCookie: secret\r\n\r\n"),
	REPLAY_S("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nAge: 3\r\n\r\n"),
	REPLAY_C("POST /4 HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n"
		 "3\nabc\n0\nOrigin: https://evil.example\n\n"),
	REPLAY_S("HTTP/1.1 103 Early Hints\r\nAccess-Control-Allow-Origin: "
		 "https://evil.example\r\n\r\nHTTP/1.1 304 Not Modified\r\nETag: \"4\"\r\n\r\n"),
	REPLAY_C("GET http://h5/5?q HTTP/1.0\r\n\r\n"),
	REPLAY_S("HTTP/1.0 404\r\nServer: s\r\n\r\nbody up to the end"),
	{ .kind = CHUNK_FIN, .dir = 1 },
	REPLAY_END(CHUNK_CLOSED),
};

/* A client that pipelines. */
static const struct replay_step talk_pipelined[] = {
	REPLAY_C("GET /1 HTTP/1.1\r\nHost: h\r\nOrigin: https://a1\r\n\r\n"
		 "HEAD /2 HTTP/1.1\r\nHost: h\r\nOrigin: https://a2\r\n\r\n"
		 "POST /3 HTTP/1.1\r\nHost: h\r\nOrigin: https://a3\r\nContent-Length: 4\r\n\r\n"
		 "data"
		 "GET /4 HTTP/1.1\r\nHost: h\r\nOrigin: https://a4\r\n\r\n"),
	REPLAY_S("HTTP/1.1 201 1\r\nContent-Length: 5\r\nVary: 1\r\n\r\n12345"
		 "HTTP/1.1 202 2\r\nContent-Length: 5\r\nVary: 2\r\n\r\n"
		 "HTTP/1.1 203 3\r\nTransfer-Encoding: chunked\r\nVary: 3\r\n\r\n"
		 "4\r\n1234\r\n0\r\n\r\n"),
	REPLAY_C("GET /5 HTTP/1.1\r\nHost: h\r\nOrigin: https://a5\r\n\r\n"),
	REPLAY_S("HTTP/1.1 204 4\r\nVary: 4\r\n\r\nHTTP/1.1 205 5\r\nContent-Length: 0\r\n"
		 "Vary: 5\r\n\r\n"),
	REPLAY_END(CHUNK_CLOSED),
};

/* What ends in a protocol of its own. */
static const struct replay_step talk_upgrade[] = {
	REPLAY_C("\r\n\r\nGET /ws HTTP/1.1\r\nHost: h\r\nOrigin: https://a\r\nUpgrade: "
		 "websocket\r\nConnection: Upgrade\r\n\r\n"),
	REPLAY_S("HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
		 "\x81\x05HTTP/1.1 200 OK\r\nVary: fake\r\n\r\n"),
	REPLAY_C("\x81\x8aGET /fake HTTP/1.1\r\n\r\n"),
	REPLAY_S("\x81\x20HTTP/1.1 200 OK\r\nVary: fake\r\n\r\n"),
	REPLAY_END(CHUNK_RESET),
};

/* HTTP/0.9. */
static const struct replay_step talk_simple[] = {
	REPLAY_C("GET /old\r\n"),
	REPLAY_S("HTML without a head"),
	REPLAY_END(CHUNK_CLOSED),
};

struct talk {
	const char *name;
	const struct replay_step *steps;
	size_t cnt;
};

#define TALK(which)                                                                                \
	{                                                                                          \
#which, talk_##which, sizeof(talk_##which) / sizeof(talk_##which[0])               \
	}
static const struct talk talks[] = { TALK(plain), TALK(pipelined), TALK(upgrade), TALK(simple) };

#define TALKS_CNT (sizeof(talks) / sizeof(talks[0]))

#endif
