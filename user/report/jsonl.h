/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * jsonl: the sink for programs: JSON lines.
 *
 * In:   judgements, causes, the summary.
 * Out:  one object a line, each with "type" and "v": "exchange", "cause", "summary".
 * Spec: schema.json beside this file is the full word on their members; JSON_LINES_VERSION
 *       changes when a member changes its meaning or goes, not when one is added.
 */
#ifndef REPORT_JSONL_H
#define REPORT_JSONL_H

#include <stdbool.h>
#include <stdio.h>

#include "report/sink.h"

#define JSON_LINES_VERSION "1"

struct jsonl_config {
	FILE *file;            /* borrowed until close */
	bool is_findings_only; /* of the exchanges, only those with findings */
	bool is_summary_only;  /* no exchanges and no causes */
	bool is_quiet;         /* no summary */
	bool is_live;          /* hand on each line at once, for a reader that waits for it */
};

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct sink *jsonl_new(const struct jsonl_config *config);

#endif
