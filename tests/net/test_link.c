/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/decoded.h"

struct link_case {
	const char *name;
	uint32_t link;
	enum decoded_inner inner;
	struct bytes head; /* all that stands in front of the sample */
};

#define MACS          "\2\0\0\0\0\2\2\0\0\0\0\1"
#define COOKED1       "\0\0\0\1\0\6\2\0\0\0\0\1\0\0"
#define COOKED2(type) type "\0\0\0\0\0\2\0\1\0\6\2\0\0\0\0\1\0\0"
#define WIFI_REST     "\0\0AAAAAABBBBBBCCCCCC\x10\0" /* duration, addresses, sequence */
#define SNAP_IP4      "\xaa\xaa\3\0\0\0\x08\0"

static const struct link_case cases[] = {
	{ "Ethernet, IPv4", 1, INNER_IP4, BYTES(MACS "\x08\0") },
	{ "Ethernet, IPv6", 1, INNER_IP6, BYTES(MACS "\x86\xdd") },
	{ "VLAN", 1, INNER_IP4, BYTES(MACS "\x81\0\0\1\x08\0") },
	{ "two VLANs", 1, INNER_IP6, BYTES(MACS "\x81\0\0\1\x81\0\0\2\x86\xdd") },
	{ "three VLANs", 1, INNER_IP4, BYTES(MACS "\x88\xa8\0\1\x81\0\0\2\x81\0\0\3\x08\0") },
	{ "QinQ 9100", 1, INNER_IP4, BYTES(MACS "\x91\0\0\1\x81\0\0\2\x08\0") },
	{ "QinQ 9200", 1, INNER_IP4, BYTES(MACS "\x92\0\0\1\x81\0\0\2\x08\0") },
	{ "VN-Tag", 1, INNER_IP4, BYTES(MACS "\x89\x26\0\0\0\0\x08\0") },
	{ "E-TAG", 1, INNER_IP4, BYTES(MACS "\x89\x3f\0\0\0\0\0\0\x08\0") },
	{ "HSR", 1, INNER_IP4, BYTES(MACS "\x89\x2f\0\0\0\0\x08\0") },
	{ "Cisco metadata", 1, INNER_IP4, BYTES(MACS "\x89\x09\1\1\0\1\0\x64\x08\0") },
	{ "provider backbone", 1, INNER_IP4, BYTES(MACS "\x88\xe7\0\0\0\1" MACS "\x08\0") },
	{ "LLC/SNAP", 1, INNER_IP4, BYTES(MACS "\0\x35" SNAP_IP4) },
	{ "LLC/SNAP in a VLAN", 1, INNER_IP4, BYTES(MACS "\x81\0\0\1\0\x35" SNAP_IP4) },
	{ "LLC/SNAP of bridges", 1, INNER_IP4, BYTES(MACS "\0\x35\xaa\xaa\3\0\0\xf8\x08\0") },
	{ "jumbo LLC", 1, INNER_IP4, BYTES(MACS "\x88\x70" SNAP_IP4) },
	{ "IP as an LLC SAP", 1, INNER_IP4, BYTES(MACS "\0\x30\6\6\3") },
	{ "PPPoE", 1, INNER_IP4, BYTES(MACS "\x88\x64\x11\0\0\1\0\x2f\0\x21") },
	{ "PPPoE, IPv6", 1, INNER_IP6, BYTES(MACS "\x88\x64\x11\0\0\1\0\x43\0\x57") },
	{ "PPPoE in a VLAN", 1, INNER_IP4, BYTES(MACS "\x81\0\0\1\x88\x64\x11\0\0\1\0\x2f\0\x21") },
	{ "MPLS", 1, INNER_IP4, BYTES(MACS "\x88\x47\0\1\1\x40") },
	{ "MPLS upstream, IPv6", 1, INNER_IP6, BYTES(MACS "\x88\x48\0\1\1\x40") },
	{ "three MPLS labels", 1, INNER_IP4, BYTES(MACS "\x88\x47\0\1\0\x40\0\2\0\x40\0\3\1\x40") },
	{ "MPLS in a VLAN", 1, INNER_IP4, BYTES(MACS "\x81\0\0\1\x88\x47\0\1\1\x40") },
	{ "MPLS in PPP", 9, INNER_IP4, BYTES("\2\x81\0\1\1\x40") },
	{ "PPP in an ethertype", 1, INNER_IP4, BYTES(MACS "\x88\x0b\xff\3\0\x21") },
	{ "cooked 1", 113, INNER_IP4, BYTES(COOKED1 "\x08\0") },
	{ "cooked 1, IPv6", 113, INNER_IP6, BYTES(COOKED1 "\x86\xdd") },
	{ "cooked 1, VLAN", 113, INNER_IP4, BYTES(COOKED1 "\x81\0\0\1\x08\0") },
	{ "cooked 1, LLC", 113, INNER_IP4, BYTES(COOKED1 "\0\4" SNAP_IP4) },
	{ "cooked 2", 276, INNER_IP4, BYTES(COOKED2("\x08\0")) },
	{ "cooked 2, IPv6", 276, INNER_IP6, BYTES(COOKED2("\x86\xdd")) },
	{ "raw 12", 12, INNER_IP4, BYTES("") },
	{ "raw 14", 14, INNER_IP6, BYTES("") },
	{ "raw 101", 101, INNER_IP4, BYTES("") },
	{ "raw 101, IPv6", 101, INNER_IP6, BYTES("") },
	{ "raw IPv4", 228, INNER_IP4, BYTES("") },
	{ "raw IPv6", 229, INNER_IP6, BYTES("") },
	{ "null, little-endian", 0, INNER_IP4, BYTES("\2\0\0\0") },
	{ "null, big-endian", 0, INNER_IP4, BYTES("\0\0\0\2") },
	{ "null, Linux's IPv6", 0, INNER_IP6, BYTES("\x0a\0\0\0") },
	{ "null, Windows' IPv6", 0, INNER_IP6, BYTES("\x17\0\0\0") },
	{ "null, OpenBSD's IPv6", 0, INNER_IP6, BYTES("\x18\0\0\0") },
	{ "null, FreeBSD's IPv6", 0, INNER_IP6, BYTES("\0\0\0\x1c") },
	{ "null, Darwin's IPv6", 0, INNER_IP6, BYTES("\x1e\0\0\0") },
	{ "null with an ethertype", 0, INNER_IP6, BYTES("\0\0\x86\xdd") },
	{ "loop", 108, INNER_IP4, BYTES("\0\0\0\2") },
	{ "loop, IPv6", 108, INNER_IP6, BYTES("\0\0\0\x1e") },
	{ "PPP", 9, INNER_IP4, BYTES("\0\x21") },
	{ "PPP, short protocol", 9, INNER_IP6, BYTES("\x57") },
	{ "PPP, address and control", 9, INNER_IP6, BYTES("\xff\3\0\x57") },
	{ "PPP, HDLC", 50, INNER_IP4, BYTES("\xff\3\0\x21") },
	{ "PPP, Cisco's HDLC", 50, INNER_IP4, BYTES("\x0f\0\x08\0") },
	{ "PPP with direction", 204, INNER_IP4, BYTES("\1\xff\3\0\x21") },
	{ "PPPoE without Ethernet", 51, INNER_IP4, BYTES("\x11\0\0\1\0\x2f\0\x21") },
	{ "Cisco HDLC", 104, INNER_IP4, BYTES("\x0f\0\x08\0") },
	{ "Cisco HDLC, IPv6", 104, INNER_IP6, BYTES("\x8f\0\x86\xdd") },
	{ "Cisco HDLC with direction", 205, INNER_IP4, BYTES("\0\x0f\0\x08\0") },
	{ "ATM", 100, INNER_IP4, BYTES(SNAP_IP4) },
	{ "ATM, bridged Ethernet", 100, INNER_ETH, BYTES("\xaa\xaa\3\0\x80\xc2\0\7\0\0") },
	{ "Hilscher analyser", 240, INNER_ETH, BYTES("\0\0\0\0") },
	{ "802.11", 105, INNER_IP4, BYTES("\x08\1" WIFI_REST SNAP_IP4) },
	{ "802.11 QoS", 105, INNER_IP4, BYTES("\x88\2" WIFI_REST "\0\0" SNAP_IP4) },
	{ "802.11 QoS with HT control", 105, INNER_IP4,
	  BYTES("\x88\x82" WIFI_REST "\0\0HTHT" SNAP_IP4) },
	{ "802.11 between stations", 105, INNER_IP4, BYTES("\x08\3" WIFI_REST "DDDDDD" SNAP_IP4) },
	{ "802.11 decrypted by the driver", 105, INNER_IP4, BYTES("\x08\x41" WIFI_REST SNAP_IP4) },
	{ "radiotap", 127, INNER_IP4, BYTES("\0\0\x08\0\0\0\0\0\x08\1" WIFI_REST SNAP_IP4) },
	{ "radiotap with clock and flags", 127, INNER_IP4,
	  BYTES("\0\0\x12\0\3\0\0\0CCCCCCCC\x10\0\x08\1" WIFI_REST SNAP_IP4) },
	{ "radiotap with two words and padding", 127, INNER_IP4,
	  BYTES("\0\0\x0d\0\2\0\0\x80\0\0\0\0\x20\x88\1" WIFI_REST "\0\0PP" SNAP_IP4) },
	{ "radiotap whose clock is aligned", 127, INNER_IP4,
	  BYTES("\0\0\x19\0\3\0\0\x80\0\0\0\0AAAACCCCCCCC\x20\x88\1" WIFI_REST "\0\0PP" SNAP_IP4) },
	{ "Prism, little-endian", 119, INNER_IP4,
	  BYTES("\x44\0\0\0\x0c\0\0\0PPPP\x08\1" WIFI_REST SNAP_IP4) },
	{ "Prism, big-endian", 119, INNER_IP4,
	  BYTES("\0\0\0\x44\0\0\0\x0cPPPP\x08\1" WIFI_REST SNAP_IP4) },
	{ "AVS in Prism's place", 119, INNER_IP4,
	  BYTES("\x80\x21\x10\1\0\0\0\x0c"
		"AAAA\x08\1" WIFI_REST SNAP_IP4) },
	{ "AVS", 163, INNER_IP4,
	  BYTES("\x80\x21\x10\2\0\0\0\x0c"
		"AAAA\x08\1" WIFI_REST SNAP_IP4) },
	{ "cooked radiotap", 113, INNER_IP4,
	  BYTES("\0\0\3\x23\0\6\2\0\0\0\0\1\0\0\0\0"
		"\0\0\x08\0\0\0\0\0\x08\1" WIFI_REST SNAP_IP4) },
	{ "cooked 802.11", 113, INNER_IP4,
	  BYTES("\0\0\3\x21\0\6\2\0\0\0\0\1\0\0\0\0"
		"\x08\1" WIFI_REST SNAP_IP4) },
	{ "nflog, little-endian", 239, INNER_IP4, BYTES("\2\0\0\1\5\0\x0a\0P\0\0\0\x31\0\x09\0") },
	{ "nflog, big-endian", 239, INNER_IP6, BYTES("\x0a\0\0\1\0\x08\0\1TTTT\0\x45\0\x09") },
	{ "ARCNET, RFC 1051", 7, INNER_IP4, BYTES("\1\2\xf0") },
	{ "ARCNET, RFC 1201", 7, INNER_IP4, BYTES("\1\2\xd4\0\0\1") },
	{ "ARCNET, exception", 7, INNER_IP4, BYTES("\1\2\xd4\xff\xff\xff\xd4\0\0\1") },
	{ "ARCNET, IPv6", 7, INNER_IP6, BYTES("\1\2\xc4\0\0\1") },
	{ "ARCNET on Linux, RFC 1051", 129, INNER_IP4, BYTES("\1\2\0\0\xf0") },
	{ "ARCNET on Linux, RFC 1201", 129, INNER_IP4, BYTES("\1\2\0\0\xd4\0\0\1") },
};

