/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * sqlite: the store's engine for one machine.
 *
 * In:   a file's name, after the scheme.
 * Out:  as store.h says.
 *
 * Writes go into a write-ahead log, a batch to a transaction: a program that is killed loses
 * nothing of a batch that was committed, and a machine that loses power at most the latest batches,
 * never the file. sqlite_schema.c says what is in it.
 */
#ifndef REPORT_SQLITE_H
#define REPORT_SQLITE_H

#include "report/store.h"

int sqlite_sink(const struct store_config *config, const char *path, struct sink **out, char *why,
		size_t why_cap);

const char *sqlite_version(void);

int sqlite_read(const struct store_replay *r, const char *path, char *why, size_t why_cap);

#endif
