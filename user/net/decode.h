/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * decode: a packet's headers, from the link layer through any tunnels to TCP.
 *
 * In:   struct packet.
 * Out:  struct segment for the innermost TCP header; everything else is counted by name.
 * Spec: https://www.tcpdump.org/linktypes.html; RFC 791, 8200, 9293 and each tunnel's own,
 *       named beside its decoder.
 *
 * Packets quoted by ICMP and samples inside sFlow are not traffic and are not entered. Checksums
 * are not verified: with offload, a capture on the sending machine holds none that are right.
 *
 * Each packet ends in exactly one way, so that
 *	packets = tcp_segments + udp_datagrams + other_protocols + encrypted_ip + unknown_* +
 *		  too_deep + short_* + bad_* + (fragments - fragments_joined)
 */
#ifndef NET_DECODE_H
#define NET_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/span.h"
#include "capture/packet.h"
#include "net/endpoint.h"

enum tcp_flag {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
};

/* One TCP segment, host byte order. */
struct segment {
	struct endpoint src, dst;
	uint32_t seq, ack;    /* modulo 2^32 (RFC 9293, 3.4); ack counts only with TCP_ACK */
	uint8_t flags;        /* enum tcp_flag, as on the wire */
	bool goes_on;         /* it and those that were decoded before it are a train, with nothing
			       * else between: payload and nothing else, behind theirs, with the
			       * same ends and ack; or what the other end acknowledges of that, no
			       * less than before */
	struct span payload;  /* what was captured of it; borrowed from the packet, or from the
			       * decoder when it was put together from fragments */
	uint32_t payload_len; /* what was on the wire; more than payload.len when it was cut */
	uint64_t time_ns;     /* the packet's (the last fragment's) */
	uint64_t packet;      /* its number */
	const char *source;   /* interface or file */
	uint64_t ends_hash;   /* of src and dst, in either order; keyed with the decoder's seed */
	uint32_t content;     /* fingerprint of the payload (net/content.h); 0: none was taken,
			       * as of all that goes on */
};

enum decode_result {
	DECODE_TCP,   /* *out is filled */
	DECODE_OTHER, /* nothing for us: another protocol, or a fragment that waits for the rest */
	DECODE_SHORT, /* a header is cut off by the snap length, or the packet is shorter than it
		       * says; counted by layer */
	DECODE_BAD,   /* a header contradicts itself; counted by layer */
};

#define DECODE_COUNTERS(X)                                                                         \
	X(packets, COUNTER_TRAFFIC, "packets read")                                                \
	X(bytes, COUNTER_TRAFFIC, "bytes of these packets on the wire")                            \
	X(tcp_segments, COUNTER_TRAFFIC, "TCP segments decoded")                                   \
	X(udp_datagrams, COUNTER_TRAFFIC, "UDP datagrams that carry no tunnel")                    \
	X(quic_connections, COUNTER_LOSS,                                                          \
	  "connections that speak QUIC (HTTP/3), whose content is not visible")                    \
	X(other_protocols, COUNTER_TRAFFIC, "packets of other protocols (ARP, ICMP, ...)")         \
	X(tunnelled, COUNTER_NOTE, "packets that came inside a tunnel")                            \
	X(apart, COUNTER_NOTE,                                                                     \
	  "packets (of tunnels over UDP, fragments of IPv6 or in tunnels) that lanes of a live "   \
	  "run might not keep together")                                                           \
	X(fragments, COUNTER_NOTE, "IP fragments")                                                 \
	X(fragments_joined, COUNTER_NOTE, "IP datagrams put together from fragments")              \
	X(fragments_lost, COUNTER_LOSS, "IP datagrams whose fragments never all came")             \
	X(fragments_overlap, COUNTER_LOSS, "IP datagrams dropped for overlapping fragments")       \
	X(fragments_evicted, COUNTER_LOSS, "IP datagrams dropped because too many were waiting")   \
	X(encrypted_ip, COUNTER_LOSS, "packets inside IPsec ESP, whose content is not visible")    \
	X(unknown_link, COUNTER_LOSS, "packets of a link type that is not known")                  \
	X(unknown_encapsulation, COUNTER_LOSS, "packets of an encapsulation that is not known")    \
	X(too_deep, COUNTER_LOSS, "packets with more headers inside each other than are followed") \
	X(short_link, COUNTER_LOSS, "packets cut off inside the link layer's header")              \
	X(short_ip, COUNTER_LOSS, "packets cut off inside an IP or UDP header, or cut fragments")  \
	X(short_tcp, COUNTER_LOSS, "packets cut off inside a TCP header")                          \
	X(short_tunnel, COUNTER_LOSS, "packets cut off inside a tunnel's header")                  \
	X(bad_link, COUNTER_LOSS, "packets with an impossible link header")                        \
	X(bad_ip, COUNTER_LOSS, "packets with an impossible IP or UDP header")                     \
	X(bad_tcp, COUNTER_LOSS, "packets with an impossible TCP header")                          \
	X(snapped, COUNTER_LOSS, "segments whose payload the capture cut off")

struct decode_stats {
	DECODE_COUNTERS(COUNTER_FIELD)
};

extern const struct counter decode_counters[];
extern const size_t decode_counters_cnt;

/* Link types and encapsulations that were met and are not known, for the report: each
 * distinct one once, the most DECODE_UNKNOWN_MAX first met. */
#define DECODE_UNKNOWN_MAX 8

struct decode_unknown {
	const char *layer; /* "link type", "ethertype", "IP protocol", ... ; static text */
	uint32_t value;    /* as on the wire */
	uint64_t packets;
};

struct decoder;

/* NULL when memory is short. seed keys the fragment table and each segment's ends_hash. */
struct decoder *decoder_new(uint64_t seed);

/* Takes NULL. A segment put together from fragments ends here. */
void decoder_free(struct decoder *d);

/*
 * Decode p. Only after DECODE_TCP is *out to be used, until the next call.
 * The clock of fragment timeouts is the packets' own time.
 */
enum decode_result decoder_packet(struct decoder *d, const struct packet *p, struct segment *out);

/* Count what still waits for fragments as lost, and forget it. Call after the last packet; other
 * packets may follow, with a clock that starts anew. */
void decoder_finish(struct decoder *d);

/* Counted so far; lives as long as d. */
const struct decode_stats *decoder_stats(const struct decoder *d);
/* *cnt rows, in the order in which they were met. */
const struct decode_unknown *decoder_unknown(const struct decoder *d, size_t *cnt);

#endif
