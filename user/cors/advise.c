/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * None of these decide a verdict. Each rests on bytes of this one response, so that no memory is
 * asked.
 */
#include "cors/advise.h"

#include "cors/preflight.h"

/* No browser keeps a preflight's permission for longer. */
#define MAX_AGE_HEEDED 86400

/* One clue in this file's usual form: {0} is the path, {1} the origin, the response the
 * evidence. */
static struct clue *tell(const struct scene *s, struct clues *out, enum rule_index rule,
			 enum confidence confidence, const char *detail)
{
	struct clue *k = clues_add(out, rule, confidence, detail);

	k->args[0] = s->path;
	k->args[1] = s->origin;
	clue_evidence(k, s->packet);
	return k;
}

/* Both say "everybody" and "with credentials", which cannot be. */
static void look_wildcard(const struct scene *s, struct clues *out)
{
	if (span_is_present(s->input.acao.value) && span_is(s->input.acao.value, "*") &&
	    span_is_present(s->input.acac.value) && span_is(s->input.acac.value, "true"))
		tell(s, out, RULE_ACAC_WITH_WILDCARD, CONFIDENCE_CERTAIN,
		     "{0} sends Access-Control-Allow-Origin: * with "
		     "Access-Control-Allow-Credentials: true");
}

void advise_preflight(const struct scene *s, struct clues *out)
{
	bool is_told;
	uint64_t age = preflight_max_age_s(&s->response, &is_told);
	struct clue *k;

	if (s->check.code == RULE_NONE &&
	    preflight_auth_is_by_wildcard(&s->request, &s->response)) {
		k = tell(s, out, RULE_PREFLIGHT_AUTH_WILDCARD, CONFIDENCE_CERTAIN,
			 "the preflight for {0} from {1} asks for Authorization, which only * "
			 "allows");
		k->subject = span_text("authorization");
	}
	look_wildcard(s, out);
	if (is_told && age > MAX_AGE_HEEDED) {
		k = tell(s, out, RULE_MAX_AGE_OVER_CAP, CONFIDENCE_LIKELY,
			 "{0} sends Access-Control-Max-Age: {2}");
		k->args[2] = fieldget_first(&s->response, HTTP_NAME_ACMA);
	}
	if (fieldget_has(&s->request, HTTP_NAME_ACR_PRIVATE_NETWORK))
		tell(s, out, RULE_PRIVATE_NETWORK, CONFIDENCE_CERTAIN,
		     fieldget_has(&s->response, HTTP_NAME_ACA_PRIVATE_NETWORK)
			     ? "the preflight for {0} asks for private network access, which is "
			       "granted"
			     : "the preflight for {0} asks for private network access, which the "
			       "response does not grant");
}

/* Access-Control-Expose-Headers that exposes nothing. */
static void look_exposed(const struct scene *s, struct clues *out)
{
	struct span line, m;
	unsigned at = 0;

	while (fieldget_next(&s->response, HTTP_NAME_ACEH, &at, &line)) {
		while (fieldget_member(&line, &m)) {
			if (m.len && span_find(m, '"') == m.len && span_find(m, ' ') == m.len &&
			    span_find(m, ';') == m.len)
				continue;
			if (!m.len)
				continue;
			tell(s, out, RULE_ACEH_SYNTAX, CONFIDENCE_CERTAIN,
			     "{0} sends Access-Control-Expose-Headers with {2} in it")
				->args[2] = m;
			return;
		}
	}
	if (s->credentials.mode == CORS_CREDENTIALS_INCLUDE &&
	    fieldget_has_member(&s->response, HTTP_NAME_ACEH, "*"))
		tell(s, out, RULE_ACEH_WILDCARD_CREDENTIALS, CONFIDENCE_CERTAIN,
		     "{0} exposes * to a request with credentials");
}

/* The media type of gRPC-Web, binary or text, with or without its suffix. */
static bool is_grpc_web(const struct fieldget *g)
{
	return span_starts(fieldget_first(g, HTTP_NAME_CONTENT_TYPE), "application/grpc-web");
}

/* Whether scripts may read the field. */
static bool is_exposed(const struct scene *s, const char *name)
{
	return fieldget_has_member(&s->response, HTTP_NAME_ACEH, name) ||
	       (s->credentials.mode != CORS_CREDENTIALS_INCLUDE &&
		fieldget_has_member(&s->response, HTTP_NAME_ACEH, "*"));
}

static void look_grpc_web(const struct scene *s, struct clues *out)
{
	const char *hidden = !is_exposed(s, "grpc-status")    ? "grpc-status"
			     : !is_exposed(s, "grpc-message") ? "grpc-message"
							      : NULL;

	if (hidden && s->check.code == RULE_NONE)
		tell(s, out, RULE_ACEH_GRPC_WEB, CONFIDENCE_CERTAIN,
		     "the gRPC-Web response of {0} to {1} does not expose {2}")
			->args[2] = span_text(hidden);
}

