/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cors/judge.h"
#include "pipeline_part.h"
#include "pipeline_tls.h"
#include "tlslane.h"

#define ROW(name, class, help) COUNTER_ROW(lanes_stats, name, class, help)
const struct counter lanes_counters[] = { LANES_COUNTERS(ROW) };
#undef ROW
const size_t lanes_counters_cnt = sizeof(lanes_counters) / sizeof(lanes_counters[0]);

/* Layers that count, and room for those of the sinks that count for themselves. */
#define GROUPS_MAX 24

/* Lines for people that counters cannot say. */
struct notes {
	char text[PIPELINE_NOTES_MAX][PIPELINE_NOTE_CAP];
	const char *rows[PIPELINE_NOTES_MAX];
	size_t cnt;
};

/* Where the next note is to be written; the last one is written over when there is no room. */
static char *note_next(struct notes *n)
{
	size_t i = n->cnt < PIPELINE_NOTES_MAX ? n->cnt++ : PIPELINE_NOTES_MAX - 1;

	n->rows[i] = n->text[i];
	return n->text[i];
}

/* Which unknown things, and why the filter kept packets out. */
static void note_unknowns(const struct figures *f, struct notes *n)
{
	for (size_t i = 0; i < f->intake.unknown_cnt; i++)
		snprintf(note_next(n), PIPELINE_NOTE_CAP,
			 "%s %u (0x%x) is not known: %llu packets were not read",
			 f->intake.unknown[i].layer, f->intake.unknown[i].value,
			 f->intake.unknown[i].value,
			 (unsigned long long)f->intake.unknown[i].packets);
	if (f->intake.refused)
		snprintf(note_next(n), PIPELINE_NOTE_CAP,
			 "the filter fits no packet of this kind: %llu left out: %s",
			 (unsigned long long)f->intake.refused, f->intake.refused_why);
	if (f->intake.filtered)
		snprintf(note_next(n), PIPELINE_NOTE_CAP,
			 "the filter left out %llu of %llu packets",
			 (unsigned long long)f->intake.filtered,
			 (unsigned long long)f->intake.packets);
}

/* What is said in HTTP/3 nobody can follow, and what to do about it. */
static void note_http3(const struct pipeline *p, struct notes *n)
{
	uint64_t seen = p->sum.intake.decode.quic_connections;
	uint64_t offers = judge_stats(p->judge)->http3_offers;

	if (!seen && !offers)
		return;
	snprintf(note_next(n), PIPELINE_NOTE_CAP,
		 "%llu connections speak QUIC and %llu responses offer it (HTTP/3): what it "
		 "carries is "
		 "not visible; switch it off at the server while looking (no Alt-Svc)",
		 (unsigned long long)seen, (unsigned long long)offers);
}

/* Lanes that know one direction of a connection each find less than one that knows both. */
static void note_apart(const struct pipeline *p, struct notes *n)
{
	if (!p->config->live || p->lanes == 1 || !p->sum.intake.decode.apart)
		return;
	snprintf(
		note_next(n), PIPELINE_NOTE_CAP,
		"%llu packets are of tunnels over UDP, or fragments: the kernel may have given the "
		"two directions of their connections to different lanes; use -j 1",
		(unsigned long long)p->sum.intake.decode.apart);
}

/* The inputs as a summary has them; the interfaces' counters, summed. */
static void sum_inputs(struct pipeline *p, struct device_stats *sum)
{
	*sum = (struct device_stats){ 0 };
	for (size_t i = 0; i < p->sum.inputs_cnt; i++) {
		const struct figures_input *one = &p->sum.inputs[i];

		p->inputs[i] = (struct summary_input){ .name = one->name,
						       .packets = one->packets,
						       .trouble = one->trouble };
		if (!p->config->live)
			continue;
		p->per_device[i] = (struct counter_group){ "live", device_counters,
							   device_counters_cnt, &one->device };
		p->inputs[i].rung = rung_text(one->rung);
		p->inputs[i].rung_why = one->rung_why;
		p->inputs[i].counters = &p->per_device[i];
		for (size_t n = 0; n < device_counters_cnt; n++) {
			const struct counter *c = &device_counters[n];

			*(uint64_t *)(void *)((char *)sum + c->off) += counter_get(&one->device, c);
		}
	}
}

static void policy_fill(struct summary_policy *out, const struct judge_policy *in)
{
	const struct policy *p = in->policy;

	*out = (struct summary_policy){ .host = in->host,
					.server = p->has_server ? &p->server : NULL,
					.kind = in->kind,
					.has_credentials = p->has_credentials,
					.has_null = p->has_null,
					.constant = in->constant,
					.allowed_cnt = p->allowed_cnt,
					.allowed_others = p->allowed_over,
					.responses = p->responses,
					.refused = p->refused };
	memcpy(out->allowed, in->allowed, sizeof(out->allowed));
}

/* All policies that are remembered; the caller frees them. NULL, with *cnt 0, when there are none
 * or memory is short. */
static struct summary_policy *all_policies(struct judge *j, size_t *cnt)
{
	struct judge_policy one = { 0 };
	struct summary_policy *all;
	uint32_t n = 0;

	*cnt = 0;
	while (judge_policy(j, n, &one))
		n++;
	all = n ? calloc(n, sizeof(*all)) : NULL;
	for (; all && *cnt < n && judge_policy(j, (uint32_t)*cnt, &one); ++*cnt)
		policy_fill(&all[*cnt], &one);
	return all;
}

