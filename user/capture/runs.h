/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * runs: the stretches of a direction that the kernel's half cut, as it remembers them.
 *
 * In:   struct prefilter_state, a hole that user space found.
 * Out:  whether the hole was made on purpose.
 * Spec: RFC 9293, 3.4 (sequence numbers wrap).
 */
#ifndef CAPTURE_RUNS_H
#define CAPTURE_RUNS_H

#include <stdint.h>

#include "bpf/shared.h"

enum prefilter_gap {
	PREFILTER_GAP_CUT,  /* all of it was cut on purpose */
	PREFILTER_GAP_LOST, /* some of it was not: lost, before the filter or after it */
	/* None is known to be lost, but for some of it too much was cut since to tell. Most likely
	 * that was cut as well; what the kernel's ring dropped is counted there. */
	PREFILTER_GAP_FORGOTTEN,
	PREFILTER_GAP_UNKNOWN, /* nothing is known of the direction, or not so early */
};

/* The hole reaches from sequence number from up to, not including, until. An empty one was cut. */
enum prefilter_gap runs_gap(const struct prefilter_state *st, uint32_t from, uint32_t until);

#endif
