/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A resource is host, path and query, whatever the method's spelling or the scheme: the two are
 * told apart too seldom to pay for it. Facts are hashes and flags, which makes a resource a few
 * hundred bytes, so that tens of thousands fit beside each other.
 */
#include "cors/resource.h"

#include "base/hash.h"
#include "base/search.h"

/* Values are compared only, so any seed does; 0 is kept for "absent". */
static uint64_t hash_of(struct span s)
{
	return span_is_present(s) ? hash_span(s, 0) | 1 : 0;
}

bool resource_is_cacheable(const struct scene *s)
{
	struct span method = s->x->request.method;

	return s->is_complete && (span_is(method, "GET") || span_is(method, "HEAD"));
}

/* RFC 9110, 15.1: statuses that may be cached without explicit freshness. */
static bool is_heuristic(uint16_t status)
{
	static const uint16_t statuses[] = { 200, 203, 204, 206, 300, 301,
					     308, 404, 405, 410, 414, 501 };

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i] == status)
			return true;
	return false;
}

/* What Cache-Control says, as far as it decides on storing. */
struct directives {
	bool no_store, is_private, has_age, is_public;
};

/* Note one directive, by its name before the "=". Most are told apart by their length. */
static void note_directive(struct directives *d, struct span member)
{
	struct span name = span_trim(span_first(member, span_find(member, '=')));

	switch (name.len) {
	case 6: d->is_public |= span_is_nocase(name, "public"); break;
	case 7:
		d->is_private |= span_is_nocase(name, "private");
		d->has_age |= span_is_nocase(name, "max-age");
		break;
	case 8:
		d->no_store |= span_is_nocase(name, "no-store");
		if (span_is_nocase(name, "s-maxage"))
			d->has_age = d->is_public = true;
		break;
	case 15: d->is_public |= span_is_nocase(name, "must-revalidate"); break;
	default: break;
	}
}

/* Whether caches may keep it (RFC 9111, 3), from all Cache-Control lines. */
static unsigned storable(const struct scene *s)
{
	struct directives d = { false, false, false, false };
	struct span line, m;
	unsigned at = 0;

	while (fieldget_next(&s->response, HTTP_NAME_CACHE_CONTROL, &at, &line))
		while (fieldget_member(&line, &m))
			note_directive(&d, m);
	if (d.no_store)
		return RESOURCE_NO_STORE;
	if (!d.has_age && !d.is_public && !fieldget_has(&s->response, HTTP_NAME_EXPIRES) &&
	    !is_heuristic(s->status))
		return 0;
	if (d.is_private || (fieldget_has(&s->request, HTTP_NAME_AUTHORIZATION) && !d.is_public))
		return RESOURCE_STORABLE;
	return RESOURCE_STORABLE | RESOURCE_SHARED;
}

/* CF-Cache-Status values that mean a stored copy was given out. */
static bool is_cf_hit(struct span v)
{
	return span_is_nocase(v, "HIT") || span_is_nocase(v, "STALE") ||
	       span_is_nocase(v, "UPDATING") || span_is_nocase(v, "REVALIDATED");
}

/* Two transaction ids in X-Varnish: the second is the one that filled the cache. */
static bool is_varnish_hit(struct span v)
{
	return span_is_present(v) && span_find(v, ' ') < v.len;
}

/* Marks of a stored copy. Via or X-Served-By alone prove only that a proxy is there. */
static bool is_hit(const struct fieldget *r)
{
	static const enum http_name said[] = { HTTP_NAME_X_CACHE, HTTP_NAME_X_CACHE_STATUS,
					       HTTP_NAME_X_PROXY_CACHE, HTTP_NAME_X_VERCEL_CACHE };
	struct span line;
	uint64_t n;
	unsigned at = 0;

	/* Varnish sends Age: 0 with what it has just fetched, too. */
	if (fieldget_number(fieldget_first(r, HTTP_NAME_AGE), &n) && n > 0)
		return true;
	for (size_t i = 0; i < sizeof(said) / sizeof(said[0]); i++)
		if (fieldget_has(r, said[i]) &&
		    search_has_nocase(fieldget_first(r, said[i]), "hit"))
			return true;
	while (fieldget_next(r, HTTP_NAME_CACHE_STATUS, &at, &line))
		if (search_has_nocase(line, ";hit") || search_has_nocase(line, "; hit"))
			return true;
	return is_cf_hit(fieldget_first(r, HTTP_NAME_CF_CACHE_STATUS)) ||
	       is_varnish_hit(fieldget_first(r, HTTP_NAME_X_VARNISH)) ||
	       (fieldget_number(fieldget_first(r, HTTP_NAME_X_CACHE_HITS), &n) && n > 0);
}

