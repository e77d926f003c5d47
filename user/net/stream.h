/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * stream: one direction's bytes, from sequence numbers to chunks.
 *
 * In:   bytes that are next in their direction, or the word that they are missing.
 * Out:  CHUNK_DATA, CHUNK_GAP and CHUNK_FIN to the consumer, but for what it skips.
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "net/flow.h"
#include "net/net.h"

/* Where chunks go and what is counted on the way. */
struct stream_out {
	chunk_fn emit;
	void *ctx;
	const struct net_capture *capture; /* or NULL */
	struct net_stats *stats;
};

/* Bytes that begin at the stream's next. */
struct stream_bytes {
	struct span data; /* what was captured of them; borrowed for the call */
	uint32_t content; /* data's fingerprint, or 0 */
	uint32_t len;     /* on the wire; what is not in data is a gap */
	bool has_fin;     /* the direction ends after them */
	uint64_t time_ns;
	uint64_t packet;
};

/* The direction begins, or is joined, at this sequence number. */
void stream_open(struct stream *st, uint32_t seq);

/* Hand on b. The consumer is not called for bytes that it skips. */
void stream_deliver(const struct stream_out *o, struct flow *f, unsigned dir,
		    const struct stream_bytes *b);

/* The same for len bytes, all of which it skips. */
void stream_pass(const struct stream_out *o, struct flow *f, unsigned dir, uint32_t len);

/* len bytes from next on are not to be had; 0 for a number that nobody knows. */
void stream_lose(const struct stream_out *o, struct flow *f, unsigned dir, uint32_t len,
		 uint64_t time_ns);

/* Whether the capture left out the bytes from next up to end on purpose. */
bool stream_was_cut(const struct stream_out *o, const struct flow *f, unsigned dir, uint32_t end);

/*
 * Move on to seq when all bytes before it are skipped anyway, whether they come later or never.
 * False, with nothing changed, when the consumer wants some of them.
 */
bool stream_jump(const struct stream_out *o, struct stream *st, uint32_t seq);

/* True when s, which begins at seq, repeats the last delivered segment with other bytes. */
bool stream_differs(const struct stream *st, uint32_t seq, const struct segment *s);

#endif
