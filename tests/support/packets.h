/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * packets: build packets from the inside out. Begin with the payload, then put each header
 * in front of what is there; lengths are right for what is inside.
 *
 *	struct packets b;
 *
 *	packets_begin(&b, "hi", 2);
 *	packets_tcp(&b, 1234, 80, seq, ack, TCP_ACK);
 *	packets_ip4(&b, &src.addr, &dst.addr, 6);
 *	packets_eth(&b, 0x0800);
 *	p = packets_packet(&b, 1);
 *
 * Checksums stay 0: nothing here verifies them (offload makes them wrong in real captures).
 */
#ifndef SUPPORT_PACKETS_H
#define SUPPORT_PACKETS_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "capture/packet.h"
#include "net/endpoint.h"

#define PACKETS_MAX 70000

struct packets {
	size_t off; /* the packet is room[off] to the end of room */
	uint8_t room[PACKETS_MAX];
};

/* "10.0.0.1" or "2001:db8::1". Fails the test when it is neither. */
struct endpoint packets_endpoint(const char *addr, uint16_t port);

/* Forget all and begin with the innermost payload. */
void packets_begin(struct packets *b, const void *payload, size_t len);

/* Put raw bytes in front: any header that has no builder. */
void packets_raw(struct packets *b, const void *bytes, size_t len);
void packets_be16(struct packets *b, uint16_t value);
void packets_be32(struct packets *b, uint32_t value);

/* Put raw bytes behind all that is there (a frame's padding). */
void packets_trailer(struct packets *b, const void *bytes, size_t len);

/* A TCP header of 20 bytes, window 65535. flags: enum tcp_flag. */
void packets_tcp(struct packets *b, uint16_t sport, uint16_t dport, uint32_t seq, uint32_t ack,
		 uint8_t flags);
void packets_udp(struct packets *b, uint16_t sport, uint16_t dport);

/* 20 bytes. src and dst are mapped IPv4 addresses. */
void packets_ip4(struct packets *b, const struct address *src, const struct address *dst,
		 uint8_t protocol);

/* The same for a fragment: what is there is its part. off in bytes, a multiple of 8. */
void packets_ip4_fragment(struct packets *b, const struct address *src, const struct address *dst,
			  uint8_t protocol, uint16_t id, uint32_t off, bool has_more);

/* 40 bytes; next is the protocol or the first extension header. */
void packets_ip6(struct packets *b, const struct address *src, const struct address *dst,
		 uint8_t next);

/* An IPv6 fragment header, 8 bytes. */
void packets_ip6_fragment(struct packets *b, uint8_t next, uint32_t id, uint32_t off,
			  bool has_more);

/* 14 bytes, with fixed addresses. */
void packets_eth(struct packets *b, uint16_t ethertype);

/* What stands behind the tag's own type: control information and the next ethertype. Put
 * packets_eth(b, 0x8100) or another tag in front. */
void packets_vlan(struct packets *b, uint16_t vid, uint16_t ethertype);

/* 4 bytes: no checksum, key or sequence number. */
void packets_gre(struct packets *b, uint16_t protocol);

/* 8 bytes; put packets_udp(b, ..., 4789) in front. */
void packets_vxlan(struct packets *b, uint32_t vni);

/* The bytes so far; they move when more is put in front. */
struct span packets_bytes(const struct packets *b);

/* As a whole packet of this link type: time 0, number 1, source "test". */
struct packet packets_packet(const struct packets *b, uint32_t link);

/*
 * A complete Ethernet frame with IPv4 or IPv6 by the family of src, TCP and len bytes of
 * payload. The packet borrows b. Caller sets time_ns and number.
 */
struct packet packets_frame(struct packets *b, const struct endpoint *src,
			    const struct endpoint *dst, uint32_t seq, uint32_t ack, uint8_t flags,
			    const void *payload, size_t len);

#endif
