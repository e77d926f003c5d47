/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * hpack: the field lines of header blocks, one direction of one connection, by nghttp2's inflater.
 *
 * In:   header blocks in the order in which they were sent.
 * Out:  names and values. Where a block refers to an entry of the dynamic table that nobody could
 *       know, the field is told to be unknown; never another one in its place.
 * Spec: RFC 7541.
 *
 * Entries are counted from the newest, so that those from before a capture or a loss stand behind
 * all that came since, and only references to them are unknown. The inflater never sees these:
 * such a reference is taken out, or loses its name, before. It keeps entries for longer than the
 * peer, which does no harm, for a peer never refers to what it has evicted.
 */
#ifndef HTTP_HPACK_H
#define HTTP_HPACK_H

#include <nghttp2/nghttp2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* What the tables of all connections take. */
struct hpack_budget {
	size_t held;     /* bytes, at most HTTP_TABLES_TOTAL_MAX */
	bool is_full;    /* why memory was refused: the limit, else malloc */
	nghttp2_mem mem; /* nghttp2's way to it */
};

/* Nothing is taken. It outlives every struct hpack that is given it, and stays where it is. */
void hpack_budget_init(struct hpack_budget *b);

struct hpack {
	nghttp2_hd_inflater *inflater; /* NULL until the first block */
	struct hpack_budget *budget;
	struct span rest; /* of the block at hand */
	bool has_unknown; /* the peer's table may hold entries that are not in ours */
};

enum hpack_result {
	HPACK_FIELD,   /* *name and *value are filled; borrowed until the next call */
	HPACK_UNKNOWN, /* a field whose name is not known */
	HPACK_END,     /* the block is complete */
	HPACK_BAD,     /* this is no HPACK; the block ends here */
	HPACK_MEMORY,  /* budget->is_full tells why; the block ends here */
};

/* A direction's table at its beginning, when nothing was sent yet. */
void hpack_init(struct hpack *h, struct hpack_budget *budget);
void hpack_fini(struct hpack *h);

/* Blocks may be missing before the next one: what the table holds is not known any more. Also
 * for a direction that was joined in the middle. */
void hpack_lose(struct hpack *h);

/* Begin a block. It is borrowed until HPACK_END, HPACK_BAD or HPACK_MEMORY; after the latter two
 * the table is lost. */
void hpack_begin(struct hpack *h, struct span block);
enum hpack_result hpack_next(struct hpack *h, struct span *name, struct span *value);

#endif
