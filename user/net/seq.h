/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * seq: arithmetic on sequence numbers, which wrap (RFC 9293, 3.4). Two numbers can be
 * compared while they are less than 2^31 apart.
 */
#ifndef NET_SEQ_H
#define NET_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* How far b lies after a; negative when it lies before. */
static inline int32_t seq_distance(uint32_t a, uint32_t b)
{
	return (int32_t)(b - a);
}

static inline bool seq_before(uint32_t a, uint32_t b)
{
	return seq_distance(a, b) > 0;
}

/* The later of the two. */
static inline uint32_t seq_max(uint32_t a, uint32_t b)
{
	return seq_before(a, b) ? b : a;
}

/* The earlier of the two. */
static inline uint32_t seq_min(uint32_t a, uint32_t b)
{
	return seq_before(a, b) ? a : b;
}

#endif
