/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/limits.h"
#include "report/out.h"
#include "report/sqlite_part.h"

/* How long to wait for another program that writes, while a capture goes on. */
#define BUSY_LIVE_MS 500

static struct sqlite_store *store_of(struct sink *s)
{
	return (struct sqlite_store *)(void *)s;
}

/* The batch is lost: count it, say it once until it goes well again. */
static int fail(struct sqlite_store *s, int code)
{
	char line[256];

	s->stats.errors++;
	s->stats.exchanges_lost += s->batch;
	s->stats.taken_back_late += s->dropped;
	snprintf(line, sizeof(line), "%s: %llu exchanges with findings are not in the store",
		 sqlite3_errstr(code), (unsigned long long)s->batch);
	if (!s->is_silent && s->config.say)
		s->config.say(s->config.ctx, line);
	s->is_silent = true;
	if (!s->error)
		s->error = sqlite_errno(code);
	/* SQLite may have rolled back by itself. */
	(void)sqlite_step(s->statements[ST_ROLLBACK]);
	sqlite_forget(s, INT64_MAX);
	s->is_open = false;
	s->batch = s->dropped = 0;
	s->is_paused = s->config.is_live;
	s->has_lost_causes = true;
	return code;
}

/* What was counted waits for the next batch, while there is room for more. */
static void keep_counts(struct sqlite_store *s)
{
	if (s->traffic_cnt < SQLITE_TRAFFIC_MAX)
		return;
	for (unsigned i = 0; i < s->traffic_cnt; i++)
		s->stats.counts_lost += s->traffic[i].cnt > 0 ? (uint64_t)s->traffic[i].cnt : 0;
	s->traffic_cnt = 0;
}

static int begin(struct sqlite_store *s)
{
	int code = s->is_open ? SQLITE_OK : sqlite_step(s->statements[ST_BEGIN]);

	if (code == SQLITE_OK)
		s->is_open = true;
	return code;
}

/* End the batch. */
static int commit(struct sqlite_store *s)
{
	int code = s->traffic_cnt ? begin(s) : SQLITE_OK;

	for (unsigned i = 0; i < s->traffic_cnt && code == SQLITE_OK; i++)
		code = sqlite_write_traffic(s, &s->traffic[i]);
	if (code == SQLITE_OK && s->is_open)
		code = sqlite_step(s->statements[ST_COMMIT]);
	if (code != SQLITE_OK) {
		keep_counts(s);
		return fail(s, code);
	}
	s->traffic_cnt = 0;
	s->stats.batches += s->is_open;
	s->stats.exchanges += s->batch;
	s->stats.taken_back += s->dropped;
	s->batch = s->dropped = 0;
	s->is_open = s->is_silent = false;
	return SQLITE_OK;
}

/* Between two batches. */
static void prune(struct sqlite_store *s)
{
	int code = sqlite_prune(s);

	if (code != SQLITE_OK)
		(void)fail(s, code);
}

static bool is_same(const struct sqlite_traffic *a, const struct sqlite_traffic *b)
{
	return a->minute == b->minute && a->kind == b->kind && a->verdict == b->verdict &&
	       a->is_browser == b->is_browser && a->unknown == b->unknown;
}

/* Add to a minute's exchanges of one kind. When there is no room, the batch ends. */
static void count(struct sqlite_store *s, const struct sqlite_traffic *more)
{
	for (unsigned i = 0; i < s->traffic_cnt; i++) {
		if (is_same(&s->traffic[i], more)) {
			s->traffic[i].cnt += more->cnt;
			return;
		}
	}
	if (s->traffic_cnt == SQLITE_TRAFFIC_MAX)
		(void)commit(s);
	s->traffic[s->traffic_cnt++] = *more;
}

static uint64_t minute_of(uint64_t time_ns)
{
	return time_ns / NS_PER_S / 60;
}

/* A failure is counted and not given back: the next batch may go well, when there is room again. */
static int sqlite_judged(struct sink *sink, const struct judgement *j)
{
	struct sqlite_store *s = store_of(sink);
	int code;

	if (sqlite_begin_ns(j->x) > s->newest_ns)
		s->newest_ns = sqlite_begin_ns(j->x);
	count(s, &(struct sqlite_traffic){ .minute = minute_of(j->x->end_ns),
					   .kind = j->kind,
					   .verdict = j->verdict,
					   .is_browser = j->is_browser,
					   .unknown = j->unknown,
					   .cnt = 1 });
	if (!j->findings_cnt)
		return 0;
	if (s->is_paused) {
		s->stats.exchanges_lost++;
		return 0;
	}
	s->batch++;
	code = begin(s);
	if (code == SQLITE_OK)
		code = sqlite_write_exchange(s, j);
	if (code != SQLITE_OK)
		(void)fail(s, code);
	else if (s->batch >= STORE_BATCH && commit(s) == SQLITE_OK)
		prune(s);
	return 0;
}

/* Kept are exchanges with findings: it has none any more. */
static int drop(struct sqlite_store *s, int64_t id)
{
	int code = begin(s);

	if (code == SQLITE_OK)
		code = sqlite_drop_exchange(s, id);
	s->dropped++;
	return code;
}

