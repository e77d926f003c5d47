/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * field: the field names that are kept of a message.
 *
 * In:   a field name as on the wire.
 * Out:  its id, HTTP_NAME_NONE for one that nobody reads.
 * Spec: RFC 9110, 5.1: names are case-insensitive.
 */
#ifndef HTTP_FIELD_H
#define HTTP_FIELD_H

#include "base/span.h"

/* X(id, name in lower case). Grouped by who reads them. */
#define HTTP_NAMES(X)                                                                              \
	/* the CORS protocol (Fetch, #http-cors-protocol) */                                       \
	X(ORIGIN, "origin")                                                                        \
	X(ACRM, "access-control-request-method")                                                   \
	X(ACRH, "access-control-request-headers")                                                  \
	X(ACR_PRIVATE_NETWORK, "access-control-request-private-network")                           \
	X(ACAO, "access-control-allow-origin")                                                     \
	X(ACAC, "access-control-allow-credentials")                                                \
	X(ACAM, "access-control-allow-methods")                                                    \
	X(ACAH, "access-control-allow-headers")                                                    \
	X(ACEH, "access-control-expose-headers")                                                   \
	X(ACMA, "access-control-max-age")                                                          \
	X(ACA_PRIVATE_NETWORK, "access-control-allow-private-network")                             \
	X(TIMING_ALLOW_ORIGIN, "timing-allow-origin")                                              \
	X(CORP, "cross-origin-resource-policy")                                                    \
	/* what the browser says of the request (W3C Fetch Metadata) */                            \
	X(SEC_FETCH_MODE, "sec-fetch-mode")                                                        \
	X(SEC_FETCH_SITE, "sec-fetch-site")                                                        \
	X(SEC_FETCH_DEST, "sec-fetch-dest")                                                        \
	X(SEC_FETCH_STORAGE_ACCESS, "sec-fetch-storage-access")                                    \
	X(UPGRADE_INSECURE_REQUESTS, "upgrade-insecure-requests")                                  \
	X(USER_AGENT, "user-agent")                                                                \
	X(REFERER, "referer")                                                                      \
	X(ACCEPT, "accept")                                                                        \
	X(X_REQUESTED_WITH, "x-requested-with")                                                    \
	/* credentials: kept as present, never by value */                                         \
	X(COOKIE, "cookie")                                                                        \
	X(SET_COOKIE, "set-cookie")                                                                \
	X(AUTHORIZATION, "authorization")                                                          \
	X(WWW_AUTHENTICATE, "www-authenticate")                                                    \
	/* framing and routing */                                                                  \
	X(HOST, "host")                                                                            \
	X(CONTENT_LENGTH, "content-length")                                                        \
	X(TRANSFER_ENCODING, "transfer-encoding")                                                  \
	X(CONTENT_TYPE, "content-type")                                                            \
	X(CONNECTION, "connection")                                                                \
	X(UPGRADE, "upgrade")                                                                      \
	X(EXPECT, "expect")                                                                        \
	X(LOCATION, "location")                                                                    \
	X(ALLOW, "allow")                                                                          \
	X(RETRY_AFTER, "retry-after")                                                              \
	X(ALT_SVC, "alt-svc")                                                                      \
	X(FORWARDED, "forwarded")                                                                  \
	X(X_FORWARDED_PROTO, "x-forwarded-proto")                                                  \
	X(X_FORWARDED_HOST, "x-forwarded-host")                                                    \
	X(X_FORWARDED_FOR, "x-forwarded-for")                                                      \
	X(TRACEPARENT, "traceparent")                                                              \
	/* caching (RFC 9111) and the marks of caches */                                           \
	X(VARY, "vary")                                                                            \
	X(CACHE_CONTROL, "cache-control")                                                          \
	X(SURROGATE_CONTROL, "surrogate-control")                                                  \
	X(PRAGMA, "pragma")                                                                        \
	X(EXPIRES, "expires")                                                                      \
	X(AGE, "age")                                                                              \
	X(DATE, "date")                                                                            \
	X(ETAG, "etag")                                                                            \
	X(LAST_MODIFIED, "last-modified")                                                          \
	X(IF_NONE_MATCH, "if-none-match")                                                          \
	X(IF_MODIFIED_SINCE, "if-modified-since")                                                  \
	X(RANGE, "range")                                                                          \
	X(VIA, "via")                                                                              \
	X(X_CACHE, "x-cache")                                                                      \
	X(X_CACHE_HITS, "x-cache-hits")                                                            \
	X(X_CACHE_STATUS, "x-cache-status")                                                        \
	X(CF_CACHE_STATUS, "cf-cache-status")                                                      \
	X(CACHE_STATUS, "cache-status")                                                            \
	X(X_VARNISH, "x-varnish")                                                                  \
	X(X_SERVED_BY, "x-served-by")                                                              \
	X(X_PROXY_CACHE, "x-proxy-cache")                                                          \
	X(X_VERCEL_CACHE, "x-vercel-cache")                                                        \
	/* which server, which tier */                                                             \
	X(SERVER, "server")                                                                        \
	X(X_POWERED_BY, "x-powered-by")                                                            \
	X(X_ASPNET_VERSION, "x-aspnet-version")                                                    \
	X(X_RUNTIME, "x-runtime")                                                                  \
	X(CF_RAY, "cf-ray")                                                                        \
	X(CF_MITIGATED, "cf-mitigated")                                                            \
	X(X_AMZ_CF_ID, "x-amz-cf-id")                                                              \
	X(X_AMZN_REQUESTID, "x-amzn-requestid")                                                    \
	X(X_AMZN_ERRORTYPE, "x-amzn-errortype")                                                    \
	X(X_AMZN_WAF_ACTION, "x-amzn-waf-action")                                                  \
	X(X_AMZ_REQUEST_ID, "x-amz-request-id")                                                    \
	X(X_ENVOY_UPSTREAM_SERVICE_TIME, "x-envoy-upstream-service-time")                          \
	X(X_KONG_PROXY_LATENCY, "x-kong-proxy-latency")

#define HTTP_NAME_ID(id, text) HTTP_NAME_##id,
enum http_name { HTTP_NAME_NONE, HTTP_NAMES(HTTP_NAME_ID) HTTP_NAME_CNT };
#undef HTTP_NAME_ID

/* The id of a name, letters of either case; HTTP_NAME_NONE when it is not kept. */
enum http_name http_name_of(struct span name);

/* The name in lower case; NULL for HTTP_NAME_NONE. */
const char *http_name_text(enum http_name id);

#endif
