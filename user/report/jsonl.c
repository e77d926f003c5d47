/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/jsonl.h"

#include <stdlib.h>

#include "report/json.h"
#include "report/json_cause.h"
#include "report/json_exchange.h"
#include "report/json_summary.h"
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

/* What was written stays written: another line unsays it. */
static int jsonl_taken_back(struct sink *s, const struct takeback *b)
{
	struct jsonl *l = jsonl_of(s);
	struct out *o = &l->out;
	char name[CAUSE_NAME_CAP];

	tally_take_back(&l->tally, b);
	if (l->config.is_summary_only || (l->config.is_findings_only && !b->findings_cnt))
		return 0;
	out_lit(o, "{\"type\":\"taken-back\",\"v\":" JSON_LINES_VERSION);
	json_key(o, "connection");
	json_connection(o, b->connection);
	json_key(o, "stream");
	out_u64(o, b->stream);
	json_key(o, "index");
	out_u64(o, b->index);
	json_key(o, "findings");
	out_char(o, '[');
	for (unsigned i = 0; i < b->findings_cnt; i++) {
		json_next(o, i);
		out_lit(o, "{\"rule\":");
		json_text(o, b->findings[i].rule->id);
		json_key(o, "cause");
		cause_name(b->findings[i].cause, name);
		json_text(o, name);
		out_char(o, '}');
	}
	out_lit(o, "]}");
	return line_end(l);
}

static int put_cause(struct jsonl *l, const struct cause *c, const char *state)
{
	struct out *o = &l->out;

	out_lit(o, "{\"type\":\"cause\",\"v\":" JSON_LINES_VERSION);
	json_key(o, "state");
	json_text(o, state);
	out_char(o, ',');
	json_cause_members(o, c);
	out_char(o, '}');
	return line_end(l);
}

static int jsonl_cause_opened(struct sink *s, const struct cause *c)
{
	struct jsonl *l = jsonl_of(s);

	return l->config.is_summary_only ? 0 : put_cause(l, c, "opened");
}

/* By which rule a host, or one server behind it, allows origins. */
static int put_policy(struct jsonl *l, const struct summary_policy *p)
{
	struct out *o = &l->out;

	out_lit(o, "{\"type\":\"policy\",\"v\":" JSON_LINES_VERSION ",");
	json_policy_members(o, p);
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
	json_inputs(o, sum);
	json_verdicts(o, &l->tally);
	json_reasons(o, &l->tally);
	json_findings(o, sum);
	json_key(o, "causes");
	out_u64(o, sum->causes_cnt);
	json_counters(o, sum);
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
		.taken_back = jsonl_taken_back,
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
