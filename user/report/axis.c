/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/axis.h"

#include <string.h>

unsigned axis_place(struct axis *a, uint64_t time_ns, struct axis_move *move)
{
	uint64_t step;

	*move = (struct axis_move){ 0 };
	if (!a->from_ns) {
		a->step_ns = BOARD_STEP_MIN_NS;
		a->from_ns = time_ns - time_ns % BOARD_STEP_MIN_NS;
	}
	if (time_ns < a->from_ns)
		return 0;
	while ((time_ns - a->from_ns) / a->step_ns >= BOARD_STEPS &&
	       (!a->step_max_ns || a->step_ns * 2 <= a->step_max_ns)) {
		a->step_ns *= 2;
		move->folds++;
	}
	step = (time_ns - a->from_ns) / a->step_ns;
	if (step < BOARD_STEPS)
		return (unsigned)step;
	step -= BOARD_STEPS - 1;
	a->from_ns += step * a->step_ns;
	move->shifts = step < BOARD_STEPS ? (unsigned)step : BOARD_STEPS;
	return BOARD_STEPS - 1;
}

void axis_begin(struct axis *a, uint64_t time_ns, uint64_t last_ns, struct axis_move *move)
{
	uint64_t backs = 0;

	*move = (struct axis_move){ 0 };
	/* 0 is no time. */
	if (!a->from_ns || time_ns >= a->from_ns || !time_ns)
		return;
	for (;; a->step_ns *= 2, move->folds++) {
		backs = (a->from_ns - time_ns + a->step_ns - 1) / a->step_ns;
		if (backs + axis_steps(a, last_ns) <= BOARD_STEPS)
			break;
	}
	move->backs = (unsigned)backs;
	a->from_ns = a->from_ns > backs * a->step_ns ? a->from_ns - backs * a->step_ns : 1;
}

unsigned axis_steps(const struct axis *a, uint64_t last_ns)
{
	uint64_t steps;

	if (!a->from_ns)
		return 0;
	steps = last_ns < a->from_ns ? 1 : (last_ns - a->from_ns) / a->step_ns + 1;
	return steps < BOARD_STEPS ? (unsigned)steps : BOARD_STEPS;
}

static void fold(uint32_t *series)
{
	for (unsigned i = 0; i < BOARD_STEPS / 2; i++)
		series[i] = series[2 * i] + series[2 * i + 1];
	memset(series + BOARD_STEPS / 2, 0, (BOARD_STEPS - BOARD_STEPS / 2) * sizeof(*series));
}

void axis_follow(uint32_t *series, struct axis_move move)
{
	for (unsigned i = 0; i < move.folds; i++)
		fold(series);
	memmove(series + move.backs, series, (BOARD_STEPS - move.backs) * sizeof(*series));
	memset(series, 0, move.backs * sizeof(*series));
	if (!move.shifts)
		return;
	memmove(series, series + move.shifts, (BOARD_STEPS - move.shifts) * sizeof(*series));
	memset(series + BOARD_STEPS - move.shifts, 0, move.shifts * sizeof(*series));
}
