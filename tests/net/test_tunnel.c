/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/decoded.h"

struct tunnel_case {
	const char *name;
	uint8_t protocol; /* of the outer IPv4 header; 17 adds a UDP header */
	uint16_t port;    /* UDP: the destination */
	enum decoded_inner inner;
	struct bytes head; /* between the outer header and the sample */
};

#define GRE  47
#define UDP  17
#define MACS "\2\0\0\0\0\2\2\0\0\0\0\1"

static const struct tunnel_case typed[] = {
	{ "IPv4 in IPv4", 4, 0, INNER_IP4, BYTES("") },
	{ "IPv6 in IPv4", 41, 0, INNER_IP6, BYTES("") },
	{ "GRE", GRE, 0, INNER_IP4, BYTES("\0\0\x08\0") },
	{ "GRE, IPv6", GRE, 0, INNER_IP6, BYTES("\0\0\x86\xdd") },
	{ "GRE with checksum, key and sequence", GRE, 0, INNER_IP4,
	  BYTES("\xb0\0\x08\0CCCCKKKKSSSS") },
	{ "GRE with source routes", GRE, 0, INNER_IP4,
	  BYTES("\x40\0\x08\0\0\0\0\0\0\2\0\4RRRR\0\0\0\0") },
	{ "NVGRE", GRE, 0, INNER_ETH, BYTES("\x20\0\x65\x58VVVF") },
	{ "VLAN in NVGRE", GRE, 0, INNER_IP4, BYTES("\x20\0\x65\x58VVVF" MACS "\x81\0\0\1\x08\0") },
	{ "MPLS in GRE", GRE, 0, INNER_IP4, BYTES("\0\0\x88\x47\0\1\1\x40") },
	{ "ERSPAN I", GRE, 0, INNER_ETH, BYTES("\0\0\x88\xbe") },
	{ "ERSPAN II", GRE, 0, INNER_ETH, BYTES("\x10\0\x88\xbeSSSS\x10\0\0\0\0\0\0\0") },
	{ "ERSPAN III", GRE, 0, INNER_ETH, BYTES("\x10\0\x22\xebSSSS\x20\0\0\0TTTTGG\0\0") },
	{ "ERSPAN III with a platform's own header", GRE, 0, INNER_ETH,
	  BYTES("\x10\0\x22\xebSSSS\x20\0\0\0TTTTGG\0\1PPPPPPPP") },
	{ "ERSPAN III with IP", GRE, 0, INNER_IP4,
	  BYTES("\x10\0\x22\xebSSSS\x20\0\0\0TTTTGG\x08\0") },
	{ "PPTP", GRE, 0, INNER_IP4, BYTES("\x30\x01\x88\x0b\0\x31\0\1SSSS\xff\3\0\x21") },
	{ "PPTP with acknowledgment", GRE, 0, INNER_IP4,
	  BYTES("\x30\x81\x88\x0b\0\x2e\0\1SSSSAAAA\x21") },
	{ "WCCP", GRE, 0, INNER_IP4, BYTES("\0\0\x88\x3e") },
	{ "NSH in GRE", GRE, 0, INNER_IP4, BYTES("\0\0\x89\x4f\x0f\xc2\x02\1\0\0\1\xff") },
	{ "EtherIP", 97, 0, INNER_ETH, BYTES("\x30\0") },
	{ "MPLS in IP", 137, 0, INNER_IP4, BYTES("\0\1\1\x40") },
	{ "Ethernet in IP", 143, 0, INNER_ETH, BYTES("") },
	{ "authentication header", 51, 0, INNER_IP4, BYTES("\4\4\0\0SSSSNNNNDDDDDDDDDDDD") },
};

