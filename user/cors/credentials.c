/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Each kind of evidence was measured against a browser. What proves nothing is left out: a
 * script may set Authorization itself, and no cookie may only mean that the jar was empty.
 */
#include "cors/credentials.h"

#include "base/search.h"

/* From this version on, Chromium sends Sec-Fetch-Storage-Access. */
#define CHROMIUM_STORAGE_ACCESS 133

/* Schemes whose credentials a browser keeps itself; scripts do not build them as a rule. */
static bool is_browser_scheme(enum http_auth a)
{
	return a == HTTP_AUTH_BASIC || a == HTTP_AUTH_DIGEST || a == HTTP_AUTH_NEGOTIATE ||
	       a == HTTP_AUTH_NTLM;
}

/* Major version of a "Chrome/133..." product; 0 when there is none. */
static unsigned chromium_version(struct span agent)
{
	static const char product[] = "Chrome/";
	unsigned v = 0;

	if (!agent.len)
		return 0;
	for (size_t i = search_find(agent, product) + sizeof(product) - 1;
	     i < agent.len && agent.ptr[i] >= '0' && agent.ptr[i] <= '9'; i++)
		if (v < 100000)
			v = v * 10 + (agent.ptr[i] - '0');
	return v;
}

/* Mode "include", with the evidence for it. */
static struct credentials include(enum credentials_evidence e, enum confidence c)
{
	return (struct credentials){ CORS_CREDENTIALS_INCLUDE, e, c };
}

struct credentials credentials_find(const struct http_request *r, const struct fieldget *g,
				    const struct credentials_context *ctx)
{
	struct span site = fieldget_first(g, HTTP_NAME_SEC_FETCH_SITE);

	if (fieldget_has(g, HTTP_NAME_COOKIE))
		return include(CREDENTIALS_COOKIE, CONFIDENCE_CERTAIN);
	if (fieldget_has(g, HTTP_NAME_SEC_FETCH_STORAGE_ACCESS))
		return include(CREDENTIALS_STORAGE_ACCESS, CONFIDENCE_CERTAIN);
	/* The preflight that announced it may be in the browser's cache instead of here. */
	if (is_browser_scheme(r->auth) && !ctx->is_auth_announced)
		return include(CREDENTIALS_AUTHORIZATION, CONFIDENCE_LIKELY);
	if (ctx->is_hop_credentialed)
		return include(CREDENTIALS_EARLIER_HOP, CONFIDENCE_CERTAIN);
	/* Not after redirects: hops were measured to drop the header. */
	if (!ctx->is_redirected && span_is(site, "cross-site") &&
	    chromium_version(fieldget_first(g, HTTP_NAME_USER_AGENT)) >= CHROMIUM_STORAGE_ACCESS)
		return (struct credentials){ CORS_CREDENTIALS_OMITTED, CREDENTIALS_ABSENT,
					     CONFIDENCE_LIKELY };
	return (struct credentials){ CORS_CREDENTIALS_UNKNOWN, CREDENTIALS_NO_EVIDENCE,
				     CONFIDENCE_CERTAIN };
}

const char *credentials_text(enum credentials_evidence e)
{
	switch (e) {
	case CREDENTIALS_COOKIE: return "the request carries cookies";
	case CREDENTIALS_STORAGE_ACCESS:
		return "the request carries Sec-Fetch-Storage-Access, which is sent with "
		       "credentials only";
	case CREDENTIALS_AUTHORIZATION:
		return "the request carries Authorization that no preflight announced, so it "
		       "comes from the browser's own store";
	case CREDENTIALS_EARLIER_HOP:
		return "the request was redirected from one that carried credentials";
	case CREDENTIALS_ABSENT:
	case CREDENTIALS_NO_EVIDENCE: break;
	}
	return NULL;
}
