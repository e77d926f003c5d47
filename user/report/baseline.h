/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * baseline: the causes that are known already, in a file that people keep beside their sources.
 *
 * In:   a file with one cause a line, "c-0123456789abcdef" and words for people after it; what
 *       begins with # is for people alone. The short name that reports show, "c-01234567", will
 *       do as well.
 * Out:  whether a cause is one of them.
 */
#ifndef REPORT_BASELINE_H
#define REPORT_BASELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cors/cause.h"

/* "c-", 16 hexadecimal digits, and the NUL: the whole identity, the same in every run. */
#define BASELINE_NAME_CAP 19

struct baseline;

/*
 * Read a file.
 *
 * 0        *out is to be freed with baseline_free()
 * -errno   why[] says in one line what is wrong, and where
 */
int baseline_read(const char *path, struct baseline **out, char *why, size_t why_cap);
/* Takes NULL. */
void baseline_free(struct baseline *b);

/* True when the cause is in the file; false for a baseline that is NULL. */
bool baseline_has(const struct baseline *b, uint64_t cause);

/*
 * Write a file with these causes, in an order that changes as little as they do. The file appears
 * whole or not at all. 0 or -errno.
 */
int baseline_write(const char *path, const struct cause *const *causes, size_t cnt);

void baseline_name(uint64_t cause, char out[static BASELINE_NAME_CAP]);

#endif