/* A UDP port proves nothing, nor do WCCP's versions: here the lengths inside must fit. */
static const struct tunnel_case guessed[] = {
	{ "WCCP with its own header", GRE, 0, INNER_IP4, BYTES("\0\0\x88\x3e\0\0\0\0") },
	{ "VXLAN", UDP, 4789, INNER_ETH, BYTES("\x08\0\0\0\0\0\1\0") },
	{ "VXLAN, Linux's port", UDP, 8472, INNER_ETH, BYTES("\x08\0\0\0\0\0\1\0") },
	{ "VXLAN, reserved bits set", UDP, 4789, INNER_ETH, BYTES("\xff\xff\xff\xff\0\0\1\xff") },
	{ "VLAN in VXLAN", UDP, 4789, INNER_IP4,
	  BYTES("\x08\0\0\0\0\0\1\0" MACS "\x81\0\0\1\x08\0") },
	{ "SNAP in VXLAN", UDP, 4789, INNER_IP4,
	  BYTES("\x08\0\0\0\0\0\1\0" MACS "\0\x35\xaa\xaa\3\0\0\0\x08\0") },
	{ "VXLAN-GPE, IPv4", UDP, 4790, INNER_IP4, BYTES("\x0c\0\0\1\0\0\1\0") },
	{ "VXLAN-GPE, IPv6", UDP, 4790, INNER_IP6, BYTES("\x0c\0\0\2\0\0\1\0") },
	{ "VXLAN-GPE, Ethernet", UDP, 4790, INNER_ETH, BYTES("\x0c\0\0\3\0\0\1\0") },
	{ "VXLAN-GPE, NSH", UDP, 4790, INNER_ETH,
	  BYTES("\x0c\0\0\4\0\0\1\0\x0f\xc2\2\3\0\0\1\xff") },
	{ "VXLAN-GPE, MPLS", UDP, 4790, INNER_IP4, BYTES("\x0c\0\0\5\0\0\1\0\0\1\1\x40") },
	{ "VXLAN-GPE without a type", UDP, 4790, INNER_ETH, BYTES("\x08\0\0\0\0\0\1\0") },
	{ "Geneve", UDP, 6081, INNER_ETH, BYTES("\0\0\x65\x58\0\0\1\0") },
	{ "Geneve with options", UDP, 6081, INNER_IP4, BYTES("\2\x40\x08\0\0\0\1\0OOOOOOOO") },
	{ "GTP-U", UDP, 2152, INNER_IP4, BYTES("\x30\xff\0\x2dTTTT") },
	{ "GTP-U with sequence", UDP, 2152, INNER_IP6, BYTES("\x32\xff\0\x45TTTTSSN\0") },
	{ "GTP-U, extension type without its flag", UDP, 2152, INNER_IP4,
	  BYTES("\x32\xff\0\x31TTTTSSN\x85") },
	{ "GTP-U with extensions", UDP, 2152, INNER_IP4,
	  BYTES("\x34\xff\0\x3dTTTTSSN\x85\1PP\xc0\2QQQQQQ\0") },
	{ "Teredo", UDP, 3544, INNER_IP6, BYTES("") },
	{ "Teredo with origin", UDP, 3544, INNER_IP6, BYTES("\0\0PPAAAA") },
	{ "Teredo with authentication", UDP, 3544, INNER_IP6, BYTES("\0\1\2\3IIVVVNNNNNNNN\0") },
	{ "Teredo with both", UDP, 3544, INNER_IP6, BYTES("\0\1\0\0NNNNNNNN\0\0\0PPAAAA") },
	{ "GRE in UDP", UDP, 4754, INNER_IP4, BYTES("\0\0\x08\0") },
	{ "GRE in UDP with key", UDP, 4754, INNER_IP6, BYTES("\x20\0\x86\xddKKKK") },
	{ "MPLS in UDP", UDP, 6635, INNER_IP4, BYTES("\0\1\1\x40") },
	{ "AYIYA", UDP, 5072, INNER_IP6,
	  BYTES("\x41\x52\x11\x29TTTTIIIIIIIIIIIIIIIISSSSSSSSSSSSSSSSSSSS") },
	{ "L2TP", UDP, 1701, INNER_IP4, BYTES("\0\2TTSS\xff\3\0\x21") },
	{ "L2TP with all fields", UDP, 1701, INNER_IP6, BYTES("\x4a\2\0\0TTSSNSNR\0\2OO\0\x57") },
};

static void build(struct packets *b, const struct tunnel_case *c)
{
	struct endpoint src = packets_endpoint("192.0.2.1", 0);
	struct endpoint dst = packets_endpoint("192.0.2.2", 0);

	print_message("  %s\n", c->name);
	decoded_begin(b, c->inner);
	packets_raw(b, c->head.ptr, c->head.len);
	if (c->protocol == UDP)
		packets_udp(b, 54321, c->port);
	packets_ip4(b, &src.addr, &dst.addr, c->protocol);
	packets_eth(b, 0x0800);
}

static void every_typed_tunnel_leads_to_tcp(void **state)
{
	struct packets b;

	(void)state;
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		build(&b, &typed[i]);
		decoded_expect(&b, 1, false);
	}
}

static void every_guessed_tunnel_leads_to_tcp(void **state)
{
	struct packets b;

	(void)state;
	for (size_t i = 0; i < sizeof(guessed) / sizeof(guessed[0]); i++) {
		build(&b, &guessed[i]);
		decoded_expect(&b, 1, true);
	}
}

