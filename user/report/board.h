/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * board: what a dashboard shows and no counter holds: when it happened, one exchange of each
 * cause, who met whose copy in a cache.
 *
 * In:   judgements.
 * Out:  the struct itself. Bounded by the BOARD_*_MAX of base/limits.h.
 */
#ifndef REPORT_BOARD_H
#define REPORT_BOARD_H

#include "report/axis.h"
#include "report/measure.h"

/* What a step of the axis counts. */
enum board_series {
	BOARD_PASS,
	BOARD_BLOCK,
	BOARD_UNKNOWN,
	BOARD_NOT_CORS,
	BOARD_PREFLIGHT, /* of the first three */
	BOARD_SERIES,
};

struct board_cause {
	uint64_t id; /* 0: the place is free */
	uint32_t steps[BOARD_STEPS];
	char *example; /* its first exchange as JSON; NULL: not kept */
	size_t example_len;
};

/* Somebody got, or may get, a copy that was made for somebody else. */
struct board_conflict {
	uint64_t cause;
	enum rule_index rule;
	uint64_t time_ns;
	uint64_t evidence[FINDING_EVIDENCE_MAX]; /* the seed before the victim */
	unsigned evidence_cnt;
	char host[CORS_SAMPLE_MAX], target[CORS_SAMPLE_MAX];
	char victim[CORS_SAMPLE_MAX]; /* Origin; "" when none was sent */
	char seed[CORS_SAMPLE_MAX];   /* the other one, in words */
};

struct board {
	struct measure measure;
	struct axis axis;
	uint32_t steps[BOARD_SERIES][BOARD_STEPS];
	struct board_cause *causes; /* hashed by id; twice as many places as there can be causes */
	size_t causes_cnt, examples_bytes;
	uint64_t examples_left_out; /* causes whose exchange was too long, or came too late */
	struct board_conflict conflicts[BOARD_CONFLICTS_MAX]; /* a ring: the latest */
	unsigned conflicts_next, conflicts_kept;              /* the next one's place */
	uint64_t conflicts_cnt;                               /* ever, but for those taken back */
};

/* An empty one; a live one's axis moves on. NULL when memory is short. */
struct board *board_new(bool is_live);
/* Takes NULL. */
void board_free(struct board *b);

void board_add(struct board *b, const struct judgement *j);

/* Take one back, where the axis still has its step. Examples stay. */
void board_take_back(struct board *b, const struct takeback *t);

/* A history counts exchanges that it does not tell: have its counts instead. */
void board_told(struct board *b, const struct summary *sum);

/* What is kept of a cause; NULL for nothing. */
const struct board_cause *board_cause(const struct board *b, uint64_t id);

/* The i-th conflict, the latest first; NULL past the last that is kept. */
const struct board_conflict *board_conflict(const struct board *b, unsigned i);

#endif
