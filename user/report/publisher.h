/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * publisher: the sink for dashboards and monitors: documents on a shelf.
 *
 * In:   judgements, and now and then a summary of all so far.
 * Out:  an edition for each summary: the metrics in both formats, and the JSON documents of the
 *       API, which are the same whether a server gives them out or a saved page holds them.
 * Spec: user/web/api.json is the full word on the documents.
 */
#ifndef REPORT_PUBLISHER_H
#define REPORT_PUBLISHER_H

#include <stdbool.h>
#include <stdint.h>

#include "report/measure.h"
#include "report/shelf.h"
#include "report/sink.h"

/* Where the two formats of the metrics stand. The second is no path of the server. */
#define PUBLISHER_METRICS     "/metrics"
#define PUBLISHER_OPENMETRICS "/metrics#open"

struct publisher_config {
	bool is_live; /* interfaces: there is a now, and the time axis moves on with it */
	unsigned labels[MEASURE_LABELS]; /* series for each label off the wire; 0: none */
	/*
	 * Takes an edition over. Returns 0 or -errno, which is the sink's. Called in the thread
	 * that judges.
	 */
	int (*publish)(void *ctx, struct edition *e, bool is_final);
	uint64_t (*now_ns)(void *ctx);       /* the wall clock; may be NULL: no time is told */
	uint64_t (*memory_bytes)(void *ctx); /* of the program; may be NULL */
	void *ctx;
	bool is_once; /* one edition, at the end */
};

/* NULL when memory is short. The config is copied. */
struct sink *publisher_new(const struct publisher_config *config);

#endif
