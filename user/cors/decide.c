/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Unknown comes first: a response that was lost, cut or misread never gets a verdict, since a
 * header that is not there may have been sent. Only then are the checks of the standard asked,
 * once as without credentials and once as with them, and weighed by what the wire shows of the
 * mode.
 */
#include "cors/decide.h"

#include "cors/check.h"
#include "cors/preflight.h"

/* The verdict cannot be told: why, in a stable word. */
static void unknown(struct judgement *j, const char *why)
{
	j->verdict = CORS_VERDICT_UNKNOWN;
	j->unknown = why;
	j->confidence = CONFIDENCE_CERTAIN;
}

/* Why a head may lack something: bytes of it, or fields that refer to bytes from before. */
static const char *incomplete(const struct http_message *m, const char *cut, const char *unknown)
{
	return (m->flaws & HTTP_FLAWS_INCOMPLETE) == HTTP_FLAW_FIELDS_UNKNOWN ? unknown : cut;
}

/* Why there is no response to judge; NULL when there is one. */
static const char *no_response(const struct scene *s)
{
	switch (s->x->outcome) {
	case HTTP_RESET: return "no-response-reset";
	case HTTP_CLOSED: return "no-response-closed";
	case HTTP_TIMEOUT: return "no-response-timeout";
	case HTTP_REFUSED: return "no-response-refused";
	case HTTP_PENDING: return "no-response-yet";
	case HTTP_LOST: return "response-lost";
	case HTTP_INVALID: return "response-invalid";
	case HTTP_RESPONSE: break;
	}
	if (!s->x->has_response)
		return "response-lost";
	if (s->x->is_pairing_unsure)
		return "pairing-unsure";
	if (s->is_refused)
		return "response-invalid";
	return s->is_complete ? NULL
			      : incomplete(&s->x->response.m, "response-head-cut",
					   "response-fields-unknown");
}

/* A verdict of "blocked", and the check that gave it for whoever looks at the scene later. */
static void block(struct judgement *j, struct scene *s, struct check k, enum confidence c)
{
	s->check = k;
	j->verdict = CORS_VERDICT_BLOCK;
	j->error = k.error;
	j->code = &rules[k.code];
	j->confidence = c;
}

/* Fetch, #cors-preflight-fetch. The status is judged inside, after the CORS check, as browsers
 * do. */
static void decide_preflight(struct judgement *j, struct scene *s, struct decide_result *out)
{
	struct check k;

	/* Judged as without credentials, which a preflight never shows; what fails then fails
	 * either way. */
	k = preflight_check(&s->input, &s->request, s->status, false);
	if (k.is_unknown) {
		unknown(j, "response-value-cut");
		return;
	}
	if (k.code != RULE_NONE) {
		block(j, s, k, s->kind.confidence);
		return;
	}
	j->verdict = CORS_VERDICT_PASS;
	j->confidence = CONFIDENCE_CERTAIN;
	out->credentialed = preflight_check(&s->input, &s->request, s->status, true);
	out->is_credentialed_blocked = out->credentialed.code != RULE_NONE;
	if (out->is_credentialed_blocked)
		j->confidence = CONFIDENCE_LIKELY;
}

/* A conditional request of the browser's own cache, not of the script. */
static bool is_revalidation(const struct scene *s, const struct permit *p)
{
	return (fieldget_has(&s->request, HTTP_NAME_IF_NONE_MATCH) &&
		!(p && p->is_if_none_match_announced)) ||
	       (fieldget_has(&s->request, HTTP_NAME_IF_MODIFIED_SINCE) &&
		!(p && p->is_if_modified_since_announced));
}

/* Put a stored value in place of one that the 304 lacks (RFC 9111, 3.2). False: forgotten. */
static bool inherit(struct fieldget_value *to, uint64_t name, struct words *words)
{
	struct span s;

	if (to->lines || !name)
		return true;
	s = words_get(words, name);
	if (!span_is_present(s))
		return false;
	memcpy(to->buf, s.ptr, s.len);
	to->value = span_make(to->buf, s.len);
	to->lines = 1;
	return true;
}

_Static_assert(CORS_NAME_MAX <= CORS_JOINED_MAX, "a name fits a value's buffer");

/* Whether a 304 decides by itself, whatever was stored: its own Access-Control-Allow-Origin wins,
 * and nothing depends on an Access-Control-Allow-Credentials that it does not have. */
static bool is_settled(const struct scene *s)
{
	if (s->input.acao.lines == 0)
		return false;
	return s->credentials.mode != CORS_CREDENTIALS_INCLUDE || s->input.acac.lines > 0 ||
	       check_cors(&s->input, false, false).code != RULE_NONE;
}

/* Merge what a 304 revives into the input; a word when that cannot be known. */
static const char *revive(struct scene *s, const struct decide_context *ctx,
			  struct decide_result *out)
{
	const struct resource_variant *v = resource_stored(ctx->resource, s);

