/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The file's tables, and the steps by which an older file becomes a newer one. PRAGMA user_version
 * counts the steps that were done. A step is never changed once it was released: another follows.
 */
#include <errno.h>
#include <stdio.h>

#include "report/sqlite_part.h"

/* How long to wait for another program that writes. */
#define BUSY_MS 5000

static const char *const steps[] = {
	/* 1: exchanges with findings, causes, and how many exchanges there were */
	"CREATE TABLE head(id INTEGER PRIMARY KEY, lines BLOB NOT NULL);"
	"CREATE TABLE exchange("
	" id INTEGER PRIMARY KEY, time_ns INTEGER NOT NULL, end_ns INTEGER NOT NULL,"
	" end_packet INTEGER NOT NULL, client TEXT, server TEXT, source TEXT,"
	" connection INTEGER NOT NULL, stream INTEGER NOT NULL, number INTEGER NOT NULL,"
	" outcome TEXT NOT NULL, is_pairing_unsure INTEGER NOT NULL,"
	" method TEXT, target TEXT, host TEXT,"
	" request_version INTEGER, request_packet INTEGER, request_packet_last INTEGER,"
	" request_flaws INTEGER, request_auth INTEGER, is_tls INTEGER, is_target_cut INTEGER,"
	" request_head INTEGER REFERENCES head(id),"
	" status INTEGER, response_version INTEGER, response_time_ns INTEGER,"
	" response_packet INTEGER, response_packet_last INTEGER, response_flaws INTEGER,"
	" informational INTEGER, response_head INTEGER REFERENCES head(id),"
	" kind TEXT NOT NULL, verdict TEXT NOT NULL, error TEXT, code TEXT,"
	" confidence TEXT NOT NULL, credentials TEXT NOT NULL, unknown TEXT,"
	" is_browser INTEGER NOT NULL);"
	"CREATE INDEX exchange_time ON exchange(time_ns);"
	"CREATE TABLE finding("
	" exchange INTEGER NOT NULL REFERENCES exchange(id), number INTEGER NOT NULL,"
	" rule TEXT NOT NULL, confidence TEXT NOT NULL, cause INTEGER NOT NULL,"
	" components INTEGER NOT NULL, subject TEXT, evidence TEXT NOT NULL,"
	" PRIMARY KEY(exchange, number)) WITHOUT ROWID;"
	"CREATE TABLE cause("
	" id INTEGER PRIMARY KEY, name TEXT NOT NULL, rule TEXT NOT NULL, explained_by TEXT,"
	" host TEXT NOT NULL, detail TEXT NOT NULL, console TEXT, fix TEXT NOT NULL,"
	" platform TEXT NOT NULL, curl TEXT NOT NULL, example TEXT NOT NULL,"
	" first_packet INTEGER NOT NULL);"
	"CREATE TABLE traffic("
	" minute INTEGER NOT NULL, kind TEXT NOT NULL, verdict TEXT NOT NULL,"
	" unknown TEXT NOT NULL, is_browser INTEGER NOT NULL, exchanges INTEGER NOT NULL,"
	" PRIMARY KEY(minute, kind, verdict, unknown, is_browser)) WITHOUT ROWID;",

	/* 2: the runs, what each of them counted and lost, and the policies it saw */
	"CREATE TABLE run("
	" id INTEGER PRIMARY KEY, program TEXT NOT NULL, first_ns INTEGER, last_ns INTEGER,"
	" is_finished INTEGER NOT NULL);"
	"ALTER TABLE cause ADD COLUMN run INTEGER;"
	"CREATE TABLE counter("
	" run INTEGER NOT NULL REFERENCES run(id), layer TEXT NOT NULL, name TEXT NOT NULL,"
	" class INTEGER NOT NULL, help TEXT NOT NULL, value INTEGER NOT NULL,"
	" PRIMARY KEY(run, layer, name)) WITHOUT ROWID;"
	"CREATE TABLE policy("
	" run INTEGER NOT NULL REFERENCES run(id), number INTEGER NOT NULL,"
	" host TEXT, server TEXT, kind TEXT NOT NULL, has_credentials INTEGER NOT NULL,"
	" has_null INTEGER NOT NULL, constant TEXT, allowed_others INTEGER NOT NULL,"
	" responses INTEGER NOT NULL, refused INTEGER NOT NULL,"
	" PRIMARY KEY(run, number)) WITHOUT ROWID;"
	"CREATE TABLE policy_origin("
	" run INTEGER NOT NULL, policy INTEGER NOT NULL, number INTEGER NOT NULL, origin TEXT,"
	" PRIMARY KEY(run, policy, number)) WITHOUT ROWID;"
	"CREATE VIEW causes AS SELECT c.name, c.rule, c.host, c.detail, count(*) AS findings,"
	" min(e.time_ns) AS first_ns, max(e.time_ns) AS last_ns"
	" FROM finding f JOIN cause c ON c.id = f.cause JOIN exchange e ON e.id = f.exchange"
	" GROUP BY f.cause;"
	"CREATE VIEW resources AS SELECT host, CASE instr(target, '?') WHEN 0 THEN target"
	" ELSE substr(target, 1, instr(target, '?') - 1) END AS path, count(*) AS exchanges,"
	" sum(verdict = 'block') AS blocked, min(time_ns) AS first_ns, max(time_ns) AS last_ns"
	" FROM exchange GROUP BY host, path;",

	/* 3: what HTTP/2 says of a request, and of a stream that it ended */
	"ALTER TABLE exchange ADD COLUMN request_scheme INTEGER;"
	"ALTER TABLE exchange ADD COLUMN error_code INTEGER;"
	"ALTER TABLE exchange ADD COLUMN is_reset_by_client INTEGER;",
};
#define STEPS ((int64_t)(sizeof(steps) / sizeof(steps[0])))

