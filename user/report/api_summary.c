/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/api.h"
#include "report/json.h"
#include "report/json_summary.h"

static void put_state(struct out *o, const struct api *a)
{
	json_key(o, "state");
	json_text(o, a->sum->is_final ? "done" : a->is_live ? "live" : "reading");
	json_key(o, "updated");
	json_time(o, a->now_ns);
	json_key(o, "first");
	json_time(o, a->sum->first_ns);
	json_key(o, "last");
	json_time(o, a->sum->last_ns);
	json_key(o, "memory_bytes");
	out_u64(o, a->memory_bytes);
	json_key(o, "connections_open");
	out_u64(o, a->sum->connections_open);
}

static void put_protocols(struct out *o, const struct measure *m)
{
	json_key(o, "protocols");
	for (unsigned i = 0; i < MEASURE_PROTOCOLS; i++) {
		out_char(o, i ? ',' : '{');
		json_text(o, measure_protocol(i));
		out_char(o, ':');
		out_u64(o, m->protocols[i]);
	}
	out_char(o, '}');
}

static void put_steps(struct out *o, const char *name, const uint32_t *steps, unsigned cnt)
{
	out_char(o, ',');
	json_text(o, name);
	out_lit(o, ":[");
	for (unsigned i = 0; i < cnt; i++) {
		json_next(o, i);
		out_u64(o, steps[i]);
	}
	out_char(o, ']');
}

static void put_trend(struct out *o, const struct api *a)
{
	const struct board *b = a->board;
	unsigned cnt = axis_steps(&b->axis, a->sum->last_ns);

	json_key(o, "trend");
	out_lit(o, "{\"from\":");
	json_time(o, b->axis.from_ns);
	json_key(o, "step_ms");
	json_ms(o, b->axis.step_ns);
	put_steps(o, "pass", b->steps[BOARD_PASS], cnt);
	put_steps(o, "block", b->steps[BOARD_BLOCK], cnt);
	put_steps(o, "unknown", b->steps[BOARD_UNKNOWN], cnt);
	put_steps(o, "not_cors", b->steps[BOARD_NOT_CORS], cnt);
	put_steps(o, "preflight", b->steps[BOARD_PREFLIGHT], cnt);
	out_char(o, '}');
}

/* Within how long so many of a hundred were; null when nobody knows. */
static void put_within(struct out *o, const char *name, const struct durations *d, unsigned percent)
{
	uint64_t ns = durations_within_ns(d, percent);

	out_char(o, ',');
	json_text(o, name);
	out_char(o, ':');
	if (ns && ns != UINT64_MAX)
		json_ms(o, ns);
	else
		out_lit(o, "null");
}

static void put_preflights(struct out *o, const struct durations *d)
{
	json_key(o, "preflights");
	out_lit(o, "{\"answered\":");
	out_u64(o, d->cnt);
	json_key(o, "sum_ms");
	json_ms(o, d->sum_ns);
	put_within(o, "p50_ms", d, 50);
	put_within(o, "p90_ms", d, 90);
	put_within(o, "p99_ms", d, 99);
	json_key(o, "buckets");
	out_char(o, '[');
	for (unsigned i = 0; i <= DURATIONS_BUCKETS; i++) {
		json_next(o, i);
		out_lit(o, "{\"until_ms\":");
		if (i < DURATIONS_BUCKETS)
			json_ms(o, durations_buckets[i].until_ns);
		else
			out_lit(o, "null");
		json_key(o, "count");
		out_u64(o, d->cnts[i]);
		out_char(o, '}');
	}
	out_lit(o, "]}");
}

static const char *class_text(enum counter_class class)
{
	switch (class) {
	case COUNTER_TRAFFIC: return "traffic";
	case COUNTER_NOTE: return "note";
	case COUNTER_LOSS: break;
	}
	return "loss";
}

/* Every counter with what it means, so that a page needs no list of its own. */
static void put_health(struct out *o, const struct summary *sum)
{
	size_t shown = 0;

	json_key(o, "health");
	out_char(o, '[');
	for (size_t g = 0; g < sum->groups_cnt; g++) {
		const struct counter_group *group = &sum->groups[g];

		for (size_t i = 0; i < group->cnt; i++) {
			json_next(o, shown++);
			out_lit(o, "{\"layer\":");
			json_text(o, group->name);
			json_key(o, "name");
			json_text(o, group->table[i].name);
			json_key(o, "class");
			json_text(o, class_text(group->table[i].class));
			json_key(o, "help");
			json_text(o, group->table[i].help);
			json_key(o, "value");
			out_u64(o, counter_get(group->stats, &group->table[i]));
			out_char(o, '}');
		}
	}
	out_char(o, ']');
}

static void put_notes(struct out *o, const struct summary *sum)
{
	json_key(o, "notes");
	out_char(o, '[');
	for (size_t i = 0; i < sum->notes_cnt; i++) {
		json_next(o, i);
		json_text(o, sum->notes[i]);
	}
	out_char(o, ']');
}

static void put_sinks(struct out *o, const struct summary *sum)
{
	json_key(o, "outputs");
	out_char(o, '[');
	for (size_t i = 0; i < sum->sinks_cnt; i++) {
		json_next(o, i);
		out_lit(o, "{\"name\":");
		json_text(o, sum->sinks[i].name);
		json_key(o, "errors");
		out_u64(o, sum->sinks[i].errors);
		out_char(o, '}');
	}
	out_char(o, ']');
}

void api_summary(struct out *o, const struct api *a)
{
	const struct measure *m = &a->board->measure;

	out_lit(o, "{\"v\":" API_VERSION ",\"version\":\"" VERSION "\"");
	put_state(o, a);
	json_key(o, "exchanges");
	out_u64(o, m->tally.exchanges);
	json_key(o, "not_browser");
	out_u64(o, m->tally.not_browser);
	json_inputs(o, a->sum);
	json_verdicts(o, &m->tally);
	json_reasons(o, &m->tally);
	put_protocols(o, m);
	json_findings(o, a->sum);
	json_key(o, "causes");
	out_u64(o, a->sum->causes_cnt);
	json_key(o, "policies");
	out_u64(o, a->sum->policies_cnt);
	json_key(o, "conflicts");
	out_u64(o, a->board->conflicts_cnt);
	put_trend(o, a);
	put_preflights(o, &m->preflights);
	put_health(o, a->sum);
	put_sinks(o, a->sum);
	put_notes(o, a->sum);
	out_char(o, '}');
}
