/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "capture/pcapng.h"
#include "support/failmalloc.h"
#include "support/guard.h"
#include "support/pcapwriter.h"

#define LOG_MAX 8

/* What came out of a whole file in memory. */
struct log {
	struct packet packets[LOG_MAX];
	size_t cnt;
	struct record r; /* of the last answer */
	size_t off;      /* of the bytes that it was given */
};

static const struct pcapwriter_iface ethernet = { .link = 1, .snaplen = 0, .name = "eth0" };

static struct names *names;

static int names_begin(void **state)
{
	(void)state;
	names = names_new();
	return names ? 0 : -1;
}

static int names_end(void **state)
{
	(void)state;
	names_free(names);
	return 0;
}

/* Parse all of bytes. The last answer: SHORT at the end, or BAD. */
static enum record_kind parse_all(struct span bytes, struct log *log)
{
	struct pcapng f = { .names = names, .source = "file" };
	enum record_kind kind;

	*log = (struct log){ .cnt = 0 };
	for (;;) {
		struct span seen = span_from(bytes, log->off);

		kind = pcapng_next(&f, seen, &log->packets[log->cnt], &log->r);
		if (kind == RECORD_SHORT || kind == RECORD_BAD)
			break;
		/* A block that is skipped over the end: it goes on at the end, with nothing. */
		log->off += log->r.take < seen.len ? (size_t)log->r.take : seen.len;
		if (kind == RECORD_PACKET)
			assert_true(++log->cnt < LOG_MAX);
	}
	pcapng_fini(&f);
	return kind;
}

static enum record_kind parse_writer(const struct pcapwriter *w, struct log *log)
{
	return parse_all(span_make(w->bytes, w->len), log);
}

static void check_packet(const struct packet *p, const char *data, uint32_t len, uint64_t time_ns)
{
	assert_int_equal(p->caplen, strlen(data));
	assert_memory_equal(p->data, data, p->caplen);
	assert_int_equal(p->len, len);
	assert_int_equal(p->time_ns, time_ns);
}

static void check_packet_blocks(bool big)
{
	struct pcapwriter w = { .big = big };
	struct log log;

	pcapwriter_section(&w);
	pcapwriter_interface(&w, &ethernet);
	pcapwriter_enhanced(&w, 0, 1700000000123456, span_text("enhanced"), 1500);
	pcapwriter_obsolete(&w, 0, 1700000000123457, span_text("old"), 3);
	pcapwriter_simple(&w, span_text("simple"), 6);
	pcapwriter_enhanced(&w, 0, 0, span_make(NULL, 0), 60);
	assert_int_equal(parse_writer(&w, &log), RECORD_SHORT);
	assert_int_equal(log.off, w.len);
	assert_int_equal(log.cnt, 4);
	check_packet(&log.packets[0], "enhanced", 1500, 1700000000123456000);
	check_packet(&log.packets[1], "old", 3, 1700000000123457000);
	check_packet(&log.packets[2], "simple", 6, 0);
	check_packet(&log.packets[3], "", 60, 0);
	assert_int_equal(log.packets[0].link, 1);
	assert_string_equal(log.packets[0].source, "eth0");
	pcapwriter_free(&w);
}

static void all_three_packet_blocks_are_read_in_both_orders(void **state)
{
	(void)state;
	check_packet_blocks(false);
	check_packet_blocks(true);
}

/* A block of secrets of a type, with what it claims their length to be. */
static void write_secrets(struct pcapwriter *w, bool big, uint32_t type, uint32_t claim,
			  const char *text)
{
	struct pcapwriter body = { .big = big };

	pcapwriter_u32(&body, type);
	pcapwriter_u32(&body, claim);
	pcapwriter_bytes(&body, span_text(text));
	pcapwriter_block(w, 10, span_make(body.bytes, body.len));
	pcapwriter_free(&body);
}

static enum record_kind read_secrets(bool big, uint32_t type, uint32_t claim, struct pcapwriter *w,
				     struct record *r)
{
	struct pcapng f = { .names = names, .source = "file", .big = big };
	struct packet p;
	enum record_kind kind;

	w->big = big;
	write_secrets(w, big, type, claim, "secret");
	kind = pcapng_next(&f, span_make(w->bytes, w->len), &p, r);
	pcapng_fini(&f);
	return kind;
}

