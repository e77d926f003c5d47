/* SPDX-License-Identifier: BSD-2-Clause */
#include "ring.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "support/failmalloc.h"

#define CAP 1024u

/* Append a record of len bytes, all of this value. False when there is no room. */
static bool put(struct ring *r, size_t len, uint8_t value)
{
	uint8_t *p = ring_reserve(r, len);

	if (!p)
		return false;
	memset(p, value, len);
	ring_commit(r);
	return true;
}

static void take(struct ring *r, size_t len, uint8_t value)
{
	const uint8_t *p = ring_peek(r);

	assert_non_null(p);
	assert_int_equal((uintptr_t)p % RING_ALIGN, 0);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(p[i], value);
	ring_drop(r);
}

static void records_come_out_in_order_whatever_their_length(void **state)
{
	struct ring r;

	(void)state;
	assert_int_equal(ring_init(&r, CAP), 0);
	assert_null(ring_peek(&r));
	for (size_t a = 0; a < CAP / 2 - RING_ALIGN; a += 7) {
		size_t b = (a * 31 + 5) % (CAP / 2 - 2 * RING_ALIGN);

		assert_true(put(&r, a, (uint8_t)a));
		take(&r, a, (uint8_t)a);
		/* The longest find room in an empty ring wherever the last one ended. */
		assert_true(put(&r, CAP / 2 - RING_ALIGN, 1));
		take(&r, CAP / 2 - RING_ALIGN, 1);
		assert_true(put(&r, b / 2, (uint8_t)b));
		assert_true(put(&r, b / 4, (uint8_t)(b + 1)));
		take(&r, b / 2, (uint8_t)b);
		take(&r, b / 4, (uint8_t)(b + 1));
		assert_null(ring_peek(&r));
	}
	ring_fini(&r);
}

static void a_full_ring_refuses_and_loses_nothing(void **state)
{
	struct ring r;
	unsigned in = 0, out = 0;

	(void)state;
	assert_int_equal(ring_init(&r, CAP), 0);
	for (unsigned turn = 0; turn < 100; turn++) {
		while (put(&r, in % 100, (uint8_t)in))
			in++;
		assert_true(ring_is_half_full(&r));
		assert_true(in > out);
		for (unsigned n = (in - out + 1) / 2; n; n--, out++)
			take(&r, out % 100, (uint8_t)out);
	}
	while (out < in) {
		take(&r, out % 100, (uint8_t)out);
		out++;
	}
	assert_null(ring_peek(&r));
	assert_false(ring_is_half_full(&r));
	ring_fini(&r);
}

#define RECORDS 200000u

static void *produce(void *arg)
{
	struct ring *r = arg;

	for (unsigned i = 0; i < RECORDS; i++) {
		while (!put(r, i % 200, (uint8_t)i))
			sched_yield();
	}
	return NULL;
}

static void two_threads_see_the_same(void **state)
{
	pthread_t thread;
	struct ring r;

	(void)state;
	assert_int_equal(ring_init(&r, CAP), 0);
	assert_int_equal(pthread_create(&thread, NULL, produce, &r), 0);
	for (unsigned i = 0; i < RECORDS; i++) {
		while (!ring_peek(&r))
			sched_yield();
		take(&r, i % 200, (uint8_t)i);
	}
	pthread_join(thread, NULL);
	ring_fini(&r);
}

static void no_memory_is_said(void **state)
{
	struct ring r;

	(void)state;
	failmalloc_arm(1);
	assert_int_equal(ring_init(&r, CAP), -ENOMEM);
	assert_true(failmalloc_disarm());
	ring_fini(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_come_out_in_order_whatever_their_length),
		cmocka_unit_test(a_full_ring_refuses_and_loses_nothing),
		cmocka_unit_test(two_threads_see_the_same),
		cmocka_unit_test(no_memory_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
