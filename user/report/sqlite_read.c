/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A history is read back as if it were judged again: the rows become the structs that the judge
 * gave, and causes are counted anew, so that a part of the time has the counts of that part.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/sqlite_history.h"

int sqlite_column_enum(sqlite3_stmt *st, int i, const char *(*text)(unsigned), unsigned cnt)
{
	const char *word = (const char *)sqlite3_column_text(st, i);

	for (unsigned k = 0; word && k < cnt; k++) {
		if (strcmp(text(k), word) == 0)
			return (int)k;
	}
	return 0;
}

struct span sqlite_column_span(sqlite3_stmt *st, int i)
{
	const void *bytes = sqlite3_column_blob(st, i);

	/* An empty value has no bytes, and is not NULL. */
	if (sqlite3_column_type(st, i) == SQLITE_NULL)
		return span_make(NULL, 0);
	return span_make(bytes ? bytes : "", (size_t)sqlite3_column_bytes(st, i));
}

static int prepare_all(struct history *h)
{
	static const char *const sql[HISTORY_CNT] = {
		[HISTORY_EXCHANGES] = "SELECT id" SQLITE_COLUMNS(
			HISTORY_COLUMN) " FROM exchange "
					"WHERE time_ns BETWEEN ? AND ? ORDER BY id",
		[HISTORY_HEAD] = "SELECT lines FROM head WHERE id = ?",
		[HISTORY_FINDINGS] =
			"SELECT rule, confidence, cause, components, subject, evidence "
			"FROM finding WHERE exchange = ? ORDER BY number",
		[HISTORY_CAUSE] =
			"SELECT rule, explained_by, host, detail, console, fix, platform, "
			"curl, example, first_packet FROM cause WHERE id = ?",
		[HISTORY_TRAFFIC] = "SELECT kind, verdict, unknown, is_browser, sum(exchanges) "
				    "FROM traffic WHERE minute BETWEEN ? AND ? GROUP BY 1, 2, 3, 4",
		/* ?3: how many minutes are counted together. */
		[HISTORY_SPANS] = "SELECT minute / ?3, kind, verdict, sum(exchanges) FROM traffic "
				  "WHERE minute BETWEEN ?1 AND ?2 GROUP BY 1, 2, 3 ORDER BY 1",
		[HISTORY_COUNTERS] = "SELECT layer, name, max(help), max(class), sum(value) FROM "
				     "counter WHERE run IN (SELECT id FROM run WHERE last_ns >= ? "
				     "AND first_ns <= ?) GROUP BY layer, name",
		[HISTORY_POLICIES] = "SELECT run, number, host, server, kind, has_credentials, "
				     "has_null, constant, allowed_others, responses, refused FROM "
				     "policy WHERE run IN (SELECT id FROM run WHERE last_ns >= ? "
				     "AND first_ns <= ?) ORDER BY run, number",
		[HISTORY_ORIGINS] = "SELECT origin FROM policy_origin WHERE run = ? AND policy = ? "
				    "ORDER BY number LIMIT ?",
	};
	int code = SQLITE_OK;

	for (unsigned i = 0; i < HISTORY_CNT && code == SQLITE_OK; i++)
		code = sqlite3_prepare_v2(h->db, sql[i], -1, &h->statements[i], NULL);
	return code;
}

/* Open the causes of a judgement that are new here; those told go to opened[]. */
static int open_causes(struct history *h, const struct judgement *j, const struct cause **opened,
		       unsigned *cnt)
{
	*cnt = 0;
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		const struct finding *f = &j->findings[i];
		struct cause *c = causes_find(h->causes, f->cause);

		if (!c && !causes_is_full(h->causes)) {
			int err = history_cause(h, f, &c);

			if (err)
				return err;
			opened[(*cnt)++] = c;
		}
		if (c)
			history_count(c, j, f);
	}
	return 0;
}

/* One exchange, to whoever listens. 0 or -errno. */
static int tell(struct history *h)
{
	const struct cause *opened[CORS_FINDINGS_MAX];
	struct judgement j;
	unsigned cnt;
	int err = history_judgement(h, &j);

	if (err)
		return err;
	if (!h->first_ns || j.x->end_ns < h->first_ns)
		h->first_ns = j.x->end_ns;
	if (j.x->end_ns > h->last_ns)
		h->last_ns = j.x->end_ns;
	for (unsigned i = 0; i < j.findings_cnt; i++)
		h->rule_counts[j.findings[i].rule - rules]++;
	err = open_causes(h, &j, opened, &cnt);
	if (!err)
		err = h->replay->judged(h->replay->ctx, &j);
	for (unsigned i = 0; i < cnt && !err; i++)
		err = h->replay->cause_opened(h->replay->ctx, opened[i]);
	return err;
}

static int read_exchanges(struct history *h)
{
	sqlite3_stmt *st = h->statements[HISTORY_EXCHANGES];
	int code, err = 0;

	sqlite3_bind_int64(st, 1, (sqlite3_int64)h->replay->since_ns);
	sqlite3_bind_int64(st, 2, (sqlite3_int64)h->replay->until_ns);
	while (!err && (code = sqlite3_step(st)) == SQLITE_ROW)
		err = tell(h);
	return err ? err : sqlite_errno(code);
}

static void history_free(struct history *h)
{
	if (!h)
		return;
	for (unsigned i = 0; i < HISTORY_CNT; i++)
		sqlite3_finalize(h->statements[i]);
	sqlite3_close(h->db);
	causes_free(h->causes);
	names_free(h->names);
	lines_fini(&h->request);
	lines_fini(&h->response);
	free(h->rule_counts);
	free(h);
}

/* The tables for a read, and one view of the file, whatever is written to it meanwhile. */
static int begin(struct history *h)
{
	int code;

	h->causes = causes_new(CORS_CAUSES_MAX);
	h->names = names_new();
	h->rule_counts = calloc(rules_cnt, sizeof(*h->rule_counts));
	if (!h->causes || !h->names || !h->rule_counts)
		return -ENOMEM;
	code = prepare_all(h);
	return sqlite_errno(code == SQLITE_OK ? sqlite_run(h->db, "BEGIN") : code);
}

int sqlite_read(const struct store_replay *r, const char *path, char *why, size_t why_cap)
{
	struct history *h = calloc(1, sizeof(*h));
	int err = h ? sqlite_connect(path, false, &h->db, why, why_cap) : -ENOMEM;

	if (!h || err) {
		history_free(h);
		return err;
	}
	h->replay = r;
	err = begin(h);
	if (!err)
		err = read_exchanges(h);
	if (!err)
		err = history_finish(h);
	*why = '\0';
	if (sqlite_errno(sqlite3_errcode(h->db)))
		snprintf(why, why_cap, "%s: %s", path, sqlite3_errmsg(h->db));
	history_free(h);
	return err;
}
