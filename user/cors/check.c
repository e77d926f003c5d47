/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The verdict is one comparison of bytes. Everything else in this file serves to name the reason
 * in Chromium's words and in plain ones, and runs only after the bytes were found to differ.
 */
#include "cors/check.h"

#include "cors/finding.h"
#include "cors/origin.h"

void check_prepare(struct check_input *in, struct span origin, struct span own,
		   const struct fieldget *response)
{
	in->origin = origin;
	in->own = own;
	in->response = response;
	fieldget_combine(response, HTTP_NAME_ACAO, &in->acao);
	fieldget_combine(response, HTTP_NAME_ACAC, &in->acac);
}

/* Which error, as its plain name and its twin's. */
struct error_name {
	const char *actual, *preflight;
};

static const struct error_name wildcard = { "WildcardOriginNotAllowed",
					    "PreflightWildcardOriginNotAllowed" };
static const struct error_name missing = { "MissingAllowOriginHeader",
					   "PreflightMissingAllowOriginHeader" };
static const struct error_name multiple = { "MultipleAllowOriginValues",
					    "PreflightMultipleAllowOriginValues" };
static const struct error_name mismatch = { "AllowOriginMismatch", "PreflightAllowOriginMismatch" };
static const struct error_name invalid = { "InvalidAllowOriginValue",
					   "PreflightInvalidAllowOriginValue" };
static const struct error_name credentials = { "InvalidAllowCredentials",
					       "PreflightInvalidAllowCredentials" };

/* A check that fails, under the name that fits the kind of request. */
static struct check broken(enum rule_index code, const struct error_name *e, bool is_preflight)
{
	/* Twins are neighbours in the table. */
	return (struct check){ .code = is_preflight ? code + 1 : code,
			       .error = is_preflight ? e->preflight : e->actual };
}

/* Which rule says best why two origins that both parse are not equal. */
static enum rule_index name_difference(const struct origin *a, const struct origin *o,
				       unsigned components)
{
	switch (components) {
	case 0:
		if (span_is(a->tail, "/") && !span_is_present(a->userinfo) &&
		    span_eq(a->host, o->host) && span_eq(a->scheme, o->scheme))
			return RULE_ACAO_TRAILING_SLASH;
		return a->tail.len || span_is_present(a->userinfo) ? RULE_ACAO_PATH
								   : RULE_ACAO_CASE;
	case CORS_DIFF_SCHEME: return RULE_ACAO_SCHEME;
	case CORS_DIFF_HOST: return RULE_ACAO_HOST;
	case CORS_DIFF_PORT: return RULE_ACAO_PORT;
	default: return RULE_ACAO_MISMATCH;
	}
}

/* Why the value is not the origin: for people. The verdict stands already. */
static enum rule_index diagnose(const struct check_input *in, struct origin_diff *diff)
{
	struct span a = in->acao.value;
	struct origin allowed, page;

	*diff = (struct origin_diff){ 0, 0 };
	if (in->acao.lines > 1)
		return RULE_ACAO_MULTIPLE_HEADERS;
	if (a.len == 0)
		return RULE_ACAO_EMPTY;
	if (span_find(a, ' ') < a.len || span_find(a, ',') < a.len)
		return RULE_ACAO_LIST;
	if (span_is(a, "null"))
		return RULE_ACAO_NULL_LITERAL;
	if (span_find(a, '*') < a.len)
		return RULE_ACAO_WILDCARD_PATTERN;
	if (!origin_parse(a, &allowed))
		return RULE_ACAO_INVALID;
	if (span_is(in->origin, "null"))
		return RULE_ACAO_NULL_ORIGIN;
	if (!origin_parse(in->origin, &page))
		return RULE_ACAO_MISMATCH;
	*diff = origin_compare(&allowed, &page, in->own);
	return name_difference(&allowed, &page, diff->components);
}

/* Chromium's three names for a value that is there but is not the origin. */
static const struct error_name *name_error(struct span a)
{
	if (span_find(a, ' ') < a.len || span_find(a, ',') < a.len)
		return &multiple;
	return span_is(a, "null") || origin_is_url(a) ? &mismatch : &invalid;
}

struct check check_cors(const struct check_input *in, bool is_include, bool is_preflight)
{
	struct span a = in->acao.value, c = in->acac.value;
	struct origin_diff diff;
	struct check k;

	/* Joined lines fail however they go on, and so does an overlong ACAC. */
	if (in->acao.is_cut && in->acao.lines < 2)
		return (struct check){ .code = RULE_NONE, .is_unknown = true };
	if (span_is_present(a) && span_is(a, "*")) {
		if (!is_include)
			return (struct check){ .code = RULE_NONE };
		return broken(RULE_ACAO_WILDCARD_CREDENTIALS, &wildcard, is_preflight);
	}
	if (!span_is_present(a))
		return broken(RULE_ACAO_MISSING, &missing, is_preflight);
	if (!span_eq(a, in->origin)) {
		k = broken(diagnose(in, &diff), name_error(a), is_preflight);
		k.components = diff.components;
		k.hints = diff.hints;
		return k;
	}
	if (is_include && !(span_is_present(c) && span_is(c, "true")))
		return broken(span_is_present(c) ? RULE_ACAC_INVALID : RULE_ACAC_MISSING,
			      &credentials, is_preflight);
	return (struct check){ .code = RULE_NONE };
}
