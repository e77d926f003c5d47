/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * credentials: is the request's credentials mode "include"?
 *
 * In:   an actual cross-origin request, and what its preflight announced.
 * Out:  what the wire proves. The mode itself is never sent.
 * Spec: Fetch, #concept-request-credentials-mode; what browsers send under it.
 */
#ifndef CORS_CREDENTIALS_H
#define CORS_CREDENTIALS_H

#include "cors/fieldget.h"
#include "cors/finding.h"

enum credentials_evidence {
	CREDENTIALS_NO_EVIDENCE,
	CREDENTIALS_COOKIE,
	CREDENTIALS_STORAGE_ACCESS, /* Sec-Fetch-Storage-Access, sent with "include" only */
	CREDENTIALS_AUTHORIZATION,  /* from the browser's own store: not announced */
	CREDENTIALS_EARLIER_HOP,    /* a redirect's hop before this one had evidence */
	CREDENTIALS_ABSENT,         /* a recent Chromium would have said so: not "include" */
};

struct credentials {
	enum cors_credentials mode;
	enum credentials_evidence evidence;
	enum confidence confidence;
};

/* What is known besides the request itself. */
struct credentials_context {
	bool is_auth_announced;   /* a preflight asked for Authorization: a script set it */
	bool is_redirected;       /* not the first hop, as far as is known */
	bool is_hop_credentialed; /* a cross-origin hop before this one had evidence */
};

/* r is an actual request that CORS applies to; g its index. */
struct credentials credentials_find(const struct http_request *r, const struct fieldget *g,
				    const struct credentials_context *ctx);

/* Says the evidence in words for a finding's detail; NULL for none. */
const char *credentials_text(enum credentials_evidence e);

#endif
