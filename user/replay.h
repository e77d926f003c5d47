/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * replay: when a packet of a capture is due, so that it plays as slowly as it came.
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdint.h>

struct replay {
	double speed;       /* times as fast; 0: everything is due at once */
	uint64_t packet_ns; /* a packet's time, and */
	uint64_t clock_ns;  /* the clock's when it was due; 0: none yet */
};

/* How long the packet of this time is to wait now; 0: no longer. A packet earlier than the first
 * is due, and those after it go by it: another capture begins. */
uint64_t replay_wait_ns(struct replay *r, uint64_t packet_ns, uint64_t clock_ns);

#endif
