/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A hop is linked to the next request by client and URL, within seconds. A link that is missed
 * only loses evidence of credentials; it never makes a verdict.
 */
#include "cors/redirect.h"

#include "base/hash.h"
#include "cors/origin.h"
#include "cors/preflight.h"

/* A redirect that the browser refuses to follow. */
static struct check broken(enum rule_index code, const char *error, struct span location)
{
	return (struct check){ .code = code, .error = error, .subject = location };
}

/* Length of "scheme:" without the colon; 0 for a relative reference. */
static size_t scheme_len(struct span s)
{
	size_t n = span_find(s, ':');

	return n < s.len && n < span_find(s, '/') && n < span_find(s, '?') ? n : 0;
}

struct check redirect_check(const struct scene *s)
{
	struct span location = fieldget_first(&s->response, HTTP_NAME_LOCATION), scheme, rest;
	size_t n, end;

	if (!preflight_is_redirect(s->status) || !span_is_present(location))
		return (struct check){ .code = RULE_NONE };
	n = scheme_len(location);
	scheme = span_first(location, n);
	rest = n ? span_from(location, n + 1) : location;
	/* These two are refused before CORS: a network error without a CORS name. */
	if (span_is_nocase(scheme, "data") || span_is_nocase(scheme, "about"))
		return (struct check){ .code = RULE_NONE };
	if (n && !span_is_nocase(scheme, "http") && !span_is_nocase(scheme, "https"))
		return broken(RULE_REDIRECT_SCHEME, "CorsDisabledScheme", location);
	if (!span_starts(rest, "//"))
		return (struct check){ .code = RULE_NONE };
	rest = span_from(rest, 2);
	for (end = 0; end < rest.len && !memchr("/?#\\", rest.ptr[end], 4); end++)
		;
	rest = span_first(rest, end);
	/* An "@" with nothing before it, or a lone ":", is no user name. */
	end = span_find(rest, '@');
	if (end == rest.len || end == 0 || (end == 1 && rest.ptr[0] == ':'))
		return (struct check){ .code = RULE_NONE };
	return broken(RULE_REDIRECT_USERINFO, "RedirectContainsCredentials", location);
}

/* Client, authority (letters folded, default port dropped) and path with query. */
static uint64_t key_of(uint64_t client, struct span authority, struct span path)
{
	struct span port, host = origin_split_host(authority, &port);
	uint64_t h = hash_folded(host, client);

	if (port.len && !span_is(port, "80") && !span_is(port, "443"))
		h = hash_span(port, h);
	path = span_first(path, span_find(path, '#'));
	return hash_span(path.len ? path : span_text("/"), h);
}

/* Where a Location leads, from the URL it was sent for. False: to nowhere that is followed. */
static bool resolve(const struct scene *s, struct span *authority, struct span *path)
{
	struct span location = fieldget_first(&s->response, HTTP_NAME_LOCATION);
	size_t n, end;

	if (!span_is_present(location))
		return false;
	n = scheme_len(location);
	if (n)
		location = span_from(location, n + 1);
	*authority = s->authority;
	*path = location;
	if (span_starts(location, "//")) {
		location = span_from(location, 2);
		for (end = 0; end < location.len && !memchr("/?#", location.ptr[end], 3); end++)
			;
		*authority = span_first(location, end);
		*path = span_from(location, end);
		end = span_find(*authority, '@');
		if (end < authority->len)
			*authority = span_from(*authority, end + 1);
		return true;
	}
	/* A path relative to the last slash is rare; its link is not followed. */
	return n == 0 && span_starts(location, "/");
}

void redirect_note(struct memory *hops, const struct scene *s)
{
	struct span authority, path;
	struct redirect_hop *hop;

	if (!preflight_is_redirect(s->status) || !resolve(s, &authority, &path))
		return;
	hop = memory_add(hops, key_of(s->client, authority, path));
	*hop = (struct redirect_hop){
		.time_ns = s->time_ns,
		.packet = s->packet,
		.origin = s->origin_word,
		.is_null = span_is_present(s->origin) && span_is(s->origin, "null"),
		.is_cross_origin = s->kind.kind == CORS_KIND_ACTUAL,
		.is_credentialed = s->kind.kind == CORS_KIND_ACTUAL &&
				   s->credentials.mode == CORS_CREDENTIALS_INCLUDE,
	};
}

const struct redirect_hop *redirect_before(struct memory *hops, const struct scene *s)
{
	const struct redirect_hop *hop;

	/* Most traffic is not redirected at all. */
	if (!memory_at(hops, 0))
		return NULL;
	hop = memory_find(hops, key_of(s->client, s->authority, s->x->request.path));
	if (!hop || s->x->request.m.time_ns > hop->time_ns + CORS_REDIRECT_NS)
		return NULL;
	/* The origin stays, or becomes null on the way. */
	if (hop->origin && !span_is(s->origin, "null") && s->origin_word != hop->origin)
		return NULL;
	return hop;
}
