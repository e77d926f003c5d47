/* SPDX-License-Identifier: BSD-2-Clause */
#include "parcel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/http.h"
#include "support/guard.h"

/* Whether the bytes of s lie in the parcel. */
static bool is_inside(const struct parcel *p, size_t size, struct span s)
{
	const uint8_t *begin = (const uint8_t *)p;

	return !s.ptr || (s.ptr >= begin && s.ptr + s.len <= begin + size);
}

static void assert_copied(const struct parcel *p, size_t size, struct span from, struct span to)
{
	assert_int_equal(span_is_present(from), span_is_present(to));
	assert_true(span_eq(from, to));
	assert_true(is_inside(p, size, to));
}

static void assert_message(const struct parcel *p, size_t size, const struct http_message *from,
			   const struct http_message *to)
{
	assert_int_equal(from->fields_cnt, to->fields_cnt);
	assert_int_equal(from->flaws, to->flaws);
	assert_int_equal(from->packet, to->packet);
	for (size_t i = 0; i < from->fields_cnt; i++) {
		assert_int_equal(from->fields[i].id, to->fields[i].id);
		assert_int_equal(from->fields[i].is_cut, to->fields[i].is_cut);
		assert_copied(p, size, from->fields[i].name, to->fields[i].name);
		assert_copied(p, size, from->fields[i].value, to->fields[i].value);
	}
}

/* Each exchange as a parcel of exactly its size, compared with the original. */
static void on_exchange(void *ctx, const struct exchange *x)
{
	const struct parcel_key key = { 7, 9 };
	size_t size = parcel_size(x);
	struct parcel *p = malloc(size); /* the sanitizers see a byte too many */
	unsigned *cnt = ctx;

	++*cnt;
	assert_non_null(p);
	assert_true(size <= PARCEL_MAX);
	parcel_make(p, &key, x);
	assert_int_equal(p->key.at, 7);
	assert_int_equal(p->key.rank, 9);
	assert_int_equal(p->missed, 0);
	assert_int_equal(p->x.outcome, x->outcome);
	assert_int_equal(p->x.connection, x->connection);
	assert_int_equal(p->x.has_request, x->has_request);
	assert_int_equal(p->x.has_response, x->has_response);
	if (x->has_request) {
		assert_message(p, size, &x->request.m, &p->x.request.m);
		assert_copied(p, size, x->request.method, p->x.request.method);
		assert_copied(p, size, x->request.target, p->x.request.target);
		assert_copied(p, size, x->request.path, p->x.request.path);
		assert_copied(p, size, x->request.host, p->x.request.host);
	}
	if (x->has_response) {
		assert_int_equal(p->x.response.status, x->response.status);
		assert_message(p, size, &x->response.m, &p->x.response.m);
	}
	free(p);
}

/* Say text in one direction; each piece's memory is gone when the next one is read. */
static void say(struct http *h, struct connection *conn, uint8_t dir, const char *text)
{
	struct guard g = guard_copy(text, strlen(text));
	struct chunk c = { .kind = CHUNK_DATA, .dir = dir, .data = g.bytes, .packet = 3 };

	(void)http_chunk(h, conn, &c);
	guard_free(&g);
}

static void every_part_is_copied(void **state)
{
	struct connection conn = { .first_packet = 1, .source = "test" };
	struct chunk end = { .kind = CHUNK_END };
	unsigned cnt = 0;
	struct http *h = http_new(on_exchange, &cnt);

	(void)state;
	assert_non_null(h);
	say(h, &conn, 0,
	    "GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\nOrigin: null\r\n\r\n");
	say(h, &conn, 1,
	    "HTTP/1.1 200 OK\r\nVary:Origin\r\nVary :\t a,\r\n b\r\nAccess-Control-Allow-Origin: "
	    "\r\n"
	    "Content-Length: 0\r\n\r\n");
	say(h, &conn, 0, "OPTIONS * HTTP/1.1\r\nHost: b\r\nAuthorization: Basic eHg=\r\n\r\n");
	say(h, &conn, 1, "HTTP/1.1 204 No Content\r\n\r\n");
	say(h, &conn, 0, "GET http://b.example HTTP/1.1\r\n\r\nGET / HTTP/1.0\r\n\r\n");
	say(h, &conn, 1, "HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n");
	assert_int_equal(cnt, 3);
	(void)http_chunk(h, &conn, &end);
	assert_int_equal(cnt, 4);
	http_free(h);
}

static void keys_are_ordered_by_packet_then_by_connection(void **state)
{
	const struct parcel_key keys[] = {
		{ 1, 5 }, { 1, 6 }, { 1, PARCEL_RANK_PACKET }, { 2, 0 }
	};

	(void)state;
	for (size_t a = 0; a < 4; a++)
		for (size_t b = 0; b < 4; b++)
			assert_int_equal(parcel_key_before(&keys[a], &keys[b]), a < b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_part_is_copied),
		cmocka_unit_test(keys_are_ordered_by_packet_then_by_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