void advise_actual(const struct scene *s, const struct redirect_hop *hop, struct clues *out)
{
	struct clue *k;

	/* Only a chain that had another origin before proves that the redirect took it away. */
	if (hop && hop->origin && !hop->is_null && span_is(s->origin, "null") &&
	    s->check.code != RULE_NONE) {
		k = tell(s, out, RULE_REDIRECT_TAINTED_ORIGIN, CONFIDENCE_LIKELY,
			 "{0} was reached by a redirect from another origin, so that the browser "
			 "sent "
			 "Origin: null");
		k->evidence_cnt = 0;
		clue_evidence(k, hop->packet);
		clue_evidence(k, s->packet);
	}
	look_wildcard(s, out);
	if (fieldget_has(&s->response, HTTP_NAME_ACEH))
		look_exposed(s, out);
	if (is_grpc_web(&s->request) || is_grpc_web(&s->response))
		look_grpc_web(s, out);
}

/* The first line of these that has a blank before its colon and that a browser asks for. */
static const struct http_field *find_blank(const struct scene *s)
{
	const struct http_message *m = s->response.m;
	bool is_preflight = s->kind.kind == CORS_KIND_PREFLIGHT;
	bool is_include = s->credentials.mode == CORS_CREDENTIALS_INCLUDE;

	for (size_t i = 0; i < m->fields_cnt; i++) {
		const struct http_field *f = &m->fields[i];

		if (!f->has_blank)
			continue;
		if (f->id == HTTP_NAME_ACAO || (f->id == HTTP_NAME_ACAC && is_include) ||
		    (is_preflight && (f->id == HTTP_NAME_ACAM || f->id == HTTP_NAME_ACAH)))
			return f;
	}
	return NULL;
}

/* It passes in Chromium only thanks to a line that Firefox drops. */
static void look_blank(const struct scene *s, struct clues *out)
{
	const struct http_field *f;
	struct clue *k;

	if (s->check.code != RULE_NONE || !(s->response.m->flaws & HTTP_FLAW_BLANK_NAME))
		return;
	f = find_blank(s);
	if (!f)
		return;
	/* With other headers, what the request needs of them decides. */
	k = tell(s, out, RULE_BROWSERS_DIFFER_BLANK,
		 f->id == HTTP_NAME_ACAO ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
		 "{0} sends {2} with a blank before the colon: Chromium reads it, Firefox does not "
		 "and blocks the response to {1}");
	k->args[2] = k->subject = k->about = f->name;
}

/* The only line of Access-Control-Allow-Origin that is not empty; absent when there is another
 * number of them. */
static struct span only_value(const struct scene *s)
{
	struct span line, only = span_make(NULL, 0);
	unsigned at = 0;

	while (fieldget_next(&s->response, HTTP_NAME_ACAO, &at, &line)) {
		if (!line.len)
			continue;
		if (only.len)
			return span_make(NULL, 0);
		only = line;
	}
	return only;
}

/* Lines that block when they are joined, and do not when the empty ones are left out. */
static void look_empty_line(const struct scene *s, struct clues *out)
{
	bool is_include = s->credentials.mode == CORS_CREDENTIALS_INCLUDE;
	struct check_input in;
	struct clue *k;

	if (s->check.code != RULE_ACAO_MULTIPLE_HEADERS &&
	    s->check.code != RULE_PREFLIGHT_ACAO_MULTIPLE_HEADERS)
		return;
	in = s->input;
	in.acao.value = only_value(s);
	in.acao.lines = 1;
	if (!in.acao.value.len || check_cors(&in, is_include, false).code != RULE_NONE)
		return;
	k = tell(
		s, out, RULE_BROWSERS_DIFFER_EMPTY_LINE, CONFIDENCE_CERTAIN,
		"{0} sends Access-Control-Allow-Origin more than once, one of them empty: Chromium "
		"blocks, Firefox reads {2}");
	k->args[2] = in.acao.value;
}

void advise_differences(const struct scene *s, struct clues *out)
{
	look_blank(s, out);
	look_empty_line(s, out);
}

void advise_unsure(const struct scene *s, struct clues *out)
{
	struct clue *k;

	if (s->kind.is_extension)
		tell(s, out, RULE_EXTENSION_ORIGIN, CONFIDENCE_POSSIBLE,
		     "{1} asked for {0}; whether the CORS check applies to it is not on the wire");
	else {
		k = tell(
			s, out, RULE_CORS_MODE_UNKNOWN, CONFIDENCE_POSSIBLE,
			"if the POST to {0} from {1} was a CORS request, it would be blocked: {2}");
		k->args[2] = span_text(rules[s->check.code].title);
	}
}
