/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tlslane: the chain from probes on TLS libraries to exchanges, beside the lanes that read packets.
 *
 * In:   what the probes saw since the last look.
 * Out:  struct exchange, through the function given at the start, each with its process; lines for
 *       people.
 */
#ifndef TLSLANE_H
#define TLSLANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "http/http.h"
#include "probe/plain.h"
#include "probe/tlsprobe.h"

/* What this counts itself; rows of a report. */
#define TLSLANE_COUNTERS(X)                                                                        \
	X(twins, COUNTER_NOTE, "exchanges seen in the client's process too, told as the server's") \
	X(watcher_lost, COUNTER_LOSS, "times that the process that holds the probes ended")

struct tlslane_stats {
	TLSLANE_COUNTERS(COUNTER_FIELD)
};

extern const struct counter tlslane_counters[];
extern const size_t tlslane_counters_cnt;

struct tlslane_config {
	const char *who; /* see scan_config; NULL: all */
	bool no_body_cut;
	uint64_t seed;      /* keys the tables */
	void (*keep)(void); /* see watcher_start() */
	exchange_fn emit;
	void (*say)(void *ctx, const char *line); /* a line for people */
	void *ctx;
};

struct tlslane;

/* Load the programs, and probe what is there. 0, or -errno with why[]. Before there are threads. */
int tlslane_open(const struct tlslane_config *config, struct tlslane **out, char *why,
		 size_t why_cap);
/* Takes NULL. */
void tlslane_close(struct tlslane *l);

/* Follow what has come, and the clock; to be called every PROBE_LOOK_MS. The time of the clock of
 * packets, up to which all is told now. */
uint64_t tlslane_look(struct tlslane *l);

/* The capture ends: whatever is open ends with it. */
void tlslane_finish(struct tlslane *l);

/* For the counters of the layers inside. */
const struct http *tlslane_http(const struct tlslane *l);
const struct plain_stats *tlslane_plain(const struct tlslane *l);
const struct tlslane_stats *tlslane_stats(const struct tlslane *l);
void tlslane_probes(struct tlslane *l, struct tlsprobe_stats *out);

#endif
