/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * scan: which files are to be probed, by a look at all processes, again and again.
 *
 * In:   /proc, and the usual folders of libraries, for programs that start later.
 * Out:  files to probe, each once; lines for people: what is probed, and what cannot be.
 *
 * A file is named by its device and inode, so that it is one in whatever container it is mapped.
 */
#ifndef PROBE_SCAN_H
#define PROBE_SCAN_H

#include "probe/target.h"

struct scan_config {
	const char *who; /* a process id, the name of a program, or a path; NULL: all. Borrowed */
	/*
	 * Probe a file, in all processes (pid -1) or in one. path leads to the very file, also when
	 * it has no name any more. *out is given back to detach.
	 * 0, or -errno.
	 */
	int (*attach)(void *ctx, const struct target *t, const char *path, int pid, void **out);
	void (*detach)(void *ctx, void *attached);
	void (*say)(void *ctx, const char *line);
	void *ctx;
};

struct scan;

/* NULL when memory is short. */
struct scan *scan_new(const struct scan_config *config);
/* Leaves what is attached. Takes NULL. */
void scan_free(struct scan *s);

/* Look at all processes. */
void scan_look(struct scan *s);

#endif