static void a_tunnel_is_counted_as_one(void **state)
{
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	build(&b, &typed[0]);
	p = packets_packet(&b, 1);
	assert_int_equal(decoded_once(&p, DECODE_TCP, &s).tunnelled, 1);
	decoded_begin(&b, INNER_ETH);
	p = packets_packet(&b, 1);
	assert_int_equal(decoded_once(&p, DECODE_TCP, &s).tunnelled, 0);
}

/* All others have addresses in front that both directions share, or the kernel joins them. */
static void what_first_headers_do_not_tell_is_counted(void **state)
{
	struct endpoint a = packets_endpoint("192.0.2.1", 0), z = packets_endpoint("192.0.2.2", 0);
	struct endpoint a6 = packets_endpoint("2001:db8::1", 0);
	static const uint8_t part[48] = { 0 };

	(void)state;
	for (int i = 0; i < 5; i++) {
		struct packets b;
		struct packet p;
		struct segment s;
		bool is_fragment = i > 1;

		if (is_fragment)
			packets_begin(&b, part, sizeof(part));
		else
			decoded_begin(&b, i == 0 ? INNER_ETH : INNER_IP4);
		if (i == 0)
			packets_vxlan(&b, 7), packets_udp(&b, 4444, 4789);
		if (i == 2)
			packets_ip6_fragment(&b, 4, 7, 0, true);
		if (i == 2)
			packets_ip6(&b, &a6.addr, &a6.addr, 44);
		else
			packets_ip4_fragment(&b, &a.addr, &z.addr, i == 0 ? UDP : 4, 7, 0,
					     is_fragment);
		if (i == 4)
			packets_ip4(&b, &a.addr, &z.addr, 4);
		packets_eth(&b, i == 2 ? 0x86dd : 0x0800);
		p = packets_packet(&b, 1);
		assert_int_equal(
			decoded_once(&p, is_fragment ? DECODE_OTHER : DECODE_TCP, &s).apart,
			i == 0 || i == 2 || i == 4);
	}
}

/* GRE in VXLAN in GTP-U in 6in4 in a VLAN. */
static void tunnels_nest(void **state)
{
	struct endpoint a = packets_endpoint("192.0.2.1", 0), z = packets_endpoint("192.0.2.2", 0);
	struct endpoint a6 = packets_endpoint("2001:db8:f::1", 0);
	struct packets b;

	(void)state;
	decoded_begin(&b, INNER_IP4);
	packets_gre(&b, 0x0800);
	packets_ip4(&b, &a.addr, &z.addr, GRE);
	packets_eth(&b, 0x0800);
	packets_vxlan(&b, 7);
	packets_udp(&b, 4444, 4789);
	packets_ip4(&b, &a.addr, &z.addr, UDP);
	packets_be32(&b, 99);
	packets_be16(&b, (uint16_t)(packets_bytes(&b).len - 4));
	packets_be16(&b, 0x30ff);
	packets_udp(&b, 2152, 2152);
	packets_ip6(&b, &a6.addr, &a6.addr, UDP);
	packets_ip4(&b, &a.addr, &z.addr, 41);
	packets_vlan(&b, 5, 0x0800);
	packets_eth(&b, 0x8100);
	decoded_expect(&b, 1, true);
}

static void build_ipip(struct packets *b, unsigned headers)
{
	struct endpoint a = packets_endpoint("192.0.2.1", 0);

	decoded_begin(b, INNER_IP4);
	for (unsigned i = 0; i < headers; i++)
		packets_ip4(b, &a.addr, &a.addr, 4);
}

static void depth_is_bounded(void **state)
{
	struct packets b;
	struct packet p;
	struct segment s;
	unsigned deepest = 0;

	(void)state;
	for (unsigned n = 1; n < 40; n++) {
		struct decoder *d = decoder_new(1);

		build_ipip(&b, n);
		p = packets_packet(&b, 101);
		if (decoder_packet(d, &p, &s) == DECODE_TCP) {
			assert_int_equal(deepest, n - 1);
			deepest = n;
		} else {
			assert_int_equal(decoder_stats(d)->too_deep, 1);
		}
		decoder_free(d);
	}
	assert_int_not_equal(deepest, 0);
	assert_int_not_equal(deepest, 39);
}

static void a_label_stack_without_bottom_is_too_deep(void **state)
{
	static const uint8_t zeros[400];
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	packets_begin(&b, zeros, sizeof(zeros));
	packets_eth(&b, 0x8847);
	p = packets_packet(&b, 1);
	assert_int_equal(decoded_once(&p, DECODE_OTHER, &s).too_deep, 1);
}

