/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * advise: findings about headers that do not decide this exchange's verdict.
 *
 * In:   a scene with an Origin and a complete response.
 * Out:  clues, all of them warnings or information.
 */
#ifndef CORS_ADVISE_H
#define CORS_ADVISE_H

#include "cors/clue.h"
#include "cors/redirect.h"
#include "cors/scene.h"

/* A judged preflight. */
void advise_preflight(const struct scene *s, struct clues *out);

/* A judged actual request; hop is the redirect before it, or NULL. */
void advise_actual(const struct scene *s, const struct redirect_hop *hop, struct clues *out);

/* A response to either that was judged as Chromium does, and that Firefox reads differently. */
void advise_differences(const struct scene *s, struct clues *out);

/* A request that may or may not be subject to CORS, and would be blocked if it is. */
void advise_unsure(const struct scene *s, struct clues *out);

#endif
