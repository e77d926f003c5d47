/* SPDX-License-Identifier: BSD-2-Clause */

/* QUIC is recognised by its first packets, and by nothing else. */
#include "decoded.h"

#define LINK_ETHERNET 1
/* Type and version, then ids of 8 and 0 bytes, a token, and what is encrypted. */
#define INITIAL                                                                                    \
	"\xc3\0\0\0\1\x08"                                                                         \
	"abcdefgh"                                                                                 \
	"\0\0\x44\x9e"                                                                             \
	"xxxxxxxxxxxxxxxx"
#define INITIAL_V2                                                                                 \
	"\xd3\x6b\x33\x43\xcf\x08"                                                                 \
	"abcdefgh"                                                                                 \
	"\0\0\x44\x9e"                                                                             \
	"xxxxxxxxxxxxxxxx"

/* Give d one datagram, from a port to 443 or back. */
static void datagram(struct decoder *d, const void *bytes, size_t len, uint16_t port, bool is_back)
{
	struct endpoint client = packets_endpoint("192.0.2.1", port);
	struct endpoint server = packets_endpoint("192.0.2.2", 443);
	const struct endpoint *src = is_back ? &server : &client,
			      *dst = is_back ? &client : &server;
	struct packets b;
	struct packet p;
	struct segment s;

	packets_begin(&b, bytes, len);
	packets_udp(&b, src->port, dst->port);
	packets_ip4(&b, &src->addr, &dst->addr, 17);
	packets_eth(&b, 0x0800);
	p = packets_packet(&b, LINK_ETHERNET);
	assert_int_equal(decoder_packet(d, &p, &s), DECODE_OTHER);
	decoded_adds_up(decoder_stats(d));
}

static void a_connection_counts_once(void **state)
{
	struct decoder *d = decoder_new(1);

	(void)state;
	datagram(d, INITIAL, sizeof(INITIAL) - 1, 5000, false);
	datagram(d, INITIAL, sizeof(INITIAL) - 1, 5000, false);
	/* What comes back is of the same connection. */
	datagram(d, INITIAL, sizeof(INITIAL) - 1, 5000, true);
	assert_int_equal(decoder_stats(d)->quic_connections, 1);
	datagram(d, INITIAL_V2, sizeof(INITIAL_V2) - 1, 5001, false);
	assert_int_equal(decoder_stats(d)->quic_connections, 2);
	assert_int_equal(decoder_stats(d)->udp_datagrams, 4);
	decoder_free(d);
}

static void other_datagrams_do_not_count(void **state)
{
	static const struct bytes rows[] = {
		BYTES(""),
		/* a DNS query */
		BYTES("\x12\x34\1\0\0\1\0\0\0\0\0\0\3www\7example\3com\0\0\1\0\1"),
		/* later packets have a short header */
		BYTES("\x43"
		      "abcdefghabcdefghabcdefghabcdefgh"),
		/* a handshake packet, another version, no long header's second bit */
		BYTES("\xe3\0\0\0\1\x08"
		      "abcdefgh"
		      "\0\0\x44\x9e"
		      "xxxxxxxxxxxxxxxx"),
		BYTES("\xc3\xfa\xfa\xfa\xfa\x08"
		      "abcdefgh"
		      "\0\0\x44\x9e"
		      "xxxxxxxxxxxxxxxx"),
		BYTES("\x83\0\0\0\1\x08"
		      "abcdefgh"
		      "\0\0\x44\x9e"
		      "xxxxxxxxxxxxxxxx"),
		/* ids that nobody sends */
		BYTES("\xc3\0\0\0\1\x07"
		      "abcdefgh"
		      "\0\0\x44\x9e"
		      "xxxxxxxxxxxxxxxx"),
		BYTES("\xc3\0\0\0\1\x15"
		      "abcdefghabcdefghabcdefgh"
		      "\0\0\x44\x9e"
		      "xxxxxxxx"),
		BYTES("\xc3\0\0\0\1\x08"
		      "abcdefgh"
		      "\x15\0\x44\x9e"
		      "xxxxxxxxxxxxxxxxxxxxxxxx"),
	};
	struct decoder *d = decoder_new(1);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		datagram(d, rows[i].ptr, rows[i].len, 5000, false);
	/* Cut anywhere before its ids end, it is not known for one. */
	for (size_t n = 0; n < 15; n++)
		datagram(d, INITIAL, n, 5000, false);
	assert_int_equal(decoder_stats(d)->quic_connections, 0);
	decoder_free(d);
}

/* However many there are, they take no more room, and nearly all are told apart. */
static void many_connections_are_counted(void **state)
{
	struct decoder *d = decoder_new(1);

	(void)state;
	for (unsigned port = 1; port <= 60000; port++)
		datagram(d, INITIAL, sizeof(INITIAL) - 1, (uint16_t)port, false);
	assert_int_equal(decoder_stats(d)->quic_connections, 60000);
	decoder_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_connection_counts_once),
		cmocka_unit_test(other_datagrams_do_not_count),
		cmocka_unit_test(many_connections_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
