/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tally: what a sink counts of the judgements that pass, and what it looks up in a summary.
 */
#ifndef REPORT_TALLY_H
#define REPORT_TALLY_H

#include <stdint.h>

#include "cors/finding.h"
#include "report/sink.h"

#define TALLY_KINDS      (CORS_KIND_UNKNOWN + 1)
#define TALLY_VERDICTS   (CORS_VERDICT_UNKNOWN + 1)
#define TALLY_SEVERITIES (SEVERITY_ERROR + 1)

/* Distinct reasons for which nothing could be decided; the judge has fewer. */
#define TALLY_REASONS_MAX 24
/* Bytes of a reason that are kept, with the NUL. */
#define TALLY_REASON_CAP 48

struct tally_reason {
	char word[TALLY_REASON_CAP]; /* judgement.unknown */
	uint64_t cnt;
};

struct tally {
	uint64_t exchanges;
	uint64_t verdicts[TALLY_KINDS][TALLY_VERDICTS]; /* exchanges of each kind and verdict */
	uint64_t not_browser; /* of the CORS requests, those without a sign of a browser */
	struct tally_reason reasons[TALLY_REASONS_MAX]; /* in the order in which they were met */
	unsigned reasons_cnt;
	uint64_t reasons_others; /* judgements with a reason beyond these */
};

/* Count one judgement. */
void tally_add(struct tally *t, const struct judgement *j);

/* Count cnt judgements that are alike; of j, only its kind, verdict, unknown and is_browser. */
void tally_add_many(struct tally *t, const struct judgement *j, uint64_t cnt);

/* It was counted, and is an exchange to which CORS does not apply instead. */
void tally_take_back(struct tally *t, const struct takeback *b);

/* All exchanges of one kind. */
uint64_t tally_kind(const struct tally *t, enum cors_kind kind);

/* CORS requests with one verdict: preflights, actual ones, and what may be either. */
uint64_t tally_verdict(const struct tally *t, enum cors_verdict verdict);

/* Findings of each severity: TALLY_SEVERITIES numbers. */
void tally_severities(const struct summary *sum, uint64_t out[static TALLY_SEVERITIES]);

/* A counter by its name, summed over the layers that have one; 0 when none has. */
uint64_t tally_counter(const struct summary *sum, const char *name);

/* True when any layer counted a loss. */
bool tally_has_loss(const struct summary *sum);

#endif
