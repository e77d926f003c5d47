/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/metrics.h"

#include <stdio.h>

#include "report/family.h"

#define PREFIX "cors_sniff"
/* Room for a layer's part of a name. */
#define GROUP_CAP 48

static void put_build(struct family *f)
{
	family_open(f, PREFIX, "build", FAMILY_INFO, "The program.");
	family_sample(f, NULL);
	family_label(f, "version", VERSION);
	family_u64(f, 1);
}

static void put_exchanges(struct family *f, const struct measure *m)
{
	uint64_t known = 0;

	family_open(f, PREFIX, "exchanges", FAMILY_COUNTER, "HTTP exchanges judged.");
	for (unsigned i = 0; i < MEASURE_PROTOCOLS; i++) {
		family_sample(f, NULL);
		family_label(f, "proto", measure_protocol(i));
		family_u64(f, m->protocols[i]);
		known += m->protocols[i];
	}
	/* A history counts exchanges that it does not tell; it may also tell some that it does not
	 * count, at the ends of the range that was asked for. */
	if (m->judged.exchanges <= known)
		return;
	family_sample(f, NULL);
	family_label(f, "proto", "unknown");
	family_u64(f, m->judged.exchanges - known);
}

/* Verdicts that a CORS request can have. */
static bool is_verdict(unsigned v)
{
	return v != CORS_VERDICT_NONE;
}

/* Requests by kind and verdict: all but those of less. */
static void put_verdicts(struct family *f, const struct tally *all, const struct tally *less)
{
	for (unsigned k = CORS_KIND_PREFLIGHT; k < TALLY_KINDS; k++) {
		for (unsigned v = 0; v < TALLY_VERDICTS; v++) {
			if (!is_verdict(v))
				continue;
			family_sample(f, NULL);
			family_label(f, "kind", cors_kind_text((enum cors_kind)k));
			family_label(f, "verdict", cors_verdict_text((enum cors_verdict)v));
			family_u64(f, all->verdicts[k][v] - less->verdicts[k][v]);
		}
	}
}

static void put_requests(struct family *f, const struct measure *m)
{
	static const struct tally none;

	family_open(f, PREFIX, "cors_requests", FAMILY_COUNTER,
		    "CORS requests by kind, and by what a browser does with the response.");
	put_verdicts(f, &m->judged, &none);
	family_open(f, PREFIX, "cors_requests_taken_back", FAMILY_COUNTER,
		    "Of these, those that turned out to be a proxy's and not a browser's.");
	put_verdicts(f, &m->judged, &m->tally);
}

static void put_rule(struct family *f, size_t i)
{
	family_sample(f, NULL);
	family_label(f, "rule", rules[i].id);
	family_label(f, "severity", severity_text(rules[i].severity));
}

static void put_findings(struct family *f, const struct metrics *m)
{
	const uint64_t *back = m->measure->taken_back;

	family_open(f, PREFIX, "findings", FAMILY_COUNTER, "Findings by rule.");
	for (size_t i = 0; i < rules_cnt; i++) {
		const struct measure_mark *mark = &m->measure->marks[i];

		put_rule(f, i);
		family_u64_example(f, m->sum->rule_counts[i] + back[i], mark->cause, mark->time_ns);
	}
	family_open(f, PREFIX, "findings_taken_back", FAMILY_COUNTER,
		    "Of these, those in what turned out to be a proxy's request.");
	for (size_t i = 0; i < rules_cnt; i++) {
		put_rule(f, i);
		family_u64(f, back[i]);
	}
}

static void put_causes(struct family *f, const struct summary *sum)
{
	uint64_t cnts[TALLY_SEVERITIES] = { 0 };

	for (size_t i = 0; i < sum->causes_cnt; i++)
		cnts[sum->causes[i]->rule->severity]++;
	family_open(f, PREFIX, "causes", FAMILY_GAUGE,
		    "Causes found so far: findings that one change would mend.");
	for (unsigned s = 0; s < TALLY_SEVERITIES; s++) {
		family_sample(f, NULL);
		family_label(f, "severity", severity_text((enum severity)s));
		family_u64(f, cnts[s]);
	}
}

