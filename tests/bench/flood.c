/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench/flood.h"

#include <string.h>

#include "bench/talk.h"

#define CLIENTS  0x0a100000u /* 10.16.0.0 and on, one for each unit */
#define BESIDE   0xc6120000u /* 198.18.0.0 and on: ordinary clients */
#define SERVER   0xcb007102u /* 203.0.113.2 */
#define URLS_PER 16          /* exchanges of one connection */

#define H2_HEADERS      1
#define H2_SETTINGS     4
#define H2_CONTINUATION 9
#define H2_END_STREAM   0x1
#define H2_END_HEADERS  0x4
#define H2_FRAME_HEAD   9
/* One field of this length and RFC 7541's 32 bytes fill most of a table of 4096. */
#define H2_FILLER 900
/* Connections that the streams and the frames of a flood are spread over. */
#define H2_CONNECTIONS 100

struct flood {
	const char *name, *help;
	void (*unit)(struct wire *w, uint64_t i);
};

static struct wire_conn conn_of(uint32_t client, uint64_t i)
{
	return (struct wire_conn){ .addr = { client + (uint32_t)i, SERVER },
				   .port = { (uint16_t)(1024 + i % 64000), 80 },
				   .seq = { (uint32_t)(i * 2654435761u), (uint32_t)i } };
}

static void unit_syn(struct wire *w, uint64_t i)
{
	struct wire_conn c = conn_of(CLIENTS, i);

	wire_segment(w, &c, 0, WIRE_SYN, NULL, 0);
}

/* Half of a request's head, and then silence. */
static void unit_half(struct wire *w, uint64_t i)
{
	struct wire_conn c = conn_of(CLIENTS, i);
	char request[TALK_REQUEST_MAX];
	size_t len = talk_request(request, i, 0, 1, 1);

	wire_open(w, &c);
	wire_say(w, &c, 0, request, len / 2);
}

/* A whole request that is never answered. */
static void unit_unanswered(struct wire *w, uint64_t i)
{
	struct wire_conn c = conn_of(CLIENTS, i);
	char request[TALK_REQUEST_MAX];

	wire_open(w, &c);
	wire_say(w, &c, 0, request, talk_request(request, i, 0, 1, 1));
}

/* Two exchanges, and the connection stays open. */
static void unit_open(struct wire *w, uint64_t i)
{
	static struct talk talk;
	struct wire_conn c = conn_of(CLIENTS, i);
	char request[TALK_REQUEST_MAX];

	if (!talk.responses[0].ptr)
		talk_init(&talk, 200, false);
	wire_open(w, &c);
	wire_say(w, &c, 0, request, talk_request(request, i, 0, 100, 1));
	wire_say(w, &c, 1, talk.responses[0].ptr, talk.responses[0].len);
}

/* A host, URL and origin of its own in each exchange. */
static void unit_distinct(struct wire *w, uint64_t i)
{
	static const char response[] = "HTTP/1.1 200 OK\r\nCache-Control: max-age=600\r\n"
				       "ETag: \"1\"\r\nAccess-Control-Allow-Origin: *\r\n"
				       "Content-Length: 0\r\n\r\n";
	static struct wire_conn c;
	unsigned long long n = i;
	char request[TALK_REQUEST_MAX];
	int len = snprintf(request, sizeof(request),
			   "GET /v1/items/%llu HTTP/1.1\r\nHost: h%llu.example.com\r\n"
			   "Origin: https://o%llu.example.net\r\nSec-Fetch-Mode: cors\r\n\r\n",
			   n, n, n);

	if (i % URLS_PER == 0) {
		c = conn_of(CLIENTS, i);
		wire_open(w, &c);
	}
	wire_say(w, &c, 0, request, (size_t)len);
	wire_say(w, &c, 1, response, sizeof(response) - 1);
	if (i % URLS_PER == URLS_PER - 1)
		wire_close(w, &c);
}

static uint8_t *frame_head(uint8_t *p, uint8_t type, uint8_t flags, uint32_t stream, size_t len)
{
	const uint8_t head[H2_FRAME_HEAD] = { (uint8_t)(len >> 16),
					      (uint8_t)(len >> 8),
					      (uint8_t)len,
					      type,
					      flags,
					      (uint8_t)(stream >> 24),
					      (uint8_t)(stream >> 16),
					      (uint8_t)(stream >> 8),
					      (uint8_t)stream };

	memcpy(p, head, sizeof(head));
	return p + sizeof(head);
}

/* A literal with indexing (RFC 7541, 6.2.1) whose value is value_len long. */
static uint8_t *field_put(uint8_t *p, const char *name, size_t value_len)
{
	*p++ = 0x40;
	*p++ = (uint8_t)strlen(name);
	memcpy(p, name, strlen(name));
	p += strlen(name);
	/* RFC 7541, 5.1: what is beyond 7 bits follows in two groups of seven. */
	*p++ = 127;
	*p++ = (uint8_t)((value_len - 127) % 128 | 128);
	*p++ = (uint8_t)((value_len - 127) / 128);
	memset(p, 'v', value_len);
	return p + value_len;
}

/* Both sides greet. */
static void h2_open(struct wire *w, struct wire_conn *c)
{
	static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
	uint8_t hello[64];
	uint8_t *p = hello + sizeof(preface) - 1;

	memcpy(hello, preface, sizeof(preface) - 1);
	p = frame_head(p, H2_SETTINGS, 0, 0, 0);
	wire_open(w, c);
	wire_say(w, c, 0, hello, (size_t)(p - hello));
	wire_say(w, c, 1, hello + sizeof(preface) - 1, H2_FRAME_HEAD);
}

