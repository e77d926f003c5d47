/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * store: a history of what was found, kept by a database, and read back.
 *
 * In:   judgements and causes, as any sink hears them.
 * Out:  the same, later, for any sink, from a range of time.
 *
 * Kept are the exchanges with findings that were not taken back, their causes and policies, and of
 * all exchanges how many there were in each minute by kind and verdict. An engine is a row of
 * store.c's table: it takes a URL of its scheme, gives a sink, and reads back what that sink was
 * told.
 */
#ifndef REPORT_STORE_H
#define REPORT_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "report/sink.h"

#define STORE_COUNTERS(X)                                                                          \
	X(exchanges, COUNTER_TRAFFIC, "exchanges with findings put into the store")                \
	X(batches, COUNTER_TRAFFIC, "batches committed to the store")                              \
	X(pruned, COUNTER_NOTE, "exchanges taken out of the store for their age or its size")      \
	X(taken_back, COUNTER_NOTE, "exchanges taken out of the store as a proxy's")               \
	X(taken_back_late, COUNTER_LOSS,                                                           \
	  "exchanges of a proxy's that may be in the store still: they were not found again")      \
	X(errors, COUNTER_NOTE, "times the store could not be written")                            \
	X(counts_lost, COUNTER_LOSS, "exchanges that are not in the store's counts by the minute") \
	X(exchanges_lost, COUNTER_LOSS, "exchanges with findings that are not in the store")

struct store_stats {
	STORE_COUNTERS(COUNTER_FIELD)
};

extern const struct counter store_counters[];
extern const size_t store_counters_cnt;

struct store_config {
	const char *url;    /* "sqlite:FILE", or a file's name; borrowed until close */
	uint64_t keep_s;    /* exchanges older than the newest by more than this go; 0: all stay */
	uint64_t bytes_max; /* the oldest exchanges go when it would be larger; 0: no limit */
	/* Somebody waits for what comes next: after a failure, try again at the next finish only.
	 */
	bool is_live;
	/* The store could not be written, now and again; may be NULL. */
	void (*say)(void *ctx, const char *message);
	void *ctx;
};

/*
 * Open a store to be written to; it is created where there is none, and brought up to date where
 * an older program made it.
 *
 * 0        *out is a sink. What cannot be written is counted and said; it goes on trying, and
 *          the last finish returns the error
 * -errno   why[] says it in one line
 */
int store_open(const struct store_config *config, struct sink **out, char *why, size_t why_cap);

/* The version of the library behind it, as it is at run time; static text. */
const char *store_library_version(void);

struct store_replay {
	const char *url;
	uint64_t since_ns, until_ns; /* exchanges that began in this range, with its ends */
	/* As of a sink; 0 to go on. ctx is theirs. */
	int (*judged)(void *ctx, const struct judgement *j);
	int (*cause_opened)(void *ctx, const struct cause *c);
	int (*finish)(void *ctx, const struct summary *sum);
	void *ctx;
};

/*
 * Read a store: every exchange of the range in the order in which it was judged, then a summary.
 * Packets and losses are counted for whole runs; the summary's notes say so.
 *
 * 0        read to its end
 * -errno   why[] says it in one line; or what a function returned, with why[] empty
 */
int store_read(const struct store_replay *r, char *why, size_t why_cap);

#endif
