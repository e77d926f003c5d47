/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * durations: how long something took, as a histogram.
 *
 * Spec: OpenTelemetry's buckets for HTTP, 5 ms to 10 s: a cache or a file answers below the
 *       first, and a user has given up beyond the last.
 */
#ifndef REPORT_DURATIONS_H
#define REPORT_DURATIONS_H

#include <stdint.h>

/* Without the last one, which has no upper end. */
#define DURATIONS_BUCKETS 14

struct durations_bucket {
	uint64_t until_ns; /* inclusive */
	const char *until; /* the same in seconds, as metrics write it: "0.005", "1.0" */
};

extern const struct durations_bucket durations_buckets[DURATIONS_BUCKETS];

struct durations {
	uint64_t cnts[DURATIONS_BUCKETS + 1]; /* not cumulative; the last: longer than all */
	uint64_t cnt, sum_ns;
};

void durations_add(struct durations *d, uint64_t ns);

/*
 * Nanoseconds within which so many of a hundred were: the end of a bucket, since nothing finer is
 * kept. 0 when there are none, UINT64_MAX when it was longer than all buckets.
 */
uint64_t durations_within_ns(const struct durations *d, unsigned percent);

#endif
