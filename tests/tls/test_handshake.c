/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "support/guard.h"
#include "tls/handshake.h"
#include "tls/hello.h"

/* A server's hello, a certificate of 4 bytes, an empty HelloDone, and Finished. */
static const uint8_t flight[] = "\x02\x00\x00\x05hello\x0b\x00\x00\x04"
				"cert\x0e\x00\x00\x00\x14\x00\x00\x02xy";
#define FLIGHT_LEN (sizeof(flight) - 1)

static void feed(struct handshake *h, const uint8_t *ptr, size_t len, char *out, size_t cap)
{
	struct span rest = span_make(ptr, len);
	struct handshake_message m;

	while (handshake_next(h, &rest, &m) == HANDSHAKE_MESSAGE) {
		size_t used = strlen(out);

		snprintf(out + used, cap - used, "%d:%.*s ", m.type, (int)m.body.len, m.body.ptr);
	}
}

static void any_cut_gives_the_same_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i <= FLIGHT_LEN; i++) {
		for (size_t j = i; j <= FLIGHT_LEN; j++) {
			struct handshake h = { 0 };
			char out[256] = "";

			feed(&h, flight, i, out, sizeof(out));
			feed(&h, flight + i, j - i, out, sizeof(out));
			feed(&h, flight + j, FLIGHT_LEN - j, out, sizeof(out));
			assert_string_equal(out, "2:hello 11: 14: 20: ");
			handshake_reset(&h);
		}
	}
}

static void behind_a_hole_nothing_comes(void **state)
{
	struct handshake h = { 0 };
	char out[256] = "";

	(void)state;
	feed(&h, flight, 6, out, sizeof(out));
	handshake_break(&h);
	feed(&h, flight, FLIGHT_LEN, out, sizeof(out));
	assert_string_equal(out, "");
	handshake_reset(&h);
	feed(&h, flight, 9, out, sizeof(out));
	assert_string_equal(out, "2:hello ");
}

/* What is kept of a long hello ends at the limit, in one record or in many. */
static void long_hellos_are_cut(void **state)
{
	size_t len = TLS_HELLO_MAX + 100;
	uint8_t *bytes = calloc(1, len + 4);
	struct handshake_message m;

	(void)state;
	bytes[0] = HANDSHAKE_CLIENT_HELLO;
	bytes[1] = (uint8_t)(len >> 16);
	bytes[2] = (uint8_t)(len >> 8);
	bytes[3] = (uint8_t)len;
	for (size_t step = 1000; step <= len + 4; step += len + 4 - 1000) {
		struct handshake h = { 0 };
		struct span rest;
		bool has_message = false;

		for (size_t at = 0; at < len + 4; at += step) {
			rest = span_first(span_make(bytes + at, len + 4 - at), step);
			has_message |= handshake_next(&h, &rest, &m) == HANDSHAKE_MESSAGE;
		}
		assert_true(has_message);
		assert_int_equal(m.body.len, TLS_HELLO_MAX);
		handshake_reset(&h);
	}
	free(bytes);
}

/* A ServerHello of TLS 1.3 with ALPN (which TLS 1.2 has there) and encrypt_then_mac. */
static const uint8_t server[] = "\x03\x03"
				"0123456789abcdef0123456789abcdef"
				"\x00\x13\x02\x00"
				"\x00\x13"
				"\x00\x2b\x00\x02\x03\x04"
				"\x00\x10\x00\x05\x00\x03\x02h2"
				"\x00\x16\x00\x00";
#define SERVER_LEN (sizeof(server) - 1)

static void a_server_hello_is_read(void **state)
{
	struct hello_server h;

	(void)state;
	assert_true(hello_server_read(span_make(server, SERVER_LEN), &h));
	assert_int_equal(h.version, TLS_1_3);
	assert_int_equal(h.suite, 0x1302);
	assert_true(h.is_etm);
	assert_false(h.is_retry);
	assert_int_equal(h.protocol, CONNECTION_PROTOCOL_HTTP2);
	assert_memory_equal(h.random, "0123456789abcdef0123456789abcdef", 32);
}

/* No byte beyond the end is looked at, and what is there is read. */
static void every_prefix_is_safe(void **state)
{
	static const size_t needed = 2 + 32 + 1 + 2 + 1;

	(void)state;
	for (size_t n = 0; n < SERVER_LEN; n++) {
		struct guard g = guard_copy(server, n);
		struct hello_server h;
		struct hello_client c;
		struct hello_extensions e;

		assert_int_equal(hello_server_read(g.bytes, &h), n >= needed);
		assert_int_equal(hello_client_read(g.bytes, &c), n >= 2 + 32);
		(void)hello_extensions_read(g.bytes, &e);
		guard_free(&g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_cut_gives_the_same_messages),
		cmocka_unit_test(behind_a_hole_nothing_comes),
		cmocka_unit_test(long_hellos_are_cut),
		cmocka_unit_test(a_server_hello_is_read),
		cmocka_unit_test(every_prefix_is_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
