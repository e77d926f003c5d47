/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * gotable: the table of functions that every Go program carries, also when its symbols were
 * stripped.
 *
 * In:   the section .gopclntab.
 * Out:  where functions begin and end.
 * Spec: Go's cmd/link/internal/ld/pcln.go and internal/abi; of 1.18 (fffffff0) and 1.20 (fffffff1)
 *       and later. Programs older than these pass arguments on the stack, and are refused.
 */
#ifndef PROBE_GOTABLE_H
#define PROBE_GOTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct gotable {
	struct span bytes;
	uint64_t text; /* address that the functions' offsets count from; 0: the table does not say
			*/
	size_t functions_cnt;
	size_t names, functions; /* offsets in bytes */
};

struct gotable_function {
	uint64_t begin, end; /* addresses; end is where the next one begins */
};

enum gotable_result {
	GOTABLE_OK,
	GOTABLE_OLD, /* of a version that is not read */
	GOTABLE_BAD,
};

/* Read the head of a table, which is borrowed. */
enum gotable_result gotable_open(struct span bytes, struct gotable *out);

/* Find functions by name; out[i] is all 0 where names[i] is not there. How many were found. */
size_t gotable_find(const struct gotable *t, const char *const *names, size_t cnt,
		    struct gotable_function *out);

#endif
