/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/json_summary.h"

#include "report/json.h"

/* {"received":1,...}: one layer's counters. */
static void put_group(struct out *o, const struct counter_group *group)
{
	for (size_t i = 0; i < group->cnt; i++) {
		out_char(o, i ? ',' : '{');
		json_text(o, group->table[i].name);
		out_char(o, ':');
		out_u64(o, counter_get(group->stats, &group->table[i]));
	}
	out_text(o, group->cnt ? "}" : "{}");
}

void json_inputs(struct out *o, const struct summary *sum)
{
	json_key(o, "inputs");
	out_char(o, '[');
	for (size_t i = 0; i < sum->inputs_cnt; i++) {
		const struct summary_input *in = &sum->inputs[i];

		json_next(o, i);
		out_lit(o, "{\"name\":");
		json_text(o, in->name);
		json_key(o, "packets");
		out_u64(o, in->packets);
		json_key(o, "damage");
		json_text(o, in->trouble);
		if (in->rung) {
			json_key(o, "filter");
			json_text(o, in->rung);
			json_key(o, "filter_why");
			json_text(o, in->rung_why);
			json_key(o, "counters");
			put_group(o, in->counters);
		}
		out_char(o, '}');
	}
	out_char(o, ']');
}

void json_counters(struct out *o, const struct summary *sum)
{
	json_key(o, "counters");
	for (size_t g = 0; g < sum->groups_cnt; g++) {
		out_char(o, g ? ',' : '{');
		json_text(o, sum->groups[g].name);
		out_char(o, ':');
		put_group(o, &sum->groups[g]);
	}
	out_text(o, sum->groups_cnt ? "}" : "{}");
}

void json_verdicts(struct out *o, const struct tally *t)
{
	json_key(o, "cors");
	for (unsigned k = 0; k < TALLY_KINDS; k++) {
		out_char(o, k ? ',' : '{');
		json_text(o, cors_kind_text((enum cors_kind)k));
		out_char(o, ':');
		for (unsigned v = 0; v < TALLY_VERDICTS; v++) {
			out_char(o, v ? ',' : '{');
			json_text(o, cors_verdict_text((enum cors_verdict)v));
			out_char(o, ':');
			out_u64(o, t->verdicts[k][v]);
		}
		out_char(o, '}');
	}
	out_char(o, '}');
}

void json_reasons(struct out *o, const struct tally *t)
{
	json_key(o, "unknown");
	out_char(o, '{');
	for (unsigned i = 0; i < t->reasons_cnt; i++) {
		json_next(o, i);
		json_text(o, t->reasons[i].word);
		out_char(o, ':');
		out_u64(o, t->reasons[i].cnt);
	}
	out_char(o, '}');
}

void json_findings(struct out *o, const struct summary *sum)
{
	uint64_t severities[TALLY_SEVERITIES];
	size_t shown = 0;

	tally_severities(sum, severities);
	json_key(o, "severities");
	for (unsigned i = 0; i < TALLY_SEVERITIES; i++) {
		out_char(o, i ? ',' : '{');
		json_text(o, severity_text((enum severity)i));
		out_char(o, ':');
		out_u64(o, severities[i]);
	}
	out_char(o, '}');
	json_key(o, "findings");
	out_char(o, '{');
	for (size_t i = 0; i < rules_cnt; i++) {
		if (!sum->rule_counts[i])
			continue;
		json_next(o, shown++);
		json_text(o, rules[i].id);
		out_char(o, ':');
		out_u64(o, sum->rule_counts[i]);
	}
	out_char(o, '}');
}
