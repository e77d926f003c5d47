/* SPDX-License-Identifier: BSD-2-Clause */
#include "leftout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "support/packets.h"

/* A live capture that left out whatever begins at an even number. */
static bool even_was_cut(void *ctx, const struct endpoint *src, const struct endpoint *dst,
			 uint32_t from, uint32_t until)
{
	(void)ctx;
	(void)src;
	(void)dst;
	(void)until;
	return from % 2 == 0;
}

static void want(void *ctx, const struct connection *conn, const uint32_t first[2],
		 const bool has_first[2])
{
	(void)conn;
	(void)first;
	(void)has_first;
	++*(unsigned *)ctx;
}

static bool ask(struct leftout *l, const struct endpoint *src, const struct endpoint *dst,
		uint32_t from, uint32_t until)
{
	return l->capture.was_cut(l->capture.ctx, src, dst, from, until);
}

static void the_file_answers_as_the_capture_did(void **state)
{
	const struct endpoint a = packets_endpoint("192.0.2.1", 80),
			      b = packets_endpoint("2001:db8::9", 50123);
	unsigned wants = 0;
	const struct net_capture inner = { .was_cut = even_was_cut, .want = want, .ctx = &wants };
	static struct leftout live, back;
	struct span comment;

	(void)state;
	leftout_init(&live, &inner);
	leftout_init(&back, NULL);
	assert_false(span_is_present(leftout_comment(&live)));
	assert_true(ask(&live, &a, &b, 1000, 21000));
	assert_true(ask(&live, &a, &b, 1000, 21000));
	assert_false(ask(&live, &a, &b, 1001, 21000));
	assert_true(ask(&live, &b, &a, 4294967294, 5));
	comment = leftout_comment(&live);
	assert_true(span_is(comment,
			    "cors-sniff left out 192.0.2.1:80 > [2001:db8::9]:50123 1000-21000\n"
			    "cors-sniff left out [2001:db8::9]:50123 > 192.0.2.1:80 4294967294-5"));
	assert_false(ask(&back, &a, &b, 1000, 21000));
	back.said = comment;
	assert_true(ask(&back, &a, &b, 1000, 21000));
	assert_true(ask(&back, &b, &a, 4294967294, 5));
	assert_false(ask(&back, &a, &b, 1000, 2100));
	assert_false(ask(&back, &a, &b, 1001, 21000));
	assert_false(ask(&back, &b, &a, 1000, 21000));
	leftout_clear(&live);
	assert_false(span_is_present(leftout_comment(&live)));
}

static void wants_reach_the_capture_if_there_is_one(void **state)
{
	unsigned wants = 0;
	const struct net_capture inner = { .was_cut = even_was_cut, .want = want, .ctx = &wants };
	static struct leftout l;

	(void)state;
	leftout_init(&l, &inner);
	l.capture.want(l.capture.ctx, NULL, NULL, NULL);
	assert_int_equal(wants, 1);
	leftout_init(&l, NULL);
	l.capture.want(l.capture.ctx, NULL, NULL, NULL);
	assert_int_equal(wants, 1);
}

static void what_finds_no_room_is_not_written_in_part(void **state)
{
	const struct endpoint a = packets_endpoint("192.0.2.1", 80),
			      b = packets_endpoint("192.0.2.2", 50123);
	const struct net_capture inner = { .was_cut = even_was_cut, .want = want };
	static struct leftout l;

	(void)state;
	leftout_init(&l, &inner);
	for (uint32_t n = 0; n < 200; n += 2)
		assert_true(ask(&l, &a, &b, n, n + 9));
	assert_true(l.len <= sizeof(l.text));
	for (struct span rest = leftout_comment(&l); rest.len;) {
		size_t n = span_find(rest, '\n');

		assert_true(n > 50 && n < 80);
		rest = span_from(rest, n + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_file_answers_as_the_capture_did),
		cmocka_unit_test(wants_reach_the_capture_if_there_is_one),
		cmocka_unit_test(what_finds_no_room_is_not_written_in_part),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
