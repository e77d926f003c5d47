/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * legs: one exchange of a browser seen on both sides of a proxy: which of the two made the headers.
 *
 * In:   whole exchanges with an Origin, in the order in which they became known: the leg behind a
 *       proxy ends before the one in front of it.
 * Out:  the inner leg of an exchange; clues that name the hop which added, dropped, doubled or
 *       changed the header that blocks.
 *
 * Two exchanges are legs of one when method, Origin and the last part of the path are the same
 * (proxies add and strip what is before it), one's time lies within the other's, and the inner
 * one's client is the outer one's server: both were seen in one process, or by its address, or by
 * being on the loopback device, where the outer one's client is not, or because X-Forwarded-For
 * names the outer one's client.
 */
#ifndef CORS_LEGS_H
#define CORS_LEGS_H

#include "cors/clue.h"
#include "cors/memory.h"
#include "cors/scene.h"
#include "cors/words.h"

/* What is kept of an exchange until the leg in front of it ends. Words are of cors/words.h. */
struct leg {
	/* What is taken back when the outer leg is seen. connection 0: nothing is kept. */
	struct takeback told;
	struct process process;
	uint64_t packet;        /* of the response */
	uint64_t forwarded_for; /* hash of the last address of X-Forwarded-For; 0: none */
	uint64_t path;          /* its word, without the query; 0: nothing was found there */
	uint64_t acao, acac;    /* words of the combined values; 0: none */
	uint16_t acao_lines, acac_lines;
};

/* The key of both legs, for scene.leg. s has an origin_word. */
uint64_t legs_key(const struct scene *s);

/* The leg behind the proxy that answered s, or NULL. Valid until legs_keep(). */
struct leg *legs_inner(struct memory *legs, const struct scene *s);

/* Name the hop that made what blocks s; inner is its inner leg. */
void legs_look(const struct leg *inner, const struct scene *s, struct words *words,
	       struct clues *out);

/* Keep s for the leg in front of it, which may never come. */
void legs_keep(struct memory *legs, const struct scene *s, struct words *words,
	       const struct judgement *j);

#endif
