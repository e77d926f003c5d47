/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * decide: the verdict on one exchange.
 *
 * In:   a scene that was read, and what the memories know about it.
 * Out:  the judgement's verdict, and in the scene the check that gave it.
 * Spec: Fetch, #http-cors-protocol. What was lost, cut or is still to come gives "unknown".
 */
#ifndef CORS_DECIDE_H
#define CORS_DECIDE_H

#include "cors/finding.h"
#include "cors/permit.h"
#include "cors/redirect.h"
#include "cors/resource.h"
#include "cors/scene.h"
#include "cors/words.h"

/* What earlier exchanges tell; each may be NULL. */
struct decide_context {
	const struct permit *permit;
	const struct redirect_hop *hop;
	const struct resource *resource;
	struct words *words;
};

/* What came of it besides the judgement. */
struct decide_result {
	bool is_credentialed_blocked;          /* it passes without credentials only */
	struct check credentialed;             /* the check that would break then */
	const struct resource_variant *stored; /* what a 304 revived, or NULL */
	bool is_inherited;                     /* its ACAO counted, as the 304 had none */
	bool is_unsure_blocked;                /* blocked, if it is subject to CORS at all */
};

/* Fills j's kind, verdict, error, code, confidence, credentials, unknown and is_browser. */
void decide(struct judgement *j, struct scene *s, const struct decide_context *ctx,
	    struct decide_result *out);

#endif
