/* SPDX-License-Identifier: BSD-2-Clause */

/* The small parts of HTTP/2: frame headers, the table of streams, the arena of a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "http/arena.h"
#include "http/h2frame.h"
#include "http/h2streams.h"
#include "support/guard.h"

static void a_header_has_nine_bytes(void **state)
{
	static const uint8_t bytes[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0xff, 0xfe, 0xfd, 0xfc };
	struct h2frame f;

	(void)state;
	h2frame_read(bytes, &f);
	assert_int_equal(f.len, 0x010203);
	assert_int_equal(f.type, 4);
	assert_int_equal(f.flags, 5);
	assert_int_equal(f.stream, 0x7ffefdfc);
}

static void frames_that_no_peer_sends_are_unsound(void **state)
{
	static const struct {
		uint8_t type;
		uint32_t len, stream;
		bool is_sound;
	} frames[] = {
		{ H2FRAME_DATA, 0, 1, true },
		{ H2FRAME_DATA, 0, 0, false },
		{ H2FRAME_HEADERS, 0, 1, true },
		{ H2FRAME_HEADERS, 9, 0, false },
		{ H2FRAME_PRIORITY, 5, 3, true },
		{ H2FRAME_PRIORITY, 4, 3, false },
		{ H2FRAME_RST_STREAM, 4, 1, true },
		{ H2FRAME_RST_STREAM, 5, 1, false },
		{ H2FRAME_RST_STREAM, 4, 0, false },
		{ H2FRAME_SETTINGS, 0, 0, true },
		{ H2FRAME_SETTINGS, 12, 0, true },
		{ H2FRAME_SETTINGS, 11, 0, false },
		{ H2FRAME_SETTINGS, 6, 1, false },
		{ H2FRAME_PUSH_PROMISE, 4, 1, true },
		{ H2FRAME_PUSH_PROMISE, 3, 1, false },
		{ H2FRAME_PING, 8, 0, true },
		{ H2FRAME_PING, 7, 0, false },
		{ H2FRAME_PING, 8, 1, false },
		{ H2FRAME_GOAWAY, 8, 0, true },
		{ H2FRAME_GOAWAY, 99, 0, true },
		{ H2FRAME_GOAWAY, 7, 0, false },
		{ H2FRAME_WINDOW_UPDATE, 4, 0, true },
		{ H2FRAME_WINDOW_UPDATE, 4, 7, true },
		{ H2FRAME_WINDOW_UPDATE, 3, 7, false },
		{ H2FRAME_CONTINUATION, 0, 1, true },
		{ H2FRAME_CONTINUATION, 0, 0, false },
		{ H2FRAME_CONTINUATION + 1, 1, 0, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(frames) / sizeof(frames[0]); i++) {
		struct h2frame f = { .type = frames[i].type,
				     .len = frames[i].len,
				     .stream = frames[i].stream };

		assert_int_equal(h2frame_is_sound(&f), frames[i].is_sound);
	}
}

static void some_bytes_prove_frames(void **state)
{
#define PING                                                                                       \
	"\0\0\x08\x06\0\0\0\0\0"                                                                   \
	"12345678"
#define ACK "\0\0\0\x04\x01\0\0\0\0"
#define END "\0\0\0\0\x01\0\0\0\x05"
	static const struct {
		const char *bytes;
		size_t len;
		bool is_proof;
	} cases[] = {
		{ PING, 17, true },
		{ PING, 16, false },      /* one header, its payload goes on */
		{ PING PING, 26, true },  /* two headers */
		{ PING PING, 25, false }, /* not quite */
		{ PING "x", 18, false },  /* what follows is none */
		{ ACK, 9, true },         /* everyone sends these nine bytes */
		{ END, 9, false },        /* these are often found elsewhere */
		{ END PING, 26, true },
		{ "\0\0\0\0\0\0\0\0\x05" PING, 26, false }, /* an empty frame for nothing */
		{ "\0\0\x08\x06\x04\0\0\0\0"
		  "12345678",
		  17, false }, /* a flag that PING lacks */
		{ "\0\0\x08\x06\0\x80\0\0\0"
		  "12345678",
		  17, false }, /* the reserved bit */
		{ "\0\0\x08\x0b\0\0\0\0\0"
		  "12345678",
		  17, false }, /* an extension */
		{ "", 0, false },
		{ "GET / HTTP/1.1\r\n\r\n", 18, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct guard g = guard_copy(cases[i].bytes, cases[i].len);

		assert_int_equal(h2frame_is_proof(g.bytes), cases[i].is_proof);
		guard_free(&g);
	}
}

static void streams_are_found_in_any_order(void **state)
{
	struct pool p = { 0 };
	struct h2streams t = { 0 };
	struct http_request r = { .method = span_text("GET"), .target = span_text("/") };
	struct waiting *all[64];

	(void)state;
	assert_null(h2streams_find(&t, 1));
	/* 37 and 64 have no common divisor: every stream comes once. */
	for (unsigned i = 0; i < 64; i++) {
		unsigned n = i * 37 % 64;

		all[n] = waiting_new(&p, &r);
		assert_true(h2streams_add(&t, &p, 2 * n + 1, all[n]));
		assert_false(h2streams_add(&t, &p, 2 * n + 1, all[n]));
	}
	for (unsigned n = 0; n < 64; n++) {
		assert_int_equal(h2streams_at(&t, n)->id, 2 * n + 1);
		assert_ptr_equal(h2streams_find(&t, 2 * n + 1)->request, all[n]);
		assert_null(h2streams_find(&t, 2 * n));
		assert_null(h2streams_find(&t, 2 * n + 2));
	}
	for (unsigned i = 0; i < 32; i++) {
		unsigned n = i * 37 % 64;

		assert_ptr_equal(h2streams_take(&t, h2streams_find(&t, 2 * n + 1)), all[n]);
		assert_null(h2streams_find(&t, 2 * n + 1));
		waiting_free(&p, all[n]);
	}
	assert_int_equal(t.cnt, 32);
	h2streams_fini(&t, &p);
	assert_int_equal(p.held, 0);
	pool_fini(&p);
}

static void copies_stay_until_the_arena_is_emptied(void **state)
{
	static uint8_t bytes[5000];
	struct pool p = { 0 };
	struct arena a = { 0 };
	struct span copies[40];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 7);
	for (size_t i = 0; i < 40; i++) {
		copies[i] = arena_copy(&a, &p, span_make(bytes, i * 125));
		assert_true(span_is_present(copies[i]));
	}
	for (size_t i = 0; i < 40; i++) {
		assert_int_equal(copies[i].len, i * 125);
		assert_memory_equal(copies[i].ptr, bytes, i * 125);
	}
	arena_empty(&a, &p);
	assert_int_equal(p.held, 0);
	arena_empty(&a, &p);
	/* Without room there is no copy, and what there was stays. */
	copies[0] = arena_copy(&a, &p, span_make(bytes, 3));
	p.held += HTTP_HELD_TOTAL_MAX;
	assert_false(span_is_present(arena_copy(&a, &p, span_make(bytes, 4999))));
	assert_true(p.is_full);
	assert_memory_equal(copies[0].ptr, bytes, 3);
	p.held -= HTTP_HELD_TOTAL_MAX;
	arena_empty(&a, &p);
	assert_int_equal(p.held, 0);
	pool_fini(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_header_has_nine_bytes),
		cmocka_unit_test(frames_that_no_peer_sends_are_unsound),
		cmocka_unit_test(some_bytes_prove_frames),
		cmocka_unit_test(streams_are_found_in_any_order),
		cmocka_unit_test(copies_stay_until_the_arena_is_emptied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
