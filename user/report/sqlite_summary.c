/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "report/sqlite_history.h"

/* Layers that a store's counters belong to; there are fewer. */
#define GROUPS_MAX 16
/* Spans of time in which exchanges are counted: more than a dashboard shows. */
#define SPANS_MAX 1024
#define MINUTE_NS (60 * NS_PER_S)
/* Room for a line about the runs. */
#define NOTE_CAP 160

/* Counters as they were written: their tables are made from rows. */
struct told_counters {
	struct counter rows[STORE_COUNTERS_MAX];
	uint64_t values[STORE_COUNTERS_MAX];
	size_t cnt;
	struct counter_group groups[GROUPS_MAX + 1];
	size_t groups_cnt;
};

/* Policies, and the servers that some of them name. */
struct told_policies {
	struct summary_policy *rows;
	struct endpoint *servers; /* of the row with the same number */
	size_t cnt, cap;
};

static void bind_range(const struct history *h, sqlite3_stmt *st, uint64_t unit_ns)
{
	sqlite3_bind_int64(st, 1, (sqlite3_int64)(h->replay->since_ns / unit_ns));
	sqlite3_bind_int64(st, 2, (sqlite3_int64)(h->replay->until_ns / unit_ns));
}

static const char *keep(struct history *h, sqlite3_stmt *st, int i)
{
	struct span s = sqlite_column_span(st, i);
	const char *kept = span_find(s, 0) == s.len ? names_keep(h->names, s) : NULL;

	return kept ? kept : "";
}

static struct span keep_span(struct history *h, sqlite3_stmt *st, int i)
{
	bool is_null = sqlite3_column_type(st, i) == SQLITE_NULL;

	return is_null ? span_make(NULL, 0) : span_text(keep(h, st, i));
}

static const char *kind_word(unsigned i)
{
	return cors_kind_text((enum cors_kind)i);
}

static const char *verdict_word(unsigned i)
{
	return cors_verdict_text((enum cors_verdict)i);
}

/* All exchanges of the range, those without findings, too: as if each had been judged. */
static int read_tally(struct history *h, struct tally *t)
{
	sqlite3_stmt *st = h->statements[HISTORY_TRAFFIC];
	int code;

	bind_range(h, st, MINUTE_NS);
	while ((code = sqlite3_step(st)) == SQLITE_ROW) {
		struct span unknown = sqlite_column_span(st, 2);
		const struct judgement j = {
			.kind = (enum cors_kind)sqlite_column_enum(st, 0, kind_word, TALLY_KINDS),
			.verdict = (enum cors_verdict)sqlite_column_enum(st, 1, verdict_word,
									 TALLY_VERDICTS),
			.unknown = unknown.len ? keep(h, st, 2) : NULL,
			.is_browser = sqlite3_column_int(st, 3) != 0,
		};

		tally_add_many(t, &j, (uint64_t)sqlite3_column_int64(st, 4));
	}
	return sqlite_errno(code);
}

/* Over how many minutes the traffic goes. */
static uint64_t minutes_of(struct history *h)
{
	char sql[160];
	int64_t minutes;

	(void)snprintf(sql, sizeof(sql),
		       "SELECT max(minute) - min(minute) + 1 FROM traffic "
		       "WHERE minute BETWEEN %lld AND %lld",
		       (long long)(h->replay->since_ns / MINUTE_NS),
		       (long long)(h->replay->until_ns / MINUTE_NS));
	minutes = sqlite_number(h->db, sql);
	return minutes > 0 ? (uint64_t)minutes : 1;
}

/* The times of all exchanges are those of the first and the last. */
static void widen(struct history *h, const struct summary_span *s)
{
	if (!h->first_ns || s->end_ns <= h->first_ns)
		h->first_ns = s->time_ns;
	if (s->time_ns > h->last_ns)
		h->last_ns = s->end_ns - 1;
}

/* The same exchanges by time, so many minutes at once that there are not too many. */
static int read_spans(struct history *h, struct summary_span *rows, size_t *cnt)
{
	sqlite3_stmt *st = h->statements[HISTORY_SPANS];
	uint64_t wide = minutes_of(h) / SPANS_MAX + 1;
	int code = SQLITE_DONE;

	bind_range(h, st, MINUTE_NS);
	sqlite3_bind_int64(st, 3, (sqlite3_int64)wide);
	while (*cnt < SPANS_MAX * TALLY_KINDS * TALLY_VERDICTS &&
	       (code = sqlite3_step(st)) == SQLITE_ROW) {
		uint64_t time_ns = (uint64_t)sqlite3_column_int64(st, 0) * wide * MINUTE_NS;
		struct summary_span *s = &rows[(*cnt)++];

		*s = (struct summary_span){
			.time_ns = time_ns,
			.end_ns = time_ns + wide * MINUTE_NS,
			.kind = (enum cors_kind)sqlite_column_enum(st, 1, kind_word, TALLY_KINDS),
			.verdict = (enum cors_verdict)sqlite_column_enum(st, 2, verdict_word,
									 TALLY_VERDICTS),
			.cnt = (uint64_t)sqlite3_column_int64(st, 3),
		};
		widen(h, s);
	}
	return sqlite_errno(code);
}

