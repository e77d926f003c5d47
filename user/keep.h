/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * keep: the file of -w, into which a reader puts the packets that it follows.
 *
 * What cannot be written is said once; the reading goes on without the file.
 */
#ifndef KEEP_H
#define KEEP_H

#include <stdbool.h>

#include "base/span.h"

struct packet;
struct writer;
struct writer_config;

/* All zeros: no packet is kept. */
struct keep {
	struct writer *writer; /* NULL: nothing is kept, or not any more */
	bool has_failed;       /* not all packets were written that should have been */
	void (*say)(void *ctx, const char *name, const char *message);
	void *ctx;
};

/* 0, or -errno and it was said. */
int keep_open(struct keep *k, const struct writer_config *config,
	      void (*say)(void *ctx, const char *name, const char *message), void *ctx);
void keep_close(struct keep *k);

static inline bool keep_is_on(const struct keep *k)
{
	return k->writer;
}

/* The file was moved away, perhaps. */
void keep_reopen(struct keep *k);

/* Others can read what was kept so far. */
void keep_flush(struct keep *k);

/* Whether pkt can still be kept; turns to the next file where it is time to. False when the last
 * one is full. */
bool keep_has_room(struct keep *k, const struct packet *pkt);

/* Write pkt, with this comment. */
void keep_packet(struct keep *k, const struct packet *pkt, struct span comment);

#endif
