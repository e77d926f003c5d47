/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/shelf.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "support/failmalloc.h"

#define TYPE "text/plain"

/* An edition of two documents, which say its number. */
static struct edition *edition(unsigned number)
{
	struct edition *e = edition_new();

	if (!e)
		return NULL;
	out_u64(edition_open(e, "/b", TYPE), number);
	edition_close(e);
	out_u64(edition_open(e, "/a", TYPE), number);
	edition_close(e);
	return e;
}

static void a_document_is_found_by_its_path(void **state)
{
	struct shelf *s = shelf_new();
	const struct document *d;

	(void)state;
	assert_non_null(s);
	assert_null(shelf_get(s, "/a"));
	assert_int_equal(shelf_version(s), 0);
	shelf_publish(s, edition(17));
	assert_int_equal(shelf_version(s), 1);
	assert_null(shelf_get(s, "/c"));
	d = shelf_get(s, "/a");
	assert_non_null(d);
	assert_string_equal(d->path, "/a");
	assert_int_equal(d->len, 2);
	assert_memory_equal(d->bytes, "17", 2);
	shelf_put(s, d);
	shelf_put(s, NULL);
	shelf_free(s);
}

static void what_is_held_outlives_its_edition(void **state)
{
	struct shelf *s = shelf_new();
	const struct document *old, *new;

	(void)state;
	shelf_publish(s, edition(1));
	old = shelf_get(s, "/a");
	shelf_publish(s, edition(2));
	new = shelf_get(s, "/a");
	assert_memory_equal(old->bytes, "1", 1);
	assert_memory_equal(new->bytes, "2", 1);
	assert_true(old->hash != new->hash);
	shelf_put(s, old);
	shelf_publish(s, edition(2));
	old = shelf_get(s, "/a");
	assert_true(old->hash == new->hash);
	shelf_put(s, old);
	shelf_put(s, new);
	shelf_free(s);
}

static void documents_are_in_the_order_of_their_paths(void **state)
{
	struct edition *e = edition(1);

	(void)state;
	edition_sort(e);
	assert_string_equal(edition_at(e, 0)->path, "/a");
	assert_string_equal(edition_at(e, 1)->path, "/b");
	assert_null(edition_at(e, 2));
	assert_int_equal(edition_error(e), 0);
	edition_free(e);
	edition_free(NULL);
}

struct readers {
	struct shelf *shelf;
	atomic_bool is_over;
};

/* Both documents of an edition say the same; what is read is whole. */
static void *read_on(void *arg)
{
	struct readers *r = arg;
	size_t wrong = 0;

	while (!r->is_over) {
		const struct document *d = shelf_get(r->shelf, "/a");

		wrong += d && (d->len < 1 || d->len > 5 || d->bytes[0] < '0' || d->bytes[0] > '9');
		shelf_put(r->shelf, d);
	}
	return wrong ? r : NULL;
}

static void readers_and_a_writer_do_not_meet(void **state)
{
	struct readers r = { .shelf = shelf_new() };
	pthread_t threads[3];
	void *wrong;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, read_on, &r), 0);
	for (unsigned i = 0; i < 3000; i++)
		shelf_publish(r.shelf, edition(i));
	r.is_over = true;
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(threads[i], &wrong), 0);
		assert_null(wrong);
	}
	shelf_free(r.shelf);
}

static void an_edition_that_memory_was_short_for_says_so(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 100; n++) {
		struct edition *e;
		bool was_short;

		failmalloc_arm(n);
		e = edition(1);
		was_short = failmalloc_disarm();
		if (e && was_short)
			assert_true(edition_error(e) != 0 || edition_at(e, 1) != NULL);
		edition_free(e);
		if (!was_short)
			return;
	}
	fail_msg("it never ends");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_is_found_by_its_path),
		cmocka_unit_test(what_is_held_outlives_its_edition),
		cmocka_unit_test(documents_are_in_the_order_of_their_paths),
		cmocka_unit_test(readers_and_a_writer_do_not_meet),
		cmocka_unit_test(an_edition_that_memory_was_short_for_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
