/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Clues live for one exchange. Their words are kept in one room of fixed size, so that nothing
 * is allocated for a finding whose cause is known.
 */
#include "cors/clue.h"

#include "base/number.h"

void clues_reset(struct clues *c)
{
	c->cnt = 0;
	c->over = 0;
	c->room_len = 0;
}

struct clue *clues_add(struct clues *c, enum rule_index rule, enum confidence confidence,
		       const char *detail)
{
	struct clue *k = &c->spare;

	if (c->cnt < CORS_FINDINGS_MAX)
		k = &c->rows[c->cnt++];
	else
		c->over++;
	*k = (struct clue){
		.rule = rule, .explained_by = RULE_NONE, .confidence = confidence, .detail = detail
	};
	return k;
}

/* Once this is mended, the block is gone, or is another one. */
static bool is_explanation(enum rule_index r)
{
	return rule_is_not_cors(&rules[r]) || r == RULE_VARY_ORIGIN_POISONED ||
	       r == RULE_VARY_ORIGIN_IGNORED || r == RULE_VARY_ORIGIN_MISSING_304 ||
	       r == RULE_ERROR_RESPONSE_LOST_HEADERS || r == RULE_HOP_DOUBLED ||
	       r == RULE_HOP_DROPPED || r == RULE_HOP_CHANGED;
}

void clues_explain(struct clues *c, enum rule_index code)
{
	struct clue *blocks = NULL;

	for (unsigned i = 0; i < c->cnt; i++)
		if (c->rows[i].rule == code)
			blocks = &c->rows[i];
	for (unsigned i = 0; blocks && i < c->cnt; i++) {
		if (!is_explanation(c->rows[i].rule))
			continue;
		blocks->explained_by = c->rows[i].rule;
		return;
	}
}

void clue_evidence(struct clue *c, uint64_t packet)
{
	if (!number_is_packet(packet) || c->evidence_cnt == FINDING_EVIDENCE_MAX)
		return;
	c->evidence[c->evidence_cnt++] = packet;
}

struct text clues_open(struct clues *c)
{
	/* One byte stays free for the NUL of a text that has no room at all. */
	if (c->room_len + 1 >= sizeof(c->room))
		c->room_len = sizeof(c->room) - 1;
	return text_init(c->room + c->room_len, sizeof(c->room) - c->room_len);
}

struct span clues_close(struct clues *c, const struct text *t)
{
	size_t used = t->len + 1;

	c->room_len += used;
	return text_get(t);
}