/* Nothing but the bytes themselves tells these. */
static const struct link_case guesses[] = {
	{ "IPv6 under IPv4's ethertype", 1, INNER_IP6, BYTES(MACS "\x08\0") },
	{ "IPv4 under IPv6's ethertype", 1, INNER_IP4, BYTES(MACS "\x86\xdd") },
	{ "MPLS pseudowire with control word", 1, INNER_ETH,
	  BYTES(MACS "\x88\x47\0\1\1\x40\0\0\0\0") },
	{ "MPLS pseudowire without", 1, INNER_ETH, BYTES(MACS "\x88\x47\0\1\1\x40") },
};

static void expect_cases(const struct link_case *c, size_t cnt, bool is_guess)
{
	struct packets b;

	for (size_t i = 0; i < cnt; i++) {
		print_message("  %s\n", c[i].name);
		decoded_begin(&b, c[i].inner);
		packets_raw(&b, c[i].head.ptr, c[i].head.len);
		decoded_expect(&b, c[i].link, is_guess);
	}
}

static void every_link_layer_leads_to_tcp(void **state)
{
	(void)state;
	expect_cases(cases, sizeof(cases) / sizeof(cases[0]), false);
}

static void what_is_not_typed_is_told_by_its_bytes(void **state)
{
	(void)state;
	expect_cases(guesses, sizeof(guesses) / sizeof(guesses[0]), true);
}

