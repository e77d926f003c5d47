/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * wire: a capture file written packet by packet, the same bytes in every run, fast enough that
 * a pipe from it is no slower than what reads it.
 *
 * In:   segments of connections, and how the capture misses or misorders them.
 * Out:  pcap with microseconds, Ethernet and IPv4, on stdout. Checksums are zero, as with offload.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Payload of a full segment on Ethernet, with room for time stamps. */
#define WIRE_SEGMENT_MAX 1448
#define WIRE_FRAME_MAX   1514

enum wire_flag {
	WIRE_FIN = 0x01,
	WIRE_SYN = 0x02,
	WIRE_RST = 0x04,
	WIRE_PSH = 0x08,
	WIRE_ACK = 0x10,
};

/* A connection, host byte order. */
struct wire_conn {
	uint32_t addr[2]; /* of client and server */
	uint16_t port[2];
	uint32_t seq[2]; /* of what each says next */
};

/* A packet that the capture wrote too late. */
struct wire_late {
	uint8_t bytes[16 + WIRE_FRAME_MAX];
	size_t len;     /* 0: there is none */
	unsigned after; /* it follows so many other packets */
};

struct wire {
	uint64_t packets;      /* written or lost so far */
	uint64_t time_us;      /* of the next packet */
	uint64_t random;       /* state of wire_random(); never 0 */
	unsigned lost_percent; /* packets that the capture misses */
	unsigned late_percent; /* packets that change places with up to three later ones */
	struct wire_late late;
};

/* The same numbers in every run. */
uint32_t wire_random(struct wire *w);

/* Begin: the file's header. */
void wire_begin(struct wire *w);
/* End: what is late, and what stdio still holds. Nonzero when writing failed. */
int wire_end(struct wire *w);

/* dir of c says len bytes (WIRE_SEGMENT_MAX at the most) in one segment. */
void wire_segment(struct wire *w, struct wire_conn *c, unsigned dir, unsigned flags,
		  const void *payload, size_t len);
/* The same in as many segments as it takes; the other side acknowledges every second one. */
void wire_say(struct wire *w, struct wire_conn *c, unsigned dir, const void *payload, size_t len);
/* A datagram between c's ends. */
void wire_datagram(struct wire *w, const struct wire_conn *c, unsigned dir, const void *payload,
		   size_t len);

/* The three segments that open c. */
void wire_open(struct wire *w, struct wire_conn *c);
/* Both sides end it. */
void wire_close(struct wire *w, struct wire_conn *c);

#endif
