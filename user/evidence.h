/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * evidence: a capture of only the packets of exchanges with findings, each with a comment that
 * names verdict and rules.
 *
 * In:   judgements, as a sink; and the packets before them, where they cannot be read again.
 * Out:  a pcapng file.
 *
 * The first packet of a connection is there, too, so that who reads the file again pairs its first
 * request and response. Bodies, and exchanges without findings, are no evidence: what follows such
 * a hole on its connection is undecided then, as after any loss.
 *
 * Capture files are read a second time at the end, for the packets whose numbers are known then. Of
 * interfaces and pipes the latest packets are held in memory (EVIDENCE_BYTES); what is older when
 * its exchange is judged, such as the seed of a cache conflict, is gone, and counted.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/counter.h"

#define EVIDENCE_COUNTERS(X)                                                                       \
	X(packets, COUNTER_TRAFFIC, "packets written as evidence")                                 \
	X(packets_gone, COUNTER_NOTE, "packets of findings that were not in memory any more")      \
	X(taken_back_late, COUNTER_NOTE,                                                           \
	  "exchanges whose packets are evidence of what was taken back after they were written")   \
	X(packets_over_limit, COUNTER_NOTE, "packets of findings left out: there were too many")

struct evidence_stats {
	EVIDENCE_COUNTERS(COUNTER_FIELD)
};

struct packet;
struct sink;

struct evidence_config {
	const char *path;         /* of the file to be written; borrowed, as all of this */
	const char *const *files; /* the inputs, when all are files to be read again; else NULL */
	size_t files_cnt;
};

/* 0, or -errno with why[]. *out is a sink, to be closed as one. */
int evidence_open(const struct evidence_config *config, struct sink **out, char *why,
		  size_t why_cap);

/* Whether it must hear the packets as they come: inputs that are not read again. */
bool evidence_hears(struct sink *s);

/* A packet, before it leads to any judgement, from any thread; does nothing when files are read
 * again. */
void evidence_packet(struct sink *s, const struct packet *p);

#endif
