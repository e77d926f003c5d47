/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * content: a fingerprint of a segment's payload, to tell a copy with other bytes from a mere copy.
 *
 * Its first bytes tell: a forged message differs in its start line or its first headers, and
 * hashing more costs each message. Whoever decodes has them at hand; later they are in another
 * processor's cache.
 */
#ifndef NET_CONTENT_H
#define NET_CONTENT_H

#include <stdint.h>

#include "base/hash.h"

/* As far as XXH3 takes its short way, which is half of what comes next; a start line is in it, and
 * some of the first fields. */
#define CONTENT_ENOUGH 128

/* Never 0. */
static inline uint32_t content_of(struct span payload)
{
	return (uint32_t)hash_span(span_first(payload, CONTENT_ENOUGH), 0) | 1;
}

#endif
