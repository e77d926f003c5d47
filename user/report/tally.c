/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/tally.h"

#include <stdio.h>
#include <string.h>

static void reason_add(struct tally *t, const char *word, uint64_t cnt)
{
	unsigned i = 0;

	while (i < t->reasons_cnt && strncmp(t->reasons[i].word, word, TALLY_REASON_CAP - 1) != 0)
		i++;
	if (i == TALLY_REASONS_MAX) {
		t->reasons_others += cnt;
		return;
	}
	if (i == t->reasons_cnt) {
		snprintf(t->reasons[i].word, TALLY_REASON_CAP, "%s", word);
		t->reasons_cnt++;
	}
	t->reasons[i].cnt += cnt;
}

void tally_add(struct tally *t, const struct judgement *j)
{
	tally_add_many(t, j, 1);
}

void tally_add_many(struct tally *t, const struct judgement *j, uint64_t cnt)
{
	t->exchanges += cnt;
	t->verdicts[j->kind][j->verdict] += cnt;
	if (j->kind != CORS_KIND_NONE && !j->is_browser)
		t->not_browser += cnt;
	if (j->unknown)
		reason_add(t, j->unknown, cnt);
}

static void reason_take_back(struct tally *t, const char *word)
{
	for (unsigned i = 0; i < t->reasons_cnt; i++) {
		if (strncmp(t->reasons[i].word, word, TALLY_REASON_CAP - 1) == 0) {
			t->reasons[i].cnt--;
			return;
		}
	}
	t->reasons_others--;
}

void tally_take_back(struct tally *t, const struct takeback *b)
{
	t->verdicts[b->kind][b->verdict]--;
	t->verdicts[CORS_KIND_NONE][CORS_VERDICT_NONE]++;
	t->not_browser -= !b->is_browser;
	if (b->unknown)
		reason_take_back(t, b->unknown);
}

uint64_t tally_kind(const struct tally *t, enum cors_kind kind)
{
	uint64_t sum = 0;

	for (unsigned v = 0; v < TALLY_VERDICTS; v++)
		sum += t->verdicts[kind][v];
	return sum;
}

uint64_t tally_verdict(const struct tally *t, enum cors_verdict verdict)
{
	return t->verdicts[CORS_KIND_PREFLIGHT][verdict] + t->verdicts[CORS_KIND_ACTUAL][verdict] +
	       t->verdicts[CORS_KIND_UNKNOWN][verdict];
}

void tally_severities(const struct summary *sum, uint64_t out[static TALLY_SEVERITIES])
{
	memset(out, 0, TALLY_SEVERITIES * sizeof(*out));
	for (size_t i = 0; i < rules_cnt; i++)
		out[rules[i].severity] += sum->rule_counts[i];
}

uint64_t tally_counter(const struct summary *sum, const char *name)
{
	uint64_t total = 0;

	for (size_t g = 0; g < sum->groups_cnt; g++) {
		const struct counter_group *group = &sum->groups[g];

		for (size_t i = 0; i < group->cnt; i++) {
			if (strcmp(group->table[i].name, name) == 0)
				total += counter_get(group->stats, &group->table[i]);
		}
	}
	return total;
}

bool tally_has_loss(const struct summary *sum)
{
	for (size_t g = 0; g < sum->groups_cnt; g++) {
		const struct counter_group *group = &sum->groups[g];

		for (size_t i = 0; i < group->cnt; i++) {
			if (group->table[i].class == COUNTER_LOSS &&
			    counter_get(group->stats, &group->table[i]))
				return true;
		}
	}
	return false;
}
