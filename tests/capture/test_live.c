/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Devices of our own take the place of capture/device.c, so that what they bring, and when, is the
 * test's choice.
 */
#include "capture/live.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <time.h>

#include <cmocka.h>

#include "base/limits.h"
#include "support/failmalloc.h"

#define MS        (NS_PER_S / 1000)
#define TIMES_MAX 8

struct device {
	const char *name;
	uint64_t times_ns[TIMES_MAX]; /* of its packets; 0 ends them */
	unsigned next;
	uint64_t from_ns; /* the packets are there from this time of the clock on */
	const char *news; /* said once */
	unsigned closed;
	int fd;
};

/* An event that never happens. */
static int silent_fd;

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

int device_read(struct device *d, struct packet *out)
{
	if (!d->times_ns[d->next] || now_ns() < d->from_ns)
		return 0;
	*out = (struct packet){ .time_ns = d->times_ns[d->next++], .source = d->name, .caplen = 1 };
	return 1;
}

int device_fd(const struct device *d)
{
	/* One that never becomes readable: the wait takes its whole time. */
	return d->fd;
}

bool device_look(struct device *d, char *why, size_t why_cap)
{
	if (!d->news)
		return false;
	(void)snprintf(why, why_cap, "%s", d->news);
	d->news = NULL;
	return true;
}

const char *device_name(const struct device *d)
{
	return d->name;
}

void device_close(struct device *d)
{
	d->closed++;
}

static struct source *open_two(struct device *a, struct device *b)
{
	struct device *devices[] = { a, b };
	struct source *s;

	a->fd = b->fd = silent_fd;
	s = live_new(devices, 2, "both");

	assert_non_null(s);
	return s;
}

/* The next packet; what is not one is passed over. */
static struct packet next_packet(struct source *s)
{
	struct packet p;
	enum source_status status;

	while ((status = source_next(s, &p)) != SOURCE_PACKET)
		assert_true(status == SOURCE_IDLE || status == SOURCE_NEWS);
	return p;
}

static void packets_of_several_devices_come_in_the_order_of_time(void **state)
{
	uint64_t t = now_ns() - NS_PER_S;
	struct device a = { .name = "a", .times_ns = { t, t + 3, t + 4 } };
	struct device b = { .name = "b", .times_ns = { t + 1, t + 2, t + 5 } };
	struct source *s = open_two(&a, &b);

	(void)state;
	for (uint64_t i = 0; i < 6; i++)
		assert_int_equal(next_packet(s).time_ns, t + i);
	assert_int_equal(s->read_bytes, 6);
	source_close(s);
	assert_int_equal(a.closed, 1);
	assert_int_equal(b.closed, 1);
}

static void an_earlier_packet_of_a_slower_device_is_waited_for(void **state)
{
	uint64_t t = now_ns();
	struct device a = { .name = "a", .times_ns = { t } };
	struct device b = { .name = "b", .times_ns = { t - 1 }, .from_ns = t + 30 * MS };
	struct source *s = open_two(&a, &b);

	(void)state;
	assert_int_equal(next_packet(s).time_ns, t - 1);
	assert_int_equal(next_packet(s).time_ns, t);
	source_close(s);
}

static void a_silent_device_holds_nothing_up(void **state)
{
	uint64_t t = now_ns();
	struct device a = { .name = "a", .times_ns = { t, t + 1 } };
	struct device b = { .name = "b" };
	struct source *s = open_two(&a, &b);

	(void)state;
	assert_int_equal(next_packet(s).time_ns, t);
	assert_true(now_ns() >= t + CAPTURE_LAG_NS);
	assert_int_equal(next_packet(s).time_ns, t + 1);
	assert_true(now_ns() < t + 10 * CAPTURE_LAG_NS);
	source_close(s);
}

static void silence_moves_the_clock_on(void **state)
{
	struct device a = { .name = "a" }, b = { .name = "b" };
	struct source *s = open_two(&a, &b);
	uint64_t before = now_ns();
	struct packet p;

	(void)state;
	assert_int_equal(source_next(s, &p), SOURCE_IDLE);
	assert_int_equal(source_next(s, &p), SOURCE_IDLE);
	assert_true(p.time_ns >= before);
	/* A packet of this very moment may still be in the kernel. */
	assert_true(p.time_ns <= now_ns() - CAPTURE_LAG_NS);
	source_close(s);
}

static void news_of_a_device_are_told(void **state)
{
	struct device a = { .name = "a" }, b = { .name = "b", .news = "is down" };
	struct source *s = open_two(&a, &b);
	struct packet p;

	(void)state;
	assert_int_equal(source_next(s, &p), SOURCE_NEWS);
	assert_string_equal(s->message, "b is down");
	assert_int_equal(source_next(s, &p), SOURCE_IDLE);
	source_close(s);
}

static void what_had_arrived_at_the_end_is_still_given(void **state)
{
	uint64_t t = now_ns();
	struct device a = { .name = "a", .times_ns = { t - 2, t + NS_PER_S } };
	struct device b = { .name = "b", .times_ns = { t - 1 }, .from_ns = t + 20 * MS };
	struct source *s = open_two(&a, &b);
	enum source_status status;
	struct packet p;

	(void)state;
	source_finish(s);
	assert_int_equal(next_packet(s).time_ns, t - 2);
	assert_int_equal(next_packet(s).time_ns, t - 1);
	while ((status = source_next(s, &p)) == SOURCE_IDLE)
		;
	assert_int_equal(status, SOURCE_END);
	assert_int_equal(source_next(s, &p), SOURCE_END);
	assert_true(now_ns() < t + NS_PER_S);
	source_close(s);
}

static void short_memory_closes_the_devices(void **state)
{
	struct device a = { .name = "a" };
	struct device *devices[] = { &a };
	unsigned n = 1;

	(void)state;
	for (;; n++) {
		struct source *s;

		a.closed = 0;
		failmalloc_arm(n);
		s = live_new(devices, 1, "a");
		if (!failmalloc_disarm()) {
			source_close(s);
			break;
		}
		assert_null(s);
		assert_int_equal(a.closed, 1);
	}
	assert_true(n > 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_of_several_devices_come_in_the_order_of_time),
		cmocka_unit_test(an_earlier_packet_of_a_slower_device_is_waited_for),
		cmocka_unit_test(a_silent_device_holds_nothing_up),
		cmocka_unit_test(silence_moves_the_clock_on),
		cmocka_unit_test(news_of_a_device_are_told),
		cmocka_unit_test(what_had_arrived_at_the_end_is_still_given),
		cmocka_unit_test(short_memory_closes_the_devices),
	};

	silent_fd = eventfd(0, EFD_CLOEXEC);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
