/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * clue: what a rule found in one exchange, before it is grouped into a cause. Its words are a
 * template with arguments, so that nothing is written for a cause that is known already.
 */
#ifndef CORS_CLUE_H
#define CORS_CLUE_H

#include "base/limits.h"
#include "base/text.h"
#include "cors/finding.h"
#include "cors/rules.h"

#define CLUE_ARGS_MAX 6
/* Room for the words that the clues of one exchange had to build. */
#define CLUE_ROOM 4096

struct clue {
	enum rule_index rule;
	enum rule_index explained_by; /* a clue of the same exchange that is to be mended first;
				       * RULE_NONE: none is */
	enum confidence confidence;
	const char *detail; /* a sentence with {0} to {5} to fill in; NULL: the rule's title */
	struct span args[CLUE_ARGS_MAX];
	struct span about;   /* what it is about: findings of one cause agree in it */
	struct span subject; /* for struct finding */
	unsigned components; /* enum cors_component */
	unsigned hints;      /* enum origin_hint */
	uint64_t evidence[FINDING_EVIDENCE_MAX];
	unsigned evidence_cnt;
};

/* The clues of one exchange, the most telling first. */
struct clues {
	struct clue rows[CORS_FINDINGS_MAX];
	unsigned cnt;
	unsigned over;     /* left out because there were too many */
	struct clue spare; /* written to when there is no room */
	char room[CLUE_ROOM];
	size_t room_len;
};

void clues_reset(struct clues *c);

/* A new clue at the end, to be filled on; never NULL. */
struct clue *clues_add(struct clues *c, enum rule_index rule, enum confidence confidence,
		       const char *detail);

/* Find what explains the clue of the rule that blocks: the first clue whose rule says that the
 * header is missing or wrong for a reason beside the CORS configuration of this response. */
void clues_explain(struct clues *c, enum rule_index code);

/* Name a packet as evidence; what no packet carried (base/number.h) and what is beyond the room are
 * left out. */
void clue_evidence(struct clue *c, uint64_t packet);

/* Begin a text in what room is left; hand it to clues_close() to keep it. */
struct text clues_open(struct clues *c);
/* The finished text; valid until clues_reset(). */
struct span clues_close(struct clues *c, const struct text *t);

#endif