/* Whether Vary keeps responses to different origins apart. */
static bool varies(const struct fieldget *r)
{
	struct span line, m;
	unsigned at = 0;

	while (fieldget_next(r, HTTP_NAME_VARY, &at, &line))
		while (fieldget_member(&line, &m))
			if (span_is_nocase(m, "origin") || span_is(m, "*"))
				return true;
	return false;
}

/* What Access-Control-Allow-Origin is to the asker. */
static unsigned acao_flags(const struct scene *s)
{
	unsigned flags = 0;

	if (!span_is_present(s->acao))
		return 0;
	if (s->response.lines[HTTP_NAME_ACAO] > 1)
		flags |= RESOURCE_ACAO_LINES;
	if (span_is(s->acao, "*"))
		flags |= RESOURCE_WILDCARD;
	if (span_is_present(s->origin) && s->acao_word == s->origin_word)
		flags |= RESOURCE_ECHO;
	return flags;
}

void resource_facts(struct resource_variant *v, const struct scene *s)
{
	const struct fieldget *r = &s->response;
	unsigned flags = storable(s) | acao_flags(s);

	*v = (struct resource_variant){
		.origin = s->origin_word,
		.acao = s->acao_word,
		.acac = s->acac_word,
		.etag = hash_of(fieldget_first(r, HTTP_NAME_ETAG)),
		.modified = hash_of(fieldget_first(r, HTTP_NAME_LAST_MODIFIED)),
		.date = hash_of(fieldget_first(r, HTTP_NAME_DATE)),
		.client = s->client,
		.packet = s->packet,
		.time_ns = s->time_ns,
		.status = s->status,
	};
	if (varies(r))
		flags |= RESOURCE_VARY_ORIGIN;
	if (is_hit(r))
		flags |= RESOURCE_HIT;
	if (s->status >= 200 && s->status <= 299)
		flags |= RESOURCE_SUCCESS;
	v->flags = (uint16_t)flags;
}

/* The same answer to the same question, apart from when and to whom. */
static bool is_alike(const struct resource_variant *a, const struct resource_variant *b)
{
	return a->origin == b->origin && a->acao == b->acao && a->acac == b->acac &&
	       a->status == b->status && a->flags == b->flags;
}

void resource_keep(struct resource *r, const struct resource_variant *v)
{
	struct resource_variant *alike = NULL;

	/* What is like a kept one takes its place, so that one busy origin does not push out the
	 * others; among those, the client's own. */
	for (unsigned i = 0; i < r->cnt; i++)
		if (is_alike(&r->variants[i], v) && (!alike || r->variants[i].client == v->client))
			alike = &r->variants[i];
	if (alike && (alike->client == v->client || r->cnt == RESOURCE_VARIANTS)) {
		*alike = *v;
		return;
	}
	r->variants[r->next] = *v;
	r->next = (uint8_t)((r->next + 1) % RESOURCE_VARIANTS);
	if (r->cnt < RESOURCE_VARIANTS)
		r->cnt++;
}

const struct resource_variant *resource_stored(const struct resource *r, const struct scene *s)
{
	uint64_t etag = hash_of(fieldget_first(&s->request, HTTP_NAME_IF_NONE_MATCH));
	uint64_t modified = hash_of(fieldget_first(&s->request, HTTP_NAME_IF_MODIFIED_SINCE));
	const struct resource_variant *newest = NULL;

	for (unsigned i = 0; r && i < r->cnt; i++) {
		const struct resource_variant *v = &r->variants[i];

		if (v->client != s->client || v->status != 200)
			continue;
		if (!(etag && v->etag == etag) && !(modified && v->modified == modified))
			continue;
		if (!newest || v->time_ns >= newest->time_ns)
			newest = v;
	}
	return newest;
}

void resource_freshen(struct resource *r, const struct resource_variant *stored,
		      const struct resource_variant *now)
{
	const unsigned acao = RESOURCE_ECHO | RESOURCE_WILDCARD | RESOURCE_ACAO_LINES;
	struct resource_variant *v = &r->variants[stored - r->variants];

	if (now->acao) {
		v->acao = now->acao;
		v->origin = now->origin;
		v->flags = (uint16_t)((v->flags & ~acao) | (now->flags & acao));
	}
	if (now->acac)
		v->acac = now->acac;
	v->time_ns = now->time_ns;
}
