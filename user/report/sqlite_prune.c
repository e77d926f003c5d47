/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "report/format.h"
#include "report/sqlite_part.h"

/* Bytes of the file that are in use. */
static uint64_t bytes_used(sqlite3 *db)
{
	int64_t pages =
		sqlite_number(db, "PRAGMA page_count") - sqlite_number(db, "PRAGMA freelist_count");

	return (uint64_t)pages * (uint64_t)sqlite_number(db, "PRAGMA page_size");
}

/* Take out exchanges up to the row last, and what belonged to them alone. Causes of a run that is
 * still there stay: it does not tell them again. */
static int drop_until(struct sqlite_store *s, int64_t last)
{
	static const char sql[] =
		"DELETE FROM finding WHERE exchange <= %lld;"
		"DELETE FROM exchange WHERE id <= %lld;"
		"DELETE FROM head WHERE id < (SELECT coalesce(min(min(coalesce(request_head, "
		"response_head), coalesce(response_head, request_head))), 9223372036854775807) "
		"FROM exchange);"
		"DELETE FROM traffic WHERE minute < (SELECT coalesce(min(end_ns), 0) / 60000000000 "
		"FROM exchange);"
		"DELETE FROM counter WHERE run <> %lld AND run IN (SELECT id FROM run WHERE "
		"last_ns < (SELECT min(time_ns) FROM exchange));"
		"DELETE FROM policy WHERE run <> %lld AND run IN (SELECT id FROM run WHERE "
		"last_ns < (SELECT min(time_ns) FROM exchange));"
		"DELETE FROM policy_origin WHERE run NOT IN (SELECT run FROM policy);"
		"DELETE FROM run WHERE id <> %lld AND last_ns < (SELECT min(time_ns) FROM "
		"exchange);"
		"DELETE FROM cause WHERE id NOT IN (SELECT cause FROM finding) "
		"AND coalesce(run, 0) NOT IN (SELECT id FROM run);";
	char text[sizeof(sql) + 200];
	int64_t before = sqlite_number(s->db, "SELECT count(*) FROM exchange");
	int code = sqlite_run(s->db, "BEGIN IMMEDIATE");

	(void)snprintf(text, sizeof(text), sql, (long long)last, (long long)last, (long long)s->run,
		       (long long)s->run, (long long)s->run);
	if (code == SQLITE_OK)
		code = sqlite_run(s->db, text);
	if (code == SQLITE_OK)
		code = sqlite_run(s->db, "COMMIT");
	if (code != SQLITE_OK) {
		(void)sqlite_run(s->db, "ROLLBACK");
		return code;
	}
	sqlite_forget(s, last);
	s->stats.pruned +=
		(uint64_t)(before - sqlite_number(s->db, "SELECT count(*) FROM exchange"));
	return sqlite_run(s->db, "PRAGMA incremental_vacuum");
}

/* By age: rows are in the order of judgement, which may be a little off that of time. */
static int prune_age(struct sqlite_store *s)
{
	uint64_t keep_ns = s->config.keep_s * NS_PER_S;
	char sql[128];
	int64_t last;

	if (!keep_ns || s->newest_ns < keep_ns || s->newest_ns < s->pruned_ns + STORE_PRUNE_NS)
		return SQLITE_OK;
	s->pruned_ns = s->newest_ns;
	(void)snprintf(sql, sizeof(sql), "SELECT min(id) FROM exchange WHERE time_ns >= %lld",
		       (long long)(s->newest_ns - keep_ns));
	last = sqlite_number(s->db, sql) - 1;
	return last > 0 ? drop_until(s, last) : SQLITE_OK;
}

/* By size: a tenth of the exchanges at a time, until a tenth of the room is free. */
static int prune_size(struct sqlite_store *s)
{
	uint64_t aim = s->config.bytes_max;
	int code = SQLITE_OK;

	if (!aim || bytes_used(s->db) <= aim)
		return SQLITE_OK;
	aim -= aim / 10;
	while (code == SQLITE_OK && bytes_used(s->db) > aim) {
		int64_t first = sqlite_number(s->db, "SELECT min(id) FROM exchange");
		int64_t last = sqlite_number(s->db, "SELECT max(id) FROM exchange");

		if (!last)
			break; /* what is left is not exchanges */
		code = drop_until(s, first + (last - first) / 10);
	}
	return code;
}

int sqlite_prune(struct sqlite_store *s)
{
	int code = prune_age(s);

	return code == SQLITE_OK ? prune_size(s) : code;
}

