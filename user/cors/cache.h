/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * cache: proofs that a cache gives out, or may give out, one origin's copy to another.
 *
 * In:   the facts of this response and of the ones before it to the same URL.
 * Out:  clues that name seed and victim; nothing for a constant ACAO, "*", private or no-store.
 * Spec: Fetch, #cors-protocol-and-http-caches; RFC 9111, 4.1.
 */
#ifndef CORS_CACHE_H
#define CORS_CACHE_H

#include "cors/clue.h"
#include "cors/resource.h"

/* now is the response at hand, r the earlier ones (NULL: none). is_checked: it is a CORS
 * response whose verdict stands in s->check. */
void cache_look(const struct resource *r, const struct resource_variant *now, const struct scene *s,
		bool is_checked, struct words *words, struct clues *out);

/* A 304 was blocked for the Access-Control-Allow-Origin of the stored response it revived. */
void cache_revived(const struct resource_variant *stored, const struct scene *s,
		   struct words *words, struct clues *out);

#endif
