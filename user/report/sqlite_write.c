/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/limits.h"
#include "report/format.h"
#include "report/out.h"
#include "report/sqlite_part.h"
#include "report/utf8.h"

/* How long to wait for another program that writes, while a capture goes on. */
#define BUSY_LIVE_MS 500

static struct sqlite_store *store_of(struct sink *s)
{
	return (struct sqlite_store *)(void *)s;
}

void sqlite_bind_span(sqlite3_stmt *st, int i, struct span v)
{
	if (!span_is_present(v))
		sqlite3_bind_null(st, i);
	else if (utf8_is_valid(v) && span_find(v, 0) == v.len)
		sqlite3_bind_text(st, i, (const char *)v.ptr, (int)v.len, SQLITE_STATIC);
	else
		sqlite3_bind_blob(st, i, v.ptr, (int)v.len, SQLITE_STATIC);
}

/* Numbers of the program fit SQLite's signed ones, or wrap there and back. */
static void bind_u64(sqlite3_stmt *st, int i, uint64_t n)
{
	sqlite3_bind_int64(st, i, (sqlite3_int64)n);
}

void sqlite_forget(struct sqlite_store *s, int64_t last)
{
	memset(s->heads, 0, SQLITE_HEADS * sizeof(*s->heads));
	for (size_t i = 0; i < SQLITE_ROWS; i++) {
		if (s->rows[i].id <= last)
			s->rows[i].id = 0;
	}
}

