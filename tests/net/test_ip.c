/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/decoded.h"

/* The sample behind IPv6 extension headers, the first of which is of type next. */
static void begin_ip6(struct packets *b, uint8_t next, struct bytes extensions)
{
	struct endpoint src = packets_endpoint("2001:db8::1", 0);
	struct endpoint dst = packets_endpoint("2001:db8::2", 0);

	packets_begin(b, DECODED_PAYLOAD, DECODED_LEN);
	packets_tcp(b, 1234, 80, 0x01020304, 0x05060708, TCP_ACK | TCP_PSH);
	packets_raw(b, extensions.ptr, extensions.len);
	packets_ip6(b, &src.addr, &dst.addr, next);
}

static void ipv4_options_are_passed_over(void **state)
{
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	for (uint8_t words = 1; words <= 10; words++) {
		static const uint8_t nops[40] = { 1, 1, 1, 1 };
		uint8_t copy[20];

		decoded_begin(&b, INNER_IP4);
		memcpy(copy, packets_bytes(&b).ptr, sizeof(copy));
		b.off += sizeof(copy);
		packets_raw(&b, nops, words * 4u);
		copy[0] = (uint8_t)(0x45 + words);
		copy[3] = (uint8_t)(copy[3] + words * 4);
		packets_raw(&b, copy, sizeof(copy));
		decoded_expect(&b, 101, false);
	}
	decoded_begin(&b, INNER_IP4);
	b.room[b.off] = 0x44; /* shorter than itself */
	p = packets_packet(&b, 101);
	assert_int_equal(decoded_once(&p, DECODE_BAD, &s).bad_ip, 1);
}

static void every_extension_header_leads_to_tcp(void **state)
{
	static const struct {
		const char *name;
		uint8_t next;
		struct bytes headers;
	} cases[] = {
		{ "hop-by-hop", 0, BYTES("\6\0\5\2\0\0\1\0") },
		{ "destination options", 60, BYTES("\6\0\1\4\0\0\0\0") },
		{ "long destination options", 60, BYTES("\6\1\1\x0c\0\0\0\0\0\0\0\0\0\0\0\0") },
		{ "options that end in padding of one", 60, BYTES("\6\0\0\0\0\0\0\0") },
		{ "routing, arrived", 43, BYTES("\6\2\0\0\0\0\0\0RRRRRRRRRRRRRRRR") },
		{ "authentication", 51, BYTES("\6\4\0\0SSSSNNNNDDDDDDDDDDDD") },
		{ "mobility", 135, BYTES("\6\0\0\0\0\0\0\0") },
		{ "host identity", 139, BYTES("\6\0\0\0\0\0\0\0") },
		{ "shim6", 140, BYTES("\6\0\0\0\0\0\0\0") },
		{ "atomic fragment", 44, BYTES("\6\0\0\0IIII") },
		{ "all in order", 0,
		  BYTES("\x3c\0\1\4\0\0\0\0"
			"\x2b\0\1\4\0\0\0\0"
			"\x2c\0\0\0\0\0\0\0"
			"\x33\0\0\0IIII"
			"\x3c\1\0\0SSSSNNNN"
			"\6\0\1\4\0\0\0\0") },
	};
	struct packets b;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("  %s\n", cases[i].name);
		begin_ip6(&b, cases[i].next, cases[i].headers);
		decoded_expect(&b, 229, false);
	}
}

