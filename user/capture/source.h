/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * source: where packets come from.
 *
 * In:   a file, stdin, or interfaces (capture/live.h).
 * Out:  struct packet, one at a time, in the order of the source.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include <stdint.h>

#include "base/span.h"
#include "capture/packet.h"
#include "capture/window.h"

/* lines of a TLS key log, which the input carries beside its packets; borrowed for the call. */
typedef void (*source_secrets_fn)(void *ctx, struct span lines);

enum source_status {
	SOURCE_END = 0,     /* nothing more will come */
	SOURCE_PACKET = 1,  /* *out is filled, but for number, which the caller gives */
	SOURCE_DAMAGED = 2, /* the input is cut or broken here; source_message() says where.
			     * All that came before was good; nothing more will come */
	/* Of interfaces only: */
	SOURCE_IDLE = 3, /* no packet for now; ask again. Of *out only time_ns is filled: all
			  * packets up to that time have been given; 0 when that is not known */
	SOURCE_NEWS = 4, /* ask again; source.message is a line for people */
};

struct source {
	const struct source_ops *ops;
	const char *name;    /* for people: the path as given, "stdin" */
	uint64_t read_bytes; /* of the input so far (compressed bytes where it is) */
	uint64_t size_bytes; /* of the input, 0 when unknown */
	/* Called several times a second while a pipe brings nothing, between two packets; set by
	 * whoever opened it, may be NULL. Interfaces say SOURCE_IDLE instead. */
	void (*idle)(void *ctx);
	void *idle_ctx;
	/* Called when packets given before would end: see struct window. Set by whoever opened it;
	 * NULL: a packet ends when the next one is asked for. Files only. */
	struct window_memory (*turn)(void *ctx, struct window_memory full);
	void *turn_ctx;
	bool is_fleeting;          /* a packet ends with the next one whatever turn does */
	source_secrets_fn secrets; /* NULL: nobody wants them. Whoever opened it sets it */
	void *secrets_ctx;
	char message[256]; /* after SOURCE_DAMAGED and SOURCE_NEWS; one line, no newline */
};

struct source_ops {
	enum source_status (*next)(struct source *s, struct packet *out);
	void (*close)(struct source *s);
	void (*finish)(struct source *s); /* NULL for files */
};

static inline enum source_status source_next(struct source *s, struct packet *out)
{
	return s->ops->next(s, out);
}

/* Interfaces bring nothing new from now on: what has arrived is still given, then SOURCE_END. */
static inline void source_finish(struct source *s)
{
	if (s->ops->finish)
		s->ops->finish(s);
}

/* Takes NULL. Packets and names borrowed from s end here. */
static inline void source_close(struct source *s)
{
	if (s)
		s->ops->close(s);
}

#endif