/* The batch is lost: count it, say it once until it goes well again. */
static int fail(struct sqlite_store *s, int code)
{
	char line[256];

	s->stats.errors++;
	s->stats.exchanges_lost += s->batch;
	snprintf(line, sizeof(line), "%s: %llu exchanges with findings are not in the store",
		 sqlite3_errmsg(s->db), (unsigned long long)s->batch);
	if (!s->is_silent && s->config.say)
		s->config.say(s->config.ctx, line);
	s->is_silent = true;
	if (!s->error)
		s->error = sqlite_errno(code);
	/* SQLite may have rolled back by itself. */
	(void)sqlite_step(s->statements[ST_ROLLBACK]);
	sqlite_forget(s, INT64_MAX);
	s->is_open = false;
	s->batch = 0;
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

static int write_traffic(struct sqlite_store *s, const struct sqlite_traffic *t)
{
	sqlite3_stmt *st = s->statements[ST_TRAFFIC];

	bind_u64(st, 1, t->minute);
	sqlite_bind_word(st, 2, cors_kind_text(t->kind));
	sqlite_bind_word(st, 3, cors_verdict_text(t->verdict));
	sqlite_bind_word(st, 4, t->unknown ? t->unknown : "");
	sqlite3_bind_int(st, 5, t->is_browser);
	sqlite3_bind_int64(st, 6, t->cnt);
	return sqlite_step(st);
}

/* End the batch. */
static int commit(struct sqlite_store *s)
{
	int code = s->traffic_cnt ? begin(s) : SQLITE_OK;

	for (unsigned i = 0; i < s->traffic_cnt && code == SQLITE_OK; i++)
		code = write_traffic(s, &s->traffic[i]);
	if (code == SQLITE_OK && s->is_open)
		code = sqlite_step(s->statements[ST_COMMIT]);
	if (code != SQLITE_OK) {
		keep_counts(s);
		return fail(s, code);
	}
	s->traffic_cnt = 0;
	s->stats.batches += s->is_open;
	s->stats.exchanges += s->batch;
	s->batch = 0;
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

/* Write a head unless it was written lately. Its row, or 0 when that failed. */
static int64_t write_head(struct sqlite_store *s, const struct http_message *m, int *code)
{
	sqlite3_stmt *st = s->statements[ST_HEAD];
	XXH128_hash_t hash;
	struct sqlite_head *known;

	if (lines_write(&s->lines, m) != 0) {
		*code = SQLITE_NOMEM;
		return 0;
	}
	hash = XXH3_128bits_withSeed(s->lines.buf ? s->lines.buf : "", s->lines.len, s->seed);
	known = &s->heads[hash.low64 % SQLITE_HEADS];
	if (known->id && known->low == hash.low64 && known->high == hash.high64)
		return known->id;
	sqlite3_bind_blob(st, 1, s->lines.len ? s->lines.buf : "", (int)s->lines.len,
			  SQLITE_STATIC);
	*code = sqlite_step(st);
	if (*code != SQLITE_OK)
		return 0;
	*known = (struct sqlite_head){ hash.low64, hash.high64, sqlite3_last_insert_rowid(s->db) };
	return known->id;
}

/* The number under which a column's value is bound. */
#define AT(name) (COLUMN_##name + 1)

static void bind_request(sqlite3_stmt *st, const struct exchange *x, int64_t head)
{
	const struct http_request *r = &x->request;

	sqlite_bind_span(st, AT(method), r->method);
	sqlite_bind_span(st, AT(target), r->target);
	sqlite_bind_span(st, AT(host), r->host);
	if (!x->has_request)
		return;
	sqlite3_bind_int(st, AT(request_version), (int)r->m.version);
	bind_u64(st, AT(request_packet), r->m.packet);
	bind_u64(st, AT(request_packet_last), r->m.packet_last);
	sqlite3_bind_int64(st, AT(request_flaws), r->m.flaws);
	sqlite3_bind_int(st, AT(request_auth), (int)r->auth);
	sqlite3_bind_int(st, AT(is_tls), r->is_tls);
	sqlite3_bind_int(st, AT(request_scheme), (int)r->scheme);
	sqlite3_bind_int(st, AT(is_target_cut), r->is_target_cut);
	sqlite3_bind_int64(st, AT(request_head), head);
}

static void bind_response(sqlite3_stmt *st, const struct exchange *x, int64_t head)
{
	const struct http_response *r = &x->response;

	if (!x->has_response)
		return;
	sqlite3_bind_int(st, AT(status), r->status);
	sqlite3_bind_int(st, AT(response_version), (int)r->m.version);
	bind_u64(st, AT(response_time_ns), r->m.time_ns);
	bind_u64(st, AT(response_packet), r->m.packet);
	bind_u64(st, AT(response_packet_last), r->m.packet_last);
	sqlite3_bind_int64(st, AT(response_flaws), r->m.flaws);
	sqlite3_bind_int(st, AT(informational), r->informational_cnt);
	sqlite3_bind_int64(st, AT(response_head), head);
}

static void bind_verdict(sqlite3_stmt *st, const struct judgement *j)
{
	sqlite_bind_word(st, AT(kind), cors_kind_text(j->kind));
	sqlite_bind_word(st, AT(verdict), cors_verdict_text(j->verdict));
	sqlite_bind_word(st, AT(error), j->error);
	sqlite_bind_word(st, AT(code), j->code ? j->code->id : NULL);
	sqlite_bind_word(st, AT(confidence), confidence_text(j->confidence));
	sqlite_bind_word(st, AT(credentials), cors_credentials_text(j->credentials));
	sqlite_bind_word(st, AT(unknown), j->unknown);
	sqlite3_bind_int(st, AT(is_browser), j->is_browser);
}

static uint64_t begin_ns(const struct exchange *x)
{
	return x->has_request ? x->request.m.time_ns : x->response.m.time_ns;
}

static int write_exchange(struct sqlite_store *s, const struct judgement *j)
{
	const struct exchange *x = j->x;
	sqlite3_stmt *st = s->statements[ST_EXCHANGE];
	char client[FORMAT_ENDPOINT_CAP], server[FORMAT_ENDPOINT_CAP];
	int code = SQLITE_OK;
	int64_t request = x->has_request ? write_head(s, &x->request.m, &code) : 0;
	int64_t response = x->has_response && !code ? write_head(s, &x->response.m, &code) : 0;

	if (code != SQLITE_OK)
		return code;
	sqlite3_clear_bindings(st);
	bind_u64(st, AT(time_ns), begin_ns(x));
	bind_u64(st, AT(end_ns), x->end_ns);
	bind_u64(st, AT(end_packet), x->end_packet);
	if (x->is_client_known) {
		int n = (int)format_endpoint(&x->client, client);

		sqlite3_bind_text(st, AT(client), client, n, SQLITE_STATIC);
		n = (int)format_endpoint(&x->server, server);
		sqlite3_bind_text(st, AT(server), server, n, SQLITE_STATIC);
	}
	sqlite_bind_word(st, AT(source), x->source);
	bind_u64(st, AT(connection), x->connection);
	sqlite3_bind_int64(st, AT(stream), x->stream);
	sqlite3_bind_int64(st, AT(number), x->index);
	sqlite_bind_word(st, AT(outcome), format_outcome(x->outcome));
	sqlite3_bind_int(st, AT(is_pairing_unsure), x->is_pairing_unsure);
	if (x->has_error_code)
		sqlite3_bind_int64(st, AT(error_code), x->error_code);
	sqlite3_bind_int(st, AT(is_reset_by_client), x->is_reset_by_client);
	bind_request(st, x, request);
	bind_response(st, x, response);
	bind_verdict(st, j);
	return sqlite_step(st);
}

/* "12 19": packet numbers; four of them have at most 20 digits each. */
static int evidence_text(const struct finding *f, char *buf, size_t cap)
{
	int len = 0;

	for (unsigned i = 0; i < f->evidence_cnt; i++)
		len += snprintf(buf + len, cap - (size_t)len, "%s%llu", i ? " " : "",
				(unsigned long long)f->evidence[i]);
	return len;
}

static int write_finding(struct sqlite_store *s, int64_t exchange, unsigned i,
			 const struct finding *f)
{
	sqlite3_stmt *st = s->statements[ST_FINDING];
	char evidence[FINDING_EVIDENCE_MAX * 21 + 1];

	sqlite3_bind_int64(st, 1, exchange);
	sqlite3_bind_int64(st, 2, i);
	sqlite_bind_word(st, 3, f->rule->id);
	sqlite_bind_word(st, 4, confidence_text(f->confidence));
	bind_u64(st, 5, f->cause);
	sqlite3_bind_int64(st, 6, f->components);
	sqlite_bind_span(st, 7, f->subject);
	sqlite3_bind_text(st, 8, evidence, evidence_text(f, evidence, sizeof(evidence)),
			  SQLITE_STATIC);
	return sqlite_step(st);
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

/* Where an exchange is known, until another one takes the place. */
static struct sqlite_row *row_of(const struct sqlite_store *s, uint64_t connection, uint32_t stream,
				 uint32_t index)
{
	const uint64_t key[] = { connection, stream, index };

	return &s->rows[XXH3_64bits(key, sizeof(key)) % SQLITE_ROWS];
}

/* Its findings, and the place by which it is known. */
static int write_findings(struct sqlite_store *s, const struct judgement *j)
{
	const struct exchange *x = j->x;
	int64_t id = sqlite3_last_insert_rowid(s->db);
	int code = SQLITE_OK;

	*row_of(s, x->connection, x->stream, x->index) =
		(struct sqlite_row){ x->connection, x->stream, x->index, id };
	for (unsigned i = 0; i < j->findings_cnt && code == SQLITE_OK; i++)
		code = write_finding(s, id, i, &j->findings[i]);
	return code;
}

/* A failure is counted and not given back: the next batch may go well, when there is room again. */
static int sqlite_judged(struct sink *sink, const struct judgement *j)
{
	struct sqlite_store *s = store_of(sink);
	int code;

	if (begin_ns(j->x) > s->newest_ns)
		s->newest_ns = begin_ns(j->x);
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
		code = write_exchange(s, j);
	if (code == SQLITE_OK)
		code = write_findings(s, j);
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

	for (unsigned i = ST_DROP_FINDINGS; i <= ST_DROP_EXCHANGE && code == SQLITE_OK; i++) {
		sqlite3_bind_int64(s->statements[i], 1, id);
		code = sqlite_step(s->statements[i]);
	}
	s->stats.taken_back++;
	return code;
}

static int sqlite_taken_back(struct sink *sink, const struct takeback *t)
{
	struct sqlite_store *s = store_of(sink);
	struct sqlite_row *row = row_of(s, t->connection, t->stream, t->index);
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

static int write_cause(struct sqlite_store *s, const struct cause *c)
{
	sqlite3_stmt *st = s->statements[ST_CAUSE];
	char name[CAUSE_NAME_CAP];

	cause_name(c->id, name);
	bind_u64(st, 1, c->id);
	sqlite_bind_word(st, 2, name);
	sqlite_bind_word(st, 3, c->rule->id);
	sqlite_bind_word(st, 4, c->explained_by ? c->explained_by->id : NULL);
	sqlite_bind_word(st, 5, c->host);
	sqlite_bind_word(st, 6, c->detail);
	sqlite_bind_word(st, 7, c->console);
	sqlite_bind_word(st, 8, c->fix);
	sqlite_bind_word(st, 9, c->platform);
	sqlite_bind_word(st, 10, c->curl);
	sqlite_bind_word(st, 11, c->example);
	bind_u64(st, 12, c->first_packet);
	sqlite3_bind_int64(st, 13, s->run);
	return sqlite_step(st);
}

static int sqlite_cause_opened(struct sink *sink, const struct cause *c)
{
	struct sqlite_store *s = store_of(sink);
	int code;

	if (s->is_paused)
		return 0;
	code = begin(s);
	if (code == SQLITE_OK)
		code = write_cause(s, c);
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
		code = write_cause(s, sum->causes[i]);
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

#define COLUMN_LIST(name) "," #name
#define COLUMN_MARK(name) ",?"

static int prepare_all(struct sqlite_store *s)
{
	static const char *const sql[ST_CNT] = {
		[ST_BEGIN] = "BEGIN IMMEDIATE",
		[ST_COMMIT] = "COMMIT",
		[ST_ROLLBACK] = "ROLLBACK",
		[ST_HEAD] = "INSERT INTO head(lines) VALUES(?)",
		/* The first column has no comma before it: id, which SQLite chooses. */
		[ST_EXCHANGE] = ("INSERT INTO exchange(id" SQLITE_COLUMNS(
			COLUMN_LIST) ") VALUES(NULL" SQLITE_COLUMNS(COLUMN_MARK) ")"),
		[ST_FINDING] = "INSERT INTO finding VALUES(?,?,?,?,?,?,?,?)",
		[ST_CAUSE] = "INSERT OR REPLACE INTO cause VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)",
		/* What is taken back may have been lost with its batch. */
		[ST_TRAFFIC] = ("INSERT INTO traffic VALUES(?,?,?,?,?,max(?6,0)) ON CONFLICT DO "
				"UPDATE SET exchanges = max(exchanges + ?6, 0)"),
		[ST_DROP_FINDINGS] = "DELETE FROM finding WHERE exchange = ?",
		[ST_DROP_EXCHANGE] = "DELETE FROM exchange WHERE id = ?",
	};
	int code = SQLITE_OK;

	for (unsigned i = 0; i < ST_CNT && code == SQLITE_OK; i++)
		code = sqlite3_prepare_v3(s->db, sql[i], -1, SQLITE_PREPARE_PERSISTENT,
					  &s->statements[i], NULL);
	if (code == SQLITE_OK)
		code = sqlite_run(s->db,
				  "INSERT INTO run(program, is_finished) VALUES('" VERSION "', 0)");
	s->run = sqlite3_last_insert_rowid(s->db);
	return code;
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
	if (!err && prepare_all(s) != SQLITE_OK) {
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
