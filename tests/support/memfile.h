/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * memfile: bytes as a file or as a pipe, both with a path, so that what opens paths can
 * be tested without a file system. Where that cannot be had the test aborts.
 */
#ifndef SUPPORT_MEMFILE_H
#define SUPPORT_MEMFILE_H

#include "base/span.h"

struct memfile {
	int fd;
	char path[32]; /* /proc/self/fd/N; opening it gives a descriptor of its own */
};

/* A regular file that holds bytes. */
struct memfile memfile_make(struct span bytes);
/* A pipe that holds bytes and ends behind them. Each read gives one of so many pieces (of
 * equal length, but for the last), which should be at most MEMFILE_PIECES and 4096 bytes. */
#define MEMFILE_PIECES 256
struct memfile memfile_pipe(struct span bytes, size_t pieces);
void memfile_close(struct memfile *m);

#endif