int sqlite_errno(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE: return 0;
	case SQLITE_NOMEM: return -ENOMEM;
	case SQLITE_FULL: return -ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH: return -EACCES;
	case SQLITE_CANTOPEN: return -ENOENT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED: return -EBUSY;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT: return -EBADMSG;
	case SQLITE_TOOBIG: return -EFBIG;
	default: return -EIO;
	}
}

const char *sqlite_version(void)
{
	return sqlite3_libversion();
}

int sqlite_run(sqlite3 *db, const char *sql)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL);
}

int64_t sqlite_number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *st;
	int64_t n = 0;

	if (sqlite3_prepare_v2(db, sql, -1, &st, NULL) != SQLITE_OK)
		return 0;
	if (sqlite3_step(st) == SQLITE_ROW)
		n = sqlite3_column_int64(st, 0);
	sqlite3_finalize(st);
	return n;
}

/* One step, and the number that says so, or neither. Another program may have done it meanwhile:
 * the version is read again once nobody else can write. */
static int step_do(sqlite3 *db, int64_t version)
{
	char sql[64];
	int code = sqlite_run(db, "BEGIN IMMEDIATE");

	if (code != SQLITE_OK)
		return code;
	if (sqlite_number(db, "PRAGMA user_version") == version) {
		code = sqlite_run(db, steps[version]);
		(void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %lld",
			       (long long)version + 1);
		if (code == SQLITE_OK)
			code = sqlite_run(db, sql);
	}
	if (code == SQLITE_OK)
		code = sqlite_run(db, "COMMIT");
	if (code != SQLITE_OK)
		(void)sqlite_run(db, "ROLLBACK");
	return code;
}

/* What keeps a file from being read or changed; NULL: nothing does. */
static const char *stranger(sqlite3 *db, int64_t version)
{
	if (version > STEPS)
		return "a newer cors-sniff made this store";
	if (version == 0 && sqlite_number(db, "SELECT count(*) FROM sqlite_schema"))
		return "this database belongs to another program";
	return NULL;
}

static int migrate(sqlite3 *db, int64_t version)
{
	int code = SQLITE_OK;

	for (; version < STEPS && code == SQLITE_OK; version++)
		code = step_do(db, version);
	return code;
}

/* The version of a file, and whether it can be read at all: the first query tells. */
static int version_get(sqlite3 *db, int64_t *version)
{
	int code = sqlite_run(db, "SELECT count(*) FROM sqlite_schema");

	*version = sqlite_number(db, "PRAGMA user_version");
	return code;
}

int sqlite_connect(const char *path, bool may_create, sqlite3 **out, char *why, size_t why_cap)
{
	/* Pages that become free are given back by sqlite_prune(). */
	static const char settings[] = "PRAGMA auto_vacuum = INCREMENTAL;"
				       "PRAGMA journal_mode = WAL;"
				       "PRAGMA synchronous = NORMAL;"
				       "PRAGMA journal_size_limit = 4194304;"
				       "PRAGMA temp_store = MEMORY;"
				       /* Damaged or made-up files run nothing of their own. */
				       "PRAGMA trusted_schema = OFF;";
	const char *words = NULL;
	int flags =
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (may_create ? SQLITE_OPEN_CREATE : 0);
	int64_t version = 0;
	int code;

	/* Nobody asks how much memory it takes, which it would count under a lock; refused once a
	 * database was opened. */
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	code = sqlite3_open_v2(path, out, flags, NULL);
	if (code == SQLITE_OK) {
		sqlite3_busy_timeout(*out, BUSY_MS);
		code = version_get(*out, &version);
	}
	words = code == SQLITE_OK ? stranger(*out, version) : NULL;
	if (code == SQLITE_OK && !words)
		code = sqlite_run(*out, settings);
	if (code == SQLITE_OK && !words)
		code = migrate(*out, version);
	if (code == SQLITE_OK && !words)
		return 0;
	/* The database's own message may be of what was tried after. */
	if (!words)
		words = sqlite3_errstr(code);
	(void)snprintf(why, why_cap, "%s: %s", path, words);
	return code == SQLITE_OK ? -EINVAL : sqlite_errno(code);
}
