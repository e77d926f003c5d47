/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tlsprobe: the eBPF programs that read plaintext at TLS libraries.
 *
 * In:   files and offsets to probe.
 * Out:  events, in the order of the calls; counters.
 * Spec: bpf/tlsprobe.bpf.c; what crosses the boundary is in bpf/tlsshared.h.
 *
 * The programs stay for as long as a descriptor of theirs is open, and so end with the processes
 * that hold them, however those end. Nothing is written into a probed process.
 */
#ifndef PROBE_TLSPROBE_H
#define PROBE_TLSPROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/span.h"
#include "bpf/tlsshared.h"
#include "probe/target.h"

struct tlsprobe_stats {
	TLSPROBE_COUNTERS(COUNTER_FIELD)
};

extern const struct counter tlsprobe_counters[];
extern const size_t tlsprobe_counters_cnt;

struct tlsprobe_config {
	bool body_cut;        /* false: bodies come up too */
	uint32_t window;      /* bytes after a start line; 0: TLS_WINDOW */
	uint32_t ring_bytes;  /* 0: TLS_RING_BYTES */
	bool no_tracepoints;  /* leave out the surest way to the addresses */
	bool no_kernel_types; /* and all that need to know the kernel's structs */
};

struct tlsprobe;

/*
 * Load the programs.
 *
 * 0        *out is to be freed with tlsprobe_close()
 * -EPERM   not allowed; why[] says what is missing
 * -ENOSYS  built without eBPF
 * -errno   anything else, with why[]
 */
int tlsprobe_open(const struct tlsprobe_config *config, struct tlsprobe **out, char *why,
		  size_t why_cap);
/* Detaches all that this process attached. Takes NULL. */
void tlsprobe_close(struct tlsprobe *p);

/* Probe the target's places in a file; in one process, or in all (-1), also those to come. *out is
 * for tlsprobe_detach(). 0, or -errno with nothing attached. */
int tlsprobe_attach(struct tlsprobe *p, const struct target *t, const char *path, int pid,
		    void **out);
void tlsprobe_detach(void *attached);

/* Give all events that are there. data is borrowed for the call. How many. */
typedef void (*tlsprobe_fn)(void *ctx, const struct tls_event *e, struct span data);
size_t tlsprobe_read(struct tlsprobe *p, tlsprobe_fn fn, void *ctx);

/* What is wanted of a connection from now on. */
void tlsprobe_want(struct tlsprobe *p, const struct tls_key *key, enum tls_want want);

/* How the addresses of connections are found: a line for people. */
const char *tlsprobe_addresses(const struct tlsprobe *p);

/* 0, or -errno. */
int tlsprobe_stats(struct tlsprobe *p, struct tlsprobe_stats *out);

#endif
