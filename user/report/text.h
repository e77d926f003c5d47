/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * text: the sink for people. The causes, worst first, and what was read, counted and lost, are
 * shown at the end; live, each cause is shown when it is met, and its count at the end.
 *
 * Everything off the wire is shown through out_safe(), so that no header can speak to the
 * terminal.
 */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include <stdbool.h>
#include <stdio.h>

#include "report/baseline.h"
#include "report/sink.h"

struct text_config {
	FILE *file; /* borrowed until close */
	bool is_colored;
	bool is_local_time;           /* times of this machine's zone; else UTC */
	bool is_summary_only;         /* no causes */
	bool is_live;                 /* causes are shown as they are met */
	const struct baseline *known; /* causes marked as known; NULL: none; borrowed */
	bool is_quiet;                /* no summary, and no word when there are no causes */
};

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct sink *text_new(const struct text_config *config);

#endif
