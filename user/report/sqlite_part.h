/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * sqlite_part: what the engine's parts have in common: the file (sqlite_schema.c), writing
 * (sqlite_write.c), what to keep (sqlite_prune.c), and reading (sqlite_read.c).
 *
 * Errors are SQLite's own codes in here; sqlite_errno() makes them the system's.
 */
#ifndef REPORT_SQLITE_PART_H
#define REPORT_SQLITE_PART_H

#include <sqlite3.h>

#include "report/lines.h"
#include "report/sqlite.h"

/* Open path, create it where may_create says so, and bring its tables up to date. 0 or -errno with
 * why[]; *out is to be closed with sqlite3_close() when it is not NULL. */
int sqlite_connect(const char *path, bool may_create, sqlite3 **out, char *why, size_t why_cap);

/*
 * The columns of an exchange, for those who write and those who read. Versions, flaws and the like
 * are the numbers of http/exchange.h, which never change their meaning; words are those of the JSON
 * lines. What the judge alone asks (whether HTTP/2 opens a WebSocket) is not kept: what is read
 * back was judged. A request that is not there has no request_version, a response no
 * response_version.
 */
#define SQLITE_COLUMNS(X)                                                                          \
	X(time_ns)                                                                                 \
	X(end_ns)                                                                                  \
	X(end_packet)                                                                              \
	X(client)                                                                                  \
	X(server)                                                                                  \
	X(source)                                                                                  \
	X(connection)                                                                              \
	X(stream)                                                                                  \
	X(number)                                                                                  \
	X(outcome)                                                                                 \
	X(is_pairing_unsure)                                                                       \
	X(method)                                                                                  \
	X(target)                                                                                  \
	X(host)                                                                                    \
	X(request_version)                                                                         \
	X(request_packet)                                                                          \
	X(request_packet_last)                                                                     \
	X(request_flaws)                                                                           \
	X(request_auth)                                                                            \
	X(is_tls)                                                                                  \
	X(is_target_cut)                                                                           \
	X(request_head)                                                                            \
	X(status)                                                                                  \
	X(response_version)                                                                        \
	X(response_time_ns)                                                                        \
	X(response_packet)                                                                         \
	X(response_packet_last)                                                                    \
	X(response_flaws)                                                                          \
	X(informational)                                                                           \
	X(response_head)                                                                           \
	X(kind)                                                                                    \
	X(verdict)                                                                                 \
	X(error)                                                                                   \
	X(code)                                                                                    \
	X(confidence)                                                                              \
	X(credentials)                                                                             \
	X(unknown)                                                                                 \
	X(is_browser)                                                                              \
	X(request_scheme)                                                                          \
	X(error_code)                                                                              \
	X(is_reset_by_client)

enum sqlite_column {
#define SQLITE_COLUMN_ENUM(name) COLUMN_##name,
	SQLITE_COLUMNS(SQLITE_COLUMN_ENUM) COLUMN_CNT
#undef SQLITE_COLUMN_ENUM
};

/* Statements of the writer. */
enum sqlite_statement {
	ST_BEGIN,
	ST_COMMIT,
	ST_ROLLBACK,
	ST_HEAD,
	ST_EXCHANGE,
	ST_FINDING,
	ST_CAUSE,
	ST_TRAFFIC,
	ST_DROP_FINDINGS,
	ST_DROP_EXCHANGE,
	ST_CNT,
};

/* A minute's exchanges of one kind that were not written yet. */
struct sqlite_traffic {
	uint64_t minute;
	enum cors_kind kind;
	enum cors_verdict verdict;
	bool is_browser;
	const char *unknown; /* the judge's static word, or NULL */
	int64_t cnt;         /* below 0 when more were taken back */
};

/* Kinds of exchanges that are counted between two batches; then a batch ends. */
#define SQLITE_TRAFFIC_MAX 64

/* Heads that were written lately, so that one which is sent again is not written again. By its
 * hash; the seed is random, so that nobody can make two that are alike. */
