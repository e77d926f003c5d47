/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/api.h"

#include <stdio.h>
#include <stdlib.h>

#include "report/json.h"
#include "report/json_cause.h"

/* The causes that are shown: the first, which are the worst. */
static size_t causes_shown(const struct api *a)
{
	return a->sum->causes_cnt < BOARD_CAUSES_MAX ? a->sum->causes_cnt : BOARD_CAUSES_MAX;
}

static void put_cause_extras(struct out *o, const struct api *a, const struct cause *c)
{
	const struct board_cause *kept = board_cause(a->board, c->id);
	unsigned cnt = kept ? axis_steps(&a->board->axis, a->sum->last_ns) : 0;

	json_key(o, "title");
	json_text(o, c->rule->title);
	json_key(o, "not_cors");
	json_bool(o, rule_is_not_cors(c->rule));
	json_key(o, "trend");
	out_char(o, '[');
	for (unsigned i = 0; i < cnt; i++) {
		json_next(o, i);
		out_u64(o, kept->steps[i]);
	}
	out_char(o, ']');
}

static void put_causes(struct out *o, const struct api *a)
{
	size_t cnt = causes_shown(a);

	out_lit(o, "{\"v\":" API_VERSION);
	json_key(o, "left_out");
	out_u64(o, a->sum->causes_cnt - cnt);
	json_key(o, "causes");
	out_char(o, '[');
	for (size_t i = 0; i < cnt; i++) {
		json_next(o, i);
		out_char(o, '{');
		json_cause_brief(o, a->sum->causes[i]);
		put_cause_extras(o, a, a->sum->causes[i]);
		out_char(o, '}');
	}
	out_lit(o, "]}");
}

/* One cause with all that is known of it and of its rule. */
static void put_cause(struct out *o, const struct api *a, const struct cause *c)
{
	const struct board_cause *kept = board_cause(a->board, c->id);

	out_lit(o, "{\"v\":" API_VERSION ",");
	json_cause_members(o, c);
	put_cause_extras(o, a, c);
	json_key(o, "explanation");
	json_text(o, c->rule->explanation);
	json_key(o, "change");
	json_text(o, c->rule->fix);
	json_key(o, "anchor");
	json_text(o, c->rule->anchor);
	json_key(o, "chromium");
	json_text(o, c->rule->chromium);
	json_key(o, "firefox");
	json_text(o, c->rule->firefox);
	json_key(o, "exchange");
	if (kept && kept->example)
		out_bytes(o, kept->example, kept->example_len);
	else
		out_lit(o, "null");
	out_char(o, '}');
}

static int by_responses(const void *a, const void *b)
{
	const struct summary_policy *const *x = a, *const *y = b;

	if ((*x)->responses != (*y)->responses)
		return (*x)->responses < (*y)->responses ? 1 : -1;
	return *x < *y ? -1 : *x > *y; /* as they came */
}

/* Pointers to all, the busiest first; to be freed. NULL when memory is short. */
static const struct summary_policy **policies_sorted(const struct summary *sum)
{
	const struct summary_policy **rows = calloc(sum->policies_cnt + 1, sizeof(*rows));

	for (size_t i = 0; rows && i < sum->policies_cnt; i++)
		rows[i] = &sum->policies[i];
	if (rows)
		qsort(rows, sum->policies_cnt, sizeof(*rows), by_responses);
	return rows;
}

static void put_policies(struct out *o, const struct api *a)
{
	const struct summary_policy **rows = policies_sorted(a->sum);
	size_t all = rows ? a->sum->policies_cnt : 0;
	size_t cnt = all < BOARD_POLICIES_MAX ? all : BOARD_POLICIES_MAX;

	out_lit(o, "{\"v\":" API_VERSION);
	json_key(o, "left_out");
	out_u64(o, a->sum->policies_cnt - cnt);
	json_key(o, "policies");
	out_char(o, '[');
	for (size_t i = 0; i < cnt; i++) {
		json_next(o, i);
		out_char(o, '{');
		json_policy_members(o, rows[i]);
		out_char(o, '}');
	}
	out_lit(o, "]}");
	free(rows);
}

static void put_conflict(struct out *o, const struct board_conflict *c)
{
	char name[CAUSE_NAME_CAP];

	cause_name(c->cause, name);
	out_lit(o, "{\"cause\":");
	json_text(o, name);
	json_key(o, "rule");
	json_text(o, rules[c->rule].id);
	json_key(o, "title");
	json_text(o, rules[c->rule].title);
	json_key(o, "severity");
	json_text(o, severity_text(rules[c->rule].severity));
	json_key(o, "time");
	json_time(o, c->time_ns);
	json_key(o, "host");
	json_text(o, c->host);
	json_key(o, "target");
	json_text(o, c->target);
	json_key(o, "victim");
	json_text(o, *c->victim ? c->victim : NULL);
	json_key(o, "seed");
	json_text(o, *c->seed ? c->seed : NULL);
	json_key(o, "evidence");
	out_char(o, '[');
	for (unsigned i = 0; i < c->evidence_cnt; i++) {
		json_next(o, i);
		json_packet(o, c->evidence[i]);
	}
	out_lit(o, "]}");
}

static void put_conflicts(struct out *o, const struct api *a)
{
	const struct board_conflict *c;

	out_lit(o, "{\"v\":" API_VERSION);
	json_key(o, "total");
	out_u64(o, a->board->conflicts_cnt);
	json_key(o, "conflicts");
	out_char(o, '[');
	for (unsigned i = 0; (c = board_conflict(a->board, i)); i++) {
		json_next(o, i);
		put_conflict(o, c);
	}
	out_lit(o, "]}");
}

void api_write(struct edition *e, const struct api *a)
{
	char path[sizeof("/api/causes/") + CAUSE_NAME_CAP];

	api_summary(edition_open(e, "/api/summary", API_TYPE), a);
	edition_close(e);
	put_causes(edition_open(e, "/api/causes", API_TYPE), a);
	edition_close(e);
	put_policies(edition_open(e, "/api/policies", API_TYPE), a);
	edition_close(e);
	put_conflicts(edition_open(e, "/api/conflicts", API_TYPE), a);
	edition_close(e);
	for (size_t i = 0; i < causes_shown(a); i++) {
		char name[CAUSE_NAME_CAP];

		cause_name(a->sum->causes[i]->id, name);
		snprintf(path, sizeof(path), "/api/causes/%s", name);
		put_cause(edition_open(e, path, API_TYPE), a, a->sum->causes[i]);
		edition_close(e);
	}
}
