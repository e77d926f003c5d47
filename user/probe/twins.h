/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * twins: exchanges that are seen at both ends, because client and server run on one machine.
 *
 * In:   exchanges, each with the end whose process was probed.
 * Out:  which of them are to be told.
 *
 * The server's is told, and the client's is not, when the addresses of both are known: a server
 * writes a response before its client can read it, so the server's comes first. Where the addresses
 * of either are not known, both are told.
 */
#ifndef PROBE_TWINS_H
#define PROBE_TWINS_H

#include <stdbool.h>
#include <stdint.h>

#include "net/endpoint.h"

struct twins;

/* NULL when memory is short. */
struct twins *twins_new(uint64_t seed);
/* Takes NULL. */
void twins_free(struct twins *t);

/* An exchange was seen in the server's process. */
void twins_note(struct twins *t, const struct endpoint *client, const struct endpoint *server,
		uint64_t time_ns);

/* Whether one that was seen in the client's process now was seen in the server's. */
bool twins_has(const struct twins *t, const struct endpoint *client, const struct endpoint *server,
	       uint64_t time_ns);

#endif
