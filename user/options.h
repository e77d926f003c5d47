/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options: the command line.
 *
 * In:   argv.
 * Out:  struct options, or one line that says what is wrong and what to write instead.
 *
 * Prints nothing, opens nothing, never exits.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "cors/rules.h"
#include "net/net.h"

enum options_action {
	OPTIONS_RUN, /* read captures and report */
	OPTIONS_HELP,
	OPTIONS_VERSION,
	OPTIONS_LIST_RULES,
	OPTIONS_EXPLAIN,
};

enum options_color {
	OPTIONS_COLOR_AUTO, /* when stdout is a terminal and the environment does not object */
	OPTIONS_COLOR_ALWAYS,
	OPTIONS_COLOR_NEVER,
};

struct options {
	enum options_action action;
	const char **files; /* -r, in the order given, at least one for OPTIONS_RUN; "-" is
			     * standard input. The names are argv's, the array is owned */
	size_t files_cnt;
	char *filter; /* capture filter, the words joined by blanks; NULL for none. Owned */
	struct port_set ports; /* meaningful with has_ports */
	bool has_ports;        /* false: any port */
	bool is_json;          /* JSON lines instead of people's text */
	bool is_findings_only; /* of the exchanges, only those with findings */
	bool is_quiet;         /* no summary */
	bool is_summary_only;  /* nothing but the summary */
	bool is_progress_off;  /* never a progress bar */
	enum options_color color;
	bool has_fail_on;
	enum severity fail_on; /* findings this bad or worse make the exit code 1 */
	const char *platform;  /* one of the names given to options_parse(); NULL for none */
	const char *rule;      /* OPTIONS_EXPLAIN: the rule's id as typed; borrowed from argv */
};

/*
 * Parse argv into *o. platforms is the NULL-terminated list of what --platform takes.
 *
 * 0        *o is filled; give it to options_fini()
 * -EINVAL  why[] says it in one line; *o holds nothing
 * -ENOMEM  the same
 *
 * Options end at the first word that is none: from there on it is the filter, as tcpdump has
 * it. Uses getopt, whose state is the process's own: not for two threads at once.
 */
int options_parse(struct options *o, int argc, char *const *argv, const char *const *platforms,
		  char *why, size_t why_cap);

/* Free what *o owns. */
void options_fini(struct options *o);

#endif
