/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * endpoint: how one endpoint (host and path) treated one origin before.
 *
 * In:   judged scenes with an Origin.
 * Out:  clues that contrast this response with earlier ones: headers lost on errors, headers
 *       asked for that are new, servers of one host that disagree.
 */
#ifndef CORS_ENDPOINT_H
#define CORS_ENDPOINT_H

#include "cors/clue.h"
#include "cors/memory.h"
#include "cors/scene.h"
#include "cors/words.h"
#include "net/endpoint.h"

/* What one server address last did with the origin. */
struct endpoint_server {
	struct endpoint server;
	uint64_t packet; /* 0: the place is free */
	bool is_allowed;
	bool is_inner; /* its clients are proxies */
};

struct cors_endpoint {
	uint64_t allowed_packet;   /* last 2xx response that allowed the origin; 0: none */
	uint64_t preflight_packet; /* last preflight that passed; 0: none */
	uint64_t preflight_ns;
	uint64_t preflight_headers; /* name of the headers that it asked for */
	bool was_credentialed;      /* an earlier request showed credentials */
	struct endpoint_server servers[2];
};

/* Say what the memory tells about a judged exchange, then remember it. is_credentialed_blocked:
 * it passes only without credentials. */
void endpoint_look(struct memory *endpoints, const struct scene *s, const struct judgement *j,
		   bool is_credentialed_blocked, struct words *words, struct clues *out);

#endif
