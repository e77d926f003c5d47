/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench/talk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* nginx sends what it has in its buffers of 8 KiB. */
#define CHUNK_BYTES 8192
/* A head, and the longest chunk size with both line ends. */
#define HEAD_ROOM  1024
#define CHUNK_ROOM 16

static const char browser[] =
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
	"Chrome/142.0.0.0 Safari/537.36\r\n"
	"Accept: application/json, text/plain, */*\r\n"
	"Sec-Fetch-Site: same-site\r\n"
	"Sec-Fetch-Mode: cors\r\n"
	"Sec-Fetch-Dest: empty\r\n"
	"Accept-Encoding: gzip, deflate, br\r\n"
	"Accept-Language: en-US,en;q=0.9\r\n";

static __attribute__((format(printf, 2, 3))) void add(struct talk_bytes *b, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	b->len += (size_t)vsprintf(b->ptr + b->len, format, ap);
	va_end(ap);
}

static void add_body(struct talk_bytes *b, size_t n)
{
	memset(b->ptr + b->len, 'x', n);
	b->len += n;
}

static void add_chunks(struct talk_bytes *b, size_t left)
{
	while (left) {
		size_t n = left < CHUNK_BYTES ? left : CHUNK_BYTES;

		add(b, "%zx\r\n", n);
		add_body(b, n);
		add(b, "\r\n");
		left -= n;
	}
	add(b, "0\r\n\r\n");
}

static void add_policy(struct talk_bytes *b, unsigned policy)
{
	static const char *const allowed[TALK_POLICIES - 1] = { "https://app.example.com", "*",
								"https://localhost:3000" };

	if (policy < TALK_POLICIES - 1)
		add(b, "Access-Control-Allow-Origin: %s\r\n", allowed[policy]);
}

void talk_init(struct talk *t, size_t body, bool is_chunked)
{
	for (unsigned i = 0; i < TALK_POLICIES; i++) {
		struct talk_bytes *b = &t->responses[i];

		*b = (struct talk_bytes){ .ptr = malloc(HEAD_ROOM + body + CHUNK_ROOM +
							body / CHUNK_BYTES * CHUNK_ROOM) };
		if (!b->ptr)
			abort();
		add(b, "HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\n"
		       "Date: Mon, 23 Nov 2026 14:46:14 GMT\r\n"
		       "Content-Type: application/json\r\nConnection: keep-alive\r\n"
		       "ETag: \"65f1-1f40\"\r\nVary: Origin\r\n");
		add_policy(b, i);
		if (is_chunked) {
			add(b, "Transfer-Encoding: chunked\r\n\r\n");
			add_chunks(b, body);
		} else {
			add(b, "Content-Length: %zu\r\n\r\n", body);
			add_body(b, body);
		}
	}
}

void talk_fini(struct talk *t)
{
	for (unsigned i = 0; i < TALK_POLICIES; i++)
		free(t->responses[i].ptr);
}

/* The origin that the first policy allows is the only one that is asked with it. */
static void add_origin(struct talk_bytes *b, uint64_t i, unsigned policy, uint64_t origins)
{
	if (policy == 0)
		add(b, "Origin: https://app.example.com\r\n");
	else if (policy < TALK_POLICIES - 1)
		add(b, "Origin: https://app%llu.example.com\r\n",
		    (unsigned long long)(i % origins));
}

size_t talk_request(char to[TALK_REQUEST_MAX], uint64_t i, unsigned policy, uint64_t urls,
		    uint64_t origins)
{
	struct talk_bytes b = { .ptr = to };

	add(&b,
	    "GET /v1/items/%llu?page=2 HTTP/1.1\r\nHost: api.example.com\r\n"
	    "Connection: keep-alive\r\n",
	    (unsigned long long)(i % urls));
	add_origin(&b, i, policy, origins);
	if (policy < TALK_POLICIES - 1)
		add(&b, "%s", browser);
	add(&b, "\r\n");
	return b.len;
}
