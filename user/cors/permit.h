/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * permit: preflights remembered until their actual request comes, on whatever connection.
 *
 * In:   judged scenes of preflights; scenes of actual requests.
 * Out:  what the preflight announced and how it went; clues about the two together.
 * Spec: Fetch, #concept-cache for how long a permission lives.
 */
#ifndef CORS_PERMIT_H
#define CORS_PERMIT_H

#include "cors/clue.h"
#include "cors/memory.h"
#include "cors/scene.h"

/* The preflights of one client, URL and origin. */
struct permit {
	uint64_t time_ns; /* when the last one was answered */
	uint64_t packet;  /* its response */
	uint64_t method;  /* hash of the method that it asked for */
	uint64_t asked;   /* hash of method and headers, to recognise repeats */
	uint64_t cost_ns; /* time that the repeats took in all */
	uint32_t repeats; /* times that the same was asked without a lasting permission */
	enum cors_verdict verdict;
	bool is_credentialed_blocked; /* it passes only without credentials */
	bool is_answered;             /* the actual request came */
	bool is_auth_announced;       /* some preflight here asked for Authorization */
	bool is_if_none_match_announced, is_if_modified_since_announced;
};

/* Exchanges that ended up to until_ns may be missing: of s's preflights before then nobody knows
 * whether their actual request came, nor whether another one followed. */
void permit_missed(struct memory *permits, const struct scene *s, uint64_t until_ns);

/* The preflights that belong to a request, or NULL. */
struct permit *permit_find(struct memory *permits, const struct scene *s);

/* A preflight was judged: what is to be said about it and the ones before; remember it. */
void permit_preflight(struct memory *permits, const struct scene *s, enum cors_verdict verdict,
		      bool is_credentialed_blocked, struct clues *out);

/* An actual request was judged: what is to be said about it and its preflight p, which may be
 * NULL. */
void permit_actual(struct permit *p, const struct scene *s, enum cors_verdict verdict,
		   struct clues *out);

#endif
