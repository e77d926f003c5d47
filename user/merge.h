/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * merge: the exchanges of all lanes in one order, the same for any number of lanes.
 *
 * In:   a ring of parcels of each lane, in the order of their keys; how far each lane has come.
 * Out:  the parcel with the least key, as soon as no lane can bring a lesser one.
 */
#ifndef MERGE_H
#define MERGE_H

#include "parcel.h"
#include "ring.h"

/* One lane's side. */
struct merge_lane {
	struct ring *ring;
	/* What the lane adds to the ring from now on has a key whose at is this or more. Written
	 * after the ring, so that whoever reads it first sees all that comes before it. */
	const _Atomic uint64_t *passed;
	uint64_t passed_seen; /* the last value read of it */
};

/*
 * The next parcel, borrowed until it is dropped from the ring of lanes[*from]; NULL when there is
 * none, or none that is known to be the next. The consumer's thread only.
 */
const struct parcel *merge_next(struct merge_lane *lanes, size_t cnt, size_t *from);

#endif
