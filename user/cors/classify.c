/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The table of what is subject to CORS, first match wins. Wrong answers here are the false
 * alarms that make people switch a tool off: same-origin writes, form posts, beacons and
 * WebSocket handshakes all carry Origin and need no Access-Control-Allow-Origin.
 */
#include "cors/classify.h"

#include "base/search.h"
#include "cors/origin.h"
#include "cors/preflight.h"

/* The value of key in the first element of a Forwarded field (RFC 7239, 4), without quotes. */
static struct span forwarded(const struct fieldget *g, const char *key)
{
	struct span list = fieldget_first(g, HTTP_NAME_FORWARDED), pair, element;
	size_t n = strlen(key), end;

	if (!fieldget_member(&list, &element))
		return span_make(NULL, 0);
	while (element.len) {
		end = span_find(element, ';');
		pair = span_trim(span_first(element, end));
		element = span_from(element, end + 1);
		if (pair.len <= n || !span_is_nocase(span_first(pair, n), key) ||
		    pair.ptr[n] != '=')
			continue;
		pair = span_from(pair, n + 1);
		if (pair.len >= 2 && pair.ptr[0] == '"' && pair.ptr[pair.len - 1] == '"')
			pair = span_make(pair.ptr + 1, pair.len - 2);
		return pair;
	}
	return span_make(NULL, 0);
}

/* The first, which is the browser's, of a chain of proxies' values. */
static struct span first_member(const struct fieldget *g, enum http_name id)
{
	struct span list = fieldget_first(g, id), member = span_make(NULL, 0);

	(void)fieldget_member(&list, &member);
	return member;
}

struct span classify_authority(const struct http_request *r, const struct fieldget *g)
{
	struct span host;

	if (!fieldget_has(g, HTTP_NAME_X_FORWARDED_HOST) && !fieldget_has(g, HTTP_NAME_FORWARDED))
		return r->host;
	host = first_member(g, HTTP_NAME_X_FORWARDED_HOST);
	if (!host.len)
		host = forwarded(g, "host");
	return host.len ? host : r->host;
}

/* The scheme on the browser's side of a proxy; NULL when no proxy says so. */
static const char *forwarded_scheme(const struct fieldget *g)
{
	struct span proto = first_member(g, HTTP_NAME_X_FORWARDED_PROTO);

	if (!proto.len)
		proto = forwarded(g, "proto");
	return span_is_nocase(proto, "https")  ? "https"
	       : span_is_nocase(proto, "http") ? "http"
					       : NULL;
}

const char *classify_scheme(const struct http_request *r, const struct fieldget *g, bool *is_sure)
{
	const char *scheme = NULL;

	if (fieldget_has(g, HTTP_NAME_X_FORWARDED_PROTO) || fieldget_has(g, HTTP_NAME_FORWARDED))
		scheme = forwarded_scheme(g);
	/* Of :scheme only https is a word: in clear text, http is what every hop says. */
	if (!scheme && (r->is_tls || r->scheme == HTTP_SCHEME_HTTPS))
		scheme = "https";
	*is_sure = scheme != NULL;
	return scheme ? scheme : "http";
}

/* Whether Origin names the target itself, and how sure that is. */
static bool is_same_origin(const struct http_request *r, const struct fieldget *g,
			   struct span origin, enum confidence *confidence)
{
	struct span forwarded_to = classify_authority(r, g);
	bool is_sure;
	const char *scheme = classify_scheme(r, g, &is_sure);
	struct origin o;

	if (!origin_parse(origin, &o))
		return false;
	if (!(forwarded_to.len && origin_has_authority(&o, forwarded_to)) &&
	    !(r->host.len && origin_has_authority(&o, r->host)))
		return false;
	*confidence = CONFIDENCE_CERTAIN;
	if (span_is(o.scheme, scheme))
		return true;
	/* Plaintext here says nothing about the browser's side: TLS may end in front. */
	*confidence = CONFIDENCE_LIKELY;
	return !is_sure && span_is(o.scheme, "https");
}

/* Essence of a media type: without parameters. */
static struct span essence(struct span type)
{
	return span_trim(span_first(type, span_find(type, ';')));
}

/* Content types that need no preflight (Fetch, #cors-safelisted-request-header). */
static bool is_safelisted_type(struct span type)
{
	struct span e = essence(type);

	if (type.len > 128)
		return false;
	for (size_t i = 0; i < type.len; i++)
		if (type.ptr[i] == 0x7f || (type.ptr[i] < ' ' && type.ptr[i] != '\t') ||
		    memchr("\"():<>?@[\\]{}", type.ptr[i], 13))
			return false;
	return span_is_nocase(e, "application/x-www-form-urlencoded") ||
	       span_is_nocase(e, "multipart/form-data") || span_is_nocase(e, "text/plain");
}

/* Reports that browsers post across origins without CORS. */
static bool is_report_type(struct span type)
{
	static const char *const types[] = { "application/csp-report", "application/reports+json",
					     "application/expect-ct-report+json",
					     "application/xss-auditor-report",
					     "application/ocsp-request" };
	struct span e = essence(type);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (span_is_nocase(e, types[i]))
			return true;
	return false;
}

