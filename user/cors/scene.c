/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/scene.h"

#include "base/hash.h"

/* Hash of the target's authority with letters folded. */
static uint64_t hash_host(struct span host, uint64_t seed)
{
	uint8_t lower[256];
	size_t n = host.len < sizeof(lower) ? host.len : sizeof(lower);

	for (size_t i = 0; i < n; i++)
		lower[i] = host.ptr[i] >= 'A' && host.ptr[i] <= 'Z' ? host.ptr[i] | 0x20 :
								       host.ptr[i];
	return hash_bytes(lower, n, seed);
}

/* Where the request goes, and the keys under which it is remembered. */
static void read_request(struct scene *s, const struct http_request *r, uint64_t seed)
{
	s->origin = fieldget_first(&s->request, HTTP_NAME_ORIGIN);
	s->authority = classify_authority(r, &s->request);
	s->scheme = classify_scheme(r, &s->request, &s->is_scheme_sure);
	s->path = span_first(r->path, span_find(r->path, '?'));
	/* Without a Host the server's address stands in for it. */
	s->host_key = r->host.len ? hash_host(r->host, seed) :
				    hash_bytes(s->x->server.addr.bytes,
					       sizeof(s->x->server.addr.bytes), seed);
	s->resource = hash_span(r->path, s->host_key);
	s->kind = classify_request(r, &s->request);
	s->is_proxied = fieldget_has(&s->request, HTTP_NAME_X_FORWARDED_FOR) ||
			fieldget_has(&s->request, HTTP_NAME_FORWARDED) ||
			fieldget_has(&s->request, HTTP_NAME_VIA);
}

void scene_read(struct scene *s, const struct exchange *x, uint64_t seed)
{
	const struct http_message *request = x->has_request ? &x->request.m : NULL;
	const struct http_message *response = x->has_response ? &x->response.m : NULL;

	s->x = x;
	fieldget_index(&s->request, request);
	fieldget_index(&s->response, response);
	s->kind = (struct classify){ .kind = CORS_KIND_UNKNOWN };
	s->credentials = (struct credentials){ .mode = CORS_CREDENTIALS_UNKNOWN };
	s->check = (struct check){ .code = RULE_NONE };
	s->others_allowed = s->origin = s->authority = s->path = span_make(NULL, 0);
	s->scheme = "http";
	s->is_scheme_sure = s->is_proxied = false;
	s->status = response ? x->response.status : 0;
	s->is_complete = response && !(response->flaws & (HTTP_FLAWS_INCOMPLETE | HTTP_FLAW_NUL)) &&
			 !x->is_pairing_unsure && x->outcome == HTTP_RESPONSE;
	s->packet = response ? response->packet : x->end_packet;
	s->time_ns = x->end_ns ? x->end_ns : response ? response->time_ns : 0;
	s->client = hash_bytes(x->client.addr.bytes, sizeof(x->client.addr.bytes), seed);
	if (request)
		read_request(s, &x->request, seed);
}
