/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * parcel: an exchange on its way from its lane to the judge: a copy that needs nothing of the lane.
 *
 * In:   struct exchange, whose bytes are borrowed from the lane.
 * Out:  the same in one piece of memory, with all that it points to but text that lives as long
 *       as the run.
 */
#ifndef PARCEL_H
#define PARCEL_H

#include <stddef.h>

#include "base/limits.h"
#include "http/exchange.h"

/* Where an exchange stands among all, whichever lane tells it. */
struct parcel_key {
	uint64_t at;   /* the packet that told it; live, the clock, in ns */
	uint64_t rank; /* what the clock told is in the order in which connections began; what the
			* packet itself told is PARCEL_RANK_PACKET, and of one lane only */
};

#define PARCEL_RANK_PACKET UINT64_MAX

static inline bool parcel_key_before(const struct parcel_key *a, const struct parcel_key *b)
{
	return a->at != b->at ? a->at < b->at : a->rank < b->rank;
}

struct parcel {
	struct parcel_key key;
	uint64_t missed; /* of the lane's exchanges just before it: they were dropped */
	struct exchange x;
	struct http_field fields[]; /* of the request, then of the response; then bytes */
};

/* The largest: all lines that are kept of two messages, with names that are known, and what a
 * request's first line says. */
#define PARCEL_NAME_MAX 64
#define PARCEL_LINE_MAX (sizeof(struct http_field) + PARCEL_NAME_MAX + HTTP_VALUE_MAX)
#define PARCEL_MAX                                                                                 \
	(sizeof(struct parcel) + 2 * HTTP_FIELDS_MAX * PARCEL_LINE_MAX + HTTP_METHOD_MAX +         \
	 2 * HTTP_TARGET_MAX + HTTP_VALUE_MAX)

/* Bytes that parcel_make() takes for x. */
size_t parcel_size(const struct exchange *x);

/* Copy x to so many bytes, aligned for a pointer; missed is 0. */
void parcel_make(struct parcel *p, const struct parcel_key *key, const struct exchange *x);

#endif
