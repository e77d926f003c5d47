/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * redirect: hops of redirected requests.
 *
 * In:   scenes; a response that redirects, and the request that follows it.
 * Out:  whether a browser may follow; which hop came before.
 * Spec: Fetch, #http-redirect-fetch.
 */
#ifndef CORS_REDIRECT_H
#define CORS_REDIRECT_H

#include "cors/memory.h"
#include "cors/scene.h"

/* One redirect whose next request is awaited. */
struct redirect_hop {
	uint64_t time_ns;
	uint64_t packet;
	uint64_t origin;      /* name of the Origin it carried; 0: none */
	bool is_null;         /* that Origin was "null" */
	bool is_credentialed; /* a cross-origin hop of the chain carried credentials */
	bool is_cross_origin; /* this hop was itself to another origin */
};

/* Whether the browser refuses the Location of a response that passed the CORS check; the code
 * is RULE_NONE when it follows. */
struct check redirect_check(const struct scene *s);

/* Remember where a redirecting response sends its client. */
void redirect_note(struct memory *hops, const struct scene *s);

/* The hop that led to this request, or NULL. */
const struct redirect_hop *redirect_before(struct memory *hops, const struct scene *s);

#endif
