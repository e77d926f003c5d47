/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * scene: one exchange with everything that was read off it, which the rules look at.
 */
#ifndef CORS_SCENE_H
#define CORS_SCENE_H

#include "cors/check.h"
#include "cors/classify.h"
#include "cors/credentials.h"
#include "cors/fieldget.h"
#include "cors/finding.h"
#include "cors/words.h"

/* Borrowed for one judge_exchange(). */
struct scene {
	const struct exchange *x;
	struct fieldget request, response; /* of a message that is not there: empty */
	struct classify kind;
	struct credentials credentials;
	struct check_input input; /* what the CORS check reads; of a 304 with what it revives */
	struct span acao, acac;   /* combined values, as sent: they borrow from input */
	struct check check;       /* the verdict's; RULE_NONE when it passes or is unknown */
	struct span origin;       /* Origin; absent when there is none */
	struct span authority;    /* as the browser wrote it, as far as is known */
	struct span path;         /* without the query */
	const char *scheme;       /* "http" or "https" */
	bool is_scheme_sure;
	bool is_proxied; /* the client is a proxy, which may change the response on its way */
	bool has_inner;  /* the exchange was seen behind the proxy that is the server, too: ... */
	struct endpoint inner_server; /* ... with this one */
	bool is_refused;              /* browsers do not take this head for a response at all */
	bool is_complete; /* the response head lacks nothing: what is absent was not sent */
	struct span others_allowed;    /* what else this host was seen to allow, in words; absent:
					  nothing */
	uint16_t status;               /* 0 without a response */
	uint64_t origin_word;          /* its word (cors/words.h); 0 without an Origin */
	uint64_t acao_word, acac_word; /* of complete responses, filled by whoever judges;
					  0: absent */
	uint64_t client;   /* hash of the client's address: a browser, or several behind one NAT.
			    * Where that is not known, of the connection */
	uint64_t host_key; /* of the target's authority as sent, letters folded */
	uint64_t resource; /* of host, path and query */
	/* Further keys of requests with an Origin: */
	uint64_t permit;   /* browser, resource and origin, as in the preflight cache; the
			    * client's port is left out, since the actual request may take another
			    * connection */
	uint64_t endpoint; /* host, path and origin */
	uint64_t server;   /* host and server address */
	uint64_t leg;      /* see legs_key(); filled by whoever judges */
	uint64_t packet;   /* evidence: of the response, or of the request without one */
	uint64_t time_ns;  /* when the outcome was known */
};

/* Begin a scene: the request's fields and the keys under which it is remembered, so that what
 * the memories hold can be on its way while the rest is read. The words' seed keys the hashes. */
void scene_key(struct scene *s, const struct exchange *x, struct words *words);

/* Read everything else that takes no memory of earlier exchanges. The rest is left empty. */
void scene_read(struct scene *s);

#endif