/* Each is a tunnel's port with something else in it. */
static void a_port_alone_makes_no_tunnel(void **state)
{
	static const struct {
		uint16_t port;
		struct bytes payload;
	} plain[] = {
		{ 4789, BYTES("\x08\0\0\0\0\0\1\0 no Ethernet frame that makes any sense") },
		{ 4789, BYTES("\0\0\0\0\0\0\1\0" MACS "\x08\6") },
		{ 4789, BYTES("\x08") },
		{ 4790, BYTES("\x0c\0\0\x09\0\0\1\0unknown next protocol") },
		{ 6081, BYTES("\x40\0\x65\x58\0\0\1\0" MACS "\x08\6\0\1\x08\0\6\4\0\1") },
		{ 6081, BYTES("\0\0\x08\0\0\0\1\0E\0\xff\xff") },
		{ 2152, BYTES("\x32\1\0\4\0\0\0\0\0\0\0\0") },
		{ 2152, BYTES("\x34\xff\0\4TTTTSSN\x85\0\0\0\0") },
		{ 3544, BYTES("\x60\0\0\0\xff\xff\6\x40") },
		{ 4754, BYTES("\x0f\0\x08\0E\0\0\x14") },
		{ 6635, BYTES("\0\1\1\x40\xf0\0\0\0") },
		{ 5072, BYTES("\0\0\0\0TTTTI") },
		{ 1701, BYTES("\xc8\2\0\x0c\0\0\0\0\0\0\0\0") },
		{ 1701, BYTES("\0\3\0\0SSSS") },
		{ 53, BYTES("a query") },
	};
	struct endpoint a = packets_endpoint("192.0.2.1", 0);
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		packets_begin(&b, plain[i].payload.ptr, plain[i].payload.len);
		packets_udp(&b, 999, plain[i].port);
		packets_ip4(&b, &a.addr, &a.addr, UDP);
		p = packets_packet(&b, 101);
		assert_int_equal(decoded_once(&p, DECODE_OTHER, &s).udp_datagrams, 1);
	}
}

static void a_tunnel_cut_in_its_header_is_short(void **state)
{
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	build(&b, &guessed[1]);
	p = packets_packet(&b, 1);
	p.caplen = 14 + 20 + 8 + 4; /* inside VXLAN's header */
	assert_int_equal(decoded_once(&p, DECODE_SHORT, &s).short_tunnel, 1);
	p.caplen = 14 + 20 + 8 + 8 + 10; /* inside the inner Ethernet header */
	assert_int_equal(decoded_once(&p, DECODE_SHORT, &s).short_tunnel, 1);
	build(&b, &typed[2]);
	p = packets_packet(&b, 1);
	p.caplen = 14 + 20 + 2;
	assert_int_equal(decoded_once(&p, DECODE_SHORT, &s).short_tunnel, 1);
}

static void what_gre_carries_besides_packets_is_named(void **state)
{
	static const struct {
		struct bytes gre;
		size_t counter;
	} others[] = {
		{ BYTES("\0\0\0\0"), offsetof(struct decode_stats, other_protocols) },
		{ BYTES("\0\0\x20\1"), offsetof(struct decode_stats, other_protocols) },
		{ BYTES("\x20\x81\x88\x0b\0\0\0\1AAAA"),
		  offsetof(struct decode_stats, other_protocols) },
		{ BYTES("\x20\1\x08\0\0\0\0\1"),
		  offsetof(struct decode_stats, unknown_encapsulation) },
		{ BYTES("\0\7\x08\0"), offsetof(struct decode_stats, unknown_encapsulation) },
		{ BYTES("\0\0\x12\x34"), offsetof(struct decode_stats, unknown_encapsulation) },
	};
	struct endpoint a = packets_endpoint("192.0.2.1", 0);

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct decode_stats stats;
		struct packets b;
		struct packet p;
		struct segment s;

		packets_begin(&b, others[i].gre.ptr, others[i].gre.len);
		packets_ip4(&b, &a.addr, &a.addr, GRE);
		p = packets_packet(&b, 101);
		stats = decoded_once(&p, DECODE_OTHER, &s);
		assert_int_equal(*(uint64_t *)(void *)((char *)&stats + others[i].counter), 1);
		assert_int_equal(stats.tunnelled, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_typed_tunnel_leads_to_tcp),
		cmocka_unit_test(every_guessed_tunnel_leads_to_tcp),
		cmocka_unit_test(a_tunnel_is_counted_as_one),
		cmocka_unit_test(what_first_headers_do_not_tell_is_counted),
		cmocka_unit_test(tunnels_nest),
		cmocka_unit_test(depth_is_bounded),
		cmocka_unit_test(a_label_stack_without_bottom_is_too_deep),
		cmocka_unit_test(a_port_alone_makes_no_tunnel),
		cmocka_unit_test(a_tunnel_cut_in_its_header_is_short),
		cmocka_unit_test(what_gre_carries_besides_packets_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
