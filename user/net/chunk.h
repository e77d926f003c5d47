/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * chunk: what net/ gives and http/ is given: the bytes of a connection, each direction in
 * order, with every hole told. Plaintext from inside TLS comes in the same form.
 */
#ifndef NET_CHUNK_H
#define NET_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "net/endpoint.h"

/* What the consumer has learnt about a connection, for a capture that leaves bodies out. */
enum connection_want {
	CONNECTION_WANT_HEADS,   /* start lines, and what follows them closely */
	CONNECTION_WANT_ALL,     /* heads may begin anywhere: pipelining, unknown framing */
	CONNECTION_WANT_NOTHING, /* not HTTP, or not any more */
};

/* What a connection is known to speak before a byte of it is looked at (RFC 7301). */
enum connection_protocol {
	CONNECTION_PROTOCOL_UNKNOWN, /* its bytes must tell */
	CONNECTION_PROTOCOL_HTTP1,
	CONNECTION_PROTOCOL_HTTP2,
};

/* A direction is named by the end that sends: 0 is ends[0]. */
struct connection {
	struct endpoint ends[2]; /* ends[0] sent the first SYN, or the first packet seen */
	bool is_from_start;      /* the SYN was seen, so ends[0] is the one who opened */
	bool is_tls;             /* the chunks are what was inside TLS */
	bool is_unaddressed;     /* ends[] are not known: a probe could not tell */
	enum connection_protocol protocol;
	const char *source;    /* where its first packet was captured; lives as long as the run */
	uint64_t first_packet; /* number of its first packet; unique among connections */
	enum connection_want want; /* the consumer's word */
	void *between;             /* a layer's own that stands before the consumer (tls/), by the
				    * same rules */
	void *consumer;            /* the next layer's own; NULL at first. Freed by it when it is
				    * given a chunk that ends the connection */
	uint64_t consumer_note;    /* the next layer's own too; 0 at first */
};

enum chunk_kind {
	CHUNK_DATA,    /* data is what comes next. A chunk never spans two segments, so a start
			* line that opens a segment opens a chunk */
	CHUNK_GAP,     /* gap_len bytes are missing here; 0 when nobody can tell how many. Also
			* said first for a direction that was joined in the middle (0) */
	CHUNK_FIN,     /* this direction is complete; the other may go on */
	CHUNK_RESET,   /* RST from dir's end; ends the connection */
	CHUNK_CLOSED,  /* both directions are complete; ends the connection */
	CHUNK_TIMEOUT, /* nothing came for too long; ends the connection */
	CHUNK_EVICTED, /* dropped because too many are open; ends the connection */
	CHUNK_END,     /* the capture ends; ends the connection */
};

struct chunk {
	enum chunk_kind kind;
	uint8_t dir;      /* 0 or 1: the index in ends[] of the sender */
	struct span data; /* CHUNK_DATA: borrowed for the call, never empty */
	uint64_t gap_len; /* CHUNK_GAP */
	bool is_cut;      /* CHUNK_GAP: the capture left these bytes out on purpose */
	uint64_t time_ns; /* of the packet that carried it, or of the capture's clock */
	uint64_t packet;  /* that packet's number; 0 when no packet did (timeouts, end) */
};

/* True for the kinds after which the connection is gone. */
static inline bool chunk_is_last(enum chunk_kind kind)
{
	return kind >= CHUNK_RESET;
}

/* Returned by a consumer that wants nothing more of this direction but its end. */
#define CHUNK_SKIP_ALL UINT64_MAX

/*
 * The consumer's entry. Returns how many of the following bytes of c->dir it has no use for:
 * the producer drops them by counting, without delivering them, and holes inside them are not
 * told (they are counted as lost body bytes). CHUNK_FIN and the ends are always told. The
 * number replaces the one returned before for this direction; it means something only for
 * CHUNK_DATA and CHUNK_GAP.
 */
typedef uint64_t (*chunk_fn)(void *ctx, struct connection *conn, const struct chunk *c);

#endif
