/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * recent: the latest packets, as many as fit into a fixed memory, for somebody who learns later
 * which of them matter.
 *
 * In:   struct packet, with rising numbers.
 * Out:  those that were marked, each once and in order, when they leave the memory.
 */
#ifndef CAPTURE_RECENT_H
#define CAPTURE_RECENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/packet.h"

struct recent;

struct recent_config {
	size_t bytes;    /* of packets' data */
	size_t rows_max; /* packets */
	/* A packet that was marked leaves; borrowed for the call. */
	void (*leave)(void *ctx, const struct packet *p, const char *comment);
	void *ctx;
};

/* NULL when memory is short. */
struct recent *recent_new(const struct recent_config *config);
/* Takes NULL. What is marked still does not leave. */
void recent_free(struct recent *r);

/* Keep a copy; the oldest leave for it. One that is larger than the memory is not kept. */
void recent_add(struct recent *r, const struct packet *p);

/* A packet by its number; NULL when it is not there (any more). Borrowed until the next
 * recent_add(). */
const struct packet *recent_find(const struct recent *r, uint64_t number);

/* Where a packet's comment is; NULL in it: not marked. NULL when the packet is not there. Whoever
 * sets it owns the text, which must last until the packet leaves. */
const char **recent_comment(struct recent *r, uint64_t number);

/* Let all leave. */
void recent_flush(struct recent *r);

#endif