static int sqlite_taken_back(struct sink *sink, const struct takeback *t)
{
	struct sqlite_store *s = store_of(sink);
	struct sqlite_row *row = sqlite_row_of(s, t->connection, t->stream, t->index);
	int code = SQLITE_OK;

	count(s, &(struct sqlite_traffic){ .minute = minute_of(t->end_ns),
					   .kind = t->kind,
					   .verdict = t->verdict,
					   .is_browser = t->is_browser,
					   .unknown = t->unknown,
					   .cnt = -1 });
	/* An exchange to which CORS does not apply: as the judge counts those, without a browser.
	 */
	count(s, &(struct sqlite_traffic){ .minute = minute_of(t->end_ns), .cnt = 1 });
	if (!t->findings_cnt)
		return 0;
	if (row->id && row->connection == t->connection && row->stream == t->stream &&
	    row->index == t->index)
		code = drop(s, row->id);
	else
		s->stats.taken_back_late++;
	row->id = 0;
	if (code != SQLITE_OK)
		(void)fail(s, code);
	return 0;
}

static int sqlite_cause_opened(struct sink *sink, const struct cause *c)
{
	struct sqlite_store *s = store_of(sink);
	int code;

	if (s->is_paused)
		return 0;
	code = begin(s);
	if (code == SQLITE_OK)
		code = sqlite_write_cause(s, c);
	if (code != SQLITE_OK)
		(void)fail(s, code);
	return 0;
}

/* Causes are told once; those of a batch that was lost are told again. */
static int write_lost_causes(struct sqlite_store *s, const struct summary *sum)
{
	int code = SQLITE_OK;

	if (!s->has_lost_causes)
		return SQLITE_OK;
	code = begin(s);
	for (size_t i = 0; i < sum->causes_cnt && code == SQLITE_OK; i++)
		code = sqlite_write_cause(s, sum->causes[i]);
	s->has_lost_causes = code != SQLITE_OK;
	return code == SQLITE_OK ? code : fail(s, code);
}

/* Counters and policies change slowly, and are many. */
static int tell(struct sqlite_store *s, const struct summary *sum)
{
	int code;

	if (!sum->is_final && s->newest_ns < s->told_ns + STORE_TELL_NS)
		return 0;
	s->told_ns = s->newest_ns;
	code = begin(s);
	if (code == SQLITE_OK)
		code = sqlite_tell(s, sum);
	return code == SQLITE_OK ? code : fail(s, code);
}

static int sqlite_finish(struct sink *sink, const struct summary *sum)
{
	struct sqlite_store *s = store_of(sink);

	/* One failure is enough of a wait: what comes next waits for this thread. */
	if (commit(s) == SQLITE_OK && write_lost_causes(s, sum) == SQLITE_OK) {
		s->is_paused = false;
		prune(s);
		(void)tell(s, sum);
		(void)commit(s);
	}
	return sum->is_final ? s->error : 0;
}

static void sqlite_close(struct sink *sink)
{
	struct sqlite_store *s = store_of(sink);

	/* What is not committed yet belongs to a run that was given up: it was seen all the same.
	 */
	if (s->is_open)
		(void)commit(s);
	for (unsigned i = 0; i < ST_CNT; i++)
		sqlite3_finalize(s->statements[i]);
	sqlite3_close(s->db);
	lines_fini(&s->lines);
	free(s->heads);
	free(s->rows);
	free(s);
}

int sqlite_sink(const struct store_config *config, const char *path, struct sink **out, char *why,
		size_t why_cap)
{
	static const struct sink_ops ops = {
		.name = "store",
		.every_ns = STORE_COMMIT_NS,
		.judged = sqlite_judged,
		.taken_back = sqlite_taken_back,
		.cause_opened = sqlite_cause_opened,
		.finish = sqlite_finish,
		.close = sqlite_close,
	};
	struct sqlite_store *s = calloc(1, sizeof(*s));
	mode_t mask;
	int err;

	if (!s)
		return -ENOMEM;
	s->base.ops = &ops;
	s->config = *config;
	s->group = (struct counter_group){ "store", store_counters, store_counters_cnt, &s->stats };
	s->base.counters = &s->group;
	s->heads = calloc(SQLITE_HEADS, sizeof(*s->heads));
	s->rows = calloc(SQLITE_ROWS, sizeof(*s->rows));
	/* Without randomness, heads are only easier to confuse for who knows that. */
	if (getrandom(&s->seed, sizeof(s->seed), 0) != (ssize_t)sizeof(s->seed))
		s->seed = 0;
	/* What was seen is for nobody else's eyes. */
	mask = umask(077);
	err = s->heads && s->rows ? sqlite_connect(path, true, &s->db, why, why_cap) : -ENOMEM;
	umask(mask);
	if (!err && sqlite_prepare(s) != SQLITE_OK) {
		snprintf(why, why_cap, "%s: %s", path, sqlite3_errmsg(s->db));
		err = sqlite_errno(sqlite3_errcode(s->db));
	}
	if (!err && config->is_live)
		sqlite3_busy_timeout(s->db, BUSY_LIVE_MS);
	s->newest_ns =
		err ? 0 : (uint64_t)sqlite_number(s->db, "SELECT max(time_ns) FROM exchange");
	if (err) {
		sqlite_close(&s->base);
		return err;
	}
	*out = &s->base;
	return 0;
}
