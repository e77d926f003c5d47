/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * family: the lines of a metric family, in either text format of Prometheus.
 *
 * Spec: OpenMetrics 1.0.0, 'Text format'; Prometheus' exposition_formats.md. They differ in a
 *       counter's family name, in units, in exemplars and in the end.
 */
#ifndef REPORT_FAMILY_H
#define REPORT_FAMILY_H

#include "report/metrics.h"

enum family_type {
	FAMILY_COUNTER,
	FAMILY_GAUGE,
	FAMILY_HISTOGRAM,
	FAMILY_INFO,
};

struct family {
	struct out *o;
	enum metrics_format format;
	char name[112]; /* without the suffix of its type */
	enum family_type type;
	unsigned labels; /* of the sample that is being written */
};

/*
 * Begin a family. The name is group and name joined by "_" ("cors_sniff_net", "gaps"), without the
 * suffix of its type; one that ends in _bytes or _seconds has that unit.
 */
void family_open(struct family *f, const char *group, const char *name, enum family_type type,
		 const char *help);

/* A sample: begin, labels, value. The suffix is its type's, or for a histogram the given one. */
void family_sample(struct family *f, const char *suffix);
void family_label(struct family *f, const char *name, const char *value);
void family_u64(struct family *f, uint64_t value);
/* Nanoseconds, written as seconds. */
void family_seconds(struct family *f, uint64_t ns);

/* The same as family_u64(), with an exemplar that names a cause, where the format has them. */
void family_u64_example(struct family *f, uint64_t value, uint64_t cause, uint64_t time_ns);

#endif
