/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * flood: traffic that is made to take memory, and what an observer must make of it.
 *
 * In:   how many of its units (connections, requests, frames).
 * Out:  packets; behind every FLOOD_BESIDE units one ordinary exchange that a browser blocks.
 */
#ifndef BENCH_FLOOD_H
#define BENCH_FLOOD_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/wire.h"

#define FLOOD_BESIDE 1000

/* Write units of the flood of this name. False when there is none. */
bool flood_write(struct wire *w, const char *name, uint64_t units);

/* Call with each name. */
void flood_names(void (*say)(const char *name, const char *help));

#endif
