/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * api: the JSON documents that the dashboard is made of.
 *
 * In:   a board, and a summary.
 * Out:  /api/summary, /api/causes, /api/causes/c-12345678 for each of these, /api/policies,
 *       /api/conflicts.
 * Spec: user/web/api.json is the full word on them. API_VERSION changes when a member changes its
 *       meaning or goes, not when one is added.
 */
#ifndef REPORT_API_H
#define REPORT_API_H

#include "report/board.h"
#include "report/shelf.h"
#include "report/sink.h"

#define API_VERSION "1"
#define API_TYPE    "application/json"

struct api {
	const struct board *board;
	const struct summary *sum;
	bool is_live;
	uint64_t now_ns;       /* 0: not told */
	uint64_t memory_bytes; /* 0: not known */
};

/* Write all of them. Errors are the edition's. */
void api_write(struct edition *e, const struct api *a);

/* The first, for whoever adds it up: numbers, times, health. */
void api_summary(struct out *o, const struct api *a);

#endif
