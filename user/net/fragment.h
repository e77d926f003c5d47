/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fragment: IP datagrams put together again.
 *
 * In:   the fragments' payloads, in any order.
 * Out:  the whole payload, once, when the last missing one has come.
 * Spec: RFC 791, 3.2; RFC 8200, 4.5; RFC 5722 (overlaps).
 *
 * Receivers disagree about overlapping fragments, so nobody can tell what was received: the
 * datagram is dropped. A fragment whose bytes are all there already, and the same, is a
 * duplicate and harms nothing, as in Linux. Bounded in datagrams and bytes (limits.h); the
 * oldest goes first. The clock is the fragments' own time and never goes back.
 */
#ifndef NET_FRAGMENT_H
#define NET_FRAGMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "net/endpoint.h"

struct decode_stats;

struct fragment {
	struct address src, dst;
	uint32_t id;      /* IPv4: 16 bits */
	uint8_t protocol; /* the payload's. IPv4 identifies datagrams by it too; IPv6 does not,
			   * and what the first fragment says is what counts */
	bool is_ip6;
	bool has_more;     /* not the last */
	uint32_t off;      /* of bytes within the datagram's payload, a multiple of 8 */
	struct span bytes; /* complete: a fragment that the capture cut cannot be used */
	uint64_t time_ns;
};

enum fragment_result {
	FRAGMENT_WAITING, /* kept, or dropped and counted; nothing to read yet */
	FRAGMENT_WHOLE,   /* *whole and *protocol are the datagram's */
	FRAGMENT_BAD,     /* its length or offset is impossible; nothing was kept or counted */
};

struct fragment_table;

/* NULL when memory is short. */
struct fragment_table *fragment_new(uint64_t seed);

/* Takes NULL. What was given out last ends here. */
void fragment_free(struct fragment_table *t);

/*
 * Take one fragment. Unless it is FRAGMENT_BAD it is counted: fragments and fragments_joined,
 * _lost, _overlap, _evicted (also when memory is short).
 *
 * FRAGMENT_WHOLE  *whole is borrowed from t until the next FRAGMENT_WHOLE, or fragment_free()
 */
enum fragment_result fragment_add(struct fragment_table *t, const struct fragment *f,
				  struct decode_stats *stats, struct span *whole,
				  uint8_t *protocol);

/* Count what still waits as lost and forget it, and the clock with it. */
void fragment_finish(struct fragment_table *t, struct decode_stats *stats);

#endif