static void tls_secrets_are_handed_up_in_both_orders(void **state)
{
	static const uint32_t tls = 0x544c534b, wireguard = 0x57474b4c;

	(void)state;
	for (unsigned big = 0; big < 2; big++) {
		struct pcapwriter known = { 0 }, other = { 0 }, bad = { 0 };
		struct record r;

		assert_int_equal(read_secrets(big, tls, 6, &known, &r), RECORD_SECRETS);
		assert_true(span_is(r.secrets, "secret"));
		assert_int_equal(r.take, known.len);
		assert_int_equal(read_secrets(big, wireguard, 6, &other, &r), RECORD_OTHER);
		assert_int_equal(r.take, other.len);
		/* The padding is not counted, and nothing beyond it is there. */
		assert_int_equal(read_secrets(big, tls, 9, &bad, &r), RECORD_BAD);
		pcapwriter_free(&known);
		pcapwriter_free(&other);
		pcapwriter_free(&bad);
	}
}

static void each_interface_has_its_own_link_clock_and_name(void **state)
{
	static const uint8_t nano = 9, binary = 0x80 | 10;
	static const struct pcapwriter_iface wlan = { .link = 127,
						      .name = "wlan\x1b[0m",
						      .tsresol = &nano };
	static const struct pcapwriter_iface none = { .link = 101,
						      .tsresol = &binary,
						      .tsoffset = 1700000000 };

	(void)state;
	for (int big = 0; big < 2; big++) {
		struct pcapwriter w = { .big = big };
		struct log log;

		pcapwriter_section(&w);
		pcapwriter_interface(&w, &ethernet);
		pcapwriter_interface(&w, &wlan);
		pcapwriter_interface(&w, &none);
		pcapwriter_enhanced(&w, 2, 512, span_text("c"), 1);
		pcapwriter_enhanced(&w, 1, 1700000000123456789, span_text("b"), 1);
		pcapwriter_obsolete(&w, 0, 5, span_text("a"), 1);
		assert_int_equal(parse_writer(&w, &log), RECORD_SHORT);
		assert_int_equal(log.cnt, 3);
		assert_int_equal(log.packets[0].link, 101);
		assert_string_equal(log.packets[0].source, "file");
		assert_int_equal(log.packets[0].time_ns, 1700000000500000000);
		assert_int_equal(log.packets[1].link, 127);
		assert_string_equal(log.packets[1].source, "wlan?[0m");
		assert_int_equal(log.packets[1].time_ns, 1700000000123456789);
		assert_int_equal(log.packets[2].link, 1);
		assert_int_equal(log.packets[2].time_ns, 5000);
		pcapwriter_free(&w);
	}
}

static void a_new_section_turns_the_order_and_forgets_the_interfaces(void **state)
{
	static const struct pcapwriter_iface raw = { .link = 101, .name = "tun0" };
	struct pcapwriter w = { .big = false };
	struct log log;
	size_t good;

	(void)state;
	pcapwriter_section(&w);
	pcapwriter_interface(&w, &ethernet);
	pcapwriter_interface(&w, &ethernet);
	pcapwriter_enhanced(&w, 1, 1, span_text("little"), 6);
	w.big = true;
	pcapwriter_section(&w);
	pcapwriter_interface(&w, &raw);
	pcapwriter_enhanced(&w, 0, 2, span_text("big"), 3);
	good = w.len;
	pcapwriter_enhanced(&w, 1, 3, span_text("of the first section"), 20);
	assert_int_equal(parse_writer(&w, &log), RECORD_BAD);
	assert_int_equal(log.off, good);
	assert_string_equal(log.r.why,
			    "a packet is of an interface that was not described, number 1");
	assert_int_equal(log.cnt, 2);
	assert_int_equal(log.packets[1].link, 101);
	assert_string_equal(log.packets[1].source, "tun0");
	pcapwriter_free(&w);
}

static void a_simple_packet_is_cut_at_the_snapshot_length(void **state)
{
	static const struct pcapwriter_iface four = { .link = 1, .snaplen = 4 };
	struct pcapwriter w = { .big = true };
	struct log log;

	(void)state;
	pcapwriter_section(&w);
	pcapwriter_interface(&w, &four);
	pcapwriter_simple(&w, span_text("abcd"), 1500);
	pcapwriter_simple(&w, span_text("abc"), 3);
	assert_int_equal(parse_writer(&w, &log), RECORD_SHORT);
	check_packet(&log.packets[0], "abcd", 1500, 0);
	check_packet(&log.packets[1], "abc", 3, 0);
	pcapwriter_free(&w);
}