static void put_conflicts(struct family *f, const struct metrics *m)
{
	family_open(f, PREFIX, "cache_conflicts", FAMILY_COUNTER,
		    "Proofs that a cache gives, or may give, one origin's copy to another.");
	for (unsigned i = 0; i < RULE_CNT; i++) {
		if (!measure_is_conflict((enum rule_index)i))
			continue;
		family_sample(f, NULL);
		family_label(f, "rule", rules[i].id);
		family_u64(f, m->sum->rule_counts[i] + m->measure->taken_back[i]);
	}
}

static void put_durations(struct family *f, const struct durations *d)
{
	uint64_t cnt = 0;

	family_open(
		f, PREFIX, "preflight_duration_seconds", FAMILY_HISTOGRAM,
		"From a preflight's first byte to its response, as seen where it was captured.");
	for (unsigned i = 0; i <= DURATIONS_BUCKETS; i++) {
		cnt += d->cnts[i];
		family_sample(f, "_bucket");
		family_label(f, "le", i < DURATIONS_BUCKETS ? durations_buckets[i].until : "+Inf");
		family_u64(f, cnt);
	}
	family_sample(f, "_sum");
	family_seconds(f, d->sum_ns);
	family_sample(f, "_count");
	family_u64(f, d->cnt);
}

static void put_incomplete(struct family *f, const struct tally *t)
{
	family_open(f, PREFIX, "incomplete_exchanges", FAMILY_COUNTER,
		    "Exchanges of which something is unknown, by what is missing.");
	for (unsigned i = 0; i < t->reasons_cnt; i++) {
		family_sample(f, NULL);
		family_label(f, "reason", t->reasons[i].word);
		family_u64(f, t->reasons[i].cnt);
	}
	family_sample(f, NULL);
	family_label(f, "reason", "other");
	family_u64(f, t->reasons_others);
}

static void put_gauge(struct family *f, const char *name, uint64_t value, const char *help)
{
	family_open(f, PREFIX, name, FAMILY_GAUGE, help);
	family_sample(f, NULL);
	family_u64(f, value);
}

static void put_state(struct family *f, const struct metrics *m)
{
	put_gauge(f, "streams", m->sum->connections_open, "TCP connections followed now.");
	if (m->memory_bytes)
		put_gauge(f, "memory_bytes", m->memory_bytes, "Memory of the program, resident.");
	if (m->sum->last_ns) {
		family_open(f, PREFIX, "last_packet_timestamp_seconds", FAMILY_GAUGE,
			    "Time of the latest packet, in seconds since 1970.");
		family_sample(f, NULL);
		family_seconds(f, m->sum->last_ns);
	}
}

static void put_sinks(struct family *f, const struct summary *sum)
{
	family_open(f, PREFIX, "sink_errors", FAMILY_COUNTER,
		    "Outputs that failed and are not written any more.");
	for (size_t i = 0; i < sum->sinks_cnt; i++) {
		family_sample(f, NULL);
		family_label(f, "sink", sum->sinks[i].name);
		family_u64(f, sum->sinks[i].errors);
	}
}

/* Interfaces have counters of their own; files have none. */
static void put_drops(struct family *f, const struct summary *sum)
{
	family_open(f, PREFIX, "capture_drops", FAMILY_COUNTER,
		    "Packets lost before they were read, by interface and place.");
	for (size_t i = 0; i < sum->inputs_cnt; i++) {
		const struct counter_group *g = sum->inputs[i].counters;

		for (size_t c = 0; g && c < g->cnt; c++) {
			if (g->table[c].class != COUNTER_LOSS)
				continue;
			family_sample(f, NULL);
			family_label(f, "interface", sum->inputs[i].name);
			family_label(f, "where", g->table[c].name);
			family_u64(f, counter_get(g->stats, &g->table[c]));
		}
	}
}

/* Bytes are counted apart from things. */
static bool is_bytes(const struct counter *c)
{
	size_t len = strlen(c->name);

	return len >= 6 && strcmp(c->name + len - 6, "_bytes") == 0;
}

static void put_losses(struct family *f, const struct summary *sum, bool in_bytes)
{
	for (size_t g = 0; g < sum->groups_cnt; g++) {
		const struct counter_group *group = &sum->groups[g];

		for (size_t i = 0; i < group->cnt; i++) {
			const struct counter *c = &group->table[i];

			if (c->class != COUNTER_LOSS || is_bytes(c) != in_bytes)
				continue;
			family_sample(f, NULL);
			family_label(f, "layer", group->name);
			family_label(f, "reason", c->name);
			family_u64(f, counter_get(group->stats, c));
		}
	}
}

