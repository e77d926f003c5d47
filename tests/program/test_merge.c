/* SPDX-License-Identifier: BSD-2-Clause */
#include "merge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define LANES 3

struct scene {
	struct ring rings[LANES];
	_Atomic uint64_t passed[LANES];
	struct merge_lane lanes[LANES];
};

static int setup(void **state)
{
	static struct scene s;

	memset(&s, 0, sizeof(s));
	for (unsigned i = 0; i < LANES; i++) {
		if (ring_init(&s.rings[i], 1u << 16))
			return -1;
		s.lanes[i] = (struct merge_lane){ .ring = &s.rings[i], .passed = &s.passed[i] };
	}
	*state = &s;
	return 0;
}

static int teardown(void **state)
{
	struct scene *s = *state;

	for (unsigned i = 0; i < LANES; i++)
		ring_fini(&s->rings[i]);
	return 0;
}

static void tell(struct scene *s, unsigned lane, uint64_t at, uint64_t rank)
{
	struct exchange x = { .index = (uint32_t)lane };
	struct parcel_key key = { at, rank };
	struct parcel *p = ring_reserve(&s->rings[lane], parcel_size(&x));

	assert_non_null(p);
	parcel_make(p, &key, &x);
	ring_commit(&s->rings[lane]);
}

static void next_is(struct scene *s, unsigned lane, uint64_t at)
{
	size_t from;
	const struct parcel *p = merge_next(s->lanes, LANES, &from);

	assert_non_null(p);
	assert_int_equal(p->key.at, at);
	assert_int_equal(from, lane);
	ring_drop(&s->rings[from]);
}

static void nothing_is_known(struct scene *s)
{
	size_t from;

	assert_null(merge_next(s->lanes, LANES, &from));
}

static void the_least_key_comes_first(void **state)
{
	struct scene *s = *state;

	tell(s, 2, 5, PARCEL_RANK_PACKET);
	tell(s, 0, 9, 3);
	tell(s, 1, 9, 2);
	tell(s, 1, 9, 4);
	tell(s, 0, 9, PARCEL_RANK_PACKET);
	for (unsigned i = 0; i < LANES; i++)
		s->passed[i] = 10;
	next_is(s, 2, 5);
	next_is(s, 1, 9);
	next_is(s, 0, 9);
	next_is(s, 1, 9);
	next_is(s, 0, 9);
	nothing_is_known(s);
}

static void a_lane_that_may_still_bring_an_earlier_one_is_waited_for(void **state)
{
	struct scene *s = *state;

	tell(s, 0, 7, PARCEL_RANK_PACKET);
	nothing_is_known(s);
	s->passed[1] = s->passed[2] = 7; /* what comes at 7 may come before it */
	nothing_is_known(s);
	s->passed[1] = 8;
	nothing_is_known(s);
	tell(s, 2, 7, 1);
	s->passed[2] = 8;
	next_is(s, 2, 7);
	next_is(s, 0, 7);
}

static void what_comes_late_is_seen_before_what_came_after_it(void **state)
{
	struct scene *s = *state;

	s->passed[1] = s->passed[2] = 5;
	tell(s, 0, 4, 0);
	next_is(s, 0, 4);
	/* The merge knows that lane 1 had passed 5; since then it told more and went on. */
	tell(s, 1, 6, 0);
	s->passed[1] = 100;
	s->passed[2] = 100;
	tell(s, 0, 50, 0);
	next_is(s, 1, 6);
	next_is(s, 0, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(the_least_key_comes_first, setup, teardown),
		cmocka_unit_test_setup_teardown(
			a_lane_that_may_still_bring_an_earlier_one_is_waited_for, setup, teardown),
		cmocka_unit_test_setup_teardown(what_comes_late_is_seen_before_what_came_after_it,
						setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
