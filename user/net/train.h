/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * train: packets whose headers are those of the packet before, but for what counts on in them.
 * Shared by decode.h's module and by nobody else.
 *
 * The segments of a message follow each other: what a look at the whole header would tell is known
 * of them before (header prediction, after Jacobson, "4BSD TCP header prediction", 1990). Ethernet,
 * IPv4 and TCP only: all else takes the walk. Nothing points into a packet.
 */
#ifndef NET_TRAIN_H
#define NET_TRAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "net/decode.h"

#define TRAIN_LINK 1 /* LINKTYPE_ETHERNET */

/* Where the headers begin in a frame; the IPv4 header is one without options. */
#define TRAIN_IP4  14
#define TRAIN_TCP  (TRAIN_IP4 + 20)
#define TRAIN_HEAD (TRAIN_TCP + 20)

/* A segment of less than this many bytes is the last of what its sender has to say for now: what
 * comes next is of somebody else, and not worth a comparison. */
#define TRAIN_SEGMENT_MIN 512

/* What all packets of a train have alike. */
struct train_head {
	uint64_t kind;       /* end of the sender's address, type; IP version, length, class */
	uint64_t addresses;  /* of IP, both */
	uint32_t ports;      /* both */
	uint32_t fragment;   /* flags and offset; time to live, protocol */
	uint32_t tcp_length; /* of the header, in bytes */
	uint32_t link_type;
};

struct train {
	struct train_head head;
	struct endpoint src, dst;
	uint64_t ends_hash;
	uint32_t next, ack; /* sequence numbers after the last segment, and of the other side */
	bool is_on;         /* there is one */
	bool is_data;       /* the last segment was payload and nothing else */
};

/* All of p's frame but what may differ. It has TRAIN_HEAD bytes. */
static inline struct train_head train_head(const struct packet *p)
{
	struct train_head h = { .tcp_length = (uint32_t)(p->data[TRAIN_TCP + 12] >> 4) * 4,
				.link_type = p->link };

	memcpy(&h.kind, p->data + TRAIN_IP4 + 2 - sizeof(h.kind), sizeof(h.kind));
	memcpy(&h.fragment, p->data + TRAIN_IP4 + 6, sizeof(h.fragment));
	memcpy(&h.addresses, p->data + TRAIN_IP4 + 12, sizeof(h.addresses));
	memcpy(&h.ports, p->data + TRAIN_TCP, sizeof(h.ports));
	return h;
}

static inline uint32_t train_be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t train_be32(const uint8_t *p)
{
	return train_be16(p) << 16 | train_be16(p + 2);
}

/* Whether a segment says nothing but its payload. */
static inline bool train_is_data(const struct segment *s)
{
	return s->payload_len && (s->flags & ~TCP_PSH) == TCP_ACK;
}

/* Whether p is of the train t. */
static inline bool train_has(const struct train *t, const struct packet *p)
{
	struct train_head h;

	if (!t->is_on || p->caplen < TRAIN_HEAD)
		return false;
	h = train_head(p);
	/* Most that are not differ here. */
	if (h.ports != t->head.ports)
		return false;
	return !((h.kind ^ t->head.kind) | (h.addresses ^ t->head.addresses) |
		 (h.fragment ^ t->head.fragment) | (h.tcp_length ^ t->head.tcp_length) |
		 (h.link_type ^ t->head.link_type));
}

/* The last segment of the train is s. */
static inline void train_note(struct train *t, const struct segment *s)
{
	t->is_on = s->payload_len >= TRAIN_SEGMENT_MIN;
	t->next = s->seq + s->payload_len;
	t->ack = s->ack;
	t->is_data = train_is_data(s);
}

/* s was found in p, and is of no train: one begins with it, if it may. */
static inline void train_begin(struct train *t, const struct packet *p, const struct segment *s)
{
	/* The ethertype of IPv4; version 4, five words of header. */
	static const uint8_t kind[] = { 8, 0, 0x45 };
	const uint8_t *ip = p->data + TRAIN_IP4;

	t->is_on = false;
	/* No fragment, and TCP. */
	if (s->payload_len < TRAIN_SEGMENT_MIN || p->link != TRAIN_LINK || p->caplen < TRAIN_HEAD ||
	    memcmp(p->data + 12, kind, sizeof(kind)) != 0 || train_be16(ip + 6) & 0x3fff ||
	    ip[9] != 6)
		return;
	t->head = train_head(p);
	t->src = s->src;
	t->dst = s->dst;
	t->ends_hash = s->ends_hash;
	train_note(t, s);
}

/* The segment of p, which is of the train. False when its lengths are not ordinary ones, and
 * nothing has changed. */
static inline bool train_segment(struct train *t, const struct packet *p, struct segment *out)
{
	const uint8_t *ip = p->data + TRAIN_IP4, *tcp = p->data + TRAIN_TCP;
	size_t total = train_be16(ip + 2), left = p->caplen - TRAIN_IP4;
	size_t head = TRAIN_TCP - TRAIN_IP4 + t->head.tcp_length;

	if (total < head || left < head)
		return false;
	out->src = t->src;
	out->dst = t->dst;
	out->ends_hash = t->ends_hash;
	out->seq = train_be32(tcp + 4);
	out->ack = train_be32(tcp + 8);
	out->flags = tcp[13];
	out->payload = span_make(ip + head, (total < left ? total : left) - head);
	out->payload_len = (uint32_t)(total - head);
	out->goes_on =
		t->is_data && out->seq == t->next && out->ack == t->ack && train_is_data(out);
	train_note(t, out);
	return true;
}

#endif
