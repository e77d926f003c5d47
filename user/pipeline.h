/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pipeline: wires the layers: sources, filter, lane, judge, sinks. With its parts the only file
 * that sees them all.
 *
 * In:   capture files, or interfaces.
 * Out:  calls of the sinks; a line for each thing that went wrong.
 */
#ifndef PIPELINE_H
#define PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cors/rules.h"

struct port_set;
struct signals;
struct sink;
struct writer_config;

/* How far a read has come; see report/progress.h for what is made of it. */
struct pipeline_progress {
	const char *name;                /* of the input being read */
	uint64_t read_bytes, size_bytes; /* of it; size 0 when unknown */
	uint64_t exchanges;              /* so far, of all inputs */
	uint64_t causes;
	uint64_t packets;
	uint64_t dropped; /* by the kernel, of a live capture */
};

/* Plaintext of TLS, by probes. */
struct pipeline_tls {
	const char *who;              /* see scan_config; NULL: all processes */
	const struct port_set *ports; /* either end's; NULL: any */
	/* Called in the process that holds the probes, to keep no more rights than it needs. */
	void (*keep)(void);
};

/* What a live capture needs to know. */
struct pipeline_live {
	const char *const *devices;
	size_t devices_cnt;             /* may be 0 with tls */
	const struct pipeline_tls *tls; /* NULL: no probes */
	const char *ports_text;         /* for people; NULL: any */
	uint32_t snaplen;
	uint32_t buffer_kib; /* 0: what the filter in force needs */
	bool is_promiscuous;
	bool no_ebpf;
	bool no_body_cut;
	/*
	 * Called once, when the interfaces are open and before anything is read or written: the
	 * rights that it took are not needed any more. 0, or -errno to go no further; why[] then
	 * says why.
	 */
	int (*opened)(void *ctx, char *why, size_t why_cap);
	/* See device_config; may be NULL. */
	void (*raise)(bool is_raised);
};

struct pipeline_config {
	const char *const *files; /* read in this order; "-" is standard input */
	size_t files_cnt;
	const struct pipeline_live *live;  /* instead of files; NULL: files */
	const char *filter;                /* capture filter expression, or NULL */
	const struct port_set *ports;      /* NULL for any */
	const struct writer_config *write; /* keep the packets that pass the filter; or NULL */
	struct sink *const *evidence; /* hears every packet too (evidence.h); NULL: none does */
	const char *platform;         /* see judge_config */
	const char *keylog;           /* file of TLS secrets, or NULL */
	double replay_speed;          /* see struct replay; for files */
	uint64_t count;               /* stop after so many exchanges; 0: never */
	unsigned lanes;               /* threads that read; 0: as many as pay */
	struct sink *const *sinks;    /* not closed here */
	size_t sinks_cnt;
	/* Sink i failed with err and will not be called again. True to go on; may be NULL: stop. */
	bool (*sink_failed)(void *ctx, size_t i, int err);
	struct sink *const *stats; /* hears all, and is told a summary whenever the user asks for
				    * one, but not at the end; NULL for none. Not closed here */
	/* A line for people about an input, without a newline; may be NULL. */
	void (*say)(void *ctx, const char *name, const char *message);
	/* Called now and then while an input is read; may be NULL. */
	void (*progress)(void *ctx, const struct pipeline_progress *p);
	/* Called before sinks may write while an input is read; may be NULL. */
	void (*before_output)(void *ctx);
	/* All is read and told, and the user may still ask for stats: wait for a moment. False to
	 * end; may be NULL: at once. */
	bool (*linger)(void *ctx);
	/* The user wants the output files opened anew; may be NULL. */
	void (*reopen)(void *ctx);
	void *ctx;
	struct signals *signals; /* what the user asks for meanwhile; may be NULL */
};

struct pipeline_result {
	bool is_unopened;  /* an input could not be opened; the others were read */
	bool is_damaged;   /* an input was cut or broken; what came before was read */
	bool is_unwritten; /* not all packets were written that should have been */
};

/*
 * Compile the filter, read every input, judge, and report.
 *
 * 0        *out says how it went
 * -EINVAL  the filter does not compile; nothing was opened; why[] says it in one line
 * -errno   the key log cannot be opened, or memory is short: nothing was read; why[] as above
 */
int pipeline_run(const struct pipeline_config *config, struct pipeline_result *out, char *why,
		 size_t why_cap);

#endif
