/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * prefilter: the eBPF socket filter that lets only what the analysis needs out of the kernel.
 *
 * In:   packet sockets to put it on, ports and prefixes, hints for single connections.
 * Out:  fewer packets in the sockets; what was cut, by reason and by direction of a connection.
 * Spec: bpf/prefilter.h has the rules.
 *
 * One program and one set of maps may serve many sockets, of all lanes and interfaces of the same
 * link type. The calls below may come from any thread, prefilter_close() last.
 *
 * A program that is put on a socket stays there when this is closed, until the socket is. Nothing
 * may call pcap_setfilter() on such a socket: without the lock it would put its own filter there in
 * silence, with the lock it filters in user space and prints a warning.
 */
#ifndef CAPTURE_PREFILTER_H
#define CAPTURE_PREFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "bpf/shared.h"
#include "capture/runs.h"

/* What each means, and how they add up, is told with the list in bpf/shared.h. */
struct prefilter_stats {
	PREFILTER_COUNTERS(COUNTER_FIELD)
};

extern const struct counter prefilter_counters[];
extern const size_t prefilter_counters_cnt;

/* Addresses whose first len bits are those of addr. */
struct prefilter_net {
	uint8_t addr[16]; /* network order; IPv4 as ::ffff:a.b.c.d, with len counted from bit 0 */
	uint8_t len;      /* 0 to 128; 96 + n for an IPv4 prefix of n */
};

struct prefilter_config {
	const uint64_t *ports;            /* PREFILTER_PORT_WORDS words: bit port % 64 of word
					   * port / 64, as in struct port_set; NULL: any */
	const struct prefilter_net *nets; /* either end may be in one of them */
	size_t nets_cnt;                  /* 0: any address */
	bool body_cut;      /* false: ports and addresses only, nothing is truncated */
	uint32_t window;    /* bytes after a start line; 0: PREFILTER_WINDOW */
	unsigned l2_len;    /* 14: Ethernet; 0: the packet begins at IP (cooked, raw) */
	uint32_t loopback;  /* index of the interface whose outgoing packets are
			     * copies, usually 1; 0: none */
	uint32_t snaplen;   /* most bytes of a packet that are let through */
	uint32_t flows_max; /* directions remembered; 0: PREFILTER_FLOWS_MAX */
};

/* One direction of a connection. */
struct prefilter_flow {
	uint8_t src[16], dst[16]; /* as in struct address */
	uint16_t sport, dport;    /* host order */
};

struct prefilter;

/*
 * Load the program. Needs CAP_BPF (before Linux 5.8 CAP_SYS_ADMIN).
 *
 * 0        *out is to be closed
 * -EPERM   a right is missing, or the kernel forbids it
 * -ENOSYS  built without libbpf, or the kernel has no bpf(2)
 * -errno   anything else; in all cases *out is NULL and why[] has one line for people that names
 *          the missing capability, and ends without a newline
 */
int prefilter_open(const struct prefilter_config *c, struct prefilter **out, char *why,
		   size_t why_cap);
/* Takes NULL. */
void prefilter_close(struct prefilter *p);

/*
 * Put the program on a packet socket and lock it there. Packets that came between the socket's
 * activation and this call are unfiltered: look at ports again. why[] as above.
 */
int prefilter_attach(struct prefilter *p, int fd, char *why, size_t why_cap);

/* Change the ports or the prefixes while it runs; arguments as in the config. No packet that both
 * the old and the new set want is lost meanwhile. 0 or -errno. */
void prefilter_set_ports(struct prefilter *p, const uint64_t *ports);
int prefilter_set_nets(struct prefilter *p, const struct prefilter_net *nets, size_t cnt);

/*
 * Override the cut for one direction. A hint ends with the connection: first is the sequence number
 * of the first byte of this direction that was seen (the SYN's + 1), and IGNORE holds only while
 * the kernel's memory of the direction began there too, so that a hint that comes late can not
 * hide the next connection of the same ports. FULL, which can hide nothing, holds until HINT_NONE
 * is given. Hints beyond the oldest PREFILTER_HINTS_MAX are forgotten. 0 or -errno.
 */
int prefilter_hint(struct prefilter *p, const struct prefilter_flow *flow, uint32_t first,
		   enum prefilter_hint hint);

/* What was cut of a direction since its SYN, or since it was first met. */
struct prefilter_cut {
	uint64_t packets; /* wholly cut, bytes that had come before not counted */
	uint64_t bytes;   /* of the stream, each once; with those of truncated packets */
	uint32_t first;   /* sequence number of the first byte */
};

/* 0, or -ENOENT when the direction is not in memory (any more), or -errno. It speaks of now, which
 * is later than the packets that are being read. */
int prefilter_skipped(struct prefilter *p, const struct prefilter_flow *flow,
		      struct prefilter_cut *out);

/* Whether the missing bytes from sequence number from up to, not including, until were cut. The
 * kernel remembers the last PREFILTER_RUNS stretches that it cut of each direction. */
enum prefilter_gap prefilter_gap(struct prefilter *p, const struct prefilter_flow *flow,
				 uint32_t from, uint32_t until);

/* Counted since the program was loaded, on all CPUs and sockets. 0 or -errno. */
int prefilter_stats(struct prefilter *p, struct prefilter_stats *out);

#endif
