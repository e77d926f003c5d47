/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * metricsfile: the sink for a textfile collector: a file of metrics, replaced as a whole.
 *
 * Out:  Prometheus text (report/metrics.h), at the end, and now and then meanwhile.
 */
#ifndef REPORT_METRICSFILE_H
#define REPORT_METRICSFILE_H

#include "report/sink.h"

/* The path is borrowed. NULL when memory is short. */
struct sink *metricsfile_new(const char *path);

#endif
