/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Reading once what several rules look at keeps them simple and the cost per exchange flat.
 */
#include "cors/scene.h"

#include "base/hash.h"

/* Hash of the client's address. A machine's loopback addresses, of either family, are one
 * client: a browser takes whichever the host's name gives. */
static uint64_t hash_client(const struct address *a, uint64_t seed)
{
	static const struct address v6 = { .bytes = { [15] = 1 } };

	if (address_is_v4(a) && a->bytes[12] == 127)
		a = &v6;
	return hash_bytes(a->bytes, sizeof(a->bytes), seed);
}

/* The keys under which the request is remembered. Each string is hashed once: keys of several
 * are made of their hashes. */
static void key_request(struct scene *s, const struct http_request *r, struct words *words)
{
	const uint64_t seed = words->seed;
	uint64_t path;
	const struct endpoint *server = &s->x->server;
	const size_t n = sizeof(server->addr.bytes);

	/* Without a Host the server's address stands in for it. */
	s->host_key =
		r->host.len ? hash_folded(r->host, seed) : hash_bytes(server->addr.bytes, n, seed);
	s->path = span_first(r->path, span_find(r->path, '?'));
	s->resource = path = hash_span(s->path, s->host_key);
	if (s->path.len < r->path.len)
		s->resource = hash_span(span_from(r->path, s->path.len), path);
	s->origin = fieldget_first(&s->request, HTTP_NAME_ORIGIN);
	if (!span_is_present(s->origin))
		return;
	s->origin_word = words_put(words, s->origin);
	s->permit = hash_pair(s->resource ^ s->client, s->origin_word);
	s->endpoint = hash_pair(path, s->origin_word);
	s->server = hash_bytes(server->addr.bytes, n, s->host_key) + server->port;
}

void scene_key(struct scene *s, const struct exchange *x, struct words *words)
{
	const uint64_t seed = words->seed;

	s->x = x;
	s->origin_word = 0;
	s->origin = s->path = span_make(NULL, 0);
	s->client = x->is_client_known ? hash_client(&x->client.addr, seed)
				       : hash_bytes(&x->connection, sizeof(x->connection), seed);
	fieldget_index(&s->request, x->has_request ? &x->request.m : NULL);
	if (x->has_request)
		key_request(s, &x->request, words);
}

/* Where the request goes. */
static void read_request(struct scene *s, const struct http_request *r)
{
	s->authority = classify_authority(r, &s->request);
	s->scheme = classify_scheme(r, &s->request, &s->is_scheme_sure);
	s->kind = classify_request(r, &s->request);
	s->is_proxied = fieldget_has(&s->request, HTTP_NAME_X_FORWARDED_FOR) ||
			fieldget_has(&s->request, HTTP_NAME_FORWARDED) ||
			fieldget_has(&s->request, HTTP_NAME_VIA);
}

/* Two Location lines that differ: a network error in browsers, against response splitting. */
static bool has_two_locations(const struct fieldget *g)
{
	struct span first = fieldget_first(g, HTTP_NAME_LOCATION), line;
	unsigned at = 0;

	if (g->lines[HTTP_NAME_LOCATION] < 2)
		return false;
	while (fieldget_next(g, HTTP_NAME_LOCATION, &at, &line))
		if (!span_eq(line, first))
			return true;
	return false;
}

/* Heads that browsers refuse before any CORS check, so that they have no CORS verdict. */
static bool is_refused(const struct scene *s, const struct http_message *response)
{
	if (!response)
		return false;
	if (response->flaws & HTTP_FLAW_NUL)
		return true;
	if ((response->flaws & HTTP_FLAW_LENGTHS_DIFFER) &&
	    !fieldget_has(&s->response, HTTP_NAME_TRANSFER_ENCODING))
		return true;
	return has_two_locations(&s->response);
}

void scene_read(struct scene *s)
{
	const struct exchange *x = s->x;
	const struct http_message *response = x->has_response ? &x->response.m : NULL;

	fieldget_index(&s->response, response);
	s->kind = (struct classify){ .kind = CORS_KIND_UNKNOWN };
	s->credentials = (struct credentials){ .mode = CORS_CREDENTIALS_UNKNOWN };
	s->check = (struct check){ .code = RULE_NONE };
	s->others_allowed = s->authority = span_make(NULL, 0);
	s->scheme = "http";
	s->is_scheme_sure = s->is_proxied = s->has_inner = false;
	s->status = response ? x->response.status : 0;
	s->is_refused = is_refused(s, response);
	s->is_complete = response && !(response->flaws & HTTP_FLAWS_INCOMPLETE) && !s->is_refused &&
			 !x->is_pairing_unsure && x->outcome == HTTP_RESPONSE;
	s->packet = response ? response->packet : x->end_packet;
	s->time_ns = x->end_ns ? x->end_ns : response ? response->time_ns : 0;
	if (x->has_request)
		read_request(s, &x->request);
	check_prepare(&s->input, s->origin, s->authority, &s->response);
	s->acao = s->input.acao.value;
	s->acac = s->input.acac.value;
}
