/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * measure: what is counted of the judgements for metrics and dashboards, beside what the layers
 * count themselves.
 *
 * In:   judgements.
 * Out:  numbers only: nothing here grows with what is seen.
 */
#ifndef REPORT_MEASURE_H
#define REPORT_MEASURE_H

#include "report/durations.h"
#include "report/tally.h"
#include "report/toplist.h"

/* The versions of HTTP that are told apart; MEASURE_PROTOCOL_NAMES in the same order. */
#define MEASURE_PROTOCOLS 4

/* What --metrics-label may take from the wire. */
enum measure_label {
	MEASURE_ORIGIN,
	MEASURE_HOST,
	MEASURE_PATH, /* without the query */
	MEASURE_LABELS,
};

/* Where a rule was met last. */
struct measure_mark {
	uint64_t cause;   /* 0: never */
	uint64_t time_ns; /* when the exchange's outcome was known */
};

struct measure {
	struct tally tally;            /* without what was taken back */
	struct tally judged;           /* with it: what is exported as a counter never goes down */
	uint64_t taken_back[RULE_CNT]; /* findings, of each of rules[] */
	uint64_t protocols[MEASURE_PROTOCOLS];  /* exchanges of each */
	struct durations preflights;            /* those that were answered */
	struct measure_mark marks[RULE_CNT];    /* of each of rules[] */
	struct toplist *labels[MEASURE_LABELS]; /* CORS requests by value, a column for each
						 * verdict; NULL: not asked for. Owned */
};

/* Ask for labels' values, at most so many of each; 0: none. 0, or -ENOMEM. */
int measure_labels(struct measure *m, const unsigned max[static MEASURE_LABELS]);

/* Frees what it owns; takes a zeroed struct. */
void measure_fini(struct measure *m);

/* Count one judgement. */
void measure_add(struct measure *m, const struct judgement *j);

/* Take one back. Its version, its duration and its labels' values stay counted. */
void measure_take_back(struct measure *m, const struct takeback *b);

/* A history counts exchanges that it does not tell: have its counts instead. Of those, it does not
 * know versions, durations and labels. */
void measure_told(struct measure *m, const struct summary *sum);

/* The name of the i-th version: "http/1.1"; NULL past the last. */
const char *measure_protocol(unsigned i);

/* "origin", "host", "path"; and back: MEASURE_LABELS for an unknown one. */
const char *measure_label_text(enum measure_label label);
enum measure_label measure_label_of(struct span text);

/* How long an exchange took; false when that is not known. */
bool measure_duration(const struct exchange *x, uint64_t *out_ns);

/* The rule's place in rules[]; RULE_CNT for one that is none of them. */
size_t measure_rule(const struct rule *rule);

/* True for the rules that prove a cache and Origin to be at odds, with two askers named. */
bool measure_is_conflict(enum rule_index rule);

#endif
