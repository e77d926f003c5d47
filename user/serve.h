/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * serve: what --listen and --report ask for: a server with its shelf and sink, and the sink that
 * saves the page.
 */
#ifndef SERVE_H
#define SERVE_H

#include <stdbool.h>
#include <stddef.h>

struct options;
struct serve;
struct signals;
struct sink;

/* Bind the addresses of --listen, which may take rights; *out is NULL when there are none. 0, or
 * -errno with why[]. */
int serve_open(const struct options *o, struct serve **out, char *why, size_t why_cap);

/* Begin to answer, with the rights of now. 0, or -errno with why[]. */
int serve_start(struct serve *s, char *why, size_t why_cap);

/* The sink that fills the server's shelf; s must outlive it. NULL when memory is short. */
struct sink *serve_sink(struct serve *s);

/* All is read: go on serving for a moment. False when somebody wants the program to stop. */
bool serve_moment(struct serve *s, const struct signals *signals);

/* Takes NULL. After its sink was closed. */
void serve_close(struct serve *s);

/* The page of --report. */
struct serve_report {
	const char *path;
	bool has_failed; /* it was said */
};

/* The sink that saves it at the end; r must outlive it. NULL when memory is short. */
struct sink *serve_report_sink(struct serve_report *r, bool is_live);

#endif
