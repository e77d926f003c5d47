/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>

#include "base/limits.h"
#include "capture/savefile.h"
#include "support/guard.h"
#include "support/pcapwriter.h"

#define TIME_NS 1700000000123456789ull

/* Take the file's header off w, the rest is left in *rest. */
static struct savefile header_read(const struct pcapwriter *w, struct span *rest)
{
	struct savefile f = { .source = "file" };
	struct span all = span_make(w->bytes, w->len);
	struct packet p;
	struct record r;

	assert_true(savefile_is(all));
	assert_int_equal(savefile_next(&f, all, &p, &r), RECORD_OTHER);
	assert_int_equal(r.take, SAVEFILE_HEADER_LEN);
	*rest = span_from(all, SAVEFILE_HEADER_LEN);
	return f;
}

static void check_form(bool big, uint32_t magic, uint64_t time_ns)
{
	struct pcapwriter w = { .big = big };
	struct savefile f;
	struct packet p;
	struct record r;
	struct span rest;

	pcapwriter_header(&w, magic, 113);
	pcapwriter_record(&w, TIME_NS, span_text("abc"), 1500);
	f = header_read(&w, &rest);
	assert_int_equal(savefile_next(&f, rest, &p, &r), RECORD_PACKET);
	assert_int_equal(r.take, 16 + 3);
	assert_memory_equal(p.data, "abc", 3);
	assert_int_equal(p.caplen, 3);
	assert_int_equal(p.len, 1500);
	assert_int_equal(p.link, 113);
	assert_int_equal(p.time_ns, time_ns);
	assert_string_equal(p.source, "file");
	pcapwriter_free(&w);
}

static void both_orders_and_both_resolutions_are_read(void **state)
{
	(void)state;
	check_form(false, PCAPWRITER_MICRO, 1700000000123456000);
	check_form(true, PCAPWRITER_MICRO, 1700000000123456000);
	check_form(false, PCAPWRITER_NANO, TIME_NS);
	check_form(true, PCAPWRITER_NANO, TIME_NS);
}

static void frame_check_bits_are_no_part_of_the_link_type(void **state)
{
	struct pcapwriter w = { .big = true };
	struct span rest;

	(void)state;
	pcapwriter_header(&w, PCAPWRITER_MICRO, 0x24000000 | 1);
	assert_int_equal(header_read(&w, &rest).link, 1);
	pcapwriter_free(&w);
}

static void every_cut_asks_for_more(void **state)
{
	struct pcapwriter w = { .big = false };

	(void)state;
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	pcapwriter_record(&w, TIME_NS, span_text("packet"), 6);
	for (size_t n = 0; n < w.len; n++) {
		struct guard g = guard_copy(w.bytes, n);
		struct savefile f = { .source = "file" };
		struct span seen = g.bytes;
		struct packet p;
		struct record r;

		assert_int_equal(savefile_is(seen), n > 0);
		if (n >= SAVEFILE_HEADER_LEN) {
			assert_int_equal(savefile_next(&f, seen, &p, &r), RECORD_OTHER);
			seen = span_from(seen, r.take);
		}
		assert_int_equal(savefile_next(&f, seen, &p, &r), RECORD_SHORT);
		assert_true(r.take > seen.len);
		assert_int_equal(r.take, n < 24 ? 24 : n < 40 ? 16 : 22);
		guard_free(&g);
	}
	pcapwriter_free(&w);
}

static void an_empty_packet_is_a_packet(void **state)
{
	struct pcapwriter w = { .big = false };
	struct savefile f;
	struct packet p;
	struct record r;
	struct span rest;

	(void)state;
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	pcapwriter_record(&w, 0, span_make(NULL, 0), 60);
	f = header_read(&w, &rest);
	assert_int_equal(savefile_next(&f, rest, &p, &r), RECORD_PACKET);
	assert_int_equal(p.caplen, 0);
	assert_int_equal(p.len, 60);
	pcapwriter_free(&w);
}

static void a_packet_is_at_least_as_long_as_what_was_captured(void **state)
{
	struct pcapwriter w = { .big = false };
	struct savefile f;
	struct packet p;
	struct record r;
	struct span rest;

	(void)state;
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	pcapwriter_record(&w, 0, span_text("packet"), 0);
	f = header_read(&w, &rest);
	assert_int_equal(savefile_next(&f, rest, &p, &r), RECORD_PACKET);
	assert_int_equal(p.len, 6);
	pcapwriter_free(&w);
}

static void the_longest_packet_is_read_and_a_longer_one_is_damage(void **state)
{
	struct pcapwriter w = { .big = true };
	uint8_t *data = calloc(1, CAPTURE_PACKET_MAX);
	struct savefile f;
	struct packet p;
	struct record r;
	struct span rest;

	(void)state;
	assert_non_null(data);
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	pcapwriter_record(&w, 0, span_make(data, CAPTURE_PACKET_MAX), CAPTURE_PACKET_MAX);
	f = header_read(&w, &rest);
	assert_int_equal(savefile_next(&f, rest, &p, &r), RECORD_PACKET);
	assert_int_equal(p.caplen, CAPTURE_PACKET_MAX);
	pcapwriter_set32(&w, 24 + 8, CAPTURE_PACKET_MAX + 1);
	assert_int_equal(savefile_next(&f, rest, &p, &r), RECORD_BAD);
	assert_string_equal(r.why, "a packet record claims 16777217 bytes (limit 16777216)");
	free(data);
	pcapwriter_free(&w);
}

static void other_versions_and_dialects_are_not_this_format(void **state)
{
	struct pcapwriter w = { .big = false };

	(void)state;
	assert_false(savefile_is(span_make("", 0)));
	assert_false(savefile_is(span_text("\xa1\xb2\xcd\x34")));
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	w.bytes[6] = 3;
	assert_false(savefile_is(span_make(w.bytes, w.len)));
	assert_true(savefile_is(span_make(w.bytes, 6)));
	pcapwriter_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_orders_and_both_resolutions_are_read),
		cmocka_unit_test(frame_check_bits_are_no_part_of_the_link_type),
		cmocka_unit_test(every_cut_asks_for_more),
		cmocka_unit_test(an_empty_packet_is_a_packet),
		cmocka_unit_test(a_packet_is_at_least_as_long_as_what_was_captured),
		cmocka_unit_test(the_longest_packet_is_read_and_a_longer_one_is_damage),
		cmocka_unit_test(other_versions_and_dialects_are_not_this_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