static int tell_run(struct sqlite_store *s, const struct summary *sum)
{
	sqlite3_stmt *st;
	int code = sqlite3_prepare_v2(
		s->db, "UPDATE run SET first_ns = ?, last_ns = ?, is_finished = ? WHERE id = ?", -1,
		&st, NULL);

	if (code != SQLITE_OK)
		return code;
	sqlite3_bind_int64(st, 1, (sqlite3_int64)sum->first_ns);
	sqlite3_bind_int64(st, 2, (sqlite3_int64)sum->last_ns);
	sqlite3_bind_int(st, 3, sum->is_final);
	sqlite3_bind_int64(st, 4, s->run);
	code = sqlite_step(st);
	sqlite3_finalize(st);
	return code;
}

static int tell_counters(struct sqlite_store *s, const struct summary *sum)
{
	sqlite3_stmt *st;
	int code = sqlite3_prepare_v2(s->db, "INSERT OR REPLACE INTO counter VALUES(?,?,?,?,?,?)",
				      -1, &st, NULL);

	for (size_t g = 0; g < sum->groups_cnt && code == SQLITE_OK; g++) {
		const struct counter_group *group = &sum->groups[g];

		for (size_t i = 0; i < group->cnt && code == SQLITE_OK; i++) {
			const struct counter *c = &group->table[i];

			sqlite3_bind_int64(st, 1, s->run);
			sqlite_bind_word(st, 2, group->name);
			sqlite_bind_word(st, 3, c->name);
			sqlite3_bind_int(st, 4, (int)c->class);
			sqlite_bind_word(st, 5, c->help);
			sqlite3_bind_int64(st, 6, (sqlite3_int64)counter_get(group->stats, c));
			code = sqlite_step(st);
		}
	}
	sqlite3_finalize(st);
	return code;
}

static int tell_origins(struct sqlite_store *s, sqlite3_stmt *st, int64_t number,
			const struct summary_policy *p)
{
	int code = SQLITE_OK;

	for (unsigned i = 0; i < p->allowed_cnt && code == SQLITE_OK; i++) {
		sqlite3_bind_int64(st, 1, s->run);
		sqlite3_bind_int64(st, 2, number);
		sqlite3_bind_int64(st, 3, i);
		sqlite_bind_span(st, 4, p->allowed[i]);
		code = sqlite_step(st);
	}
	return code;
}

static int tell_policy(struct sqlite_store *s, sqlite3_stmt *st, int64_t number,
		       const struct summary_policy *p)
{
	char server[FORMAT_ENDPOINT_CAP];

	sqlite3_bind_int64(st, 1, s->run);
	sqlite3_bind_int64(st, 2, number);
	sqlite_bind_span(st, 3, p->host);
	if (p->server)
		format_endpoint(p->server, server);
	sqlite_bind_word(st, 4, p->server ? server : NULL);
	sqlite_bind_word(st, 5, p->kind);
	sqlite3_bind_int(st, 6, p->has_credentials);
	sqlite3_bind_int(st, 7, p->has_null);
	sqlite_bind_span(st, 8, p->constant);
	sqlite3_bind_int64(st, 9, (sqlite3_int64)p->allowed_others);
	sqlite3_bind_int64(st, 10, (sqlite3_int64)p->responses);
	sqlite3_bind_int64(st, 11, (sqlite3_int64)p->refused);
	return sqlite_step(st);
}

/* Policies are forgotten and renumbered meanwhile: this run's are written anew. */
static int tell_policies(struct sqlite_store *s, const struct summary *sum)
{
	sqlite3_stmt *policy = NULL, *origin = NULL;
	char sql[128];
	int code;

	(void)snprintf(sql, sizeof(sql),
		       "DELETE FROM policy WHERE run = %lld; "
		       "DELETE FROM policy_origin WHERE run = %lld",
		       (long long)s->run, (long long)s->run);
	code = sqlite_run(s->db, sql);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(s->db, "INSERT INTO policy VALUES(?,?,?,?,?,?,?,?,?,?,?)",
					  -1, &policy, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_prepare_v2(s->db, "INSERT INTO policy_origin VALUES(?,?,?,?)", -1,
					  &origin, NULL);
	for (size_t i = 0; i < sum->policies_cnt && code == SQLITE_OK; i++) {
		code = tell_policy(s, policy, (int64_t)i, &sum->policies[i]);
		if (code == SQLITE_OK)
			code = tell_origins(s, origin, (int64_t)i, &sum->policies[i]);
	}
	sqlite3_finalize(policy);
	sqlite3_finalize(origin);
	return code;
}

int sqlite_tell(struct sqlite_store *s, const struct summary *sum)
{
	int code = tell_run(s, sum);

	if (code == SQLITE_OK)
		code = tell_counters(s, sum);
	return code == SQLITE_OK ? tell_policies(s, sum) : code;
}
