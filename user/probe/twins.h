/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * twins: connections that are seen at both ends, because client and server run on one machine.
 *
 * In:   the addresses of connections, as the process at one end has them.
 * Out:  whether the other end is seen as well.
 *
 * The server's exchanges are told, and the client's are not, when the addresses of both are known:
 * a server has read a request before its client can read the response, so the server's connection
 * is known by the time that the client's exchange is. Where the addresses of either are not known,
 * both are told.
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

/* A connection was seen in the process whose end is local. */
void twins_note(struct twins *t, const struct endpoint *local, const struct endpoint *remote,
		uint64_t time_ns);

/* Whether one with these ends was, not long ago. */
bool twins_has(const struct twins *t, const struct endpoint *local, const struct endpoint *remote,
	       uint64_t time_ns);

#endif
