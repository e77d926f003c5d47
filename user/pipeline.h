/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pipeline: wires the layers: sources, filter, lane, judge, sinks. The only file that sees them
 * all.
 *
 * In:   capture files.
 * Out:  calls of the sinks; a line for each thing that went wrong.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cors/rules.h"

struct port_set;
struct sink;

/* How far a read has come; see report/progress.h for what is made of it. */
struct pipeline_progress {
	const char *name;                /* of the input being read */
	uint64_t read_bytes, size_bytes; /* of it; size 0 when unknown */
	uint64_t exchanges;              /* so far, of all inputs */
};

struct pipeline_config {
	const char *const *files; /* read in this order; "-" is standard input */
	size_t files_cnt;
	const char *filter;           /* capture filter expression, or NULL */
	const struct port_set *ports; /* NULL for any */
	const char *platform;         /* see judge_config */
	struct sink *const *sinks;    /* not closed here */
	size_t sinks_cnt;
	/* A line for people about an input, without a newline; may be NULL. */
	void (*say)(void *ctx, const char *name, const char *message);
	/* Called now and then while an input is read; may be NULL. */
	void (*progress)(void *ctx, const struct pipeline_progress *p);
	void *ctx;
	const volatile sig_atomic_t *stop; /* set: read no further, but report; may be NULL */
};

struct pipeline_result {
	bool is_unopened; /* an input could not be opened; the others were read */
	bool is_damaged;  /* an input was cut or broken; what came before was read */
	int sink_error;   /* -errno of the first sink that failed, else 0 */
	uint64_t findings[SEVERITY_ERROR + 1]; /* by severity */
};

/*
 * Compile the filter, read every input, judge, and report.
 *
 * 0        *out says how it went
 * -EINVAL  the filter does not compile; nothing was opened; why[] says it in one line
 * -ENOMEM  nothing was read
 */
int pipeline_run(const struct pipeline_config *config, struct pipeline_result *out, char *why,
		 size_t why_cap);

#endif
