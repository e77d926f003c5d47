/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * csv: the sink for spreadsheets: a line for each finding; an exchange without findings has one
 * line, on which the columns of the finding are empty.
 *
 * Findings that are taken back after their lines were written have another line each, with the same
 * time, addresses, rule and cause, and "taken-back" as its verdict.
 *
 * Spec: RFC 4180, with a header line. Every cell of text is quoted. One that a spreadsheet would
 * take for a formula begins with an apostrophe, and what is no printable character is written as
 * \xNN, so that a line of the file is a line of the table.
 */
#ifndef REPORT_CSV_H
#define REPORT_CSV_H

#include <stdbool.h>
#include <stdio.h>

#include "report/out.h"
#include "report/sink.h"

struct csv_config {
	FILE *file;            /* borrowed until close */
	bool is_findings_only; /* of the exchanges, only those with findings */
	bool is_live;          /* hand on each line at once, for a reader that waits for it */
};

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct sink *csv_new(const struct csv_config *config);

/* One cell of text, with its quotes; absent and empty are both "". */
void csv_cell(struct out *o, struct span value);

#endif