static void put_all_losses(struct family *f, const struct summary *sum)
{
	family_open(f, PREFIX, "losses", FAMILY_COUNTER,
		    "What the verdicts could have used and is missing, by layer and reason.");
	put_losses(f, sum, false);
	family_open(f, PREFIX, "lost_bytes", FAMILY_COUNTER, "Bytes of streams that are missing.");
	put_losses(f, sum, true);
}

/* Work and notes: a family each, since they count different things. */
static void put_counters(struct family *f, const struct summary *sum)
{
	for (size_t g = 0; g < sum->groups_cnt; g++) {
		const struct counter_group *group = &sum->groups[g];
		char name[GROUP_CAP];

		snprintf(name, sizeof(name), PREFIX "_%s", group->name);
		for (size_t i = 0; i < group->cnt; i++) {
			if (group->table[i].class == COUNTER_LOSS)
				continue;
			family_open(f, name, group->table[i].name, FAMILY_COUNTER,
				    group->table[i].help);
			family_sample(f, NULL);
			family_u64(f, counter_get(group->stats, &group->table[i]));
		}
	}
}

static void put_row(struct family *f, const char *label, const char *value, const uint64_t *cnts)
{
	for (unsigned v = 0; v < TALLY_VERDICTS; v++) {
		if (!is_verdict(v))
			continue;
		family_sample(f, NULL);
		family_label(f, label, value);
		family_label(f, "verdict", cors_verdict_text((enum cors_verdict)v));
		family_u64(f, cnts[v]);
	}
}

/* A value off the wire may be the word "other" itself: series must differ. */
static void put_rows(struct family *f, const struct toplist *t, const char *label)
{
	unsigned cnt;
	const struct toplist_row *rows = toplist_rows(t, &cnt);
	uint64_t others[TOPLIST_COLUMNS];

	memcpy(others, toplist_others(t), sizeof(others));
	for (unsigned i = 0; i < cnt; i++) {
		bool is_other = strcmp(rows[i].text, "other") == 0;

		for (unsigned v = 0; is_other && v < TOPLIST_COLUMNS; v++)
			others[v] += rows[i].cnts[v];
		if (!is_other)
			put_row(f, label, rows[i].text, rows[i].cnts);
	}
	put_row(f, label, "other", others);
}

static void put_labels(struct family *f, const struct measure *m)
{
	bool has_any = false;

	for (unsigned i = 0; i < MEASURE_LABELS; i++) {
		const char *label = measure_label_text((enum measure_label)i);
		char name[GROUP_CAP];

		if (!m->labels[i])
			continue;
		snprintf(name, sizeof(name), "cors_requests_by_%s", label);
		family_open(
			f, PREFIX, name, FAMILY_COUNTER,
			"CORS requests by a value off the wire; the rare ones together as other.");
		put_rows(f, m->labels[i], label);
		has_any = true;
	}
	if (!has_any)
		return;
	family_open(f, PREFIX, "label_overflow", FAMILY_COUNTER,
		    "CORS requests counted as other because no series was left for their value.");
	for (unsigned i = 0; i < MEASURE_LABELS; i++) {
		if (!m->labels[i])
			continue;
		family_sample(f, NULL);
		family_label(f, "label", measure_label_text((enum measure_label)i));
		family_u64(f, toplist_overflows(m->labels[i]));
	}
}

void metrics_write(struct out *o, const struct metrics *m, enum metrics_format format)
{
	struct family f = { .o = o, .format = format };

	put_build(&f);
	put_exchanges(&f, m->measure);
	put_requests(&f, m->measure);
	put_findings(&f, m);
	put_causes(&f, m->sum);
	put_conflicts(&f, m);
	put_durations(&f, &m->measure->preflights);
	put_incomplete(&f, &m->measure->judged);
	put_state(&f, m);
	put_sinks(&f, m->sum);
	put_drops(&f, m->sum);
	put_all_losses(&f, m->sum);
	put_counters(&f, m->sum);
	put_labels(&f, m->measure);
	if (format == METRICS_OPENMETRICS)
		out_lit(o, "# EOF\n");
}

const char *metrics_type(enum metrics_format format)
{
	return format == METRICS_OPENMETRICS
		       ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
		       : "text/plain; version=0.0.4; charset=utf-8";
}