/* Both directions of a connection must show one pair of addresses. */
static void hops_and_homes_do_not_change_the_connection(void **state)
{
	static const struct {
		const char *name;
		uint8_t next;
		struct bytes headers;
		const char *src, *dst;
	} cases[] = {
		{ "source route", 43,
		  BYTES("\6\4\0\1\0\0\0\0"
			"RRRRRRRRRRRRRRRR"
			"ssssssssssssssss"),
		  "2001:db8::1", "7373:7373:7373:7373:7373:7373:7373:7373" },
		{ "mobile host's route", 43,
		  BYTES("\6\2\2\1\0\0\0\0"
			"ssssssssssssssss"),
		  "2001:db8::1", "7373:7373:7373:7373:7373:7373:7373:7373" },
		{ "segment route", 43,
		  BYTES("\6\4\4\1\1\0\0\0"
			"ssssssssssssssss"
			"RRRRRRRRRRRRRRRR"),
		  "2001:db8::1", "7373:7373:7373:7373:7373:7373:7373:7373" },
		{ "a route that nobody knows", 43,
		  BYTES("\6\2\x09\1\0\0\0\0"
			"ssssssssssssssss"),
		  "2001:db8::1", "2001:db8::2" },
		{ "a route without room for an address", 43, BYTES("\6\0\4\1\0\0\0\0"),
		  "2001:db8::1", "2001:db8::2" },
		{ "home address", 60,
		  BYTES("\6\2\1\2\0\0\xc9\x10"
			"ssssssssssssssss"),
		  "7373:7373:7373:7373:7373:7373:7373:7373", "2001:db8::2" },
		{ "home address that is too short", 60, BYTES("\6\0\xc9\4ssss"), "2001:db8::1",
		  "2001:db8::2" },
	};
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct endpoint src = packets_endpoint(cases[i].src, 1234);
		struct endpoint dst = packets_endpoint(cases[i].dst, 80);

		print_message("  %s\n", cases[i].name);
		begin_ip6(&b, cases[i].next, cases[i].headers);
		p = packets_packet(&b, 229);
		decoded_once(&p, DECODE_TCP, &s);
		assert_memory_equal(&s.src, &src, sizeof(src));
		assert_memory_equal(&s.dst, &dst, sizeof(dst));
	}
}

/* A packet of 66000 payload bytes: the jumbo option, or 0 where the length should be. */
static void packets_above_64k_are_as_long_as_they_are(void **state)
{
	static const uint8_t payload[66000];
	struct endpoint src = packets_endpoint("10.0.0.1", 0);
	struct endpoint src6 = packets_endpoint("2001:db8::1", 0);
	static struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	packets_begin(&b, payload, sizeof(payload));
	packets_tcp(&b, 1, 2, 3, 4, TCP_ACK);
	packets_ip4(&b, &src.addr, &src.addr, 6);
	b.room[b.off + 2] = b.room[b.off + 3] = 0;
	p = packets_packet(&b, 101);
	p.caplen -= 1000;
	decoded_once(&p, DECODE_TCP, &s);
	assert_int_equal(s.payload.len, sizeof(payload) - 1000);
	assert_int_equal(s.payload_len, sizeof(payload));

	packets_begin(&b, payload, sizeof(payload));
	packets_tcp(&b, 1, 2, 3, 4, TCP_ACK);
	packets_ip6(&b, &src6.addr, &src6.addr, 6);
	b.room[b.off + 4] = b.room[b.off + 5] = 0;
	p = packets_packet(&b, 101);
	decoded_once(&p, DECODE_TCP, &s);
	assert_int_equal(s.payload_len, sizeof(payload));

	packets_begin(&b, payload, sizeof(payload));
	packets_tcp(&b, 1, 2, 3, 4, TCP_ACK);
	packets_be32(&b, (uint32_t)packets_bytes(&b).len + 8);
	packets_be32(&b, 0x0600c204); /* next, length, jumbo option */
	packets_ip6(&b, &src6.addr, &src6.addr, 0);
	b.room[b.off + 4] = b.room[b.off + 5] = 0;
	packets_trailer(&b, "padding", 7);
	p = packets_packet(&b, 101);
	decoded_once(&p, DECODE_TCP, &s);
	assert_int_equal(s.payload.len, sizeof(payload));
	assert_int_equal(s.payload_len, sizeof(payload));
}

static void what_the_capture_cut_is_counted_not_invented(void **state)
{
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	decoded_begin(&b, INNER_IP4);
	p = packets_packet(&b, 101);
	p.caplen -= 2;
	assert_int_equal(decoded_once(&p, DECODE_TCP, &s).snapped, 1);
	decoded_is_sample(&s, 3);
	p.caplen = 20 + 19;
	assert_int_equal(decoded_once(&p, DECODE_SHORT, &s).short_tcp, 1);
	p.caplen = 19;
	assert_int_equal(decoded_once(&p, DECODE_SHORT, &s).short_ip, 1);
}

static void tcp_options_are_no_payload(void **state)
{
	struct packets b;
	struct endpoint src = packets_endpoint("10.1.2.3", 0),
			dst = packets_endpoint("10.4.5.6", 0);
	static const uint8_t options[40] = { 1, 1, 8, 10 };

	(void)state;
	for (uint8_t words = 0; words <= 10; words++) {
		uint8_t head[20];

		packets_begin(&b, DECODED_PAYLOAD, DECODED_LEN);
		packets_tcp(&b, 1234, 80, 0x01020304, 0x05060708, TCP_ACK | TCP_PSH);
		memcpy(head, packets_bytes(&b).ptr, sizeof(head));
		b.off += sizeof(head);
		packets_raw(&b, options, words * 4u);
		head[12] = (uint8_t)(0x50 + (words << 4));
		packets_raw(&b, head, sizeof(head));
		packets_ip4(&b, &src.addr, &dst.addr, 6);
		decoded_expect(&b, 101, false);
	}
}

