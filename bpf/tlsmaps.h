/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tlsmaps: what the probes on TLS libraries remember, in maps of the kernel. A part of
 * tlsprobe.bpf.c.
 */
#ifndef BPF_TLSMAPS_H
#define BPF_TLSMAPS_H

/* How a function gives its result. */
enum result {
	RESULT_INT,    /* int: bytes, when above 0 */
	RESULT_LONG,   /* ssize_t: the same */
	RESULT_STORED, /* int: above 0 when the bytes are stored where an argument points */
	RESULT_OBJECT, /* int: 0 when a new object is stored there */
	RESULT_DONE,   /* int: above 0 when there is nothing left to do */
};

/* Beside enum tls_dir, of calls that carry no data. */
#define DIR_NONE 2

/* A call that has not returned. */
struct frame {
	__u64 object;
	__u64 data;
	__u64 stored; /* address of the result, of RESULT_STORED and RESULT_OBJECT */
	__u64 sp;     /* at the entry */
	__u8 dir;     /* enum tls_dir, or DIR_NONE */
	__u8 result;  /* enum result */
	__u8 pad[6];
};

struct thread {
	struct frame frames[TLS_FRAMES];
	struct tls_addresses nested; /* the socket used inside the outermost call */
	struct tls_addresses last;   /* the socket received from outside any call */
	__u64 last_born;             /* the connection whose data it was; 0: nobody's yet */
	__u32 frames_cnt;
	__u32 pad;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, TLS_THREADS_MAX);
	__type(key, __u64);
	__type(value, struct thread);
} threads SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, TLS_CONNS_MAX);
	__type(key, struct tls_key);
	__type(value, struct tls_conn);
} conns SEC(".maps");

/* A goroutine moves from thread to thread, and its stack from place to place. */
struct go_key {
	__u64 goroutine;
	__u32 pid;
	__u32 dir; /* enum tls_dir */
};

struct go_call {
	__u64 object;
	__u64 data;
	__u64 counted; /* bytes that were counted at the entry; 0: none */
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, TLS_GO_CALLS_MAX);
	__type(key, struct go_key);
	__type(value, struct go_call);
} go_calls SEC(".maps");

/* Written by user space. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, TLS_CONNS_MAX);
	__type(key, struct tls_key);
	__type(value, __u32);
} wants SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, TLS_RING_BYTES);
} events SEC(".maps");

struct tally {
	__u64 counts[TLSPROBE_COUNT_CNT];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tally);
} tallies SEC(".maps");

/* What a new entry of the maps is made of; too large for the stack. */
struct blank {
	struct thread thread;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct blank);
} blanks SEC(".maps");

#endif