	if (!v)
		return is_settled(s) ? NULL : "stored-response-not-seen";
	out->stored = v;
	out->is_inherited = s->input.acao.lines == 0;
	if (!inherit(&s->input.acao, v->acao, ctx->words) ||
	    !inherit(&s->input.acac, v->acac, ctx->words))
		return "stored-response-forgotten";
	if (out->is_inherited && (v->flags & RESOURCE_ACAO_LINES))
		s->input.acao.lines = 2;
	return NULL;
}

/* The check as without credentials and as with them, weighed by what is known of the mode. */
static void weigh(struct judgement *j, struct scene *s, struct decide_result *out)
{
	struct check plain = check_cors(&s->input, false, false);
	bool is_include = s->credentials.mode == CORS_CREDENTIALS_INCLUDE;
	enum confidence c = s->kind.confidence;

	/* What fails without credentials fails for the same reason with them. */
	out->credentialed = plain.code == RULE_NONE && !plain.is_unknown
				    ? check_cors(&s->input, true, false)
				    : plain;
	out->is_credentialed_blocked =
		plain.code == RULE_NONE && out->credentialed.code != RULE_NONE;
	if (plain.is_unknown) {
		unknown(j, "response-value-cut");
		return;
	}
	if (is_include && out->is_credentialed_blocked) {
		block(j, s, out->credentialed,
		      c < s->credentials.confidence ? c : s->credentials.confidence);
		return;
	}
	if (is_include && out->credentialed.code != RULE_NONE)
		plain = out->credentialed;
	if (plain.code == RULE_NONE)
		plain = redirect_check(s);
	if (plain.code != RULE_NONE) {
		block(j, s, plain, c);
		return;
	}
	j->verdict = CORS_VERDICT_PASS;
	j->confidence = !is_include && out->is_credentialed_blocked ? CONFIDENCE_LIKELY
								    : CONFIDENCE_CERTAIN;
}

/* Fetch, #http-fetch, step "If request's response tainting is cors": any status, redirects
 * included. */
static void decide_actual(struct judgement *j, struct scene *s, const struct decide_context *ctx,
			  struct decide_result *out)
{
	const char *why = NULL;

	if (s->status == 304 && is_revalidation(s, ctx->permit))
		why = revive(s, ctx, out);
	if (why)
		unknown(j, why);
	else
		weigh(j, s, out);
	/* The wire does not show whether these requests are subject to CORS at all. */
	if (j->verdict != CORS_VERDICT_BLOCK)
		return;
	if (j->kind == CORS_KIND_UNKNOWN) {
		unknown(j, "cors-mode-unknown");
	} else if (s->kind.is_extension) {
		unknown(j, "extension-origin");
	} else {
		return;
	}
	out->is_unsure_blocked = true;
	j->error = NULL;
	j->code = NULL;
}

/* Only an actual request shows its credentials mode; a preflight never carries any of the
 * evidence. */
static void find_credentials(struct judgement *j, struct scene *s, const struct decide_context *ctx)
{
	const struct credentials_context known = {
		.is_auth_announced = ctx->permit && ctx->permit->is_auth_announced,
		.is_redirected = ctx->hop != NULL,
		.is_hop_credentialed = ctx->hop && ctx->hop->is_credentialed,
	};

	if (j->kind != CORS_KIND_ACTUAL)
		return;
	s->credentials = credentials_find(&s->x->request, &s->request, &known);
	j->credentials = s->credentials.mode;
}

void decide(struct judgement *j, struct scene *s, const struct decide_context *ctx,
	    struct decide_result *out)
{
	const char *why;

	*out = (struct decide_result){ .credentialed = { .code = RULE_NONE } };
	j->kind = s->kind.kind;
	j->is_browser = s->kind.is_browser;
	if (!s->x->has_request) {
		unknown(j, "request-lost");
		return;
	}
	/* A cut request may lack its Origin, or the Sec-Fetch-* that would settle its mode. */
	if (s->x->request.m.flaws & HTTP_FLAWS_INCOMPLETE) {
		j->kind = CORS_KIND_UNKNOWN;
		unknown(j,
			incomplete(&s->x->request.m, "request-head-cut", "request-fields-unknown"));
		return;
	}
	if (j->kind == CORS_KIND_NONE) {
		j->verdict = CORS_VERDICT_NONE;
		j->confidence = s->kind.confidence;
		return;
	}
	find_credentials(j, s, ctx);
	why = no_response(s);
	if (why) {
		unknown(j, why);
		return;
	}
	/* Half an origin is none: nothing may be said or remembered of it. */
	if (fieldget_is_cut(&s->request, HTTP_NAME_ORIGIN)) {
		s->origin = span_make(NULL, 0);
		unknown(j, "request-head-cut");
		return;
	}
	if (j->kind == CORS_KIND_PREFLIGHT)
		decide_preflight(j, s, out);
	else
		decide_actual(j, s, ctx, out);
	/* A proxy may still add or take headers before the browser sees them. */
	if (s->is_proxied && j->verdict != CORS_VERDICT_UNKNOWN &&
	    j->confidence > CONFIDENCE_LIKELY)
		j->confidence = CONFIDENCE_LIKELY;
}
