/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tlsshared: what crosses the boundary between the probes on TLS libraries and the program: events,
 * settings, counters, and the limits that both must know.
 *
 * As in shared.h: fixed integers, no padding that is not named, the layout asserted.
 */
#ifndef BPF_TLSSHARED_H
#define BPF_TLSSHARED_H

#include <linux/types.h>

/* Bytes of one event: what a TLS record holds at the most (RFC 8446, 5.1). */
#define TLS_EVENT_DATA 16384
/* Events of one call, so that the verifier sees an end: 16 MiB, and so no more than the ring has.
 * Node writes a body of 10 MB in one call. What is beyond it is counted as missing. */
#define TLS_CALL_EVENTS (TLS_CALL_TURNS * TLS_TURN_EVENTS)
#define TLS_CALL_TURNS  32
#define TLS_TURN_EVENTS 32
/* Bytes that pass after a start line, as in PREFILTER_WINDOW. */
#define TLS_WINDOW (16u << 10)
/* Between the kernel and the program, which looks 50 times a second: HTTP/2 passes with its bodies,
 * at up to 1.5 GB/s. */
#define TLS_RING_BYTES (32u << 20)
/* The program is woken when so much is in the ring; it looks by itself every few milliseconds. */
#define TLS_WAKE_BYTES (1u << 20)
/* Connections and threads remembered; the longest unused are forgotten. 16 MB, 7 MB. */
#define TLS_CONNS_MAX   (64u << 10)
#define TLS_THREADS_MAX (16u << 10)
/* Calls inside each other on one thread: TLS inside TLS has two. */
#define TLS_FRAMES 4
/* Goroutines inside a read or a write: a server waits in a read on each of its connections. */
#define TLS_GO_CALLS_MAX (64u << 10)

/* The classes are those of base/counter.h. */
#define TLSPROBE_COUNTERS(X)                                                                       \
	X(calls, COUNTER_TRAFFIC, "reads and writes of TLS libraries that carried data")           \
	X(bytes, COUNTER_TRAFFIC, "bytes that they carried")                                       \
	X(passed_bytes, COUNTER_TRAFFIC, "of these, bytes let through")                            \
	X(cut_bytes, COUNTER_NOTE, "of these, bytes of bodies that were left in the kernel")       \
	X(ignored_bytes, COUNTER_NOTE, "of these, bytes of connections that are to be ignored")    \
	X(lost_bytes, COUNTER_LOSS, "of these, bytes lost because the ring was full")              \
	X(long_bytes, COUNTER_LOSS, "of these, bytes beyond what is copied of one call")           \
	X(fault_bytes, COUNTER_LOSS, "of these, bytes that could not be read from the process")    \
	X(lost_ends, COUNTER_LOSS, "ends of connections lost because the ring was full")           \
	X(joined, COUNTER_NOTE, "connections met in the middle")                                   \
	X(frames_over, COUNTER_LOSS, "calls nested too deeply to be followed")                     \
	X(orphans, COUNTER_NOTE, "calls that had begun before they were probed")

#define TLSPROBE_COUNTER_ENUM(name, class, help) TLSPROBE_COUNT_##name,
enum tlsprobe_count { TLSPROBE_COUNTERS(TLSPROBE_COUNTER_ENUM) TLSPROBE_COUNT_CNT };

/* Constant while the programs are loaded. */
struct tls_settings {
	__u32 window;  /* bytes that pass after a start line */
	__u8 body_cut; /* 0: everything passes */
	__u8 pad[3];
};
_Static_assert(sizeof(struct tls_settings) == 8, "shared layout");

/* By which way the addresses of a connection became known, the surest first. */
enum tls_address {
	TLS_ADDRESS_NONE,
	TLS_ADDRESS_NESTED, /* the library itself sent or received on the socket */
	TLS_ADDRESS_FD,     /* the program named the socket, by SSL_set_fd() */
	TLS_ADDRESS_LAST,   /* the socket that this thread received from just before */
};

struct tls_addresses {
	__u8 local[16], remote[16]; /* network order; IPv4 as ::ffff:a.b.c.d */
	__u16 lport, rport;         /* host order */
	__u8 way;                   /* enum tls_address */
	__u8 pad[3];
};
_Static_assert(sizeof(struct tls_addresses) == 40, "shared layout");

/* A TLS connection's name: the library's object for it, in a process. */
struct tls_key {
	__u64 object; /* SSL *, gnutls_session_t, *tls.Conn */
	__u32 pid;    /* thread group, root pid namespace */
	__u32 pad;
};
_Static_assert(sizeof(struct tls_key) == 16, "shared layout");

enum tls_kind {
	TLS_DATA, /* bytes, or the word that pos has grown without any */
	TLS_END,  /* the object is freed */
};

/* Directions; the process is one end. */
enum tls_dir {
	TLS_WRITTEN,
	TLS_READ,
};

/* All of an event but its data. */
struct tls_event {
	struct tls_key key;
	__u64 born_ns; /* tells objects apart that had the same address, one after the other */
	__u64 time_ns; /* CLOCK_MONOTONIC */
	__u64 pos[2];  /* bytes of each direction that came before; for dir, before data */
	__u64 lost[2]; /* bytes so far of each direction that should have come up, and did not */
	__u32 tid;
	__u32 len;          /* of the data that follows */
	__u8 kind;          /* enum tls_kind */
	__u8 dir;           /* enum tls_dir, of TLS_DATA */
	__u8 is_from_start; /* pos counts from the connection's first byte */
	__u8 pad[5];        /* zeroed */
	struct tls_addresses addresses;
	char command[16]; /* the thread's name, with a NUL */
};
_Static_assert(sizeof(struct tls_event) == 136, "shared layout");

/* What user space wants of a connection. */
enum tls_want {
	TLS_WANT_HEADS,
	TLS_WANT_ALL,
	TLS_WANT_NOTHING,
};

#endif
