/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * conversation: connections of HTTP played as packets through the pre-filter, by chance or by a
 * fuzzer's choice, and what must hold whatever happens.
 *
 * Messages have heads up to a window's length and bodies full of start lines. They are cut into
 * segments of any size, which come lost, late, doubled and sent again in other pieces; ports are
 * used again. Meanwhile hints come early, late and never, memory is forgotten or thrown back to
 * what it was a while ago, and others send forged segments.
 *
 * Without pipelining, each byte of each head must have passed. In all cases, a byte that never
 * passed must be one that the memory calls cut, and one that never came must not be.
 */
#ifndef SUPPORT_CONVERSATION_H
#define SUPPORT_CONVERSATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dice {
	uint64_t state;       /* of a generator; used when bytes is NULL */
	const uint8_t *bytes; /* a fuzzer's choices; all zeros when they are used up */
	size_t len;
};

/* From 0 to n - 1. */
uint32_t dice_roll(struct dice *d, uint32_t n);

struct conversation_plan {
	bool is_pipelined; /* messages follow each other inside segments */
	bool is_meddled;   /* hints, forgetting and forgeries */
	bool is_lossy;     /* some bytes never come */
};

struct conversation_tally {
	uint64_t heads;      /* played */
	uint64_t heads_lost; /* of these, not passed whole; 0 without pipelining */
	uint64_t bytes, passed_bytes;
	uint64_t cut, lost, forgotten, unknown; /* holes, by what the memory said of them */
};

/* NULL when all held; else what did not. Adds to *tally. */
const char *conversation_play(struct dice *d, const struct conversation_plan *plan,
			      struct conversation_tally *tally);

#endif
