/* SPDX-License-Identifier: BSD-2-Clause */
#include "bench/wire.h"

#include <string.h>

/* 2026-11-23T14:46:14Z */
#define START_S      1795445174u
#define RECORD_HEAD  16
#define ETHER_HEAD   14
#define IP_HEAD      20
#define TCP_HEAD     20
#define UDP_HEAD     8
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17

/* Between two packets: 33,000 a second, as on a busy host. A million packets then last as long as
 * a closed connection is remembered, so that longer captures show what grows. */
#define PACKET_US 30

/* xorshift64*: a few instructions, and good enough to choose packets by. */
uint32_t wire_random(struct wire *w)
{
	w->random ^= w->random >> 12;
	w->random ^= w->random << 25;
	w->random ^= w->random >> 27;
	return (uint32_t)(w->random * 0x2545f4914f6cdd1dull >> 32);
}

static void put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
	put16(p, v >> 16);
	put16(p + 2, v & 0xffff);
}

static void put_host(const void *p, size_t len)
{
	fwrite_unlocked(p, 1, len, stdout);
}

void wire_begin(struct wire *w)
{
	const uint32_t head[6] = { 0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1 };

	if (!w->random)
		w->random = 1;
	put_host(head, sizeof(head));
}

static void late_write(struct wire *w)
{
	put_host(w->late.bytes, w->late.len);
	w->late.len = 0;
}

/* len bytes of frame follow room for the record's header. */
static void frame_write(struct wire *w, uint8_t *record, size_t len)
{
	const uint32_t head[4] = { START_S + (uint32_t)(w->time_us / 1000000),
				   (uint32_t)(w->time_us % 1000000), (uint32_t)len, (uint32_t)len };

	w->packets++;
	w->time_us += PACKET_US;
	if (w->lost_percent && wire_random(w) % 100 < w->lost_percent)
		return;
	memcpy(record, head, sizeof(head));
	if (w->late_percent && !w->late.len && wire_random(w) % 100 < w->late_percent) {
		w->late.len = RECORD_HEAD + len;
		w->late.after = 1 + wire_random(w) % 3;
		memcpy(w->late.bytes, record, w->late.len);
		return;
	}
	put_host(record, RECORD_HEAD + len);
	if (w->late.len && --w->late.after == 0)
		late_write(w);
}

int wire_end(struct wire *w)
{
	late_write(w);
	return fflush(stdout) || ferror(stdout);
}

/* Ethernet and IPv4 in front of len bytes; where these go. */
static uint8_t *ip_put(uint8_t *p, const struct wire_conn *c, unsigned dir, uint8_t protocol,
		       size_t len)
{
	static const uint8_t ether[ETHER_HEAD] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
	uint8_t *ip = p + ETHER_HEAD;

	memcpy(p, ether, sizeof(ether));
	memset(ip, 0, IP_HEAD);
	ip[0] = 0x45;
	put16(ip + 2, (unsigned)(IP_HEAD + len));
	ip[6] = 0x40; /* not to be fragmented */
	ip[8] = 64;
	ip[9] = protocol;
	put32(ip + 12, c->addr[dir]);
	put32(ip + 16, c->addr[!dir]);
	return ip + IP_HEAD;
}

void wire_segment(struct wire *w, struct wire_conn *c, unsigned dir, unsigned flags,
		  const void *payload, size_t len)
{
	uint8_t record[RECORD_HEAD + WIRE_FRAME_MAX];
	uint8_t *tcp = ip_put(record + RECORD_HEAD, c, dir, PROTOCOL_TCP, TCP_HEAD + len);

	put16(tcp, c->port[dir]);
	put16(tcp + 2, c->port[!dir]);
	put32(tcp + 4, c->seq[dir]);
	put32(tcp + 8, flags & WIRE_ACK ? c->seq[!dir] : 0);
	tcp[12] = TCP_HEAD / 4 << 4;
	tcp[13] = (uint8_t)flags;
	put16(tcp + 14, 65535);
	put32(tcp + 16, 0);
	if (len)
		memcpy(tcp + TCP_HEAD, payload, len);
	c->seq[dir] += (uint32_t)len + !!(flags & WIRE_SYN) + !!(flags & WIRE_FIN);
	frame_write(w, record, ETHER_HEAD + IP_HEAD + TCP_HEAD + len);
}

void wire_say(struct wire *w, struct wire_conn *c, unsigned dir, const void *payload, size_t len)
{
	const uint8_t *p = payload;

	for (unsigned i = 1; len; i++) {
		size_t n = len < WIRE_SEGMENT_MAX ? len : WIRE_SEGMENT_MAX;

		wire_segment(w, c, dir, WIRE_PSH | WIRE_ACK, p, n);
		p += n;
		len -= n;
		if (i % 2 == 0)
			wire_segment(w, c, !dir, WIRE_ACK, NULL, 0);
	}
}

void wire_datagram(struct wire *w, const struct wire_conn *c, unsigned dir, const void *payload,
		   size_t len)
{
	uint8_t record[RECORD_HEAD + WIRE_FRAME_MAX];
	uint8_t *udp = ip_put(record + RECORD_HEAD, c, dir, PROTOCOL_UDP, UDP_HEAD + len);

	put16(udp, c->port[dir]);
	put16(udp + 2, c->port[!dir]);
	put16(udp + 4, (unsigned)(UDP_HEAD + len));
	put16(udp + 6, 0);
	memcpy(udp + UDP_HEAD, payload, len);
	frame_write(w, record, ETHER_HEAD + IP_HEAD + UDP_HEAD + len);
}

void wire_open(struct wire *w, struct wire_conn *c)
{
	wire_segment(w, c, 0, WIRE_SYN, NULL, 0);
	wire_segment(w, c, 1, WIRE_SYN | WIRE_ACK, NULL, 0);
	wire_segment(w, c, 0, WIRE_ACK, NULL, 0);
}

void wire_close(struct wire *w, struct wire_conn *c)
{
	wire_segment(w, c, 0, WIRE_FIN | WIRE_ACK, NULL, 0);
	wire_segment(w, c, 1, WIRE_FIN | WIRE_ACK, NULL, 0);
	wire_segment(w, c, 0, WIRE_ACK, NULL, 0);
}
