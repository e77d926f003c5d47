/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pipeline_part: what the pipeline's parts have in common: opening interfaces (pipeline_live.c),
 * reading in this thread (pipeline_read.c) or in several lanes (pipeline_crew.c), and telling
 * (pipeline_sum.c).
 */
#ifndef PIPELINE_PART_H
#define PIPELINE_PART_H

#include "capture/device.h"
#include "figures.h"
#include "net/net.h"
#include "pipeline.h"
#include "report/sink.h"

/* Room for the lines that a summary may carry beside its counters. */
#define PIPELINE_NOTES_MAX 32
#define PIPELINE_NOTE_CAP  512

struct feed;
struct parcel;
struct reader;
struct reader_config;

/* What lanes count beside their layers. */
#define LANES_COUNTERS(X)                                                                          \
	X(dropped, COUNTER_LOSS, "exchanges dropped because judging and reporting fell behind")

struct lanes_stats {
	LANES_COUNTERS(COUNTER_FIELD)
};

extern const struct counter lanes_counters[];
extern const size_t lanes_counters_cnt;

struct pipeline_tls_lane;

struct pipeline {
	const struct pipeline_config *config;
	struct pipeline_result *result;
	struct judge *judge;
	uint64_t seed;
	unsigned lanes;
	bool is_fed;
	struct feed *feed;  /* reads files for the lanes; NULL: the one lane does, or live */
	bool *sink_failed;  /* of each sink */
	bool is_unwanted;   /* so many sinks failed that nobody is left to tell */
	uint64_t *told_ns;  /* of each sink: when it was told a summary last, by the clock */
	uint64_t causes;    /* opened */
	uint64_t exchanges; /* judged; no more than config->count, if there is one */
	struct figures sum; /* of all lanes, brought up to date when they are to be told */
	struct lanes_stats lanes_stats;
	struct summary_input *inputs;     /* for a summary; one for each file or interface */
	struct counter_group *per_device; /* their counters, for inputs */
	/* Of a live capture: */
	struct pipeline_tls_lane *tls; /* NULL: no probes */
	struct ladder *ladder;
	struct fanout **fanouts;  /* of each interface, when there are several lanes */
	struct net_capture steer; /* for the lanes, over ladder */
};

/* The same for all readers, but for index, ops and ctx. */
struct reader_config pipeline_reader(const struct pipeline *p);

/* Judge x and give it to the sinks, unless as many as were asked for were before it. */
void pipeline_judge(struct pipeline *p, const struct exchange *x);

/* A line for people about an input. ctx is a struct pipeline. */
void pipeline_say(void *ctx, const char *name, const char *message);

/* Show how far it is. Whether to go on. */
bool pipeline_look(struct pipeline *p, const struct pipeline_progress *now);

/* Whether the user asked for this since the last time. */
bool pipeline_asked_stats(struct pipeline *p);
bool pipeline_asked_reopen(struct pipeline *p);

/* Read every input to its end, or until somebody wants no more, and report; in this thread, or in
 * p->lanes others. Results as of pipeline_run(). */
int pipeline_read(struct pipeline *p, char *why, size_t why_cap);
int pipeline_read_crew(struct pipeline *p, char *why, size_t why_cap);

/* Open every interface for this reader, the first or another one. 0, or -errno and it was said. */
int pipeline_open_devices(struct pipeline *p, struct reader *r);

/* After the last reader. */
void pipeline_live_fini(struct pipeline *p);

/* Let go of the rights that opening took. 0, or -errno and it was said. */
int pipeline_opened(struct pipeline *p);

/* Tell all sinks the end, from p->sum, and linger. */
void pipeline_finish(struct pipeline *p);

/* Give one sink a summary of p->sum, so far or of all. Its result. */
int pipeline_tell(struct pipeline *p, struct sink *s, bool is_final);

/* Whether a sink wants a summary now and then, and it is time; give it, from p->sum. */
bool pipeline_is_tick_due(const struct pipeline *p);
void pipeline_tick(struct pipeline *p);

/* Nanoseconds of a clock that never goes back. */
uint64_t pipeline_clock_ns(void);

#endif
