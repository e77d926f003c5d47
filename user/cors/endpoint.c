/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Contrast is the best evidence: that the same endpoint treated the same origin differently
 * before, on another status, with other headers asked for, or on another server.
 */
#include "cors/endpoint.h"

#include "base/number.h"
#include "cors/place.h"

/* What the application itself answered; other statuses may be somebody else's pages. */
static bool is_success(const struct scene *s)
{
	return s->status >= 200 && s->status <= 299;
}

/* An error response without the headers that the endpoint has otherwise. */
static void look_lost(const struct cors_endpoint *e, const struct scene *s, struct clues *out)
{
	uint64_t good = e->allowed_packet ? e->allowed_packet : e->preflight_packet;
	struct clue *k;

	if (s->check.code != RULE_ACAO_MISSING && s->check.code != RULE_PREFLIGHT_ACAO_MISSING)
		return;
	if (s->status < 400 || !good)
		return;
	k = clues_add(
		out, RULE_ERROR_RESPONSE_LOST_HEADERS, CONFIDENCE_LIKELY,
		number_is_packet(good)
			? "{0} {1} allowed {2} in a good response (packet {3}), but its {4} "
			  "response has no Access-Control-Allow-Origin"
			: "{0} {1} allowed {2} in a good response, but its {4} response has no "
			  "Access-Control-Allow-Origin");
	k->args[0] = s->x->request.method;
	k->args[1] = s->path;
	k->args[2] = s->origin;
	k->args[3] = place_number(good, out);
	k->args[4] = place_number(s->status, out);
	k->about = k->args[4];
	clue_evidence(k, good);
	clue_evidence(k, s->packet);
}

/* Header names are compared without letter case (RFC 9110, 5.1). */
static bool list_has(struct span list, struct span name)
{
	struct span member;

	while (fieldget_member(&list, &member))
		if (span_eq_nocase(member, name))
			return true;
	return false;
}

/* The header that is not allowed was not asked for when the endpoint last passed. */
static void look_grown(const struct cors_endpoint *e, const struct scene *s, struct words *words,
		       struct clues *out)
{
	struct span before;
	struct clue *k;

	if (s->check.code != RULE_PREFLIGHT_HEADER || !e->preflight_packet)
		return;
	before = words_get(words, e->preflight_headers);
	if (!span_is_present(before) || list_has(before, s->check.subject))
		return;
	k = clues_add(
		out, RULE_PREFLIGHT_HEADERS_GREW, CONFIDENCE_LIKELY,
		"{0} asks for the header {1} at {2}; at {3} it did not, and the preflight for {4} "
		"passed");
	k->args[0] = s->origin;
	k->args[1] = s->check.subject;
	k->args[2] = place_time(s->time_ns, out);
	k->args[3] = place_time(e->preflight_ns, out);
	k->args[4] = s->path;
	k->subject = k->about = s->check.subject;
	clue_evidence(k, e->preflight_packet);
	clue_evidence(k, s->packet);
}

/* This place is taken by that server. */
static bool is_server(const struct endpoint_server *at, const struct endpoint *server)
{
	return at->packet && at->server.port == server->port &&
	       memcmp(&at->server.addr, &server->addr, sizeof(at->server.addr)) == 0;
}

/* Another server of the host did the opposite. Only good responses are compared: errors lose
 * their headers for other reasons. */
static void look_servers(struct cors_endpoint *e, const struct scene *s, bool is_allowed,
			 struct clues *out)
{
	struct endpoint_server *a = &e->servers[0], *b = &e->servers[1], *own, *other;
	bool is_inner = s->is_proxied;
	struct clue *k;

	/* The place of this server; with a third one, the older of the two goes. */
	if (is_server(a, &s->x->server) || (!a->packet && !is_server(b, &s->x->server)))
		own = a;
	else if (is_server(b, &s->x->server) || !b->packet)
		own = b;
	else
		own = a->packet < b->packet ? a : b;
	other = own == a ? b : a;
	/* A proxy and the server behind it are two legs of one exchange, not two servers. Once that
	 * is known of a server, it stays. */
	is_inner |= is_server(own, &s->x->server) && own->is_inner;
	*own = (struct endpoint_server){ s->x->server, s->packet, is_allowed, is_inner };
	if (s->has_inner && is_server(other, &s->inner_server))
		other->is_inner = true;
	if (!other->packet || other->is_allowed == is_allowed || other->is_inner != is_inner)
		return;
	k = clues_add(out, RULE_POLICY_BACKENDS_DISAGREE, CONFIDENCE_LIKELY,
		      "{0} allows {1} for {2}, {3} refuses it");
	k->args[0] = place_server(is_allowed ? &own->server : &other->server, out);
	k->args[1] = s->origin;
	k->args[2] = s->path;
	k->args[3] = place_server(is_allowed ? &other->server : &own->server, out);
	k->subject = k->args[3];
	clue_evidence(k, other->packet);
	clue_evidence(k, s->packet);
}

/* It passes without credentials only, and this page did send some before. */
static void look_credentials(const struct cors_endpoint *e, const struct scene *s,
			     struct clues *out)
{
	struct clue *k;

	if (!e->was_credentialed || s->credentials.mode != CORS_CREDENTIALS_UNKNOWN)
		return;
	k = clues_add(
		out, RULE_CREDENTIALS_UNKNOWN, CONFIDENCE_POSSIBLE,
		"the response to {0} {1} passes for {2} without credentials only, and earlier "
		"requests of that page carried some");
	k->args[0] = s->x->request.method;
	k->args[1] = s->path;
	k->args[2] = s->origin;
	clue_evidence(k, s->packet);
}

/* What a preflight asked for when it passed; an empty list is remembered as empty, not as
 * unknown. */
static void remember_preflight(struct cors_endpoint *e, const struct scene *s, struct words *words)
{
	struct span asked = fieldget_first(&s->request, HTTP_NAME_ACRH);

	e->preflight_packet = s->packet;
	e->preflight_ns = s->time_ns;
	e->preflight_headers = words_put(words, span_is_present(asked) ? asked : span_text(""));
}

void endpoint_look(struct memory *endpoints, const struct scene *s, const struct judgement *j,
		   bool is_credentialed_blocked, struct words *words, struct clues *out)
{
	struct cors_endpoint *e = memory_add(endpoints, s->endpoint);
	bool is_refused = s->check.code >= RULE_ACAO_MISSING &&
			  s->check.code < RULE_ACAO_WILDCARD_CREDENTIALS;

	if (j->verdict == CORS_VERDICT_BLOCK) {
		look_lost(e, s, out);
		look_grown(e, s, words, out);
	}
	if (j->verdict == CORS_VERDICT_PASS && is_credentialed_blocked)
		look_credentials(e, s, out);
	if (s->credentials.mode == CORS_CREDENTIALS_INCLUDE)
		e->was_credentialed = true;
	if (j->kind == CORS_KIND_PREFLIGHT && j->verdict == CORS_VERDICT_PASS)
		remember_preflight(e, s, words);
	if (j->kind != CORS_KIND_ACTUAL || !is_success(s))
		return;
	if (j->verdict == CORS_VERDICT_PASS)
		e->allowed_packet = s->packet;
	if (j->verdict == CORS_VERDICT_PASS || (j->verdict == CORS_VERDICT_BLOCK && is_refused))
		look_servers(e, s, j->verdict == CORS_VERDICT_PASS, out);
}
