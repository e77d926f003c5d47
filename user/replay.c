/* SPDX-License-Identifier: BSD-2-Clause */
#include "replay.h"

uint64_t replay_wait_ns(struct replay *r, uint64_t packet_ns, uint64_t clock_ns)
{
	double since_ns, due_ns;

	if (!(r->speed > 0))
		return 0;
	if (!r->clock_ns || packet_ns < r->packet_ns) {
		r->packet_ns = packet_ns;
		r->clock_ns = clock_ns;
		return 0;
	}
	since_ns = (double)(clock_ns - r->clock_ns);
	due_ns = (double)(packet_ns - r->packet_ns) / r->speed;
	/* A wait that no clock can hold is as good as one of a century. */
	if (due_ns > 3e18)
		due_ns = 3e18;
	return due_ns > since_ns ? (uint64_t)(due_ns - since_ns) : 0;
}
