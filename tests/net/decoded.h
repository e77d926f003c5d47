/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * decoded: one sample segment, put inside whatever a test is about; it must come out of the
 * decoder again, and nothing but it.
 */
#ifndef NET_DECODED_H
#define NET_DECODED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/decode.h"
#include "support/guard.h"
#include "support/packets.h"

#define DECODED_PAYLOAD "hello"
#define DECODED_LEN     5
#define DECODED_IP4_LEN 45 /* the sample from its IP header on */
#define DECODED_IP6_LEN 65

/* A literal's bytes without its NUL, for tables of headers. */
#define BYTES(text)                                                                                \
	{                                                                                          \
		text, sizeof(text) - 1                                                             \
	}

struct bytes {
	const char *ptr;
	size_t len;
};

enum decoded_inner {
	INNER_IP4,
	INNER_IP6,
	INNER_ETH, /* Ethernet and IPv4 */
};

/* The sample begins b. Its IPv4 and IPv6 forms differ in addresses, never in the rest. */
static inline void decoded_begin(struct packets *b, enum decoded_inner inner)
{
	struct endpoint v4 = packets_endpoint("10.1.2.3", 1234);
	struct endpoint v4_to = packets_endpoint("10.4.5.6", 80);
	struct endpoint v6 = packets_endpoint("2001:db8::1", 1234);
	struct endpoint v6_to = packets_endpoint("2001:db8::2", 80);

	packets_begin(b, DECODED_PAYLOAD, DECODED_LEN);
	packets_tcp(b, 1234, 80, 0x01020304, 0x05060708, TCP_ACK | TCP_PSH);
	if (inner == INNER_IP6)
		packets_ip6(b, &v6.addr, &v6_to.addr, 6);
	else
		packets_ip4(b, &v4.addr, &v4_to.addr, 6);
	if (inner == INNER_ETH)
		packets_eth(b, 0x0800);
}

/* s is the sample with the first len bytes of its payload captured. */
static inline void decoded_is_sample(const struct segment *s, size_t len)
{
	bool is_v4 = address_is_v4(&s->src.addr);
	struct endpoint src = packets_endpoint(is_v4 ? "10.1.2.3" : "2001:db8::1", 1234);
	struct endpoint dst = packets_endpoint(is_v4 ? "10.4.5.6" : "2001:db8::2", 80);

	assert_memory_equal(&s->src, &src, sizeof(src));
	assert_memory_equal(&s->dst, &dst, sizeof(dst));
	assert_int_equal(s->seq, 0x01020304);
	assert_int_equal(s->ack, 0x05060708);
	assert_int_equal(s->flags, TCP_ACK | TCP_PSH);
	assert_int_equal(s->payload.len, len);
	assert_int_equal(s->payload_len, DECODED_LEN);
	assert_memory_equal(s->payload.ptr, DECODED_PAYLOAD, len);
	assert_int_equal(s->packet, 1);
	assert_string_equal(s->source, "test");
}

/* Every packet ends in exactly one counter. */
static inline void decoded_adds_up(const struct decode_stats *s)
{
	uint64_t ends = s->tcp_segments + s->udp_datagrams + s->other_protocols + s->encrypted_ip +
			s->unknown_link + s->unknown_encapsulation + s->too_deep + s->short_link +
			s->short_ip + s->short_tcp + s->short_tunnel + s->bad_link + s->bad_ip +
			s->bad_tcp + (s->fragments - s->fragments_joined);

	assert_int_equal(s->packets, ends);
}

/* Decode one packet with a decoder of its own; its counters are returned. */
static inline struct decode_stats decoded_once(const struct packet *p, enum decode_result expected,
					       struct segment *out)
{
	struct decoder *d = decoder_new(1);
	struct decode_stats stats;

	assert_non_null(d);
	assert_int_equal(decoder_packet(d, p, out), expected);
	stats = *decoder_stats(d);
	decoded_adds_up(&stats);
	decoder_free(d);
	return stats;
}

/* The first caplen bytes of a packet that had len on the wire, in front of a guard page. */
static inline void decoded_prefix(struct packet p, uint32_t caplen, uint32_t len,
				  size_t headers_len)
{
	struct guard g = guard_copy(p.data, caplen);
	struct decoder *d = decoder_new(1);
	struct segment s;
	enum decode_result result;

	p.data = g.bytes.ptr;
	p.caplen = caplen;
	p.len = len;
	result = decoder_packet(d, &p, &s);
	decoded_adds_up(decoder_stats(d));
	if (caplen < headers_len) {
		assert_int_not_equal(result, DECODE_TCP);
	} else {
		assert_int_equal(result, DECODE_TCP);
		decoded_is_sample(&s, caplen - headers_len);
		assert_int_equal(decoder_stats(d)->snapped, caplen < headers_len + DECODED_LEN);
	}
	decoder_free(d);
	guard_free(&g);
}

/* The packet in b, whose last bytes are the sample's, decodes; each of its prefixes, cut by the
 * snap length or on the wire, gives the sample with less payload, or nothing. is_guess: what lies
 * inside is told by its lengths alone, and is nothing when the wire cut it. */
static inline void decoded_expect(const struct packets *b, uint32_t link, bool is_guess)
{
	struct packet p = packets_packet(b, link);

	for (uint32_t n = 0; n <= p.caplen; n++) {
		decoded_prefix(p, n, p.len, p.caplen - DECODED_LEN);
		if (!is_guess)
			decoded_prefix(p, n, n, p.caplen - DECODED_LEN);
	}
}

#endif
