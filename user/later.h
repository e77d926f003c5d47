/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * later: a sink that tells another one what it hears a while later, so that what is taken back
 * meanwhile was never said. For forms that cannot unsay, and have no reader who waits.
 *
 * In:   judgements.
 * Out:  the same in the same order, LATER_EXCHANGES behind, or LATER_BYTES_MAX. One that was taken
 * back is told as an exchange to which CORS does not apply.
 */
#ifndef LATER_H
#define LATER_H

#include "base/counter.h"

struct sink;

#define LATER_COUNTERS(X)                                                                          \
	X(taken_back_late, COUNTER_LOSS,                                                           \
	  "exchanges of a proxy's that were written as a browser's: it was seen too late")         \
	X(no_memory, COUNTER_LOSS, "exchanges not written because memory was short")

struct later_stats {
	LATER_COUNTERS(COUNTER_FIELD)
};

/* Its counters are those of to, if that has some; else its own. Takes to over, and closes it when
 * it is closed. NULL (and to is closed) when memory is short, or to is NULL. */
struct sink *later_new(struct sink *to);

#endif
