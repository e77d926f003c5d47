/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The flow table and its timers, against what a list would say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "net/flow.h"
#include "net/wheel.h"
#include "support/failmalloc.h"
#include "support/packets.h"

#define FLOWS 20000

static struct segment segment_of(uint32_t n)
{
	struct segment s = { .src = packets_endpoint("10.0.0.1", (uint16_t)n),
			     .dst = packets_endpoint("10.0.0.2", 80),
			     .packet = n + 1 };

	s.src.addr.bytes[14] = (uint8_t)(n >> 16);
	s.ends_hash = endpoints_hash(&s.src, &s.dst, 77);
	return s;
}

static struct segment reversed(struct segment s)
{
	struct endpoint e = s.src;

	s.src = s.dst;
	s.dst = e;
	s.ends_hash = endpoints_hash(&s.src, &s.dst, 77);
	return s;
}

static struct flow *add(struct flow_table *t, uint32_t n)
{
	struct segment s = segment_of(n);

	return flow_add(t, &s, 0);
}

static struct flow *find(struct flow_table *t, uint32_t n, unsigned *dir)
{
	struct segment s = segment_of(n);

	return flow_find(t, &s, dir);
}

static void parts_are_even_and_hold_both_directions(void **state)
{
	(void)state;
	for (uint32_t parts = 1; parts <= 8; parts++) {
		uint32_t cnt[8] = { 0 };

		for (uint32_t n = 0; n < FLOWS; n++) {
			struct segment s = segment_of(n), back = reversed(s);
			uint32_t part = flow_part(&s, parts);

			assert_true(part < parts);
			assert_int_equal(part, flow_part(&back, parts));
			cnt[part]++;
		}
		for (uint32_t i = 0; i < parts; i++)
			assert_in_range(cnt[i], FLOWS / parts / 10 * 9, FLOWS / parts / 10 * 11);
	}
}

static void both_directions_find_one_flow(void **state)
{
	struct flow_table t;
	struct segment s = segment_of(7), back = reversed(s);
	struct flow *f;
	unsigned dir = 9;

	(void)state;
	assert_int_equal(flow_table_init(&t, 10), 0);
	f = add(&t, 7);
	assert_ptr_equal(flow_find(&t, &s, &dir), f);
	assert_int_equal(dir, 0);
	assert_ptr_equal(flow_find(&t, &back, &dir), f);
	assert_int_equal(dir, 1);
	add(&t, 8); /* another one is found between */
	assert_non_null(find(&t, 8, &dir));
	assert_ptr_equal(flow_find(&t, &back, &dir), f);
	assert_int_equal(dir, 1);
	flow_remove(&t, f);
	assert_null(flow_find(&t, &back, &dir));
	flow_table_fini(&t);
}

/* Whoever finds two connections with one hash must not make one connection of them. */
static void flows_with_one_hash_are_told_apart(void **state)
{
	struct flow_table t;
	unsigned dir;

	(void)state;
	assert_int_equal(flow_table_init(&t, 10), 0);
	for (uint32_t n = 0; n < 10; n++) {
		struct segment s = segment_of(n);

		s.ends_hash = 5;
		assert_null(flow_find(&t, &s, &dir));
		flow_add(&t, &s, 0);
	}
	for (uint32_t n = 0; n < 10; n++) {
		struct segment s = segment_of(n), back = reversed(s);

		s.ends_hash = back.ends_hash = 5;
		assert_int_equal(flow_find(&t, &s, &dir)->conn.first_packet, n + 1);
		assert_int_equal(dir, 0);
		assert_int_equal(flow_find(&t, &back, &dir)->conn.first_packet, n + 1);
		assert_int_equal(dir, 1);
	}
	for (uint32_t n = 0; n < 10; n++) {
		struct segment s = segment_of(n);

		s.ends_hash = 5;
		flow_remove(&t, flow_find(&t, &s, &dir));
		assert_null(flow_find(&t, &s, &dir));
		assert_int_equal(t.cnt, 9 - n);
	}
	flow_table_fini(&t);
}

