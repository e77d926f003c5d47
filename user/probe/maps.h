/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * maps: what a process has mapped, for the files that may hold TLS.
 *
 * In:   lines of /proc/PID/maps.
 * Out:  struct mapping.
 * Spec: proc(5).
 */
#ifndef PROBE_MAPS_H
#define PROBE_MAPS_H

#include <stdbool.h>
#include <stdint.h>

struct mapping {
	uint64_t start, end;
	uint64_t dev, ino; /* dev as the line has it, which need not be what stat() says */
	bool is_executable;
	bool is_deleted; /* the file has no name any more */
	char *path;      /* borrowed from the line, which is changed */
};

/* Read a line, without its newline. False: it maps no file, or is no such line. */
bool mapping_parse(char *line, struct mapping *out);

/* What the name of a file lets expect. */
enum maps_name {
	MAPS_NAME_OTHER,
	MAPS_NAME_LIBRARY, /* a library with TLS inside, to be looked into */
	MAPS_NAME_JAVA,    /* TLS that is seen nowhere */
	MAPS_NAME_NSS,
};
enum maps_name maps_name(const char *path);

#endif
