/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/packets.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct endpoint packets_endpoint(const char *addr, uint16_t port)
{
	struct endpoint e = { .port = port };
	uint8_t v4[4];

	if (inet_pton(AF_INET, addr, v4) == 1)
		e.addr = address_from_v4(v4);
	else
		assert_int_equal(inet_pton(AF_INET6, addr, e.addr.bytes), 1);
	return e;
}

void packets_begin(struct packets *b, const void *payload, size_t len)
{
	b->off = sizeof(b->room);
	packets_raw(b, payload, len);
}

void packets_raw(struct packets *b, const void *bytes, size_t len)
{
	assert_true(len <= b->off);
	b->off -= len;
	if (len)
		memcpy(b->room + b->off, bytes, len);
}

void packets_be16(struct packets *b, uint16_t value)
{
	uint8_t bytes[] = { (uint8_t)(value >> 8), (uint8_t)value };

	packets_raw(b, bytes, sizeof(bytes));
}

void packets_be32(struct packets *b, uint32_t value)
{
	packets_be16(b, (uint16_t)value);
	packets_be16(b, (uint16_t)(value >> 16));
}

void packets_trailer(struct packets *b, const void *bytes, size_t len)
{
	assert_true(len <= b->off);
	b->off -= len;
	memmove(b->room + b->off, b->room + b->off + len, sizeof(b->room) - b->off - len);
	memcpy(b->room + sizeof(b->room) - len, bytes, len);
}

void packets_tcp(struct packets *b, uint16_t sport, uint16_t dport, uint32_t seq, uint32_t ack,
		 uint8_t flags)
{
	const uint8_t offset_flags[] = { 0x50, flags };

	packets_be32(b, 0); /* checksum, urgent pointer */
	packets_be16(b, 65535);
	packets_raw(b, offset_flags, sizeof(offset_flags));
	packets_be32(b, ack);
	packets_be32(b, seq);
	packets_be16(b, dport);
	packets_be16(b, sport);
}

void packets_udp(struct packets *b, uint16_t sport, uint16_t dport)
{
	size_t len = packets_bytes(b).len + 8;

	packets_be16(b, 0);
	packets_be16(b, (uint16_t)len);
	packets_be16(b, dport);
	packets_be16(b, sport);
}

static void put_ip4(struct packets *b, const struct address *src, const struct address *dst,
		    uint8_t protocol, uint16_t id, uint16_t flags_off)
{
	size_t len = packets_bytes(b).len + 20;
	const uint8_t ttl_protocol[] = { 64, protocol };

	assert_true(address_is_v4(src) && address_is_v4(dst));
	packets_raw(b, dst->bytes + 12, 4);
	packets_raw(b, src->bytes + 12, 4);
	packets_be16(b, 0);
	packets_raw(b, ttl_protocol, sizeof(ttl_protocol));
	packets_be16(b, flags_off);
	packets_be16(b, id);
	packets_be16(b, (uint16_t)len);
	packets_be16(b, 0x4500);
}

void packets_ip4(struct packets *b, const struct address *src, const struct address *dst,
		 uint8_t protocol)
{
	put_ip4(b, src, dst, protocol, 0, 0x4000);
}

void packets_ip4_fragment(struct packets *b, const struct address *src, const struct address *dst,
			  uint8_t protocol, uint16_t id, uint32_t off, bool has_more)
{
	put_ip4(b, src, dst, protocol, id, (uint16_t)((has_more ? 0x2000 : 0) | off / 8));
}

void packets_ip6(struct packets *b, const struct address *src, const struct address *dst,
		 uint8_t next)
{
	size_t len = packets_bytes(b).len;
	const uint8_t next_hops[] = { next, 64 };

	packets_raw(b, dst->bytes, 16);
	packets_raw(b, src->bytes, 16);
	packets_raw(b, next_hops, sizeof(next_hops));
	packets_be16(b, (uint16_t)len);
	packets_be32(b, 0x60000000);
}

void packets_ip6_fragment(struct packets *b, uint8_t next, uint32_t id, uint32_t off, bool has_more)
{
	const uint8_t next_reserved[] = { next, 0 };

	packets_be32(b, id);
	packets_be16(b, (uint16_t)(off | (has_more ? 1 : 0)));
	packets_raw(b, next_reserved, sizeof(next_reserved));
}

void packets_eth(struct packets *b, uint16_t ethertype)
{
	static const uint8_t addresses[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1 };

	packets_be16(b, ethertype);
	packets_raw(b, addresses, sizeof(addresses));
}

void packets_vlan(struct packets *b, uint16_t vid, uint16_t ethertype)
{
	packets_be16(b, ethertype);
	packets_be16(b, vid);
}

void packets_gre(struct packets *b, uint16_t protocol)
{
	packets_be16(b, protocol);
	packets_be16(b, 0);
}

void packets_vxlan(struct packets *b, uint32_t vni)
{
	packets_be32(b, vni << 8);
	packets_be32(b, 0x08000000);
}

struct span packets_bytes(const struct packets *b)
{
	return span_make(b->room + b->off, sizeof(b->room) - b->off);
}

struct packet packets_packet(const struct packets *b, uint32_t link)
{
	struct span bytes = packets_bytes(b);

	return (struct packet){ .data = bytes.ptr,
				.caplen = (uint32_t)bytes.len,
				.len = (uint32_t)bytes.len,
				.link = link,
				.number = 1,
				.source = "test" };
}

struct packet packets_frame(struct packets *b, const struct endpoint *src,
			    const struct endpoint *dst, uint32_t seq, uint32_t ack, uint8_t flags,
			    const void *payload, size_t len)
{
	packets_begin(b, payload, len);
	packets_tcp(b, src->port, dst->port, seq, ack, flags);
	if (address_is_v4(&src->addr)) {
		packets_ip4(b, &src->addr, &dst->addr, 6);
		packets_eth(b, 0x0800);
	} else {
		packets_ip6(b, &src->addr, &dst->addr, 6);
		packets_eth(b, 0x86dd);
	}
	return packets_packet(b, 1);
}