/* Each sink, and whether it failed; the caller frees them. NULL when memory is short. */
static struct summary_sink *all_sinks(const struct pipeline *p)
{
	struct summary_sink *all = calloc(p->config->sinks_cnt + 1, sizeof(*all));

	for (size_t i = 0; all && i < p->config->sinks_cnt; i++)
		all[i] = (struct summary_sink){ p->config->sinks[i]->ops->name, p->sink_failed[i] };
	return all;
}

/* Packets and probes both have such a layer, and people one summary. */
static void sum_http(const struct pipeline *p, struct http_stats *sum)
{
	*sum = p->sum.http;
	for (size_t n = 0; p->tls && n < http_counters_cnt; n++) {
		const struct counter *c = &http_counters[n];

		*(uint64_t *)(void *)((char *)sum + c->off) +=
			counter_get(http_stats(tlslane_http(p->tls->probes)), c);
	}
}

/* When the first and the last thing was seen, by whatever means. */
static void sum_times(const struct pipeline *p, struct summary *sum)
{
	sum->first_ns = p->sum.intake.first_ns;
	sum->last_ns = p->sum.intake.last_ns;
	if (!p->tls || !p->tls->first_ns)
		return;
	if (!sum->first_ns || p->tls->first_ns < sum->first_ns)
		sum->first_ns = p->tls->first_ns;
	if (p->tls->last_ns > sum->last_ns)
		sum->last_ns = p->tls->last_ns;
}

static void group_add(struct summary *sum, struct counter_group *groups, const char *name,
		      const struct counter *table, size_t cnt, const void *stats)
{
	groups[sum->groups_cnt++] = (struct counter_group){ name, table, cnt, stats };
}

/* What there is only in a live capture. */
static void groups_live(struct pipeline *p, struct summary *sum, struct counter_group *groups,
			const struct device_stats *devices, struct prefilter_stats *prefilter,
			struct tlsprobe_stats *probes)
{
	if (p->config->live && p->config->live->devices_cnt) {
		ladder_stats(p->ladder, prefilter);
		group_add(sum, groups, "live", device_counters, device_counters_cnt, devices);
		group_add(sum, groups, "prefilter", prefilter_counters, prefilter_counters_cnt,
			  prefilter);
	}
	if (p->tls) {
		tlslane_probes(p->tls->probes, probes);
		group_add(sum, groups, "tlsprobe", tlsprobe_counters, tlsprobe_counters_cnt,
			  probes);
		group_add(sum, groups, "plain", plain_counters, plain_counters_cnt,
			  tlslane_plain(p->tls->probes));
		group_add(sum, groups, "tlslane", tlslane_counters, tlslane_counters_cnt,
			  tlslane_stats(p->tls->probes));
	}
}

/* Those of the sinks, after the others. */
static void groups_sinks(const struct pipeline *p, struct summary *sum,
			 struct counter_group *groups)
{
	for (size_t i = 0; i < p->config->sinks_cnt && sum->groups_cnt < GROUPS_MAX; i++) {
		if (p->config->sinks[i]->counters)
			groups[sum->groups_cnt++] = *p->config->sinks[i]->counters;
	}
}

int pipeline_tell(struct pipeline *p, struct sink *s, bool is_final)
{
	struct summary_policy *policies;
	int err;
	struct device_stats devices;
	struct prefilter_stats prefilter;
	struct tlsprobe_stats probes;
	struct http_stats http;
	struct counter_group groups[GROUPS_MAX] = {
		{ "capture", decode_counters, decode_counters_cnt, &p->sum.intake.decode },
		{ "net", net_counters, net_counters_cnt, &p->sum.net },
		{ "tls", tls_counters, tls_counters_cnt, &p->sum.tls },
		{ "keylog", tls_keys_counters, tls_keys_counters_cnt, &p->sum.keys },
		{ "http", http_counters, http_counters_cnt, &http },
		{ "cors", judge_counters, judge_counters_cnt, judge_stats(p->judge) },
		{ "lanes", lanes_counters, lanes_counters_cnt, &p->lanes_stats },
	};
	struct notes notes = { .cnt = 0 };
	struct summary_sink *sinks = all_sinks(p);
	struct summary sum = { .is_final = is_final,
			       .inputs = p->inputs,
			       .inputs_cnt = p->sum.inputs_cnt,
			       .groups = groups,
			       .groups_cnt = 7,
			       .rule_counts = judge_rule_counts(p->judge),
			       .sinks = sinks,
			       .sinks_cnt = sinks ? p->config->sinks_cnt : 0,
			       .connections_open = p->sum.connections_open,
			       .notes = notes.rows };

	sum_inputs(p, &devices);
	sum_http(p, &http);
	sum_times(p, &sum);
	groups_live(p, &sum, groups, &devices, &prefilter, &probes);
	groups_sinks(p, &sum, groups);
	note_unknowns(&p->sum, &notes);
	note_http3(p, &notes);
	note_apart(p, &notes);
	sum.notes_cnt = notes.cnt;
	sum.causes = judge_causes(p->judge, &sum.causes_cnt);
	sum.policies = policies = all_policies(p->judge, &sum.policies_cnt);
	err = s->ops->finish(s, &sum);
	free(policies);
	free(sinks);
	return err;
}