#define SQLITE_HEADS 8192
struct sqlite_head {
	uint64_t low, high;
	int64_t id; /* 0: none */
};

/* Exchanges that were written lately, so that one which is taken back is found. By its place. */
#define SQLITE_ROWS (4 * CORS_LEGS_MAX) /* so that few of them take one place */
struct sqlite_row {
	uint64_t connection;
	uint32_t stream, index;
	int64_t id; /* 0: none */
};

struct sqlite_store {
	struct sink base;
	struct store_config config;
	struct store_stats stats;
	struct counter_group group; /* stats, for the summary */
	sqlite3 *db;
	sqlite3_stmt *statements[ST_CNT];
	int64_t run;          /* this run's row */
	bool is_open;         /* a batch is */
	uint64_t batch;       /* exchanges with findings in it */
	uint64_t dropped;     /* exchanges that it takes out */
	int error;            /* -errno of the first failure */
	uint64_t newest_ns;   /* of all exchanges */
	uint64_t pruned_ns;   /* newest_ns when it was pruned last */
	uint64_t told_ns;     /* newest_ns when counters and policies were written last */
	bool is_silent;       /* the failure now going on was said */
	bool is_paused;       /* until the next finish */
	bool has_lost_causes; /* some that were opened are not in the file */
	struct lines lines;   /* for the head being written */
	struct sqlite_head *heads;
	struct sqlite_row *rows;
	uint64_t seed;
	struct sqlite_traffic traffic[SQLITE_TRAFFIC_MAX];
	unsigned traffic_cnt;
};

/* Heads, and exchanges up to the row last, may be gone, and their numbers another's: know them no
 * more. */
void sqlite_forget(struct sqlite_store *s, int64_t last);

/* Where an exchange is known, until another one takes the place. */
struct sqlite_row *sqlite_row_of(const struct sqlite_store *s, uint64_t connection, uint32_t stream,
				 uint32_t index);

/* Make the writer's statements, and this run's row. SQLite's code. */
int sqlite_prepare(struct sqlite_store *s);

/* Write, or take out: an exchange with its heads and findings, a cause, the exchanges of a minute.
 * SQLite's code. A batch is open. */
int sqlite_write_exchange(struct sqlite_store *s, const struct judgement *j);
int sqlite_drop_exchange(struct sqlite_store *s, int64_t id);
int sqlite_write_cause(struct sqlite_store *s, const struct cause *c);
int sqlite_write_traffic(struct sqlite_store *s, const struct sqlite_traffic *t);

/* When an exchange began, as far as it was seen. */
static inline uint64_t sqlite_begin_ns(const struct exchange *x)
{
	return x->has_request ? x->request.m.time_ns : x->response.m.time_ns;
}

/* A result of SQLite as -errno; 0 for those that are none. */
int sqlite_errno(int code);

/* Run statements without values. SQLite's code. */
int sqlite_run(sqlite3 *db, const char *sql);

/* The one number that a query gives; 0 when it gives none, or fails. */
int64_t sqlite_number(sqlite3 *db, const char *sql);

/* Take out what is too old or too much. SQLite's code. No batch is open. */
int sqlite_prune(struct sqlite_store *s);

/* Write this run's counters, and the policies. SQLite's code. A batch is open. */
int sqlite_tell(struct sqlite_store *s, const struct summary *sum);

/* Text off the wire: as TEXT when it is that, so that people can read and compare it; else its
 * bytes as BLOB. NULL when absent. It must stay until the statement was run. */
void sqlite_bind_span(sqlite3_stmt *st, int i, struct span v);

/* The program's own words; NULL for NULL. */
static inline void sqlite_bind_word(sqlite3_stmt *st, int i, const char *word)
{
	sqlite3_bind_text(st, i, word, -1, SQLITE_STATIC);
}

/* Run a statement that gives no rows, and make it ready for the next time. SQLite's code, SQLITE_OK
 * when it was done. */
static inline int sqlite_step(sqlite3_stmt *st)
{
	sqlite3_step(st);
	return sqlite3_reset(st);
}

#endif
