/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * number: how packets are numbered, and what no packet carried.
 *
 * Packets count from 1, over all inputs of a run. What a probe saw inside a process counts from
 * NUMBER_PROBED + 1 on, so that the two never meet, and the later one has the larger number within
 * each. People can look up a packet, but not the others: reports leave those out.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* More packets than any run has; less than what a JSON reader's integers end at. */
#define NUMBER_PROBED (1ull << 52)

/* 0 stands for none. */
static inline bool number_is_packet(uint64_t n)
{
	return n && n <= NUMBER_PROBED;
}

#endif
