/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * metricsfile: the sink for a textfile collector: a file of metrics, replaced as a whole.
 *
 * Out:  Prometheus text (report/metrics.h), at the end, and now and then meanwhile.
 */
#ifndef REPORT_METRICSFILE_H
#define REPORT_METRICSFILE_H

#include "report/measure.h"
#include "report/sink.h"

/* The path is borrowed; labels as of measure_labels(). NULL when memory is short. */
struct sink *metricsfile_new(const char *path, const unsigned labels[static MEASURE_LABELS]);

#endif
