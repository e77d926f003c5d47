/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/memory.h"
#include "cors/words.h"
#include "scenario.h"
#include "support/failmalloc.h"

static void things_are_found_again(void **state)
{
	uint64_t evicted = 0;
	struct memory *m = memory_new(100, sizeof(uint64_t), sizeof(uint64_t), &evicted);

	(void)state;
	assert_non_null(m);
	for (uint64_t k = 0; k < 100; k++)
		*(uint64_t *)memory_add(m, k * 1000003) = k;
	for (uint64_t k = 0; k < 100; k++)
		assert_int_equal(*(uint64_t *)memory_find(m, k * 1000003), k);
	assert_null(memory_find(m, 5));
	assert_int_equal(evicted, 0);
	memory_free(m);
}

static void a_new_thing_is_zero_and_an_old_one_is_kept(void **state)
{
	uint64_t evicted = 0;
	struct memory *m = memory_new(2, sizeof(uint64_t), sizeof(uint64_t), &evicted);

	(void)state;
	assert_int_equal(*(uint64_t *)memory_add(m, 1), 0);
	*(uint64_t *)memory_add(m, 1) = 7;
	assert_int_equal(*(uint64_t *)memory_add(m, 1), 7);
	memory_free(m);
}

/* Also where another thing was before: of that one only what was not asked to be zero is left. */
static void a_new_thing_is_zero_as_far_as_was_asked(void **state)
{
	uint64_t evicted = 0;
	struct memory *m = memory_new(2, 3 * sizeof(uint64_t), 2 * sizeof(uint64_t), &evicted);

	(void)state;
	for (uint64_t k = 1; k <= 6; k++) {
		uint64_t *thing = memory_add(m, k);

		assert_int_equal(thing[0], 0);
		assert_int_equal(thing[1], 0);
		thing[0] = thing[1] = thing[2] = k;
	}
	assert_int_equal(evicted, 4);
	memory_free(m);
}

static void the_limit_holds_at_n_and_evicts_at_n_plus_1(void **state)
{
	uint64_t evicted = 0;
	struct memory *m = memory_new(8, sizeof(uint64_t), sizeof(uint64_t), &evicted);

	(void)state;
	for (uint64_t k = 1; k <= 8; k++)
		*(uint64_t *)memory_add(m, k) = k;
	assert_int_equal(evicted, 0);
	*(uint64_t *)memory_add(m, 9) = 9;
	assert_int_equal(evicted, 1);
	/* The oldest that nobody asked for. */
	assert_null(memory_find(m, 1));
	assert_int_equal(*(uint64_t *)memory_find(m, 2), 2);
	/* That one was asked for, so the next oldest goes. */
	*(uint64_t *)memory_add(m, 10) = 10;
	assert_non_null(memory_find(m, 2));
	assert_null(memory_find(m, 3));
	memory_free(m);
}

/* Keys that share their place in the index, and wrap around its end, survive removals. */
static void colliding_keys_survive_each_others_eviction(void **state)
{
	uint64_t evicted = 0;
	struct memory *m = memory_new(16, sizeof(uint64_t), sizeof(uint64_t), &evicted);
	uint64_t random = 88172645463325252u, added[4096];

	(void)state;
	for (unsigned i = 0; i < 4096; i++) {
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		/* Three homes only, the last of the index among them. */
		added[i] = (random & ~63ull) | (31 - random % 3);
		*(uint64_t *)memory_add(m, added[i]) = added[i];
		for (unsigned k = 0; k <= i; k++) {
			const uint64_t *v = memory_find(m, added[k]);

			if (v)
				assert_int_equal(*v, added[k]);
			if (i - k == 0)
				assert_non_null(v);
			if (k > 64 && i - k > 64)
				k = i - 64;
		}
	}
	assert_true(evicted > 4000);
	memory_free(m);
}

static void memory_that_is_short_leaks_nothing(void **state)
{
	uint64_t evicted = 0;

	(void)state;
	for (unsigned n = 1;; n++) {
		struct memory *m;
		bool failed;

		failmalloc_arm(n);
		m = memory_new(8, 8, 8, &evicted);
		failed = failmalloc_disarm();
		assert_int_equal(m == NULL, failed);
		memory_free(m);
		if (!failed)
			break;
	}
	memory_free(NULL);
}

static void words_are_had_back_by_their_names(void **state)
{
	char longest[CORS_NAME_MAX + 2];
	struct words w;
	uint64_t a, b;

	(void)state;
	assert_true(words_init(&w, 1, 8));
	a = words_put(&w, span_text("https://a.example"));
	b = words_put(&w, span_text("https://b.example"));
	assert_true(a != b && a && b);
	assert_int_equal(words_put(&w, span_text("https://a.example")), a);
	assert_true(span_is(words_get(&w, a), "https://a.example"));
	assert_false(span_is_present(words_get(&w, 0)));
	assert_true(span_is_present(words_get(&w, words_put(&w, span_text("")))));
	memset(longest, 'x', sizeof(longest));
	a = words_put(&w, span_make(longest, CORS_NAME_MAX));
	assert_int_equal(words_get(&w, a).len, CORS_NAME_MAX);
	a = words_put(&w, span_make(longest, CORS_NAME_MAX + 1));
	assert_true(a != 0);
	assert_false(span_is_present(words_get(&w, a)));
	words_fini(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(things_are_found_again),
		cmocka_unit_test(a_new_thing_is_zero_and_an_old_one_is_kept),
		cmocka_unit_test(a_new_thing_is_zero_as_far_as_was_asked),
		cmocka_unit_test(the_limit_holds_at_n_and_evicts_at_n_plus_1),
		cmocka_unit_test(colliding_keys_survive_each_others_eviction),
		cmocka_unit_test(memory_that_is_short_leaks_nothing),
		cmocka_unit_test(words_are_had_back_by_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
