/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * sqlite_history: what the parts that read a history have in common: the rows in turn
 * (sqlite_read.c), one exchange (sqlite_exchange.c), and the summary (sqlite_summary.c).
 *
 * Rows may hold anything: the file may be another program's work. What is no word of this program
 * counts as its first (none, unknown), and a finding of an unknown rule is left out and counted.
 */
#ifndef REPORT_SQLITE_HISTORY_H
#define REPORT_SQLITE_HISTORY_H

#include "base/names.h"
#include "cors/causes.h"
#include "report/sqlite_part.h"
#include "report/tally.h"

enum history_statement {
	HISTORY_EXCHANGES,
	HISTORY_HEAD,
	HISTORY_FINDINGS,
	HISTORY_CAUSE,
	HISTORY_TRAFFIC,
	HISTORY_SPANS,
	HISTORY_COUNTERS,
	HISTORY_POLICIES,
	HISTORY_ORIGINS,
	HISTORY_CNT,
};

/* A column of HISTORY_EXCHANGES: id comes before the others. */
#define HISTORY_COLUMN(name) "," #name
#define HISTORY_AT(name)     (COLUMN_##name + 1)

struct history {
	const struct store_replay *replay;
	sqlite3 *db;
	sqlite3_stmt *statements[HISTORY_CNT];
	struct causes *causes;
	struct names *names;            /* sources, and words that live as long as the read */
	struct lines request, response; /* of the exchange that is told */
	struct exchange exchange;
	char subjects[CORS_FINDINGS_MAX][HTTP_VALUE_MAX]; /* of its findings */
	uint64_t first_ns, last_ns;                       /* of all exchanges told or counted */
	uint64_t *rule_counts;
	uint64_t unknown_rules; /* findings left out: another version's */
};

/* The word in column i as its place among text(0), text(1), ...; 0 for none of them. */
int sqlite_column_enum(sqlite3_stmt *st, int i, const char *(*text)(unsigned), unsigned cnt);

/* The bytes in column i, until the statement goes on; absent for NULL. */
struct span sqlite_column_span(sqlite3_stmt *st, int i);

/* "192.0.2.1:80", "[2001:db8::1]:80" in column i. False for anything else, and NULL. */
bool sqlite_column_endpoint(sqlite3_stmt *st, int i, struct endpoint *out);

/* The exchange at which HISTORY_EXCHANGES stands. *out borrows h and the row. 0 or -errno. */
int history_judgement(struct history *h, struct judgement *out);

/* Open the cause of a finding, with its texts. 0 or -errno. */
int history_cause(struct history *h, const struct finding *f, struct cause **out);

/* Count a finding in its cause. */
void history_count(struct cause *c, const struct judgement *j, const struct finding *f);

/* Tell the summary. 0 or -errno. */
int history_finish(struct history *h);

#endif
