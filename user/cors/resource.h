/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * resource: the last few responses to each URL, as compact facts.
 *
 * In:   scenes of GET and HEAD responses, with Origin or without.
 * Out:  the facts of this response; the ones before it; the stored response that a 304 revives.
 * Spec: RFC 9111 for what a cache may store; Fetch, #cors-protocol-and-http-caches.
 */
#ifndef CORS_RESOURCE_H
#define CORS_RESOURCE_H

#include "cors/memory.h"
#include "cors/scene.h"
#include "cors/words.h"

/* Responses kept of one URL: a seed and its victim, and a round more. */
#define RESOURCE_VARIANTS 4

enum resource_flag {
	RESOURCE_STORABLE = 1 << 0,    /* by a browser's cache */
	RESOURCE_SHARED = 1 << 1,      /* by a shared cache too */
	RESOURCE_VARY_ORIGIN = 1 << 2, /* Vary has Origin or * */
	RESOURCE_HIT = 1 << 3,         /* it came from a cache */
	RESOURCE_ECHO = 1 << 4,        /* ACAO is the request's Origin */
	RESOURCE_WILDCARD = 1 << 5,    /* ACAO is * */
	RESOURCE_ACAO_LINES = 1 << 6,  /* ACAO has several lines, joined here */
	RESOURCE_SUCCESS = 1 << 7,     /* status 200 to 299 */
	RESOURCE_NO_STORE = 1 << 8,
};

/* One response. Strings are words (cors/words.h); 0 means absent. */
struct resource_variant {
	uint64_t origin;   /* of the request */
	uint64_t acao;     /* combined */
	uint64_t acac;     /* combined */
	uint64_t etag;     /* hash, 0: none */
	uint64_t modified; /* hash of Last-Modified, 0: none */
	uint64_t date;     /* hash of Date, 0: none */
	uint64_t client;   /* whose browser may have stored it */
	uint64_t packet;
	uint64_t time_ns;
	uint16_t status;
	uint16_t flags; /* enum resource_flag */
};

struct resource {
	uint8_t cnt;  /* variants in use, in no particular order */
	uint8_t next; /* where the next one goes that is like none of these */
	struct resource_variant variants[RESOURCE_VARIANTS];
};

/* What must be zero of a new one: no variant is looked at that is not counted. */
#define RESOURCE_ZEROED offsetof(struct resource, variants)

/* True for what caches may keep for GET: GET and HEAD with a complete response. */
bool resource_is_cacheable(const struct scene *s);

/* Read the facts off a response. */
void resource_facts(struct resource_variant *v, const struct scene *s);

/* Remember it. */
void resource_keep(struct resource *r, const struct resource_variant *v);

/* The stored response that this 304 revives in the client's browser, or NULL. r may be NULL. */
const struct resource_variant *resource_stored(const struct resource *r, const struct scene *s);

/* A 304 replaces fields of the stored response that it revives (RFC 9111, 3.2). stored is one
 * of r's; now are the 304's own facts. */
void resource_freshen(struct resource *r, const struct resource_variant *stored,
		      const struct resource_variant *now);

#endif
