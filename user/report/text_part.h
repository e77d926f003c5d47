/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * text_part: what the two halves of the text report, causes and summary, have in common.
 */
#ifndef REPORT_TEXT_PART_H
#define REPORT_TEXT_PART_H

#include "report/out.h"
#include "report/paint.h"
#include "report/tally.h"
#include "report/text.h"

/* Lists are broken before this column; single values are not. */
#define TEXT_COLUMNS 100
/* Where the values stand, after their labels. */
#define TEXT_INDENT 13

struct text {
	struct sink base;
	struct text_config config;
	struct tally tally;
	struct out out;
};

/* Words in one colour. */
void text_painted(struct text *t, enum paint p, const char *words);

/* A line's label, filled up to TEXT_INDENT; "" for a line that goes on. */
void text_label(struct text *t, const char *label);

/* Text off the wire, on one line. */
void text_safe(struct text *t, const char *value);

/* "1,234". */
void text_count(struct text *t, uint64_t n);

/* "1,234 exchanges", "1 exchange". */
void text_counted(struct text *t, uint64_t n, const char *one, const char *many);

/* "2026-11-23 14:46:14 to 14:52:10 UTC"; the second day only where it is another. */
void text_times(struct text *t, uint64_t first_ns, uint64_t last_ns);

/* One cause, with the empty line after it. */
void text_cause(struct text *t, const struct cause *c);

/* How often one was met in the end that was shown before, with the empty line after it. */
void text_cause_again(struct text *t, const struct cause *c);

/* That one was taken back, with the empty line after it. */
void text_cause_gone(struct text *t, const struct takeback_finding *f);

/* The plain word on a run without causes. */
void text_all_well(struct text *t, const struct summary *sum);

/* What was read, judged, found and lost. */
void text_summary(struct text *t, const struct summary *sum);

#endif