static void flows_are_found_until_they_are_removed(void **state)
{
	struct flow_table t;
	unsigned dir;

	(void)state;
	assert_int_equal(flow_table_init(&t, FLOWS), 0);
	for (uint32_t n = 0; n < FLOWS; n++)
		assert_non_null(add(&t, n));
	for (uint32_t n = 0; n < FLOWS; n += 3)
		flow_remove(&t, find(&t, n, &dir));
	for (uint32_t n = 0; n < FLOWS; n++) {
		struct flow *f = find(&t, n, &dir);

		assert_int_equal(f == NULL, n % 3 == 0);
		if (f)
			assert_int_equal(f->conn.first_packet, n + 1);
	}
	flow_table_fini(&t);
}

static void table_takes_its_limit_and_not_one_more(void **state)
{
	struct flow_table t;
	unsigned dir;

	(void)state;
	assert_int_equal(flow_table_init(&t, 5), 0);
	for (uint32_t n = 0; n < 5; n++)
		assert_non_null(add(&t, n));
	assert_null(add(&t, 5));
	flow_remove(&t, find(&t, 2, &dir));
	assert_non_null(add(&t, 5));
	flow_table_fini(&t);
}

static void table_stays_whole_when_memory_is_short(void **state)
{
	(void)state;
	for (unsigned n = 1;; n++) {
		struct flow_table t;
		unsigned dir;
		uint32_t added = 0;

		failmalloc_arm(n);
		if (flow_table_init(&t, FLOWS)) {
			failmalloc_disarm();
			continue;
		}
		for (uint32_t i = 0; i < 5000; i++)
			added += add(&t, i) != NULL;
		assert_int_equal(added, t.cnt);
		for (uint32_t i = 0; i < 5000; i++)
			added -= find(&t, i, &dir) != NULL;
		assert_int_equal(added, 0);
		flow_table_fini(&t);
		if (!failmalloc_disarm())
			break;
	}
}

static void timers_come_up_in_their_second_and_in_order(void **state)
{
	struct flow_table t;
	struct wheel w;
	uint32_t seen = 0;

	(void)state;
	assert_int_equal(flow_table_init(&t, FLOWS), 0);
	wheel_init(&w, 5 * NS_PER_S);
	for (uint32_t n = 0; n < 600; n++)
		wheel_add(&w, &t, add(&t, n), (5 + (n * 7) % 600) * NS_PER_S);
	for (uint64_t now_s = 5; now_s < 700; now_s += 3) {
		uint64_t last = 0;

		for (uint32_t id = wheel_due(&w, &t, now_s * NS_PER_S); id; seen++) {
			struct flow *f = flow_by_id(&t, id);
			uint64_t due_s = 5 + ((f->conn.first_packet - 1) * 7) % 600;

			assert_true(due_s < now_s && due_s + 4 >= now_s);
			assert_true(f->conn.first_packet > last);
			last = f->conn.first_packet;
			id = f->wheel_next;
		}
	}
	assert_int_equal(seen, 600);
	assert_null(wheel_next(&w, &t));
	flow_table_fini(&t);
}

static void removed_timer_does_not_come_up(void **state)
{
	struct flow_table t;
	struct wheel w;
	struct flow *f[3];

	(void)state;
	assert_int_equal(flow_table_init(&t, 10), 0);
	wheel_init(&w, 0);
	for (uint32_t n = 0; n < 3; n++) {
		f[n] = add(&t, n);
		wheel_add(&w, &t, f[n], 9 * NS_PER_S);
	}
	wheel_remove(&w, &t, f[1]);
	assert_int_equal(wheel_due(&w, &t, 5000 * NS_PER_S), f[0]->id);
	assert_int_equal(f[0]->wheel_next, f[2]->id);
	assert_int_equal(f[2]->wheel_next, 0);
	flow_table_fini(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_even_and_hold_both_directions),
		cmocka_unit_test(both_directions_find_one_flow),
		cmocka_unit_test(flows_with_one_hash_are_told_apart),
		cmocka_unit_test(flows_are_found_until_they_are_removed),
		cmocka_unit_test(table_takes_its_limit_and_not_one_more),
		cmocka_unit_test(table_stays_whole_when_memory_is_short),
		cmocka_unit_test(timers_come_up_in_their_second_and_in_order),
		cmocka_unit_test(removed_timer_does_not_come_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
