/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * origin: origins read and compared by component.
 *
 * In:   bytes of Origin, Access-Control-Allow-Origin, Host.
 * Out:  their parts; what exactly differs between two of them.
 * Spec: HTML, #ascii-serialisation-of-an-origin; URL, #url-parsing for what counts as a URL.
 *
 * The CORS check itself compares bytes and needs none of this. The parts are for telling people
 * why the bytes differ, and for deciding whether a request is same-origin.
 */
#ifndef CORS_ORIGIN_H
#define CORS_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* scheme://[userinfo@]host[:port][tail]; every part as written, borrowed. */
struct origin {
	struct span scheme;
	struct span userinfo; /* absent when there is no "@" */
	struct span host;     /* with its brackets for IPv6; never empty, no blanks inside */
	struct span port;     /* digits, may be empty; absent when there is no ":" */
	struct span tail;     /* from the first "/", "?" or "#" on; may be empty */
};

/* False when s has not the form above; "null" has not. */
bool origin_parse(struct span s, struct origin *out);

/* True for what a browser would send: lower case, no userinfo, tail or default port, and bytes
 * that need no quoting in any configuration language. */
bool origin_is_clean(struct span s);

/* True when Chromium's URL parser would take s, which decides between two of its error names.
 * s has no blanks or commas inside. */
bool origin_is_url(struct span s);

/* Effective port: as written, else the scheme's (80, 443); 0: neither. */
uint32_t origin_port(const struct origin *o);

/* What differs between an allowed origin and the page's, beyond bytes. */
enum origin_hint {
	ORIGIN_HINT_DEFAULT_PORT = 1 << 0, /* same port, but one of them writes the default out */
	ORIGIN_HINT_LOOPBACK = 1 << 1,     /* localhost, 127.0.0.1 and [::1] are different hosts */
	ORIGIN_HINT_WWW = 1 << 2,          /* one has www. before the same name */
	ORIGIN_HINT_DOT = 1 << 3,          /* one has a dot after the same name */
	ORIGIN_HINT_OWN_HOST = 1 << 4,     /* the allowed origin is the API's own */
	ORIGIN_HINT_DEVELOPMENT = 1 << 5,  /* the allowed origin is a developer's machine */
	ORIGIN_HINT_PORT_OMITTED = 1 << 6, /* the allowed origin lacks the page's port */
	ORIGIN_HINT_PORT_EXTRA = 1 << 7,   /* the allowed origin has a port, the page has none */
};

/* components: enum cors_component of cors/finding.h; hints: enum origin_hint. */
struct origin_diff {
	unsigned components;
	unsigned hints;
};

/* Compare an allowed origin with the page's; own is the target's Host, absent when unknown. */
struct origin_diff origin_compare(const struct origin *allowed, const struct origin *page,
				  struct span own);

/* True for localhost, names under it, 127.0.0.0/8 and [::1]. */
bool origin_is_loopback(struct span host);

/* True for a name or address that only makes sense inside somebody's network. */
bool origin_is_internal(struct span host);

/* The registrable domain, approximately: the last two labels, or three under a two-letter
 * country with a short second level (co.uk). An address is itself. */
struct span origin_site(struct span host);

/* Host without a port: "h", "h:8080", "[::1]:8080". *port absent when there is none. */
struct span origin_split_host(struct span authority, struct span *port);

/* True when authority names the host and port of o, whose scheme settles the default port. */
bool origin_has_authority(const struct origin *o, struct span authority);

#endif
