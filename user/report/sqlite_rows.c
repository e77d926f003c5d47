/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "report/format.h"
#include "report/sqlite_part.h"
#include "report/utf8.h"

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

int sqlite_write_traffic(struct sqlite_store *s, const struct sqlite_traffic *t)
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

static int write_row(struct sqlite_store *s, const struct judgement *j)
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
	bind_u64(st, AT(time_ns), sqlite_begin_ns(x));
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

struct sqlite_row *sqlite_row_of(const struct sqlite_store *s, uint64_t connection, uint32_t stream,
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

	*sqlite_row_of(s, x->connection, x->stream, x->index) =
		(struct sqlite_row){ x->connection, x->stream, x->index, id };
	for (unsigned i = 0; i < j->findings_cnt && code == SQLITE_OK; i++)
		code = write_finding(s, id, i, &j->findings[i]);
	return code;
}

int sqlite_write_exchange(struct sqlite_store *s, const struct judgement *j)
{
	int code = write_row(s, j);

	return code == SQLITE_OK ? write_findings(s, j) : code;
}

int sqlite_drop_exchange(struct sqlite_store *s, int64_t id)
{
	int code = SQLITE_OK;

	for (unsigned i = ST_DROP_FINDINGS; i <= ST_DROP_EXCHANGE && code == SQLITE_OK; i++) {
		sqlite3_bind_int64(s->statements[i], 1, id);
		code = sqlite_step(s->statements[i]);
	}
	return code;
}

int sqlite_write_cause(struct sqlite_store *s, const struct cause *c)
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

#define COLUMN_LIST(name) "," #name
#define COLUMN_MARK(name) ",?"

int sqlite_prepare(struct sqlite_store *s)
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