static void other_blocks_are_skipped_whatever_their_size(void **state)
{
	struct pcapwriter w = { .big = false };
	struct span many = span_make(calloc(1, CAPTURE_BLOCK_MAX), CAPTURE_BLOCK_MAX);
	struct log log;

	(void)state;
	assert_non_null(many.ptr);
	pcapwriter_section(&w);
	pcapwriter_block(&w, 4, span_text("name resolution"));
	pcapwriter_interface(&w, &ethernet);
	pcapwriter_block(&w, 0xbad, span_make(NULL, 0));
	pcapwriter_block(&w, 10, many);
	pcapwriter_enhanced(&w, 0, 1, span_text("x"), 1);
	assert_int_equal(parse_writer(&w, &log), RECORD_SHORT);
	assert_int_equal(log.off, w.len);
	assert_int_equal(log.cnt, 1);
	free((void *)(uintptr_t)many.ptr);
	pcapwriter_free(&w);
}

static void every_cut_is_short_and_no_byte_behind_it_is_read(void **state)
{
	struct pcapwriter w = { .big = false };
	size_t ends[3];

	(void)state;
	pcapwriter_section(&w);
	pcapwriter_interface(&w, &ethernet);
	pcapwriter_enhanced(&w, 0, 1, span_text("one"), 3);
	ends[0] = w.len;
	pcapwriter_block(&w, 4, span_text("skipped"));
	pcapwriter_simple(&w, span_text("two"), 3);
	ends[1] = w.len;
	pcapwriter_obsolete(&w, 0, 1, span_text("three"), 5);
	ends[2] = w.len;
	for (size_t n = 0; n <= w.len; n++) {
		struct guard g = guard_copy(w.bytes, n);
		struct log log;

		assert_int_equal(pcapng_is(g.bytes), n > 0);
		assert_int_equal(parse_all(g.bytes, &log), RECORD_SHORT);
		assert_int_equal(log.cnt, (n >= ends[0]) + (n >= ends[1]) + (n >= ends[2]));
		guard_free(&g);
	}
	pcapwriter_free(&w);
}

/* A good section with an interface, then a damage; its text is expected at its offset. */
struct damage {
	struct pcapwriter w;
	size_t at;
};

static struct damage damage_begin(void)
{
	struct damage d = { .w = { .big = false } };

	pcapwriter_section(&d.w);
	pcapwriter_interface(&d.w, &ethernet);
	d.at = d.w.len;
	return d;
}

static void damage_end(struct damage *d, size_t off, const char *why)
{
	struct log log;

	assert_int_equal(parse_writer(&d->w, &log), RECORD_BAD);
	assert_string_equal(log.r.why, why);
	assert_int_equal(log.off, off);
	assert_int_equal(log.cnt, 0);
	pcapwriter_free(&d->w);
}