/* A User-Agent that only a browser (or its imitator) sends. */
static bool is_browser_agent(struct span agent)
{
	return span_starts(agent, "Mozilla/5.0") &&
	       (search_has(agent, "Gecko") || search_has(agent, "AppleWebKit"));
}

/* A result whose evidence of a browser is filled in by the caller. */
static struct classify result(enum cors_kind kind, enum classify_why why, enum confidence c)
{
	return (struct classify){ .kind = kind, .why = why, .confidence = c };
}

/* POST without Sec-Fetch-*: what the rest of the request gives away. */
static struct classify classify_post(const struct fieldget *g)
{
	struct span type = fieldget_first(g, HTTP_NAME_CONTENT_TYPE);

	if (span_is(fieldget_first(g, HTTP_NAME_UPGRADE_INSECURE_REQUESTS), "1") &&
	    search_has(fieldget_first(g, HTTP_NAME_ACCEPT), "text/html"))
		return result(CORS_KIND_NONE, CLASSIFY_NAVIGATION, CONFIDENCE_LIKELY);
	if (is_report_type(type))
		return result(CORS_KIND_NONE, CLASSIFY_REPORT, CONFIDENCE_LIKELY);
	if (span_is_present(type) && !is_safelisted_type(type))
		return result(CORS_KIND_ACTUAL, CLASSIFY_CONTENT_TYPE, CONFIDENCE_CERTAIN);
	return result(CORS_KIND_UNKNOWN, CLASSIFY_AMBIGUOUS, CONFIDENCE_POSSIBLE);
}

/* Without Sec-Fetch-*: a plain-HTTP target or an old browser. */
static struct classify classify_by_hand(const struct http_request *r, const struct fieldget *g,
					struct span origin)
{
	enum confidence same, cors = CONFIDENCE_CERTAIN;

	if (is_same_origin(r, g, origin, &same))
		return result(CORS_KIND_NONE, CLASSIFY_SAME_ORIGIN, same);
	if (span_is(r->method, "GET") || span_is(r->method, "HEAD"))
		return result(CORS_KIND_ACTUAL, CLASSIFY_SAFE_METHOD, CONFIDENCE_CERTAIN);
	/* Behind a proxy that rewrote Host, the page may still be the target's own. */
	if ((fieldget_has(g, HTTP_NAME_X_FORWARDED_FOR) || fieldget_has(g, HTTP_NAME_VIA)) &&
	    !fieldget_has(g, HTTP_NAME_X_FORWARDED_HOST))
		cors = CONFIDENCE_LIKELY;
	if (!span_is(r->method, "POST"))
		return result(CORS_KIND_ACTUAL, CLASSIFY_OTHER_METHOD, cors);
	struct classify c = classify_post(g);

	if (c.confidence > cors)
		c.confidence = cors;
	return c;
}

/* The order matters: the browser's own word (Sec-Fetch-Mode) comes before everything that has to
 * be inferred, and what cannot be CORS by its protocol comes before that. */
static struct classify classify_kind(const struct http_request *r, const struct fieldget *g)
{
	struct span origin = fieldget_first(g, HTTP_NAME_ORIGIN);
	struct span mode = fieldget_first(g, HTTP_NAME_SEC_FETCH_MODE);

	if (!span_is_present(origin))
		return result(CORS_KIND_NONE, CLASSIFY_NO_ORIGIN, CONFIDENCE_CERTAIN);
	if (r->is_websocket || fieldget_has_member(g, HTTP_NAME_UPGRADE, "websocket"))
		return result(CORS_KIND_NONE, CLASSIFY_WEBSOCKET, CONFIDENCE_CERTAIN);
	if (preflight_is(r->method, g))
		return result(CORS_KIND_PREFLIGHT, CLASSIFY_PREFLIGHT, CONFIDENCE_CERTAIN);
	if (!span_is_present(mode))
		return classify_by_hand(r, g, origin);
	if (!span_is(mode, "cors"))
		return result(CORS_KIND_NONE, CLASSIFY_MODE, CONFIDENCE_CERTAIN);
	if (span_is(fieldget_first(g, HTTP_NAME_SEC_FETCH_SITE), "same-origin"))
		return result(CORS_KIND_NONE, CLASSIFY_SAME_ORIGIN, CONFIDENCE_CERTAIN);
	return result(CORS_KIND_ACTUAL, CLASSIFY_CROSS_SITE, CONFIDENCE_CERTAIN);
}

struct classify classify_request(const struct http_request *r, const struct fieldget *g)
{
	struct classify c = classify_kind(r, g);
	struct span origin = fieldget_first(g, HTTP_NAME_ORIGIN);

	/* Without an Origin nobody asks. */
	if (!span_is_present(origin))
		return c;
	c.is_browser = fieldget_has(g, HTTP_NAME_SEC_FETCH_MODE) ||
		       fieldget_has(g, HTTP_NAME_SEC_FETCH_SITE) ||
		       is_browser_agent(fieldget_first(g, HTTP_NAME_USER_AGENT));
	c.is_extension = (span_starts(origin, "chrome-extension://") ||
			  span_starts(origin, "moz-extension://") ||
			  span_starts(origin, "safari-web-extension://"));
	return c;
}
