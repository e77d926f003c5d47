/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * causes: the judge's table of causes (cors/cause.h), from the first finding of each on.
 */
#ifndef CORS_CAUSES_H
#define CORS_CAUSES_H

#include <stddef.h>

#include "base/text.h"
#include "cors/cause.h"

struct causes;

/* Room for at most max causes. NULL when memory is short. */
struct causes *causes_new(size_t max);
/* Takes NULL. */
void causes_free(struct causes *t);

/* The same for the same rule, host (letters folded), subject and explanation (NULL: none), in
 * every run. */
uint64_t causes_id(const struct rule *rule, struct span host, struct span about,
		   const struct rule *explained_by);

/* The cause with this id, or NULL. */
struct cause *causes_find(const struct causes *t, uint64_t id);

/* True when there is no room for another. */
bool causes_is_full(const struct causes *t);

/* A new cause with empty texts, to be filled in; there must be room. NULL when memory is
 * short. */
struct cause *causes_open(struct causes *t, uint64_t id, const struct rule *rule,
			  const struct rule *explained_by);

/* What a new cause says; kept as copies. Those that are NULL stay "" (console: NULL). */
struct cause_texts {
	const struct text *host, *detail, *console, *fix, *curl, *example;
	const char *platform;
};
/* False, and the cause has fewer texts, when memory is short. */
bool causes_tell(struct cause *c, const struct cause_texts *texts);

/* Count one finding. Origin and endpoint are its samples; absent ones are not counted. */
void causes_count(struct cause *c, uint64_t time_ns, enum confidence confidence, struct span origin,
		  struct span endpoint);

/* Take one finding back that was counted so. With the last one the cause is nobody's any more, and
 * not among causes_sorted() until it is counted again. */
void causes_take_back(struct cause *c, struct span origin, struct span endpoint);

/* All with findings, worst first; see judge_causes(). */
const struct cause *const *causes_sorted(struct causes *t, size_t *cnt);

#endif
