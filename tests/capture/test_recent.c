/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/recent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* What left: "3:x 5:y ". */
struct left {
	char text[512];
};

static void on_leave(void *ctx, const struct packet *p, const char *comment)
{
	struct left *l = ctx;
	size_t used = strlen(l->text);

	/* A packet's bytes are all its number. */
	for (uint32_t i = 0; i < p->caplen; i++)
		assert_int_equal(p->data[i], (uint8_t)p->number);
	snprintf(l->text + used, sizeof(l->text) - used, "%llu:%s ", (unsigned long long)p->number,
		 comment);
}

static struct recent *make(struct left *l, size_t bytes, size_t rows)
{
	struct recent_config config = {
		.bytes = bytes, .rows_max = rows, .leave = on_leave, .ctx = l
	};
	struct recent *r;

	l->text[0] = '\0';
	r = recent_new(&config);
	assert_non_null(r);
	return r;
}

static void add(struct recent *r, uint64_t number, uint32_t len)
{
	uint8_t data[256];

	memset(data, (int)(uint8_t)number, sizeof(data));
	recent_add(r,
		   &(struct packet){ .data = data, .caplen = len, .len = len, .number = number });
}

static void mark(struct recent *r, uint64_t number, const char *comment)
{
	const char **kept = recent_comment(r, number);

	assert_non_null(kept);
	*kept = comment;
}

static void only_marked_ones_leave_in_order(void **state)
{
	struct left l;
	struct recent *r = make(&l, 1000, 10);

	(void)state;
	for (uint64_t n = 1; n <= 9; n += 2)
		add(r, n, 10);
	assert_null(recent_find(r, 2));
	assert_null(recent_find(r, 11));
	mark(r, 7, "b");
	mark(r, 3, "a");
	assert_string_equal(l.text, "");
	recent_flush(r);
	assert_string_equal(l.text, "3:a 7:b ");
	assert_null(recent_find(r, 3));
	recent_free(r);
}

static void the_oldest_leave_for_a_new_one(void **state)
{
	struct left l;
	struct recent *r = make(&l, 100, 100);

	(void)state;
	for (uint64_t n = 1; n <= 4; n++)
		add(r, n, 25);
	mark(r, 1, "x");
	mark(r, 2, "y");
	add(r, 5, 25);
	assert_string_equal(l.text, "1:x ");
	/* It does not fit at the end: all that lay before it goes. */
	add(r, 6, 60);
	assert_string_equal(l.text, "1:x 2:y ");
	assert_null(recent_comment(r, 4));
	assert_non_null(recent_find(r, 6));
	recent_free(r);
}

static void so_many_rows_and_no_more(void **state)
{
	struct left l;
	struct recent *r = make(&l, 1000, 3);

	(void)state;
	for (uint64_t n = 1; n <= 4; n++) {
		add(r, n, 0);
		mark(r, n, "z");
	}
	assert_string_equal(l.text, "1:z ");
	add(r, 5, 200);
	add(r, 6, 255);
	assert_non_null(recent_find(r, 6));
	recent_free(r);
}

static void every_size_keeps_its_bytes(void **state)
{
	struct left l;
	struct recent *r = make(&l, 300, 7);
	uint32_t len = 1;

	(void)state;
	for (uint64_t n = 1; n < 5000; n++) {
		len = (len * 73 + 41) % 256;
		add(r, n, len);
		assert_non_null(recent_find(r, n));
		mark(r, n, "");
		l.text[0] = '\0'; /* on_leave() looks at the bytes */
	}
	recent_free(r);
}

static void one_that_is_too_large_is_not_kept(void **state)
{
	struct left l;
	struct recent *r = make(&l, 100, 10);

	(void)state;
	add(r, 1, 50);
	add(r, 2, 101);
	assert_non_null(recent_find(r, 1));
	assert_null(recent_find(r, 2));
	recent_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_marked_ones_leave_in_order),
		cmocka_unit_test(the_oldest_leave_for_a_new_one),
		cmocka_unit_test(so_many_rows_and_no_more),
		cmocka_unit_test(every_size_keeps_its_bytes),
		cmocka_unit_test(one_that_is_too_large_is_not_kept),
	};

	return cmocka_run_group_tests_name("recent", tests, NULL, NULL);
}
