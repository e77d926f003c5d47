/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pipeline_part: what the pipeline's parts have in common: reading (pipeline_read.c), and telling
 * (pipeline_sum.c).
 */
#ifndef PIPELINE_PART_H
#define PIPELINE_PART_H

#include "capture/device.h"
#include "net/net.h"
#include "pipeline.h"
#include "replay.h"
#include "report/sink.h"

/* Room for the lines that a summary may carry beside its counters. */
#define PIPELINE_NOTES_MAX 32
#define PIPELINE_NOTE_CAP  512

struct tlslane;

struct pipeline {
	const struct pipeline_config *config;
	struct pipeline_result *result;
	struct names *names;
	struct filter *filter;
	struct lane *lane;
	struct judge *judge;
	bool *sink_failed; /* of each sink */
	uint64_t *told_ns; /* of each sink: when it was told a summary last, by the clock */
	struct replay replay;
	uint64_t seed;   /* keys the tables */
	uint64_t number; /* of the last packet */
	uint64_t first_ns, last_ns;
	uint64_t filtered;            /* packets that the filter did not want */
	uint64_t causes;              /* opened */
	uint64_t exchanges;           /* judged; no more than config->count, if there is one */
	struct summary_input *inputs; /* one for each file or interface */
	size_t inputs_cnt;            /* that were opened */
	struct writer *writer;        /* NULL: nothing is written, or not any more */
	/* Of a live capture: */
	struct ladder *ladder;
	struct net_capture steer;         /* for the lane, over ladder */
	struct device **devices;          /* owned by live, once that is there */
	struct counter_group *per_device; /* their counters, for inputs */
	struct source *live;              /* NULL: nothing but tls */
	uint64_t look_ns;     /* packets later than this: look up; of a pipe: the clock */
	struct tlslane *tls;  /* NULL: no probes */
	uint64_t tls_look_ns; /* packets later than this: look at the probes */
};

/* Read every input to its end, or until somebody wants no more. 0, or -errno when a live capture
 * could not begin; it was said. */
int pipeline_read(struct pipeline *p);

/* Close what pipeline_read() opened. */
void pipeline_read_fini(struct pipeline *p);

/* Give a summary to each sink that wants one now and then, when it is time. */
void pipeline_tick(struct pipeline *p);

/* An exchange from whatever lane. ctx is a struct pipeline. */
void pipeline_exchange(void *ctx, const struct exchange *x);

/* Probe TLS, where that is wanted. 0, or -errno and it was said. */
int pipeline_tls_open(struct pipeline *p);
/* Follow what the probes saw, if it is time to. */
void pipeline_tls_look(struct pipeline *p, uint64_t now_ns);
/* The same until nothing more is wanted, where there is no interface to read. */
void pipeline_tls_run(struct pipeline *p);

/* Show how far it is, and heed what the user asked for; s may be NULL. Whether to go on. */
bool pipeline_look_up(struct pipeline *p, const struct source *s);

/* A line for people about an input. */
void pipeline_say(const struct pipeline *p, const char *name, const char *message);

/* Give one sink a summary of all so far, or of all. Its result. */
int pipeline_tell(struct pipeline *p, struct sink *s, bool is_final);

/* Nanoseconds of a clock that never goes back. */
uint64_t pipeline_clock_ns(void);

#endif
