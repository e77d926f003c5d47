/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * clock: the time of a capture, as its packets tell it.
 */
#ifndef NET_CLOCK_H
#define NET_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"

struct clock {
	uint64_t now_ns;
	bool has_leapt; /* the last packet's time was far ahead */
};

/*
 * The clock follows the packets' times but for going back. One packet alone whose time is so far
 * ahead that every connection would time out has a damaged time; a second one confirms it.
 * Whether it has moved.
 */
static inline bool clock_follow(struct clock *c, uint64_t time_ns)
{
	if (time_ns > NET_TIME_MAX)
		time_ns = NET_TIME_MAX;
	if (time_ns <= c->now_ns) {
		c->has_leapt = false;
		return false;
	}
	if (c->now_ns && time_ns - c->now_ns > NET_FLOW_IDLE_NS && !c->has_leapt) {
		c->has_leapt = true;
		return false;
	}
	c->has_leapt = false;
	c->now_ns = time_ns;
	return true;
}

#endif
