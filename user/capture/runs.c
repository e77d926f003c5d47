/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/runs.h"

#include <stdbool.h>
#include <stddef.h>

static uint32_t run_from(uint64_t run)
{
	return (uint32_t)(run >> 32);
}

static uint32_t run_until(uint64_t run)
{
	return (uint32_t)run;
}

static int32_t distance(uint32_t a, uint32_t b)
{
	return (int32_t)(b - a);
}

/* The end of the run that holds *at, if one does. */
static bool run_over(const struct prefilter_state *st, size_t cnt, uint32_t *at)
{
	for (size_t i = 0; i < cnt; i++) {
		uint32_t from = run_from(st->runs[i]), until = run_until(st->runs[i]);

		if (*at - from < until - from) {
			*at = until;
			return true;
		}
	}
	return false;
}

enum prefilter_gap runs_gap(const struct prefilter_state *st, uint32_t from, uint32_t until)
{
	bool is_full = st->runs_cnt > PREFILTER_RUNS, is_forgotten = false;
	size_t cnt = is_full ? PREFILTER_RUNS : st->runs_cnt;
	uint32_t oldest = run_from(st->runs[st->runs_cnt % PREFILTER_RUNS]), at = from;

	while (distance(at, until) > 0) {
		if (run_over(st, cnt, &at))
			continue;
		if (distance(at, st->first) > 0)
			return PREFILTER_GAP_UNKNOWN;
		if (!is_full || distance(at, oldest) <= 0)
			return PREFILTER_GAP_LOST;
		is_forgotten = true;
		at = oldest;
	}
	return is_forgotten ? PREFILTER_GAP_FORGOTTEN : PREFILTER_GAP_CUT;
}
