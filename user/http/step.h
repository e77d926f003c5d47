/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * step: one chunk's way through a connection, and how its exchanges are told.
 *
 * In:   the connection, the chunk, and what an exchange is made of.
 * Out:  struct exchange, to the owner's function; counted.
 */
#ifndef HTTP_STEP_H
#define HTTP_STEP_H

#include "http/conn.h"

/* One call's company: what every step needs. */
struct step {
	struct conn *k;
	struct conn_env *env;
	const struct connection *net;
	const struct chunk *c;
};

/* Whether the chunk is the client's; false where the role is not known. */
static inline bool step_is_client(const struct step *s)
{
	return s->c->dir == s->k->client_dir;
}

/* What differs between exchanges. Either message may be NULL. */
struct step_parts {
	const struct http_request *request;
	const struct http_response *response;
	enum http_outcome outcome;
	bool is_unsure;
	/* Of HTTP/2: */
	uint32_t stream;
	bool is_reset_by_client;
	bool has_error_code;
	uint32_t error_code;
};

/* Tell an exchange. The roles are known. */
void step_tell(const struct step *s, const struct step_parts *p);

/* A request or a response could not be held: count why. */
void step_count_dropped(const struct step *s);

/* What a head says of itself, counted once a head. */
void step_count_head(const struct step *s);

#endif