/* Rows come layer by layer. */
static void add_counter(struct history *h, sqlite3_stmt *st, struct told_counters *t)
{
	const char *layer = keep(h, st, 0);
	struct counter_group *group = t->groups_cnt ? &t->groups[t->groups_cnt - 1] : NULL;

	if (!group || strcmp(group->name, layer) != 0) {
		if (t->groups_cnt == GROUPS_MAX)
			return;
		group = &t->groups[t->groups_cnt++];
		*group = (struct counter_group){ layer, &t->rows[t->cnt], 0, t->values };
	}
	t->rows[t->cnt] = (struct counter){ .name = keep(h, st, 1),
					    .help = keep(h, st, 2),
					    .class = (enum counter_class)sqlite3_column_int(st, 3),
					    .off = t->cnt * sizeof(t->values[0]) };
	t->values[t->cnt++] = (uint64_t)sqlite3_column_int64(st, 4);
	group->cnt++;
}

static int read_counters(struct history *h, struct told_counters *t)
{
	sqlite3_stmt *st = h->statements[HISTORY_COUNTERS];
	int code = SQLITE_DONE;

	bind_range(h, st, 1);
	while (t->cnt < STORE_COUNTERS_MAX && (code = sqlite3_step(st)) == SQLITE_ROW)
		add_counter(h, st, t);
	return sqlite_errno(code);
}

static void read_origins(struct history *h, sqlite3_stmt *policy, struct summary_policy *p)
{
	sqlite3_stmt *st = h->statements[HISTORY_ORIGINS];

	sqlite3_bind_int64(st, 1, sqlite3_column_int64(policy, 0));
	sqlite3_bind_int64(st, 2, sqlite3_column_int64(policy, 1));
	sqlite3_bind_int(st, 3, CORS_POLICY_ORIGINS_MAX);
	while (p->allowed_cnt < CORS_POLICY_ORIGINS_MAX && sqlite3_step(st) == SQLITE_ROW)
		p->allowed[p->allowed_cnt++] = keep_span(h, st, 0);
	sqlite3_reset(st);
}

/* Room for CORS_POLICIES_MAX of them, as the judge has it. */
static int policies_init(struct told_policies *t)
{
	t->rows = calloc(CORS_POLICIES_MAX, sizeof(*t->rows));
	t->servers = calloc(CORS_POLICIES_MAX, sizeof(*t->servers));
	return t->rows && t->servers ? 0 : -ENOMEM;
}

/* The policies that the runs saw, one after the other. */
static int read_policies(struct history *h, struct told_policies *t)
{
	sqlite3_stmt *st = h->statements[HISTORY_POLICIES];
	int code = SQLITE_DONE, err = policies_init(t);

	if (err)
		return err;
	bind_range(h, st, 1);
	while (t->cnt < CORS_POLICIES_MAX && (code = sqlite3_step(st)) == SQLITE_ROW) {
		struct endpoint *server = &t->servers[t->cnt];
		struct summary_policy *p = &t->rows[t->cnt++];

		*p = (struct summary_policy){
			.host = keep_span(h, st, 2),
			.server = sqlite_column_endpoint(st, 3, server) ? server : NULL,
			.kind = keep(h, st, 4),
			.has_credentials = sqlite3_column_int(st, 5) != 0,
			.has_null = sqlite3_column_int(st, 6) != 0,
			.constant = keep_span(h, st, 7),
			.allowed_others = (uint64_t)sqlite3_column_int64(st, 8),
			.responses = (uint64_t)sqlite3_column_int64(st, 9),
			.refused = (uint64_t)sqlite3_column_int64(st, 10),
		};
		read_origins(h, st, p);
	}
	return sqlite_errno(code);
}

/* All that a summary is made of. */
struct told {
	struct tally tally;
	struct summary_span spans[SPANS_MAX * TALLY_KINDS * TALLY_VERDICTS];
	size_t spans_cnt;
	struct told_counters counters;
	struct told_policies policies;
};

static int finish(struct history *h, struct told *t)
{
	struct summary_input input = { .name = h->replay->url };
	char runs[NOTE_CAP], unknown[NOTE_CAP];
	const char *notes[] = { runs, unknown };
	struct summary sum = { .is_final = true,
			       .inputs = &input,
			       .inputs_cnt = 1,
			       .groups = t->counters.groups,
			       .groups_cnt = t->counters.groups_cnt,
			       .rule_counts = h->rule_counts,
			       .policies = t->policies.rows,
			       .policies_cnt = t->policies.cnt,
			       .tally = &t->tally,
			       .spans = t->spans,
			       .spans_cnt = t->spans_cnt,
			       .first_ns = h->first_ns,
			       .last_ns = h->last_ns,
			       .notes = notes,
			       .notes_cnt = h->unknown_rules ? 2 : 1 };

	(void)snprintf(
		runs, sizeof(runs),
		"from a store: exchanges are counted by the minute; packets, connections and "
		"losses are those of its whole runs");
	(void)snprintf(unknown, sizeof(unknown),
		       "%llu findings of rules that this version does not have were left out",
		       (unsigned long long)h->unknown_rules);
	sum.causes = causes_sorted(h->causes, &sum.causes_cnt);
	input.packets = tally_counter(&sum, "packets");
	return h->replay->finish(h->replay->ctx, &sum);
}

int history_finish(struct history *h)
{
	struct told *t = calloc(1, sizeof(*t));
	int err = t ? read_tally(h, &t->tally) : -ENOMEM;

	if (!err)
		err = read_spans(h, t->spans, &t->spans_cnt);
	if (!err)
		err = read_counters(h, &t->counters);
	if (!err)
		err = read_policies(h, &t->policies);
	if (!err)
		err = finish(h, t);
	if (t) {
		free(t->policies.rows);
		free(t->policies.servers);
	}
	free(t);
	return err;
}