static void ethernet_padding_is_not_payload(void **state)
{
	struct endpoint src = packets_endpoint("10.1.2.3", 1234);
	struct endpoint dst = packets_endpoint("10.4.5.6", 80);
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	packets_frame(&b, &src, &dst, 1, 2, TCP_ACK, NULL, 0);
	packets_trailer(&b, "\0\0\0\0\0\0", 6);
	p = packets_packet(&b, 1);
	decoded_once(&p, DECODE_TCP, &s);
	assert_int_equal(s.payload.len, 0);
	assert_int_equal(s.payload_len, 0);
}

struct end_case {
	const char *name;
	uint32_t link;
	enum decode_result result;
	size_t counter;
	struct bytes packet;
};

#define COUNTS(name) offsetof(struct decode_stats, name)

static const struct end_case ends[] = {
	{ "nothing", 1, DECODE_SHORT, COUNTS(short_link), BYTES("") },
	{ "ARP", 1, DECODE_OTHER, COUNTS(other_protocols), BYTES(MACS "\x08\6\0\1\x08\0") },
	{ "LLDP", 1, DECODE_OTHER, COUNTS(other_protocols), BYTES(MACS "\x88\xcc\0\0") },
	{ "spanning tree", 1, DECODE_OTHER, COUNTS(other_protocols),
	  BYTES(MACS "\0\x26\x42\x42\3\0\0") },
	{ "IS-IS", 1, DECODE_OTHER, COUNTS(other_protocols), BYTES(MACS "\0\x26\xfe\xfe\3\x83") },
	{ "Novell's IPX", 1, DECODE_OTHER, COUNTS(other_protocols),
	  BYTES(MACS "\0\x26\xff\xff\0\x20") },
	{ "CDP", 1, DECODE_OTHER, COUNTS(other_protocols),
	  BYTES(MACS "\0\x26\xaa\xaa\3\0\0\x0c\x20\0") },
	{ "unknown ethertype", 1, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES(MACS "\x12\x34\0\0") },
	{ "MACsec", 1, DECODE_OTHER, COUNTS(unknown_encapsulation), BYTES(MACS "\x88\xe5\0\0") },
	{ "PPPoE discovery in a session", 1, DECODE_OTHER, COUNTS(other_protocols),
	  BYTES(MACS "\x88\x64\x11\x09\0\0\0\0") },
	{ "PPPoE of no version", 1, DECODE_BAD, COUNTS(bad_link),
	  BYTES(MACS "\x88\x64\x21\0\0\0\0\0") },
	{ "LCP", 9, DECODE_OTHER, COUNTS(other_protocols), BYTES("\xff\3\xc0\x21\1\0\0\4") },
	{ "compressed TCP in PPP", 9, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES("\0\x2d\0\0\0\0") },
	{ "SLARP", 104, DECODE_OTHER, COUNTS(other_protocols), BYTES("\x8f\0\x80\x35\0\0") },
	{ "unknown link type", 147, DECODE_OTHER, COUNTS(unknown_link), BYTES("whatever") },
	{ "unknown address family", 0, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES("\x63\0\0\0EEEE") },
	{ "neither IPv4 nor IPv6", 101, DECODE_BAD, COUNTS(bad_ip), BYTES("\x50\0\0\0") },
	{ "beacon", 105, DECODE_OTHER, COUNTS(other_protocols), BYTES("\x80\0" WIFI_REST) },
	{ "802.11 null frame", 105, DECODE_OTHER, COUNTS(other_protocols),
	  BYTES("\x48\1" WIFI_REST) },
	{ "802.11 encrypted", 105, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES("\x08\x41" WIFI_REST "IVIVIVIV..............") },
	{ "802.11 fragment", 105, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES("\x08\5" WIFI_REST SNAP_IP4) },
	{ "802.11 aggregate", 105, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES("\x88\1" WIFI_REST "\x80\0" SNAP_IP4) },
	{ "radiotap that says the frame is damaged", 127, DECODE_BAD, COUNTS(bad_link),
	  BYTES("\0\0\x09\0\2\0\0\0\x40\x08\1" WIFI_REST SNAP_IP4) },
	{ "radiotap shorter than itself", 127, DECODE_BAD, COUNTS(bad_link),
	  BYTES("\0\0\4\0\0\0\0\0") },
	{ "Prism shorter than itself", 119, DECODE_BAD, COUNTS(bad_link),
	  BYTES("\x44\0\0\0\4\0\0\0") },
	{ "netlink, cooked", 113, DECODE_OTHER, COUNTS(other_protocols),
	  BYTES("\0\4\3\x38\0\0\0\0\0\0\0\0\0\0\0\x10") },
	{ "CAN, cooked", 113, DECODE_OTHER, COUNTS(other_protocols), BYTES(COOKED1 "\0\x0c") },
	{ "nflog without a payload", 239, DECODE_SHORT, COUNTS(short_link),
	  BYTES("\2\0\0\1\5\0\x0a\0P\0\0\0") },
	{ "nflog with an attribute shorter than itself", 239, DECODE_BAD, COUNTS(bad_link),
	  BYTES("\2\0\0\1\3\0\3\0") },
	{ "ARCNET's unknown protocol", 7, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES("\1\2\x99\0\0\1") },
	{ "cooked unknown protocol", 113, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES(COOKED1 "\0\x99") },
	{ "ARP on ARCNET, RFC 1051", 7, DECODE_OTHER, COUNTS(other_protocols),
	  BYTES("\1\2\xf1\0\0\1") },
	{ "split ARCNET packet", 7, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES("\1\2\xd4\1\0\1") },
	{ "ARP on ARCNET", 7, DECODE_OTHER, COUNTS(other_protocols), BYTES("\1\2\xd5\0\0\1") },
	{ "MPLS channel", 1, DECODE_OTHER, COUNTS(other_protocols),
	  BYTES(MACS "\x88\x47\0\1\1\x40\x10\0\0\x07") },
	{ "MPLS with what nobody knows", 1, DECODE_OTHER, COUNTS(unknown_encapsulation),
	  BYTES(MACS "\x88\x47\0\1\1\x40\xf0\0\0\0") },
};

