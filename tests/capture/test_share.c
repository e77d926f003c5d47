/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/share.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "capture/window.h"
#include "support/memfile.h"

#define READERS 3
/* Several rounds of all blocks, and a part of one. */
#define BYTES ((size_t)SHARE_BLOCK * SHARE_BLOCKS * 3 + 12345)

static uint8_t byte_at(size_t i)
{
	return (uint8_t)(i ^ i >> 8 ^ i >> 16);
}

static int memory_fd(size_t len)
{
	uint8_t *bytes = malloc(len ? len : 1);
	int fd;

	assert_non_null(bytes);
	for (size_t i = 0; i < len; i++)
		bytes[i] = byte_at(i);
	fd = memfile_make(span_make(bytes, len)).fd; /* closed by the share */
	free(bytes);
	return fd;
}

/* One reader: how it reads, and what it saw. */
struct job {
	struct share *share;
	size_t step, seen;
	size_t stop; /* leave after so many bytes */
	bool is_same;
};

/* Records of step bytes, which lie across the borders of blocks now and then. */
static void *read_all(void *arg)
{
	struct job *j = arg;
	struct window w;

	window_init_shared(&w, j->share);
	j->is_same = true;
	while (j->seen < j->stop) {
		bool is_whole = window_want(&w, j->step);
		struct span seen = span_first(window_seen(&w), j->step);

		for (size_t i = 0; i < seen.len; i++)
			j->is_same &= seen.ptr[i] == byte_at(j->seen + i);
		window_take(&w, seen.len);
		j->seen += seen.len;
		if (!is_whole)
			break;
	}
	window_fini(&w);
	return NULL;
}

static void run(int fd, struct job jobs[static READERS])
{
	pthread_t threads[READERS];
	struct share *share;

	assert_int_equal(share_open(fd, READERS, NULL, &share), 0);
	for (unsigned i = 0; i < READERS; i++) {
		jobs[i].share = share;
		assert_int_equal(pthread_create(&threads[i], NULL, read_all, &jobs[i]), 0);
	}
	for (unsigned i = 0; i < READERS; i++) {
		pthread_join(threads[i], NULL);
		assert_true(jobs[i].is_same);
	}
}

static void every_reader_sees_every_byte(void **state)
{
	struct job jobs[READERS] = { { .step = 1000, .stop = SIZE_MAX },
				     { .step = SHARE_BLOCK + 77, .stop = SIZE_MAX },
				     { .step = 3 * SHARE_BLOCK, .stop = SIZE_MAX } };

	(void)state;
	run(memory_fd(BYTES), jobs);
	for (unsigned i = 0; i < READERS; i++)
		assert_int_equal(jobs[i].seen, BYTES);
}

static void one_that_leaves_holds_up_nobody(void **state)
{
	struct job jobs[READERS] = { { .step = 1000, .stop = SIZE_MAX },
				     { .step = 1000, .stop = 100 },
				     { .step = 1000, .stop = 5 * SHARE_BLOCK } };

	(void)state;
	run(memory_fd(BYTES), jobs);
	assert_int_equal(jobs[0].seen, BYTES);
	assert_true(jobs[1].seen >= 100);
}

/* Feeds a pipe. */
static void *feed(void *arg)
{
	int fd = *(int *)arg;
	uint8_t bytes[4099];

	for (size_t at = 0; at < BYTES;) {
		size_t n = BYTES - at < sizeof(bytes) ? BYTES - at : sizeof(bytes);

		for (size_t i = 0; i < n; i++)
			bytes[i] = byte_at(at + i);
		at += (size_t)write(fd, bytes, n);
	}
	close(fd);
	return NULL;
}

static void a_pipe_is_shared_too(void **state)
{
	struct job jobs[READERS] = { { .step = 1000, .stop = SIZE_MAX },
				     { .step = 70000, .stop = SIZE_MAX },
				     { .step = 13, .stop = SIZE_MAX } };
	pthread_t feeder;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(pthread_create(&feeder, NULL, feed, &ends[1]), 0);
	run(ends[0], jobs);
	pthread_join(feeder, NULL);
	for (unsigned i = 0; i < READERS; i++)
		assert_int_equal(jobs[i].seen, BYTES);
}

static void an_empty_input_ends_at_once(void **state)
{
	struct job jobs[READERS] = { { .step = 1, .stop = SIZE_MAX },
				     { .step = 1, .stop = SIZE_MAX },
				     { .step = 9, .stop = SIZE_MAX } };

	(void)state;
	run(memory_fd(0), jobs);
	for (unsigned i = 0; i < READERS; i++)
		assert_int_equal(jobs[i].seen, 0);
}

static int refuse(const char *path)
{
	assert_string_equal(path, "nowhere");
	return -ENOENT;
}

static int refuse_no_more(const char *path)
{
	(void)path;
	fail();
	return -EIO;
}

static void every_reader_is_refused_alike(void **state)
{
	struct share_pool *p = share_pool_new(2, READERS);
	struct share *s;

	(void)state;
	assert_non_null(p);
	assert_int_equal(share_pool_open(p, 1, "nowhere", refuse, NULL, &s), -ENOENT);
	assert_int_equal(share_pool_open(p, 1, "nowhere", refuse_no_more, NULL, &s), -ENOENT);
	assert_null(s);
	share_pool_free(p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_reader_sees_every_byte),
		cmocka_unit_test(one_that_leaves_holds_up_nobody),
		cmocka_unit_test(a_pipe_is_shared_too),
		cmocka_unit_test(an_empty_input_ends_at_once),
		cmocka_unit_test(every_reader_is_refused_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