/* GET http / by the static table, and an authority. */
static const uint8_t h2_get[] = { 0x82, 0x86, 0x84, 0x01, 3, 'a', '.', 'b' };

/* A connection whose tables are full in both directions. */
static void unit_h2_tables(struct wire *w, uint64_t i)
{
	struct wire_conn c = conn_of(CLIENTS, i);
	uint8_t block[WIRE_SEGMENT_MAX], *p;

	h2_open(w, &c);
	for (unsigned n = 0; n < 4; n++) {
		size_t len;
		char name[] = "x-a";

		name[2] = (char)('a' + n);
		p = block + H2_FRAME_HEAD;
		memcpy(p, h2_get, sizeof(h2_get));
		p = field_put(p + sizeof(h2_get), name, H2_FILLER);
		len = (size_t)(p - block);
		frame_head(block, H2_HEADERS, H2_END_STREAM | H2_END_HEADERS, 2 * n + 1,
			   len - H2_FRAME_HEAD);
		wire_say(w, &c, 0, block, len);
		block[H2_FRAME_HEAD] = 0x88; /* 200 */
		p = field_put(block + H2_FRAME_HEAD + 1, name, H2_FILLER);
		len = (size_t)(p - block);
		frame_head(block, H2_HEADERS, H2_END_STREAM | H2_END_HEADERS, 2 * n + 1,
			   len - H2_FRAME_HEAD);
		wire_say(w, &c, 1, block, len);
	}
}

/* The connection of unit i, one of a hundred, and which unit of it this is. */
static struct wire_conn *h2_conn(struct wire *w, uint64_t i, uint64_t *nth)
{
	static struct wire_conn conns[H2_CONNECTIONS];
	struct wire_conn *c = &conns[i % H2_CONNECTIONS];

	*nth = i / H2_CONNECTIONS;
	if (*nth == 0) {
		*c = conn_of(CLIENTS, i);
		h2_open(w, c);
	}
	return c;
}

/* A stream more that is never answered. */
static void unit_h2_streams(struct wire *w, uint64_t i)
{
	uint64_t nth;
	struct wire_conn *c = h2_conn(w, i, &nth);
	uint8_t block[H2_FRAME_HEAD + sizeof(h2_get)];

	frame_head(block, H2_HEADERS, H2_END_STREAM | H2_END_HEADERS, (uint32_t)(2 * nth + 1),
		   sizeof(h2_get));
	memcpy(block + H2_FRAME_HEAD, h2_get, sizeof(h2_get));
	wire_say(w, c, 0, block, sizeof(block));
}

/* A header block that never ends. */
static void unit_h2_continuation(struct wire *w, uint64_t i)
{
	uint64_t nth;
	struct wire_conn *c = h2_conn(w, i, &nth);
	uint8_t block[WIRE_SEGMENT_MAX];
	size_t len = (size_t)(field_put(block + H2_FRAME_HEAD, "x-a", H2_FILLER) - block);

	frame_head(block, nth ? H2_CONTINUATION : H2_HEADERS, 0, 1, len - H2_FRAME_HEAD);
	wire_say(w, c, 0, block, len);
}

static const struct flood floods[] = {
	{ "syn", "SYNs from so many clients", unit_syn },
	{ "half", "requests that are half sent", unit_half },
	{ "unanswered", "requests that nobody answers", unit_unanswered },
	{ "open", "connections that stay open behind an exchange", unit_open },
	{ "distinct", "exchanges, each with a host, URL and origin of its own", unit_distinct },
	{ "h2-tables", "HTTP/2 connections with full tables", unit_h2_tables },
	{ "h2-streams", "HTTP/2 streams that are never answered", unit_h2_streams },
	{ "h2-continuation", "frames of HTTP/2 header blocks that never end",
	  unit_h2_continuation },
};
static const size_t floods_cnt = sizeof(floods) / sizeof(floods[0]);

static void beside(struct wire *w, const struct talk *t, uint64_t i)
{
	struct wire_conn c = conn_of(BESIDE, i);
	const struct talk_bytes *r = &t->responses[TALK_BLOCKED];
	char request[TALK_REQUEST_MAX];

	wire_open(w, &c);
	wire_say(w, &c, 0, request, talk_request(request, 1, TALK_BLOCKED, 100, 2));
	wire_say(w, &c, 1, r->ptr, r->len);
	wire_close(w, &c);
}

bool flood_write(struct wire *w, const char *name, uint64_t units)
{
	const struct flood *f = floods;
	struct talk t;

	while (f < floods + floods_cnt && strcmp(f->name, name) != 0)
		f++;
	if (f == floods + floods_cnt)
		return false;
	talk_init(&t, 200, false);
	for (uint64_t i = 0; i < units; i++) {
		f->unit(w, i);
		if (i % FLOOD_BESIDE == FLOOD_BESIDE - 1)
			beside(w, &t, i / FLOOD_BESIDE);
	}
	talk_fini(&t);
	return true;
}

void flood_names(void (*say)(const char *name, const char *help))
{
	for (size_t i = 0; i < floods_cnt; i++)
		say(floods[i].name, floods[i].help);
}
