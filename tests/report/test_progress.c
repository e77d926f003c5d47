/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/progress.h"

#include <string.h>

#include "base/limits.h"
#include "sample.h"

#define MS 1000000ull

struct bar {
	struct sample_stream stream;
	struct progress progress;
};

static struct bar *bar_open(struct bar *b)
{
	b->progress = (struct progress){ .file = sample_open(&b->stream)->file };
	return b;
}

static void bar_at(struct bar *b, const char *name, uint64_t time_ns, uint64_t read_bytes)
{
	progress_update(&b->progress, &(struct progress_now){ .name = name,
							      .read_bytes = read_bytes,
							      .size_bytes = 1000000000,
							      .exchanges = 1234,
							      .time_ns = time_ns });
}

static void expect_bar(struct bar *b, const char *expected)
{
	assert_string_equal(sample_text(&b->stream), expected);
	free(b->stream.text);
}

static void a_long_read_shows_how_far_it_is(void **state)
{
	struct bar b;

	(void)state;
	bar_at(bar_open(&b), "a.pcap", NS_PER_S, 0);
	bar_at(&b, "a.pcap", 2 * NS_PER_S, 250000000);
	progress_clear(&b.progress);
	expect_bar(&b, "\ra.pcap  25% [#####...............] 250 MB/s, 0:03 left, 1,234 exchanges"
		       "\33[K\r\33[K");
}

static void a_short_read_shows_nothing(void **state)
{
	struct bar b;

	(void)state;
	bar_at(bar_open(&b), "a.pcap", NS_PER_S, 0);
	bar_at(&b, "a.pcap", NS_PER_S + 299 * MS, 999999999);
	progress_clear(&b.progress);
	expect_bar(&b, "");
}

static unsigned count_returns(const char *text)
{
	unsigned n = 0;

	while ((text = strchr(text, '\r')) != NULL) {
		text++;
		n++;
	}
	return n;
}

static void it_is_drawn_ten_times_a_second(void **state)
{
	struct bar b;

	(void)state;
	bar_open(&b);
	for (uint64_t t = 0; t < 1300; t++)
		bar_at(&b, "a.pcap", NS_PER_S + t * MS, t * 500000);
	assert_int_equal(count_returns(sample_text(&b.stream)), 10);
	free(b.stream.text);
}

static void another_input_starts_anew(void **state)
{
	static const char a[] = "a.pcap", other[] = "b.pcap";
	struct bar b;

	(void)state;
	bar_at(bar_open(&b), a, NS_PER_S, 0);
	bar_at(&b, other, 2 * NS_PER_S, 500000000);
	expect_bar(&b, "");
}

static void without_a_size_or_a_terminal_there_is_none(void **state)
{
	struct progress_now now = { .name = "-", .read_bytes = 5, .time_ns = NS_PER_S };
	struct progress nowhere = { 0 };
	struct bar b;

	(void)state;
	bar_open(&b);
	progress_update(&b.progress, &now);
	now.time_ns += NS_PER_S;
	progress_update(&b.progress, &now);
	expect_bar(&b, "");
	now.size_bytes = 10;
	progress_update(&nowhere, &now);
	progress_clear(&nowhere);
}

static void the_end_of_the_input_wipes_the_line(void **state)
{
	struct bar b;

	(void)state;
	bar_at(bar_open(&b), "a.pcap", NS_PER_S, 0);
	bar_at(&b, "a.pcap", 2 * NS_PER_S, 999999999);
	bar_at(&b, "a.pcap", 2 * NS_PER_S + 1, 1000000000);
	bar_at(&b, "a.pcap", 3 * NS_PER_S, 1500000000); /* the file grew meanwhile */
	expect_bar(&b, "\ra.pcap  99% [####################] 1000 MB/s, 0:00 left, 1,234 exchanges"
		       "\33[K\r\33[K");
}

static void a_live_capture_shows_counts(void **state)
{
	struct bar b;
	struct progress_live now = {
		.exchanges = 1, .causes = 2, .packets = 1234, .dropped = 5, .time_ns = NS_PER_S
	};

	(void)state;
	progress_live(&bar_open(&b)->progress, &now);
	now.time_ns += 99 * MS; /* too soon to be read */
	progress_live(&b.progress, &now);
	progress_clear(&b.progress);
	expect_bar(&b, "\r1 exchange, 2 causes, 1,234 packets, 5 dropped\33[K\r\33[K");
	b.progress.file = NULL;
	now.time_ns += NS_PER_S;
	progress_live(&b.progress, &now);
}

static void a_long_name_is_shown_by_its_end(void **state)
{
	static const char name[] = "/var/captures/2026/11/\33[2Jmonday-0123456789-0123456789.pcap";
	struct bar b;
	char *text;

	(void)state;
	bar_at(bar_open(&b), name, NS_PER_S, 0);
	bar_at(&b, name, 2 * NS_PER_S, 1);
	text = sample_text(&b.stream);
	assert_ptr_equal(strstr(text, "\r456789-0123456789.pcap "), NULL);
	assert_non_null(strstr(text, "89-0123456789.pcap "));
	assert_null(strstr(text, "[2J"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_long_read_shows_how_far_it_is),
		cmocka_unit_test(a_short_read_shows_nothing),
		cmocka_unit_test(it_is_drawn_ten_times_a_second),
		cmocka_unit_test(another_input_starts_anew),
		cmocka_unit_test(without_a_size_or_a_terminal_there_is_none),
		cmocka_unit_test(the_end_of_the_input_wipes_the_line),
		cmocka_unit_test(a_live_capture_shows_counts),
		cmocka_unit_test(a_long_name_is_shown_by_its_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