static void a_length_that_is_no_blocks_length_is_damage(void **state)
{
	static const struct {
		uint32_t len;
		const char *why;
	} bad[] = {
		{ 0, "a block's length is 0" },
		{ 11, "a block's length is 11" },
		{ 14, "a block's length is 14" },
		{ 0xfffffffc, "a packet block claims 4294967292 bytes (limit 16842752)" },
		{ CAPTURE_BLOCK_MAX + 4, "a packet block claims 16842756 bytes (limit 16842752)" },
		{ 12, "a block's two lengths differ, 12 and 0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct damage d = damage_begin();

		pcapwriter_enhanced(&d.w, 0, 1, span_text("abc"), 3);
		pcapwriter_set32(&d.w, d.at + 4, bad[i].len);
		damage_end(&d, d.at, bad[i].why);
	}
}

static void a_trailer_that_differs_is_damage(void **state)
{
	struct damage d = damage_begin();

	(void)state;
	pcapwriter_enhanced(&d.w, 0, 1, span_text("abc"), 3);
	pcapwriter_set32(&d.w, d.w.len - 4, 40);
	damage_end(&d, d.at, "a block's two lengths differ, 36 and 40");

	d = damage_begin();
	pcapwriter_block(&d.w, 4, span_text("skip"));
	pcapwriter_set32(&d.w, d.w.len - 4, 20);
	damage_end(&d, d.w.len - 4, "a block's two lengths differ, 16 and 20");
}

static void a_packet_longer_than_its_block_is_damage(void **state)
{
	struct damage d = damage_begin();

	(void)state;
	pcapwriter_enhanced(&d.w, 0, 1, span_text("abc"), 3);
	pcapwriter_set32(&d.w, d.at + 20, 5);
	damage_end(&d, d.at, "a packet block of 36 bytes claims a packet of 5");

	d = damage_begin();
	pcapwriter_simple(&d.w, span_text("abcd"), 5);
	damage_end(&d, d.at, "a packet block of 20 bytes claims a packet of 5");

	d = damage_begin();
	pcapwriter_block(&d.w, 6, span_text("16 bytes and no "));
	damage_end(&d, d.at, "a packet block is too short: 28");
}

static void a_broken_interface_is_damage(void **state)
{
	struct damage d = damage_begin();

	(void)state;
	pcapwriter_block(&d.w, 1, span_text("four"));
	damage_end(&d, d.at, "an interface block is too short: 16");

	d = damage_begin();
	pcapwriter_interface(&d.w, &ethernet);
	d.w.bytes[d.at + 18] = 200;
	damage_end(&d, d.at, "an option runs past its interface block of 32");
}

static void a_section_without_order_or_of_another_version_is_damage(void **state)
{
	struct damage d = damage_begin();

	(void)state;
	pcapwriter_section(&d.w);
	pcapwriter_set32(&d.w, d.at + 8, 0x11223344);
	damage_end(&d, d.at, "a section has no byte order (its mark is 0x44332211)");

	d = damage_begin();
	pcapwriter_section(&d.w);
	d.w.bytes[d.at + 12] = 2;
	damage_end(&d, d.at, "a section is not of version 1 of pcapng but of 2");

	d = damage_begin();
	pcapwriter_section(&d.w);
	pcapwriter_set32(&d.w, d.at + 4, 24);
	damage_end(&d, d.at, "a section header's length is 24");
}

static void the_longest_packet_is_read_and_a_longer_one_is_damage(void **state)
{
	struct span data = span_make(calloc(1, CAPTURE_PACKET_MAX + 4), CAPTURE_PACKET_MAX);

	(void)state;
	assert_non_null(data.ptr);
	for (size_t more = 0; more < 2; more++) {
		struct damage d = damage_begin();
		struct log log;

		pcapwriter_enhanced(&d.w, 0, 1, span_make(data.ptr, data.len + more), 1);
		assert_int_equal(parse_writer(&d.w, &log), more ? RECORD_BAD : RECORD_SHORT);
		assert_int_equal(log.cnt, !more);
		pcapwriter_free(&d.w);
	}
	free((void *)(uintptr_t)data.ptr);
}

static void one_interface_too_many_is_damage(void **state)
{
	static const struct pcapwriter_iface plain = { .link = 1 };

	(void)state;
	for (size_t more = 0; more < 2; more++) {
		struct damage d = damage_begin();
		struct log log;

		for (size_t i = 1; i < CAPTURE_INTERFACES_MAX + more; i++)
			pcapwriter_interface(&d.w, &plain);
		assert_int_equal(parse_writer(&d.w, &log), more ? RECORD_BAD : RECORD_SHORT);
		if (more)
			assert_string_equal(log.r.why, "a section has more interfaces than 65536");
		pcapwriter_free(&d.w);
	}
}

static void no_memory_for_an_interface_is_told(void **state)
{
	struct damage d = damage_begin();
	struct names *empty = names_new(), *kept = names;
	struct log log;

	(void)state;
	names = empty;
	pcapwriter_enhanced(&d.w, 0, 1, span_text("x"), 1);
	/* The name first: the file's name does instead. */
	failmalloc_arm(1);
	assert_int_equal(parse_writer(&d.w, &log), RECORD_SHORT);
	assert_true(failmalloc_disarm());
	assert_string_equal(log.packets[0].source, "file");
	failmalloc_arm(2);
	assert_int_equal(parse_writer(&d.w, &log), RECORD_BAD);
	assert_true(failmalloc_disarm());
	assert_string_equal(log.r.why, "no memory for an interface, number 0");
	names = kept;
	names_free(empty);
	pcapwriter_free(&d.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_three_packet_blocks_are_read_in_both_orders),
		cmocka_unit_test(tls_secrets_are_handed_up_in_both_orders),
		cmocka_unit_test(each_interface_has_its_own_link_clock_and_name),
		cmocka_unit_test(a_new_section_turns_the_order_and_forgets_the_interfaces),
		cmocka_unit_test(a_simple_packet_is_cut_at_the_snapshot_length),
		cmocka_unit_test(other_blocks_are_skipped_whatever_their_size),
		cmocka_unit_test(every_cut_is_short_and_no_byte_behind_it_is_read),
		cmocka_unit_test(a_length_that_is_no_blocks_length_is_damage),
		cmocka_unit_test(a_trailer_that_differs_is_damage),
		cmocka_unit_test(a_packet_longer_than_its_block_is_damage),
		cmocka_unit_test(a_broken_interface_is_damage),
		cmocka_unit_test(a_section_without_order_or_of_another_version_is_damage),
		cmocka_unit_test(the_longest_packet_is_read_and_a_longer_one_is_damage),
		cmocka_unit_test(one_interface_too_many_is_damage),
		cmocka_unit_test(no_memory_for_an_interface_is_told),
	};

	return cmocka_run_group_tests(tests, names_begin, names_end);
}
