/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * metrics: everything that is counted, for Prometheus.
 *
 * In:   the counters of a summary, and what was measured of the judgements.
 * Out:  text.
 * Spec: Prometheus text format 0.0.4; OpenMetrics 1.0.0; names by Prometheus' own practices: base
 *       units, _total, _info.
 *
 * Every layer's counter is there: work and notes as cors_sniff_LAYER_NAME_total, losses by layer
 * and reason in cors_sniff_losses_total (bytes: cors_sniff_lost_bytes_total), so that one
 * expression sees them all. Origins, hosts and paths come from anybody who can send a packet, and
 * are labels only where measure_labels() asked for it.
 */
#ifndef REPORT_METRICS_H
#define REPORT_METRICS_H

#include "report/measure.h"
#include "report/out.h"
#include "report/sink.h"

enum metrics_format {
	METRICS_PROMETHEUS,
	METRICS_OPENMETRICS, /* also has exemplars: the latest cause of each rule */
};

struct metrics {
	const struct measure *measure;
	const struct summary *sum;
	uint64_t memory_bytes; /* of the program, resident; 0: left out */
};

/* Write all of it, with what the format wants at its end. Errors are the out's. */
void metrics_write(struct out *o, const struct metrics *m, enum metrics_format format);

/* The media type to serve a format with. */
const char *metrics_type(enum metrics_format format);

#endif
