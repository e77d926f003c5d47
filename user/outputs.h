/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * outputs: every place that a run's results go to: the main report, those beside it, the store,
 * and the gate that decides on the exit code.
 *
 * In:   struct options.
 * Out:  sinks, in the order in which they are to hear; the main report is the last, so that it can
 *       tell how the others fared.
 */
#ifndef OUTPUTS_H
#define OUTPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "options.h"
#include "serve.h"
#include "tell.h"

struct baseline;
struct sink;

struct output {
	struct sink *sink;
	FILE *file;       /* NULL: the sink has its own */
	const char *path; /* NULL: standard output */
	int err;          /* -errno of the first failure */
};

struct outputs {
	const struct options *o;
	struct output *rows;
	struct sink **sinks; /* of the rows; NULL until outputs_open() */
	size_t cnt;
	struct baseline *known; /* causes that do not fail the run; NULL: none */
	struct sink *gate;      /* one of the sinks; NULL: nothing is to fail */
	struct sink *evidence;  /* one of the sinks, which wants the packets, too; NULL: none */
	struct serve *serve;    /* NULL: no --listen */
	struct serve_report report;
};

/* Count what the options ask for, and bind the addresses of --listen. 0, or -errno with why[];
 * outputs_close() is due in either case. */
int outputs_init(struct outputs *outs, const struct options *o, char *why, size_t why_cap);

/* Open files and sinks, and begin to serve. 0, or -errno with why[]. */
int outputs_open(struct outputs *outs, char *why, size_t why_cap);

/* Sink i failed: tell it. True when the run is of use to anybody still. */
bool outputs_fail(struct outputs *outs, size_t i, int err);

/* The user wants the main report's file opened anew. */
void outputs_reopen(struct outputs *outs);

/* True when there are findings as bad as --fail-on says that are not in the baseline. */
bool outputs_is_failing(const struct outputs *outs);

/* All is read: with --listen, go on serving for a moment. False when there is nothing to serve, or
 * somebody wants the program to stop. */
bool outputs_linger(const struct outputs *outs, const struct signals *signals);

/* Close all; what fails now is told. EXIT_OK, or EXIT_INPUT when something was not written. */
enum exit_code outputs_close(struct outputs *outs);

#endif
