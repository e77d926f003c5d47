/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * page: the dashboard as one HTML document.
 *
 * Served, it names its style and scripts, and its policy (CSP) is PAGE_POLICY, in a header field.
 * Saved, it holds them and its data, so that it can be mailed, and its policy is in it: what may
 * run is named by hash. In both, what came off the wire is data in JSON, never markup.
 */
#ifndef WEB_PAGE_H
#define WEB_PAGE_H

#include "report/shelf.h"

/* Nothing but what the server itself gives; no markup from strings (Trusted Types). */
#define PAGE_POLICY                                                                                \
	"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "            \
	"img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "      \
	"require-trusted-types-for 'script'; trusted-types 'none'"

/* The page that a server gives out. Errors are the out's. */
void page_serve(struct out *o);

/* Write the page with an edition's JSON documents to path: a whole file, or none. 0 or -errno. */
int page_save(const char *path, struct edition *e);

#endif