static void what_is_not_tcp_is_counted_by_name(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		const struct end_case *e = &ends[i];
		struct guard g = guard_copy(e->packet.ptr, e->packet.len);
		struct packet p = { .data = g.bytes.ptr,
				    .caplen = (uint32_t)e->packet.len,
				    .len = (uint32_t)e->packet.len,
				    .link = e->link };
		struct decode_stats stats;
		struct segment s;

		print_message("  %s\n", e->name);
		stats = decoded_once(&p, e->result, &s);
		assert_int_equal(*(uint64_t *)(void *)((char *)&stats + e->counter), 1);
		guard_free(&g);
	}
}

static void unknown_encapsulations_are_named_once_each(void **state)
{
	struct decoder *d = decoder_new(1);
	const struct decode_unknown *u;
	struct segment s;
	size_t cnt;

	(void)state;
	/* Twice each of one more than can be named. */
	for (uint32_t i = 0; i < 2 * (DECODE_UNKNOWN_MAX + 1); i++) {
		uint8_t frame[] = MACS "\x12\x30";
		struct packet p = { .data = frame, .caplen = 14, .len = 14, .link = 1 };

		frame[13] = (uint8_t)(i % (DECODE_UNKNOWN_MAX + 1));
		assert_int_equal(decoder_packet(d, &p, &s), DECODE_OTHER);
	}
	u = decoder_unknown(d, &cnt);
	assert_int_equal(cnt, DECODE_UNKNOWN_MAX);
	for (uint32_t i = 0; i < cnt; i++) {
		assert_string_equal(u[i].layer, "ethertype");
		assert_int_equal(u[i].value, 0x1200 + i);
		assert_int_equal(u[i].packets, 2);
	}
	assert_int_equal(decoder_stats(d)->unknown_encapsulation, 2 * (DECODE_UNKNOWN_MAX + 1));
	decoder_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_link_layer_leads_to_tcp),
		cmocka_unit_test(what_is_not_typed_is_told_by_its_bytes),
		cmocka_unit_test(ethernet_padding_is_not_payload),
		cmocka_unit_test(what_is_not_tcp_is_counted_by_name),
		cmocka_unit_test(unknown_encapsulations_are_named_once_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
