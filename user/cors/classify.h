/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * classify: is this exchange subject to CORS at all?
 *
 * In:   a request.
 * Out:  what kind it is, how sure that is, and whether a browser sent it.
 * Spec: Fetch, #origin-header and #http-cors-protocol; W3C Fetch Metadata for Sec-Fetch-*.
 *
 * An Origin field is no proof: same-origin writes, form posts, beacons and WebSocket handshakes
 * carry it too. The target's own origin never comes from the TCP port or from the lack of TLS: a
 * terminator or a port mapping may stand in front.
 */
#ifndef CORS_CLASSIFY_H
#define CORS_CLASSIFY_H

#include <stdbool.h>

#include "cors/fieldget.h"
#include "cors/finding.h"
#include "cors/rules.h"

/* Why it is what it is. */
enum classify_why {
	CLASSIFY_NO_ORIGIN,
	CLASSIFY_WEBSOCKET,
	CLASSIFY_PREFLIGHT,
	CLASSIFY_MODE,         /* Sec-Fetch-Mode says something else than cors */
	CLASSIFY_SAME_ORIGIN,  /* by Sec-Fetch-Site or by comparing */
	CLASSIFY_CROSS_SITE,   /* Sec-Fetch-Mode: cors, to another origin */
	CLASSIFY_SAFE_METHOD,  /* browsers put Origin on GET and HEAD for CORS only */
	CLASSIFY_OTHER_METHOD, /* neither a form nor no-cors mode can use it */
	CLASSIFY_REPORT,       /* CSP and other reports */
	CLASSIFY_NAVIGATION,   /* a form post, by its Accept */
	CLASSIFY_CONTENT_TYPE, /* a Content-Type that no-cors mode cannot send */
	CLASSIFY_AMBIGUOUS,    /* a simple POST: cors and no-cors look alike */
};

struct classify {
	enum cors_kind kind; /* CORS_KIND_UNKNOWN for the ambiguous one */
	enum classify_why why;
	enum confidence confidence;
	bool is_browser;   /* Sec-Fetch-* or a browser's User-Agent; not asked without Origin */
	bool is_extension; /* Origin of a browser extension, which may be exempt */
};

/* r is the request; g its index. */
struct classify classify_request(const struct http_request *r, const struct fieldget *g);

/* The authority that the browser wrote: X-Forwarded-Host or Forwarded when a proxy says so,
 * else Host. Absent when unknown. */
struct span classify_authority(const struct http_request *r, const struct fieldget *g);

/* "https" or "http" as far as it is known; *is_sure false when it is a guess. */
const char *classify_scheme(const struct http_request *r, const struct fieldget *g, bool *is_sure);

#endif
