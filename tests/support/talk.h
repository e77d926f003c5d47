/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * talk: play a TCP conversation, packet by packet, into net/ and read what comes out as text.
 *
 * Sequence numbers are told from each side's own start: its SYN is at -1, its first byte at 0.
 * The log has a word for each chunk:
 *
 *	0"GET" 1"HTTP" 0gap(5) 1gap(?) 0fin 1reset 1closed timeout evicted end
 *
 * Neighbouring data of one direction is one word.
 */
#ifndef SUPPORT_TALK_H
#define SUPPORT_TALK_H

#include "net/net.h"
#include "support/packets.h"

#define TALK_LOG_MAX (2u << 20)

struct talk {
	struct net *net;
	struct endpoint ends[2];    /* 0 is the client */
	uint32_t isn[2];            /* sequence number of the SYN */
	uint64_t time_ns;           /* of the next packet; goes on by 1 ms with each */
	uint64_t number;            /* of the last packet */
	uint64_t skip[2];           /* what the next chunk of a direction returns; once */
	struct net_capture capture; /* leaves out what cut[] says */
	struct {
		unsigned dir;
		int64_t from, until; /* as talk_send() counts */
	} cut;
	unsigned wants;            /* times that a connection's want changed */
	enum connection_want want; /* the last one */
	size_t log_len;
	int last_dir; /* whose data ends the log, or -1 */
	char log[TALK_LOG_MAX];
	struct packets room;
};

/* A net/ of its own with these limits (0: the usual), ISNs that wrap soon. */
struct talk *talk_new(uint32_t flows_max, uint32_t hold_max);
void talk_free(struct talk *t);

/* The same as a fixture of cmocka: *state is a struct talk with the usual limits. */
int talk_begin(void **state);
int talk_end(void **state);

/* One packet from side dir, seq and ack as told above. */
void talk_send(struct talk *t, unsigned dir, int64_t seq, int64_t ack, uint8_t flags,
	       const char *payload);
void talk_send_bytes(struct talk *t, unsigned dir, int64_t seq, int64_t ack, uint8_t flags,
		     const void *payload, size_t len);

/* SYN, SYN and ACK, ACK. */
void talk_handshake(struct talk *t);

/* The log so far, which begins anew. */
const char *talk_log(struct talk *t);

/* The same after net_finish(). */
const char *talk_finish(struct talk *t);

const struct net_stats *talk_stats(const struct talk *t);

#endif
