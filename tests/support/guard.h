/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * guard: bytes that end where the page ends, so that reading one byte too many faults.
 */
#ifndef SUPPORT_GUARD_H
#define SUPPORT_GUARD_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct guard {
	struct span bytes; /* the copy; bytes.ptr[bytes.len] faults */
	void *map;         /* of the whole mapping */
	size_t map_len;
};

/* A copy of len bytes in front of an unreadable page. Fails the test when memory is short. */
struct guard guard_copy(const void *ptr, size_t len);
void guard_free(struct guard *g);

#endif
