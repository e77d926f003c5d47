/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * plain: the headers that nearly every packet has: Ethernet, IPv4 without options, TCP. Shared by
 * decode.h's module and by nobody else.
 *
 * Each is where it is in all the others, so that one look at a few bytes tells, and the rest is
 * read from its place, in 60 instructions. All else takes the walk, which says the same of these in
 * 210.
 */
#ifndef NET_PLAIN_H
#define NET_PLAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/decode.h"

#define PLAIN_LINK 1 /* LINKTYPE_ETHERNET */

/* Where the headers begin in a frame, and where they end, TCP's without options. */
#define PLAIN_IP4  14
#define PLAIN_TCP  (PLAIN_IP4 + 20)
#define PLAIN_HEAD (PLAIN_TCP + 20)

static inline uint32_t plain_be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t plain_be32(const uint8_t *p)
{
	return plain_be16(p) << 16 | plain_be16(p + 2);
}

/* The segment that p brings, if it is such a one, and its lengths are ordinary ones. */
static inline bool plain_segment(const struct packet *p, struct segment *out)
{
	const uint8_t *ip, *tcp;
	size_t total, left, head;

	if (p->link != PLAIN_LINK || p->caplen < PLAIN_HEAD)
		return false;
	ip = p->data + PLAIN_IP4;
	tcp = p->data + PLAIN_TCP;
	/* The ethertype; version 4, five words of header; no fragment; TCP. */
	if (plain_be16(p->data + 12) != 0x0800 || ip[0] != 0x45 || plain_be16(ip + 6) & 0x3fff ||
	    ip[9] != 6)
		return false;
	total = plain_be16(ip + 2);
	left = p->caplen - PLAIN_IP4;
	head = PLAIN_TCP - PLAIN_IP4 + (size_t)(tcp[12] >> 4) * 4;
	if (head < PLAIN_HEAD - PLAIN_IP4 || total < head || left < head)
		return false;
	out->src.addr = address_from_v4(ip + 12);
	out->dst.addr = address_from_v4(ip + 16);
	out->src.port = (uint16_t)plain_be16(tcp);
	out->dst.port = (uint16_t)plain_be16(tcp + 2);
	out->seq = plain_be32(tcp + 4);
	out->ack = plain_be32(tcp + 8);
	out->flags = tcp[13];
	out->payload = span_make(ip + head, (total < left ? total : left) - head);
	out->payload_len = (uint32_t)(total - head);
	return true;
}

#endif
