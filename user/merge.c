/* SPDX-License-Identifier: BSD-2-Clause */
#include "merge.h"

/* The first of lane l, brought up to date when it could matter to whoever waits for at. True when
 * *first is it, or, NULL, when l will bring nothing at or before at. */
static bool lane_first(struct merge_lane *l, uint64_t at, const struct parcel **first)
{
	*first = ring_peek(l->ring);
	if (*first || l->passed_seen > at)
		return true;
	l->passed_seen = atomic_load_explicit(l->passed, memory_order_acquire);
	*first = ring_peek(l->ring);
	return *first || l->passed_seen > at;
}

const struct parcel *merge_next(struct merge_lane *lanes, size_t cnt, size_t *from)
{
	const struct parcel *least = NULL, *first;

	for (size_t i = 0; i < cnt; i++) {
		first = ring_peek(lanes[i].ring);
		if (first && (!least || parcel_key_before(&first->key, &least->key))) {
			least = first;
			*from = i;
		}
	}
	for (size_t i = 0; least && i < cnt; i++) {
		if (i == *from)
			continue;
		if (!lane_first(&lanes[i], least->key.at, &first))
			return NULL;
		/* One that came since may be the least; those passed over above are later still. */
		if (first && parcel_key_before(&first->key, &least->key)) {
			least = first;
			*from = i;
		}
	}
	return least;
}
