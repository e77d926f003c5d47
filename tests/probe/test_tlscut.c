/* SPDX-License-Identifier: BSD-2-Clause */

/* What passes the cut of bodies inside TLS: the kernel's own code, run here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/span.h"
#include "bpf/look.h"

struct prefilter_env {
	struct span bytes;
};

PREFILTER_INLINE long prefilter_load(struct prefilter_env *env, __u32 off, void *to, __u32 len)
{
	if (off > env->bytes.len || len > env->bytes.len - off)
		return -1;
	memcpy(to, env->bytes.ptr + off, len);
	return 0;
}

#include "bpf/tlscut.h"

static const struct tls_settings cutting = { .window = 100, .body_cut = 1 };

/* A call with these first bytes, len in all: how many pass. */
static uint64_t call(struct tls_conn *c, enum tls_dir dir, const char *first, uint64_t len,
		     enum tls_want want)
{
	struct prefilter_env env = { span_text(first) };
	__u32 n = (__u32)(len < env.bytes.len ? len : env.bytes.len);
	uint64_t kept = tls_decide(&cutting, c, dir, len, prefilter_look(&env, 0, n), want);

	c->streams[dir].pos += len;
	assert_true(kept <= len);
	return kept;
}

#define HEADS TLS_WANT_HEADS

static void a_window_follows_a_start_line(void **state)
{
	struct tls_conn c = { .mode = TLS_MODE_NEW };

	(void)state;
	assert_int_equal(call(&c, TLS_READ, "GET / HTTP/1.1\r\n", 60, HEADS), 60);
	assert_int_equal(call(&c, TLS_WRITTEN, "HTTP/1.1 200 OK\r\n", 30, HEADS), 30);
	assert_int_equal(call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 50, HEADS), 50);
	assert_int_equal(call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 50, HEADS), 20);
	assert_int_equal(call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 50, HEADS), 0);
	assert_int_equal(call(&c, TLS_WRITTEN, "HTTP/1.1 200 OK\r\n", 1000, HEADS), 100);
	assert_int_equal(call(&c, TLS_READ, "OPTIONS /a HTTP/1.1\r\n", 60, HEADS), 60);
}

static void http2_passes_in_both_directions_whoever_speaks_first(void **state)
{
	struct tls_conn client = { .mode = TLS_MODE_NEW }, server = { .mode = TLS_MODE_NEW };

	(void)state;
	assert_int_equal(call(&client, TLS_WRITTEN, "PRI * HTTP/2.0\r\n", 24, HEADS), 24);
	assert_int_equal(call(&client, TLS_READ, "HTTP/1.1 is not", 9000, HEADS), 9000);
	assert_int_equal(call(&server, TLS_WRITTEN, "\x01\x02\x12\x04 settings...", 40, HEADS), 40);
	assert_int_equal(call(&server, TLS_READ, "PRI * HTTP/2.0\r\n", 24, HEADS), 24);
	assert_int_equal(call(&server, TLS_WRITTEN, "GET / in a body.", 9000, HEADS), 9000);
}

static void a_connection_met_in_the_middle_passes_until_it_shows_http1(void **state)
{
	struct tls_conn c = { .mode = TLS_MODE_JOINED };

	(void)state;
	assert_int_equal(call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 5000, HEADS), 5000);
	assert_int_equal(call(&c, TLS_READ, "GET / HTTP/1.1\r\n", 60, HEADS), 60);
	assert_int_equal(call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 5000, HEADS), 0);
}

static void start_lines_may_be_split_anywhere(void **state)
{
	static const char line[] = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n";

	(void)state;
	for (size_t n = 1; n < 20; n++) {
		struct tls_conn c = { .mode = TLS_MODE_HTTP1 };
		char first[sizeof(line)] = "";

		call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 5000, HEADS);
		memcpy(first, line, n);
		assert_int_equal(call(&c, TLS_WRITTEN, first, n, HEADS), n);
		if (n >= TLS_SHORT)
			assert_int_equal(call(&c, TLS_WRITTEN, line + n, 20, HEADS), 20);
	}
}

static void the_consumer_has_its_wish(void **state)
{
	struct tls_conn c = { .mode = TLS_MODE_HTTP1 };

	(void)state;
	assert_int_equal(call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 5000, TLS_WANT_ALL), 5000);
	assert_int_equal(call(&c, TLS_WRITTEN, "HTTP/1.1 200 OK\r\n", 500, TLS_WANT_NOTHING), 0);
	assert_int_equal(call(&c, TLS_WRITTEN, "HTTP/1.1 200 OK\r\n", 500, HEADS), 100);
}

static void positions_beyond_32_bits_are_no_matter(void **state)
{
	struct tls_conn c = { .mode = TLS_MODE_HTTP1 };

	(void)state;
	assert_int_equal(call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 1ull << 40, HEADS), 0);
	assert_int_equal(call(&c, TLS_WRITTEN, "HTTP/1.1 200 OK\r\n", 1ull << 33, HEADS), 100);
	assert_int_equal(call(&c, TLS_WRITTEN, "{\"a\": 1, \"b\": 2}", 50, HEADS), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_window_follows_a_start_line),
		cmocka_unit_test(http2_passes_in_both_directions_whoever_speaks_first),
		cmocka_unit_test(a_connection_met_in_the_middle_passes_until_it_shows_http1),
		cmocka_unit_test(start_lines_may_be_split_anywhere),
		cmocka_unit_test(the_consumer_has_its_wish),
		cmocka_unit_test(positions_beyond_32_bits_are_no_matter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
