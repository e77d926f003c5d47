/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * explain: the rules told to people: all in a table, or one in full.
 */
#ifndef REPORT_EXPLAIN_H
#define REPORT_EXPLAIN_H

#include <stddef.h>
#include <stdio.h>

#include "cors/rules.h"

/* A line for each rule: id, severity, title. 0, or -errno of memory or the file. */
int explain_list(FILE *file);

/* Everything that is known of one rule. 0, or -errno of memory or the file. */
int explain_rule(FILE *file, const struct rule *rule);

/* One line for an id that no rule has, with the nearest ones that exist. */
void explain_unknown(const char *id, char *why, size_t why_cap);

#endif
