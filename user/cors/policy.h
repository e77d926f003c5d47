/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * policy: the rule by which a host allows origins, as far as it was seen.
 *
 * In:   responses to requests with an Origin.
 * Out:  struct policy for each host, and for each server address behind it; clues about what the
 *       policy trusts.
 *
 * Passive: nothing is claimed about an origin that did not ask.
 */
#ifndef CORS_POLICY_H
#define CORS_POLICY_H

#include "base/limits.h"
#include "cors/clue.h"
#include "cors/memory.h"
#include "cors/scene.h"
#include "cors/words.h"
#include "net/endpoint.h"

enum policy_kind {
	POLICY_SILENT,    /* no Access-Control-Allow-Origin was seen */
	POLICY_CONSTANT,  /* the same single origin for whoever asked */
	POLICY_ONE,       /* one origin asked and was allowed: constant or a list */
	POLICY_LIST,      /* several were allowed, and some were not */
	POLICY_REFLECTS,  /* every origin that asked was allowed, of several sites */
	POLICY_WILDCARD,  /* * */
	POLICY_WEBSOCKET, /* not of CORS: the origins whose handshakes were answered */
};

/* Words are of cors/words.h; they may be forgotten. */
struct policy {
	uint64_t host;                             /* name: target's authority */
	struct endpoint server;                    /* when has_server */
	bool has_server;                           /* of one server address; else of the host */
	bool is_websocket;                         /* of a host's WebSockets */
	bool has_wildcard, has_null;               /* seen as values */
	bool has_credentials;                      /* ACAC: true beside an allowed origin */
	uint64_t constant;                         /* name of a value that was no echo; 0: none */
	uint64_t allowed[CORS_POLICY_ORIGINS_MAX]; /* names of the origins that were echoed */
	uint64_t packets[CORS_POLICY_ORIGINS_MAX]; /* where each was first */
	uint8_t is_credentialed;                   /* bit i: allowed[i] with credentials */
	/* What comparing the allowed origins gave, kept until they change: 0 for not compared
	 * yet, 1 for none, i + 2 for allowed[i]. */
	uint8_t alike[CORS_POLICY_ORIGINS_MAX];   /* the first that resembles this one */
	uint8_t foreign[CORS_POLICY_ORIGINS_MAX]; /* one of another site, with credentials */
	uint8_t sites; /* different sites with credentials; valid beside a foreign[] not 0 */
	unsigned allowed_cnt;
	uint64_t responses, refused; /* counted: with Origin; of them without its echo or * */
	uint64_t allowed_over;       /* echoes of origins that are not among the kept ones */
};
_Static_assert(CORS_POLICY_ORIGINS_MAX <= 8, "a bit for each");

/* Remember what a complete response to a request with Origin allows, and say what stands out. */
void policy_look(struct memory *policies, const struct scene *s, struct words *words,
		 struct clues *out);

/* Remember whom the WebSockets of a host answer: s is a handshake, and its whole response. */
void policy_websocket(struct memory *policies, const struct scene *s, struct words *words,
		      bool is_open);

/* Which rule the host seems to follow. */
enum policy_kind policy_kind(const struct policy *p, struct words *words);

/* "constant", "list", ... */
const char *policy_kind_text(enum policy_kind k);

/* In words, what s's host was seen to allow: this origin elsewhere, or other ones; absent when
 * nothing. */
struct span policy_others(struct memory *policies, const struct scene *s, struct words *words,
			  struct clues *out);

#endif
