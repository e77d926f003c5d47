/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * blast: what the kernel's half of the generator and the other share: the shape of the traffic.
 *
 * So many connections at a time take turns, a frame each. Each opens, has its exchanges one after
 * the other, and closes; then others begin, from new ports.
 */
#ifndef BENCH_BLAST_H
#define BENCH_BLAST_H

#include <linux/types.h>

#define BLAST_CONNECTIONS 64
#define BLAST_EXCHANGES   4
/* Bytes of a segment's data, and segments of a response: a head, and a body of 1 MB. */
#define BLAST_SEGMENT  1400
#define BLAST_SEGMENTS 750
/* Frames of a connection: two SYN and two FIN, and of each exchange the request and the response.
 */
#define BLAST_FRAMES ((1 + BLAST_SEGMENTS) * BLAST_EXCHANGES + 4)
/* Bytes of Ethernet's, IP's and TCP's header. */
#define BLAST_HEADERS 54
/* The data of a request; and so much of a segment's data is written anew for each frame: the
 * kernel uses the memory of frames again as it was left. */
#define BLAST_TEXT 256

/* What a frame carries. */
enum blast_kind {
	BLAST_SYN,
	BLAST_SYN_ACK,
	BLAST_FIN_SERVER,
	BLAST_FIN_CLIENT,
	BLAST_REQUEST,
	BLAST_HEAD,
	BLAST_BODY,
	BLAST_KINDS,
};

struct blast_settings {
	__u64 frame_ns; /* from one frame to the next */
	__u32 device;   /* index of the one to send by */
	__u16 port;     /* of the server */
	__u16 pad;
	__u8 texts[BLAST_KINDS][BLAST_TEXT];
};

#endif
