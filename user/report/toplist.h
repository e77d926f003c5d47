/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * toplist: the frequent ones of values that anybody may send, each with its counts; all others
 * are counted together.
 *
 * In:   values off the wire: origins, hosts, paths.
 * Out:  at most so many rows as were asked for, for the whole run: a row, once there, is never
 *       given to another value, so that whoever stores the counts has no more series either.
 *
 * A value is first watched, in a table that forgets the rarest (space saving: Metwally and others,
 * 2005), and gets a row when it was met METRICS_LABEL_SIGHTINGS times there. What it was met
 * before stays among the others, so that no count ever goes back, and their sum is always all.
 */
#ifndef REPORT_TOPLIST_H
#define REPORT_TOPLIST_H

#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/span.h"

/* What is counted of a value, by the caller's numbering. */
#define TOPLIST_COLUMNS 4

struct toplist_row {
	char text[METRICS_LABEL_VALUE_MAX + 1]; /* UTF-8 without control characters */
	uint64_t cnts[TOPLIST_COLUMNS];
};

struct toplist;

/* max: rows, 1 to METRICS_LABEL_VALUES_MAX. NULL when memory is short. */
struct toplist *toplist_new(unsigned max);
/* Takes NULL. */
void toplist_free(struct toplist *t);

/* Count value, which may be absent (and is then one of the others), in a column. */
void toplist_count(struct toplist *t, struct span value, unsigned column);

/* The rows, *cnt of them, in the order in which they came to be; borrowed until the next count. */
const struct toplist_row *toplist_rows(const struct toplist *t, unsigned *cnt);

/* What has no row: TOPLIST_COLUMNS numbers. */
const uint64_t *toplist_others(const struct toplist *t);

/* Values that were met while no row was free for them. */
uint64_t toplist_overflows(const struct toplist *t);

#endif
