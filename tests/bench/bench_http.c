/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What http/ costs: a browser's keep-alive GET with a server's answer, in one chunk each, and
 * the parsing of its request head alone. Prints nanoseconds, the best of several rounds.
 */
#include <stdio.h>
#include <time.h>

#include "http/head.h"
#include "http/http.h"

#define ROUNDS 10
#define TIMES  200000

static const char request[] =
	"GET /api/v1/items?page=2&sort=name HTTP/1.1\r\n"
	"Host: api.example.com\r\n"
	"Connection: keep-alive\r\n"
	"sec-ch-ua-platform: \"Linux\"\r\n"
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
	"Chrome/140.0.0.0 Safari/537.36\r\n"
	"Accept: application/json, text/plain, */*\r\n"
	"sec-ch-ua: \"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\"\r\n"
	"sec-ch-ua-mobile: ?0\r\n"
	"Origin: https://app.example.com\r\n"
	"Sec-Fetch-Site: same-site\r\n"
	"Sec-Fetch-Mode: cors\r\n"
	"Sec-Fetch-Dest: empty\r\n"
	"Referer: https://app.example.com/\r\n"
	"Accept-Encoding: gzip, deflate, br, zstd\r\n"
	"Accept-Language: en-US,en;q=0.9\r\n\r\n";

static const char response[] = "HTTP/1.1 200 OK\r\n"
			       "Server: nginx/1.22.1\r\n"
			       "Date: Mon, 23 Nov 2026 14:46:14 GMT\r\n"
			       "Content-Type: application/json\r\n"
			       "Content-Length: 4000\r\n"
			       "Connection: keep-alive\r\n"
			       "ETag: \"65f1-1f40\"\r\n"
			       "Vary: Origin\r\n"
			       "Access-Control-Allow-Origin: https://app.example.com\r\n"
			       "Access-Control-Allow-Credentials: true\r\n\r\n";

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void count(void *ctx, const struct exchange *x)
{
	*(size_t *)ctx += x->response.m.fields_cnt;
}

/* The least time of one call of step, over the rounds. */
static double best(void (*step)(void *), void *ctx)
{
	double least = 1e18;

	for (int round = 0; round < ROUNDS; round++) {
		double start = now_ns(), ns;

		for (int i = 0; i < TIMES; i++)
			step(ctx);
		ns = (now_ns() - start) / TIMES;
		least = ns < least ? ns : least;
	}
	return least;
}

static void parse_request(void *head)
{
	head_parse(head, span_text(request), HEAD_ANY);
}

static void parse_response(void *head)
{
	head_parse(head, span_text(response), HEAD_RESPONSE);
}

struct exchanger {
	struct http *http;
	struct connection conn;
};

static void exchange(void *ctx)
{
	struct exchanger *e = ctx;
	struct chunk c = { .kind = CHUNK_DATA, .data = span_text(request) };

	http_chunk(e->http, &e->conn, &c);
	c.dir = 1;
	c.data = span_text(response);
	http_chunk(e->http, &e->conn, &c);
}

int main(void)
{
	static struct head head;
	size_t fields = 0;
	struct exchanger e = { .http = http_new(count, &fields) };
	struct chunk end = { .kind = CHUNK_END };

	head_init(&head);
	printf("request head, 14 lines: %.0f ns\n", best(parse_request, &head));
	printf("response head, 9 lines: %.0f ns\n", best(parse_response, &head));
	printf("exchange:               %.0f ns\n", best(exchange, &e));
	http_chunk(e.http, &e.conn, &end);
	head_fini(&head);
	http_free(e.http);
	return fields == 0;
}
