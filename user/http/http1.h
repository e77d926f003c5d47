/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * http1: the messages of one direction of a connection, framed.
 *
 * In:   the direction's chunks, and after each head what follows it (framing.h).
 * Out:  heads, and how many of the bytes to come are body that nobody needs.
 * Spec: RFC 9112, 2.2 and 6.
 *
 *	            head                      body's end
 *	  START ------------> http1_body() ----------------> START
 *	    |  no start line      |  end not known
 *	    v                     v
 *	  the caller's choice   SEEK: looks at the first bytes of each chunk only, until a head
 *	                        is proven (head_is_proof)
 *
 * A head that lies in one chunk is read where it is. Only one that straddles chunks is copied.
 */
#ifndef HTTP_HTTP1_H
#define HTTP_HTTP1_H

#include "http/chunked.h"
#include "http/framing.h"
#include "http/head.h"
#include "http/pool.h"
#include "http/startline.h"
#include "net/chunk.h"

enum http1_state {
	HTTP1_START, /* a start line comes next, or the rest of a head that is held */
	HTTP1_SEEK,  /* the position is lost */
	HTTP1_BODY,  /* left bytes of body come next */
	HTTP1_PEEK,  /* a body or, for want of one, a head (struct body, is_doubtful) */
	HTTP1_CHUNKED,
	HTTP1_IGNORE, /* nothing more is wanted */
};

enum http1_event {
	HTTP1_NONE,      /* the chunk is used up; skip tells what to pass over */
	HTTP1_HEAD,      /* a head is read; to be followed by http1_body() or http1_seek() */
	HTTP1_ALIEN,     /* a start line was due and something else came, now at *rest or, when
			  * it was partly held, no more at hand; to be followed by
			  * http1_seek() or http1_ignore() */
	HTTP1_DROPPED,   /* a head could not be held (pool.is_full tells why); it seeks now */
	HTTP1_BAD_CHUNK, /* a chunked body broke off; it seeks now */
};

struct http1 {
	uint8_t state;      /* enum http1_state */
	uint8_t role;       /* enum head_role; HEAD_ANY until it is known */
	bool is_start_read; /* the start line of the held head is a good one */
	bool was_sought;    /* the head of the last HTTP1_HEAD was found by seeking */
	uint8_t peek_cnt;   /* bytes passed while peeking, all at peeked[] */
	uint8_t peeked[STARTLINE_PEEK_MAX];
	struct chunked chunked;
	struct body body;   /* while peeking */
	uint64_t left;      /* of the body */
	struct block *held; /* a head's bytes so far; NULL for none */
	uint32_t held_len;
	uint32_t held_seen; /* the head's end does not begin before this offset */
	uint64_t time_ns;   /* of the chunk with the message's first byte */
	uint64_t packet;
	uint64_t packet_last; /* of the chunk with the last byte of the head so far */
	uint64_t skip;        /* to be returned for the chunk; HTTP1_NONE only */
};

/* What all connections share. */
struct http1_env {
	struct pool pool;
	struct head head; /* the head of the last HTTP1_HEAD, good until the next call */
};

/* A direction at its first byte. */
void http1_init(struct http1 *f, enum head_role role);
/* Drops a head that is held. */
void http1_fini(struct http1 *f, struct http1_env *env);

/* Read on in *rest, what is left of c->data. Call until HTTP1_NONE. */
enum http1_event http1_next(struct http1 *f, struct http1_env *env, const struct chunk *c,
			    struct span *rest);

/* Bytes are missing, or no more will be read. HTTP1_HEAD when the held head has a start line:
 * env->head is what is known of it, with HTTP_FLAW_HEAD_CUT. Else HTTP1_NONE. It seeks then. */
enum http1_event http1_cut(struct http1 *f, struct http1_env *env);

/* What comes next, one of these three; each gives back the held head. First: a body, or none,
 * and then the next head. BODY_TUNNEL is not for here. */
void http1_body(struct http1 *f, struct http1_env *env, const struct body *b);
/* The position is lost: look for a head at the beginning of chunks. */
void http1_seek(struct http1 *f, struct http1_env *env);
/* Nothing more of this direction is wanted. */
void http1_ignore(struct http1 *f, struct http1_env *env);

/* Whether some bytes of an unfinished head are held. */
static inline bool http1_is_in_head(const struct http1 *f)
{
	return f->held_len != 0;
}

#endif
