/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * h2: a connection that speaks HTTP/2: its streams, and what becomes of each request.
 *
 * In:   the chunks of both directions from its first frame on, or from wherever it was joined.
 * Out:  exchanges, as from HTTP/1 (step.h).
 * Spec: RFC 9113; RFC 8441 for WebSockets.
 *
 * A stream pairs its request and its response by its number, so that holes cost what is in them
 * and nothing else; but the compression tables (hpack.h) lose what they had.
 */
#ifndef HTTP_H2_H
#define HTTP_H2_H

#include "http/h2read.h"
#include "http/h2streams.h"
#include "http/hpack.h"

struct step;

/* A header block that goes on in CONTINUATION frames. */
struct h2_block {
	struct block *held; /* its bytes so far; NULL when there are none */
	uint32_t len;
	uint32_t stream;  /* 0: no block is open */
	bool is_promise;  /* of a PUSH_PROMISE */
	bool is_dropped;  /* it cannot be held: its end is waited for */
	uint64_t time_ns; /* of its first frame, as of h2read */
	uint64_t packet;
};

struct h2_dir {
	struct h2read read;
	struct hpack hpack;
	struct h2_block block;
	bool is_block_lost; /* the next frame may go on with a block that was lost */
};

/* Of holes_below: all of them. */
#define H2_HOLE_OPEN UINT32_MAX

/* About 500 bytes, and what hpack's tables take. */
struct h2 {
	struct h2_dir dirs[2];
	struct h2streams streams;
	uint32_t holes_below;  /* requests on streams below this one may be missing */
	bool has_goaway;       /* the server is going away, ... */
	uint32_t goaway_error; /* ... says why (RFC 9113, 7), ... */
	uint32_t goaway_last;  /* ... and looks at no stream above this one (RFC 9113, 6.8) */
};

/* Where a connection stands when it becomes one of HTTP/2. */
enum h2_begin {
	H2_BEGIN_PREFACE, /* behind what an HTTP/1 reader takes for a head */
	H2_BEGIN_UPGRADE, /* both directions begin: the client's with the preface */
	H2_BEGIN_SERVER,  /* the server has begun, the client not yet */
	H2_BEGIN_JOINED,  /* both directions are somewhere inside */
};

/* client_dir is meaningful but for H2_BEGIN_JOINED. NULL when memory is short. */
struct h2 *h2_new(struct hpack_budget *budget, enum h2_begin begin, unsigned client_dir);
/* What dir sent up to here was not seen. */
void h2_join(struct h2 *h, unsigned dir);
/* Takes NULL. Requests that wait are dropped. */
void h2_free(struct h2 *h, struct pool *p);

/* The request that asked for the upgrade waits on stream 1 from now on (RFC 7540, 3.2), and
 * is h's. NULL: it was not captured. */
void h2_upgraded(const struct step *s, struct waiting *w);

/* Follow s->c, of which rest is left to be read. What http_chunk() is to return. */
uint64_t h2_data(const struct step *s, struct span rest);
/* A hole in the direction of s->c. */
void h2_gap(const struct step *s);
/* The direction of s->c is complete. */
void h2_fin(const struct step *s);
/* The requests that wait are told as lost and counted, and half-read blocks and frames are dropped.
 * s->c has no direction. True when there were any. */
bool h2_shed(const struct step *s);
/* The connection ends: every request that waits is told. outcome is for those that nothing else
 * was said of. */
void h2_end(const struct step *s, enum http_outcome outcome);

#endif
