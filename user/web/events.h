/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * events: server-sent events: who watches hears of each new edition.
 *
 * Out:  "event: edition", with its number as id and data: the reader fetches what it shows. An
 *       edition that comes while the last one is on its way is told with it, so that a slow reader
 *       is behind by one at the most and nothing piles up.
 * Spec: HTML, #server-sent-events.
 */
#ifndef WEB_EVENTS_H
#define WEB_EVENTS_H

#include <microhttpd.h>
#include <stdint.h>

#include "report/shelf.h"

struct events;

/* Of this shelf, which must outlive it. NULL when memory is short. */
struct events *events_new(struct shelf *shelf);
/* Takes NULL. All readers are gone: the daemons that served them have ended. */
void events_free(struct events *e);

/* A response that tells c of everything from now on; NULL when there are WEB_EVENTS_MAX readers,
 * or memory is short. */
struct MHD_Response *events_open(struct events *e, struct MHD_Connection *c);

/* There may be something new: whoever waits looks. now_ns is of a clock that never goes back. */
void events_wake(struct events *e, uint64_t now_ns);

/* Let every reader go: their daemon is about to end. New ones may come afterwards. */
void events_end(struct events *e);

#endif
