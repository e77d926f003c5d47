/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * options_part: what the parts of the command line's parser have in common: all of it (options.c),
 * and where results go (options_output.c).
 */
#ifndef OPTIONS_PART_H
#define OPTIONS_PART_H

#include "options.h"

/* One parse: where its result and its complaint go. */
struct parse {
	struct options *o;
	char *const *argv;
	const char *const *platforms;
	char *why;
	size_t why_cap;
};

/* Long options about results, above all others. */
enum {
	OPT_OUTPUT = 512,
	OPT_JSON = OPT_OUTPUT,
	OPT_FORMAT,
	OPT_ALSO,
	OPT_FAIL_ON,
	OPT_BASELINE,
	OPT_WRITE_BASELINE,
	OPT_METRICS_FILE,
	OPT_EVIDENCE,
	OPT_STORE,
	OPT_STORE_KEEP,
	OPT_STORE_SIZE,
	OPT_FROM_STORE,
	OPT_SINCE,
	OPT_UNTIL,
};

/* Say what is wrong. Returns -EINVAL, so that a caller can return it. */
int options_complain(const struct parse *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Take one of OPT_OUTPUT and above, with its value in optarg. 0 or -EINVAL. */
int options_output_take(const struct parse *p, int c);

/* What no option about results alone shows. 0 or -EINVAL. */
int options_output_check(const struct parse *p);

#endif
