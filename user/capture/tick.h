/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tick: the unit of time of a pcapng interface, and stamps turned into nanoseconds.
 *
 * Spec: draft-ietf-opsawg-pcapng, 4.2, if_tsresol and if_tsoffset.
 */
#ifndef CAPTURE_TICK_H
#define CAPTURE_TICK_H

#include <stdint.h>

/* A stamp of t units is (t * mul >> shift) / div ns after the offset. */
struct tick {
	uint64_t mul, div;
	unsigned shift;
	int64_t offset_s;
};

/* if_tsresol's value: 10^-n s, or 2^-n s when the highest bit is set. 6 where there is none. */
struct tick tick_make(uint8_t resolution, int64_t offset_s);

/* Nanoseconds since 1970, rounded down; a time before that is 0, one beyond 2^64 ns is that. */
uint64_t tick_ns(const struct tick *t, uint64_t stamp);

#endif
