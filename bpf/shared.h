/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * shared: what crosses the boundary between the kernel's half and the program's: keys and values
 * of maps, settings, counters, and the limits that both must know.
 *
 * Fixed integers only, no padding that is not named, and the layout asserted: the two halves are
 * built by different compilers.
 */
#ifndef BPF_SHARED_H
#define BPF_SHARED_H

#include <linux/types.h>

/* Bytes that pass after a start line. Servers' limits for a header block are 8 to 16 KiB; a window
 * of 4 KiB would save little more, one of 64 KiB would pass whole bodies of ordinary answers. */
#define PREFILTER_WINDOW (16u << 10)
/* Directions remembered; the longest unused are forgotten, which costs a window each. 10 MB. */
#define PREFILTER_FLOWS_MAX (64u << 10)
/* Hints remembered; the longest unused are forgotten. */
#define PREFILTER_HINTS_MAX (16u << 10)
/* Address prefixes. */
#define PREFILTER_NETS_MAX 4096
/* Stretches cut that are remembered of a direction. A keep-alive connection with large bodies
 * makes one for each response; when user space is further behind, they are forgotten. More would
 * not fit beside each other on the program's stack of 512 bytes. */
#define PREFILTER_RUNS 4
/* A segment further off than the largest TCP window (RFC 7323, 2.3) is not of the stream. */
#define PREFILTER_FAR (1u << 30)
/* 64-bit words of a set of all ports. */
#define PREFILTER_PORT_WORDS 1024

/* Each packet is counted in seen and in one of passed, truncated and cut_*; the rest counts the
 * same packets once more. The classes are those of base/counter.h. */
#define PREFILTER_COUNTERS(X)                                                                      \
	X(seen, COUNTER_TRAFFIC, "packets that the pre-filter looked at")                          \
	X(passed, COUNTER_TRAFFIC, "packets let through whole")                                    \
	X(truncated, COUNTER_TRAFFIC, "packets let through in part, to the end of a window")       \
	X(cut_ack, COUNTER_NOTE, "packets cut: acknowledgements without data")                     \
	X(cut_body, COUNTER_NOTE, "packets cut: bodies outside every window")                      \
	X(cut_copy, COUNTER_NOTE, "packets cut: bytes that had come before, outside every window") \
	X(cut_ignored, COUNTER_NOTE, "packets cut: of connections that are to be ignored")         \
	X(cut_port, COUNTER_NOTE, "packets cut: another port")                                     \
	X(cut_address, COUNTER_NOTE, "packets cut: outside the address prefixes")                  \
	X(cut_protocol, COUNTER_NOTE, "packets cut: neither TCP, nor QUIC's begin, nor a tunnel")  \
	X(cut_encrypted, COUNTER_NOTE, "packets cut: inside IPsec ESP, whose content is hidden")   \
	X(cut_loopback, COUNTER_NOTE, "packets cut: the sender's copy on the loopback interface")  \
	X(fragments, COUNTER_NOTE, "IP fragments, let through whole")                              \
	X(tunnels, COUNTER_NOTE, "packets of tunnels, let through whole")                          \
	X(quic, COUNTER_NOTE, "packets that begin connections of QUIC, of any port, let through")  \
	X(windows, COUNTER_NOTE, "windows opened by a start line")                                 \
	X(holes, COUNTER_NOTE, "windows opened after a hole, which might have hidden one")         \
	X(joined, COUNTER_NOTE, "directions met in the middle")                                    \
	X(untracked, COUNTER_NOTE, "packets of directions for which there was no memory, passed")  \
	X(seen_bytes, COUNTER_TRAFFIC, "bytes that the pre-filter looked at")                      \
	X(passed_bytes, COUNTER_TRAFFIC, "bytes let through")

#define PREFILTER_COUNTER_ENUM(name, class, help) PREFILTER_COUNT_##name,
enum prefilter_count { PREFILTER_COUNTERS(PREFILTER_COUNTER_ENUM) PREFILTER_COUNT_CNT };

/* Constant while a program is loaded; the kernel removes what they rule out. */
struct prefilter_settings {
	__u32 window;   /* bytes that pass after a start line */
	__u32 snaplen;  /* the most that passes of one packet */
	__u32 loopback; /* index of the interface whose outgoing packets are copies; 0: none */
	__u16 l2_len;   /* 14: Ethernet; 0: the packet begins at IP */
	__u8 body_cut;  /* 0: TCP of the ports passes whole, acknowledgements too */
	__u8 pad;
};
_Static_assert(sizeof(struct prefilter_settings) == 16, "shared layout");

/* One direction of a connection. */
struct prefilter_key {
	__u8 src[16], dst[16]; /* network order; IPv4 as ::ffff:a.b.c.d */
	__u16 sport, dport;    /* host order */
};
_Static_assert(sizeof(struct prefilter_key) == 36, "shared layout");

/*
 * What is remembered of a direction; written by the kernel alone. Two sequence numbers that belong
 * together share a word, high half first, so that another processor never sees one without the
 * other.
 */
struct prefilter_state {
	__u64 window;               /* next: one past the highest byte seen; until: what comes in
				     * order passes up to here */
	__u64 late;                 /* from, until: bytes in here may not have been seen */
	__u64 runs[PREFILTER_RUNS]; /* from, until: stretches that were cut */
	__u64 cut_packets;          /* cut wholly, with bytes that had not come before */
	__u64 cut_bytes;            /* of the stream, each once */
	__u32 first;                /* the first byte seen: the SYN's + 1 */
	__u32 runs_cnt;             /* runs begun; the newest is runs[(runs_cnt - 1) % RUNS] */
	__u32 hint_seen;            /* the generation in which hint was looked up */
	__u8 hint;                  /* enum prefilter_hint */
	__u8 is_full;               /* the kernel saw an HTTP/2 preface */
	__u8 pad[2];
};
_Static_assert(sizeof(struct prefilter_state) == 80, "shared layout");

enum prefilter_hint {
	PREFILTER_HINT_NONE,   /* cut bodies; forgets the hint given before */
	PREFILTER_HINT_FULL,   /* let everything through that carries data */
	PREFILTER_HINT_IGNORE, /* let nothing but SYN, FIN and RST through */
};

/* A hint for one direction; written by user space alone. */
struct prefilter_hint_entry {
	__u32 first; /* IGNORE holds only for the state with the same first byte */
	__u32 hint;  /* enum prefilter_hint */
};
_Static_assert(sizeof(struct prefilter_hint_entry) == 8, "shared layout");

/* Key of the address prefixes, as BPF_MAP_TYPE_LPM_TRIE wants it. */
struct prefilter_net_key {
	__u32 len; /* bits that count */
	__u8 addr[16];
};
_Static_assert(sizeof(struct prefilter_net_key) == 20, "shared layout");

#endif
