/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/jsonl.h"

#include <stdlib.h>

#include "report/json.h"
#include "report/json_exchange.h"
#include "report/tally.h"

struct jsonl {
	struct sink base;
	struct jsonl_config config;
	struct tally tally;
	struct out out;
};

static struct jsonl *jsonl_of(struct sink *s)
{
	return (struct jsonl *)(void *)s;
}

static int line_end(struct jsonl *l)
{
	out_char(&l->out, '\n');
	return l->config.is_live ? out_flush(&l->out) : l->out.err;
}

static int jsonl_judged(struct sink *s, const struct judgement *j)
{
	struct jsonl *l = jsonl_of(s);

	tally_add(&l->tally, j);
	if (l->config.is_summary_only || (l->config.is_findings_only && !j->findings_cnt))
		return 0;
	json_exchange(&l->out, j);
	return line_end(l);
}

static void put_samples(struct out *o, const struct cause_samples *samples)
{
	out_lit(o, "{\"values\":[");
	for (unsigned i = 0; i < samples->rows_cnt; i++) {
		json_next(o, i);
		out_lit(o, "{\"text\":");
		json_text(o, samples->rows[i].text);
		json_key(o, "count");
		out_u64(o, samples->rows[i].cnt);
		out_char(o, '}');
	}
	out_lit(o, "],\"others\":");
	out_u64(o, samples->others);
	out_char(o, '}');
}

static int put_cause(struct jsonl *l, const struct cause *c, const char *state)
{
	struct out *o = &l->out;
	char name[CAUSE_NAME_CAP];

	cause_name(c->id, name);
	out_lit(o, "{\"type\":\"cause\",\"v\":" JSON_LINES_VERSION);
	json_key(o, "state");
	json_text(o, state);
	json_key(o, "cause");
	json_text(o, name);
	json_key(o, "rule");
	json_text(o, c->rule->id);
	json_key(o, "explained_by");
	json_text(o, c->explained_by ? c->explained_by->id : NULL);
	json_key(o, "severity");
	json_text(o, severity_text(c->rule->severity));
	json_key(o, "confidence");
	json_text(o, confidence_text(c->confidence));
	json_key(o, "count");
	out_u64(o, c->cnt);
	json_key(o, "first");
	json_time(o, c->first_ns);
	json_key(o, "last");
	json_time(o, c->last_ns);
	json_key(o, "evidence");
	json_packet(o, c->first_packet);
	json_key(o, "host");
	json_text(o, c->host);
	json_key(o, "detail");
	json_text(o, c->detail);
	json_key(o, "console");
	json_text(o, c->console);
	json_key(o, "platform");
	json_text(o, c->platform);
	json_key(o, "fix");
	json_text(o, c->fix);
	json_key(o, "curl");
	json_text(o, c->curl);
	json_key(o, "example");
	json_text(o, c->example);
	json_key(o, "origins");
	put_samples(o, &c->origins);
	json_key(o, "endpoints");
	put_samples(o, &c->endpoints);
	out_char(o, '}');
	return line_end(l);
}

static int jsonl_cause_opened(struct sink *s, const struct cause *c)
{
	struct jsonl *l = jsonl_of(s);

	return l->config.is_summary_only ? 0 : put_cause(l, c, "opened");
}

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

static void put_inputs(struct out *o, const struct summary *sum)
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

/* {"net":{"connections":1,...},...}: every counter, whatever its number. */
static void put_counters(struct out *o, const struct summary *sum)
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

/* {"preflight":{"pass":1,...},...}: exchanges by kind and verdict. */
static void put_verdicts(struct out *o, const struct tally *t)
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

/* {"response-head-cut":1,...}: why judgements are unknown. */
static void put_reasons(struct out *o, const struct tally *t)
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

static void put_findings(struct out *o, const struct summary *sum)
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

/* By which rule a host, or one server behind it, allows origins. */
static int put_policy(struct jsonl *l, const struct summary_policy *p)
{
	struct out *o = &l->out;

	out_lit(o, "{\"type\":\"policy\",\"v\":" JSON_LINES_VERSION);
	json_key(o, "host");
	json_span(o, p->host);
	json_key(o, "server");
	if (p->server)
		json_endpoint(o, p->server);
	else
		out_lit(o, "null");
	json_key(o, "kind");
	json_text(o, p->kind);
	json_key(o, "credentials");
	json_bool(o, p->has_credentials);
	json_key(o, "null");
	json_bool(o, p->has_null);
	json_key(o, "constant");
	json_span(o, p->constant);
	json_key(o, "allowed");
	out_char(o, '[');
	for (unsigned i = 0; i < p->allowed_cnt; i++) {
		json_next(o, i);
		json_span(o, p->allowed[i]);
	}
	out_char(o, ']');
	json_key(o, "allowed_others");
	out_u64(o, p->allowed_others);
	json_key(o, "responses");
	out_u64(o, p->responses);
	json_key(o, "refused");
	out_u64(o, p->refused);
	out_char(o, '}');
	return line_end(l);
}

static int put_summary(struct jsonl *l, const struct summary *sum)
{
	struct out *o = &l->out;

	out_lit(o, "{\"type\":\"summary\",\"v\":" JSON_LINES_VERSION);
	json_key(o, "first");
	json_time(o, sum->first_ns);
	json_key(o, "last");
	json_time(o, sum->last_ns);
	put_inputs(o, sum);
	put_verdicts(o, &l->tally);
	put_reasons(o, &l->tally);
	put_findings(o, sum);
	json_key(o, "causes");
	out_u64(o, sum->causes_cnt);
	put_counters(o, sum);
	json_key(o, "notes");
	out_char(o, '[');
	for (size_t i = 0; i < sum->notes_cnt; i++) {
		json_next(o, i);
		json_text(o, sum->notes[i]);
	}
	out_lit(o, "]}");
	return line_end(l);
}

static int jsonl_finish(struct sink *s, const struct summary *sum)
{
	struct jsonl *l = jsonl_of(s);

	if (sum->tally)
		l->tally = *sum->tally;
	for (size_t i = 0; i < sum->causes_cnt && !l->config.is_summary_only; i++)
		put_cause(l, sum->causes[i], "final");
	if (!l->config.is_quiet) {
		for (size_t i = 0; i < sum->policies_cnt && !l->config.is_summary_only; i++)
			put_policy(l, &sum->policies[i]);
		put_summary(l, sum);
	}
	return out_flush(&l->out);
}

static void jsonl_close(struct sink *s)
{
	struct jsonl *l = jsonl_of(s);

	out_flush(&l->out); /* of a run that was given up before its end */
	out_fini(&l->out);
	free(l);
}

struct sink *jsonl_new(const struct jsonl_config *config)
{
	static const struct sink_ops ops = {
		.name = "json",
		.judged = jsonl_judged,
		.cause_opened = jsonl_cause_opened,
		.finish = jsonl_finish,
		.close = jsonl_close,
	};
	struct jsonl *l = calloc(1, sizeof(*l));

	if (!l || out_init(&l->out, config->file) != 0) {
		free(l);
		return NULL;
	}
	l->base.ops = &ops;
	l->config = *config;
	return &l->base;
}
