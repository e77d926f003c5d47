/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * ladder: what of the filtering the kernel does for a packet socket: as much as it is able and
 * allowed to. The rest is done in user space, which looks at ports again in any case.
 *
 * In:   packet sockets of activated captures, in any thread.
 * Out:  the rung that is in force on each, and why not the one above.
 */
#ifndef CAPTURE_LADDER_H
#define CAPTURE_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/prefilter.h"

enum rung {
	RUNG_BODY_CUT, /* eBPF: ports, and bodies stay in the kernel */
	RUNG_EBPF,     /* eBPF: ports */
	RUNG_CLASSIC,  /* classic BPF: ports */
	RUNG_NONE,     /* everything comes to user space */
};

struct ladder_config {
	const uint64_t *ports; /* PREFILTER_PORT_WORDS words; NULL: any port. Borrowed */
	uint32_t snaplen;
	bool no_ebpf;     /* start at classic BPF */
	bool no_body_cut; /* start at eBPF without it */
};

struct ladder;

/* NULL when memory is short. */
struct ladder *ladder_new(const struct ladder_config *config);
/* After the sockets are closed. Takes NULL. */
void ladder_free(struct ladder *l);

/* Bytes of why in ladder_climb(), with the NUL. */
#define LADDER_WHY_CAP 256

/*
 * Put the best filter on fd, whose capture gives packets of this libpcap link type. why[] says
 * why it is not a better one; "" for the best.
 */
enum rung ladder_climb(struct ladder *l, int fd, int dlt, char why[static LADDER_WHY_CAP]);

/* "eBPF with body cut", ... */
const char *rung_text(enum rung r);

/* The programs in force, at most LADDER_PROGRAMS of them, for hints and counters; how many. */
#define LADDER_PROGRAMS 2
size_t ladder_prefilters(const struct ladder *l, struct prefilter *out[static LADDER_PROGRAMS]);

/* Their counters, summed. */
void ladder_stats(const struct ladder *l, struct prefilter_stats *out);

#endif
