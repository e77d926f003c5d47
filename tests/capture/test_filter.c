/* SPDX-License-Identifier: BSD-2-Clause */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "capture/filter.h"
#include "capture/packet.h"
#include "support/failmalloc.h"

/* An IPv4 header with TCP behind it, ports 51234 -> 8080, 10.0.0.1 -> 10.0.0.2. */
static const uint8_t tcp[] = { 0x45, 0, 0,  40, 0,    0, 0,    0,    64,   6,    0, 0, 10, 0,
			       0,    1, 10, 0,  0,    2, 0xc8, 0x22, 0x1f, 0x90, 0, 0, 0,  0,
			       0,    0, 0,  0,  0x50, 2, 0,    0,    0,    0,    0, 0 };

/* The packet above behind a link header that ends in an EtherType, or behind none. */
static struct packet on_link(uint32_t link, uint8_t *room, size_t header)
{
	memset(room, 0, header);
	if (header)
		room[header - 2] = 0x08;
	memcpy(room + header, tcp, sizeof(tcp));
	return (struct packet){ .data = room,
				.caplen = (uint32_t)(header + sizeof(tcp)),
				.len = (uint32_t)(header + sizeof(tcp)),
				.link = link };
}

static bool matches(const char *expression, const struct packet *p)
{
	struct filter *f;
	char why[256];
	bool match;

	assert_int_equal(filter_new(expression, &f, why, sizeof(why)), 0);
	match = filter_match(f, p);
	assert_int_equal(filter_match(f, p), match);
	filter_free(f);
	return match;
}

static void ports_and_hosts_are_matched_on_every_link(void **state)
{
	static const struct {
		uint32_t link;
		size_t header;
	} links[] = { { 1, 14 }, { 101, 0 }, { 12, 0 }, { 228, 0 }, { 113, 16 } };

	(void)state;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
		uint8_t room[64];
		struct packet p = on_link(links[i].link, room, links[i].header);

		assert_true(matches("tcp port 8080", &p));
		assert_true(matches("", &p));
		assert_true(matches("src host 10.0.0.1 and dst port 8080", &p));
		assert_false(matches("port 80", &p));
		assert_false(matches("udp", &p));
	}
}

static void lengths_are_the_wires_and_bytes_the_captures(void **state)
{
	uint8_t room[64];
	struct packet p = on_link(1, room, 14);

	(void)state;
	p.len = 1500;
	assert_true(matches("greater 1500", &p));
	/* The ports were cut off: they are not 8080, whatever lies behind the capture. */
	p.caplen = 14 + 20;
	assert_false(matches("tcp port 8080", &p));
	p.caplen = 0;
	assert_false(matches("tcp", &p));
}

static void a_syntax_error_has_libpcaps_words(void **state)
{
	static const char *const wrong[] = { "tcp prot 80", "port", "host 1.2.3.4.5", "(tcp" };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct filter *f = (struct filter *)&f;
		char why[256] = "";

		assert_int_equal(filter_new(wrong[i], &f, why, sizeof(why)), -EINVAL);
		assert_null(f);
		assert_string_not_equal(why, "");
		assert_null(strchr(why, '\n'));
	}
}

static void what_does_not_fit_a_link_is_refused_and_counted(void **state)
{
	uint8_t room[64], raw_room[64];
	struct packet p = on_link(1, room, 14), raw = on_link(101, raw_room, 0);
	struct filter *f;
	const char *why;
	char text[256];

	(void)state;
	assert_int_equal(filter_new("ether host 0:0:0:0:0:0", &f, text, sizeof(text)), 0);
	assert_int_equal(filter_refused(f, &why), 0);
	assert_null(why);
	assert_true(filter_match(f, &p));
	assert_false(filter_match(f, &raw));
	assert_false(filter_match(f, &raw));
	assert_true(filter_match(f, &p));
	assert_int_equal(filter_refused(f, &why), 2);
	assert_non_null(strstr(why, "link type 101: "));
	filter_free(f);
}

static void what_fits_only_radio_or_cooked_captures_is_accepted(void **state)
{
	static const char *const special[] = { "inbound", "wlan type mgt",
					       "type mgt subtype beacon" };

	(void)state;
	for (size_t i = 0; i < sizeof(special) / sizeof(special[0]); i++) {
		struct filter *f;
		char why[256];

		assert_int_equal(filter_new(special[i], &f, why, sizeof(why)), 0);
		filter_free(f);
	}
}

static void many_link_types_in_turn_keep_their_programs(void **state)
{
	uint8_t room[64], raw_room[64];
	struct packet p = on_link(1, room, 14), raw = on_link(101, raw_room, 0);
	struct filter *f;
	char why[256];

	(void)state;
	assert_int_equal(filter_new("tcp port 8080", &f, why, sizeof(why)), 0);
	for (uint32_t link = 0; link < 64; link++) {
		struct packet other = raw;

		other.link = 147 + link % 16; /* reserved for private use: no filter fits */
		filter_match(f, &other);
		assert_true(filter_match(f, &p));
		assert_true(filter_match(f, &raw));
	}
	filter_free(f);
}

static void no_memory_is_an_error_and_not_a_match(void **state)
{
	uint8_t room[64];
	struct packet p = on_link(1, room, 14);

	(void)state;
	for (unsigned n = 1;; n++) {
		struct filter *f = NULL;
		const char *reason;
		char why[256];
		int err;

		failmalloc_arm(n);
		err = filter_new("tcp port 8080", &f, why, sizeof(why));
		if (err)
			assert_int_equal(err, -ENOMEM);
		else if (!filter_match(f, &p))
			assert_int_equal(filter_refused(f, &reason), 1);
		if (!failmalloc_disarm()) {
			assert_int_equal(err, 0);
			assert_int_equal(filter_refused(f, &reason), 0);
			filter_free(f);
			break;
		}
		filter_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ports_and_hosts_are_matched_on_every_link),
		cmocka_unit_test(lengths_are_the_wires_and_bytes_the_captures),
		cmocka_unit_test(a_syntax_error_has_libpcaps_words),
		cmocka_unit_test(what_does_not_fit_a_link_is_refused_and_counted),
		cmocka_unit_test(what_fits_only_radio_or_cooked_captures_is_accepted),
		cmocka_unit_test(many_link_types_in_turn_keep_their_programs),
		cmocka_unit_test(no_memory_is_an_error_and_not_a_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
