/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * axis: time in a fixed number of steps, for as long as a run takes.
 *
 * The first time is the first step's begin. A time past the end makes the steps twice as long, and
 * each pair of them one; from a longest step on, the oldest ones go instead. Several series can
 * stand on one axis: whatever is done to the axis is then done to each.
 */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include <stdint.h>

#include "base/limits.h"

struct axis {
	uint64_t from_ns;     /* where the first step begins; 0: nothing was placed yet */
	uint64_t step_ns;     /* length of a step */
	uint64_t step_max_ns; /* 0: as long as it takes */
};

/* What an axis did to make room: first folds, then the others. */
struct axis_move {
	unsigned folds;  /* pairs were joined so many times */
	unsigned backs;  /* then so many steps were put before the first */
	unsigned shifts; /* so many of the oldest steps went; at most BOARD_STEPS */
};

/* The step of a time, after making room for it. A time before the first step is in the first:
 * clocks go back. */
unsigned axis_place(struct axis *a, uint64_t time_ns, struct axis_move *move);

/* Make room for a time before the first step. last_ns: the latest that was placed, if one was. */
void axis_begin(struct axis *a, uint64_t time_ns, uint64_t last_ns, struct axis_move *move);

/* Steps up to this time, at most BOARD_STEPS: what comes after has not happened yet. */
unsigned axis_steps(const struct axis *a, uint64_t last_ns);

/* Do the same to BOARD_STEPS numbers. */
void axis_follow(uint32_t *series, struct axis_move move);

#endif