static void a_tcp_header_that_cannot_be_is_bad(void **state)
{
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	for (unsigned words = 0; words < 16; words++) {
		bool is_possible = words == 5 || words == 6; /* 5 bytes of payload: one word more */

		decoded_begin(&b, INNER_IP4);
		b.room[b.off + 20 + 12] = (uint8_t)(words << 4);
		p = packets_packet(&b, 101);
		assert_int_equal(
			decoded_once(&p, is_possible ? DECODE_TCP : DECODE_BAD, &s).bad_tcp,
			!is_possible);
	}
}

struct end_case {
	uint8_t protocol;
	enum decode_result result;
	size_t counter;
};

#define COUNTS(name) offsetof(struct decode_stats, name)

static void other_protocols_are_counted_by_kind(void **state)
{
	static const struct end_case ends[] = {
		{ 1, DECODE_OTHER, COUNTS(other_protocols) },   /* ICMP, quoting a packet */
		{ 58, DECODE_OTHER, COUNTS(other_protocols) },  /* ICMPv6 */
		{ 2, DECODE_OTHER, COUNTS(other_protocols) },   /* IGMP */
		{ 89, DECODE_OTHER, COUNTS(other_protocols) },  /* OSPF */
		{ 132, DECODE_OTHER, COUNTS(other_protocols) }, /* SCTP */
		{ 59, DECODE_OTHER, COUNTS(other_protocols) },  /* nothing */
		{ 50, DECODE_OTHER, COUNTS(encrypted_ip) },
		{ 108, DECODE_OTHER, COUNTS(unknown_encapsulation) }, /* IPComp */
		{ 253, DECODE_OTHER, COUNTS(unknown_encapsulation) },
		{ 97, DECODE_OTHER, COUNTS(unknown_encapsulation) }, /* EtherIP of no version */
	};
	struct endpoint a = packets_endpoint("192.0.2.1", 0);

	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		struct decode_stats stats;
		struct packets b;
		struct packet p;
		struct segment s;

		decoded_begin(&b, INNER_IP4);
		packets_be32(&b, 0);
		packets_be32(&b, 0x03010000); /* ICMP: port unreachable */
		packets_ip4(&b, &a.addr, &a.addr, ends[i].protocol);
		p = packets_packet(&b, 101);
		stats = decoded_once(&p, ends[i].result, &s);
		assert_int_equal(*(uint64_t *)(void *)((char *)&stats + ends[i].counter), 1);
	}
}

static void an_ip_length_that_cannot_be_is_bad(void **state)
{
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	for (uint8_t len = 1; len < 20; len++) {
		decoded_begin(&b, INNER_IP4);
		b.room[b.off + 3] = len;
		p = packets_packet(&b, 101);
		assert_int_equal(decoded_once(&p, DECODE_BAD, &s).bad_ip, 1);
	}
	/* Room for the IP header alone, or for less than the TCP header. */
	for (uint8_t len = 20; len < 40; len++) {
		decoded_begin(&b, INNER_IP4);
		b.room[b.off + 3] = len;
		p = packets_packet(&b, 101);
		assert_int_equal(decoded_once(&p, DECODE_BAD, &s).bad_tcp, 1);
	}
	/* An extension header longer than the packet. */
	begin_ip6(&b, 60, (struct bytes)BYTES("\6\xff\1\4\0\0\0\0"));
	p = packets_packet(&b, 101);
	assert_int_equal(decoded_once(&p, DECODE_BAD, &s).bad_ip, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ipv4_options_are_passed_over),
		cmocka_unit_test(every_extension_header_leads_to_tcp),
		cmocka_unit_test(hops_and_homes_do_not_change_the_connection),
		cmocka_unit_test(packets_above_64k_are_as_long_as_they_are),
		cmocka_unit_test(what_the_capture_cut_is_counted_not_invented),
		cmocka_unit_test(tcp_options_are_no_payload),
		cmocka_unit_test(a_tcp_header_that_cannot_be_is_bad),
		cmocka_unit_test(other_protocols_are_counted_by_kind),
		cmocka_unit_test(an_ip_length_that_cannot_be_is_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
