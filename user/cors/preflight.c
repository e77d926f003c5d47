/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The order of the checks is Chromium's: it decides which name is shown when several things are
 * wrong at once, as they usually are.
 */
#include "cors/preflight.h"

/* RFC 9110, 5.6.2. */
static bool is_token(struct span s)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];
		bool is_alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

		if (!is_alnum && !memchr(others, c, sizeof(others) - 1))
			return false;
	}
	return s.len != 0;
}

/* Every member of every line is a token; empty members are skipped, as browsers do. */
static bool is_token_list(const struct fieldget *g, enum http_name id)
{
	struct span line, member;
	unsigned at = 0;

	while (fieldget_next(g, id, &at, &line))
		while (fieldget_member(&line, &member))
			if (member.len && !is_token(member))
				return false;
	return true;
}

/* Methods are compared in exact case. */
static bool has_method(const struct fieldget *g, struct span method)
{
	struct span line, member;
	unsigned at = 0;

	while (fieldget_next(g, HTTP_NAME_ACAM, &at, &line))
		while (fieldget_member(&line, &member))
			if (span_eq(member, method))
				return true;
	return false;
}

/* Header names are compared without letter case. */
static bool has_header(const struct fieldget *g, struct span name)
{
	struct span line, member;
	unsigned at = 0;

	while (fieldget_next(g, HTTP_NAME_ACAH, &at, &line))
		while (fieldget_member(&line, &member))
			if (span_eq_nocase(member, name))
				return true;
	return false;
}

bool preflight_is(struct span method, const struct fieldget *request)
{
	return span_is(method, "OPTIONS") && fieldget_has(request, HTTP_NAME_ACRM) &&
	       fieldget_has(request, HTTP_NAME_ORIGIN);
}

bool preflight_is_redirect(uint16_t status)
{
	return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* A preflight check that fails; subject is the method or the header that is not allowed. */
static struct check broken(enum rule_index code, const char *error, struct span subject)
{
	return (struct check){ .code = code, .error = error, .subject = subject };
}

/* Step 7.6 and 7.7: the first of the asked headers that is not allowed. */
static struct span first_missing_header(const struct fieldget *request,
					const struct fieldget *response, bool is_include)
{
	struct span line, member;
	unsigned at = 0;

	if (!is_include && has_header(response, span_text("*")))
		return span_make(NULL, 0);
	while (fieldget_next(request, HTTP_NAME_ACRH, &at, &line))
		while (fieldget_member(&line, &member))
			if (member.len && !has_header(response, member))
				return member;
	return span_make(NULL, 0);
}

struct check preflight_check(const struct check_input *in, const struct fieldget *request,
			     uint16_t status, bool is_include)
{
	const struct fieldget *r = in->response;
	struct span method = fieldget_first(request, HTTP_NAME_ACRM), header;
	struct check k;

	if (preflight_is_redirect(status) && fieldget_has(r, HTTP_NAME_LOCATION))
		return broken(RULE_PREFLIGHT_REDIRECT, "PreflightDisallowedRedirect",
			      span_make(NULL, 0));
	k = check_cors(in, is_include, true);
	if (k.code != RULE_NONE || k.is_unknown)
		return k;
	if (status < 200 || status > 299)
		return broken(RULE_PREFLIGHT_STATUS, "PreflightInvalidStatus", span_make(NULL, 0));
	if (fieldget_is_cut(r, HTTP_NAME_ACAM) || fieldget_is_cut(r, HTTP_NAME_ACAH) ||
	    fieldget_is_cut(request, HTTP_NAME_ACRH))
		return (struct check){ .code = RULE_NONE, .is_unknown = true };
	if (!is_token_list(r, HTTP_NAME_ACAM))
		return broken(RULE_PREFLIGHT_ACAM_SYNTAX, "InvalidAllowMethodsPreflightResponse",
			      span_make(NULL, 0));
	if (!is_token_list(r, HTTP_NAME_ACAH))
		return broken(RULE_PREFLIGHT_ACAH_SYNTAX, "InvalidAllowHeadersPreflightResponse",
			      span_make(NULL, 0));
	if (!has_method(r, method) && !span_is(method, "GET") && !span_is(method, "HEAD") &&
	    !span_is(method, "POST") && (is_include || !has_method(r, span_text("*"))))
		return broken(RULE_PREFLIGHT_METHOD, "MethodDisallowedByPreflightResponse", method);
	header = first_missing_header(request, r, is_include);
	if (span_is_present(header))
		return broken(RULE_PREFLIGHT_HEADER, "HeaderDisallowedByPreflightResponse", header);
	return (struct check){ .code = RULE_NONE };
}

bool preflight_auth_is_by_wildcard(const struct fieldget *request, const struct fieldget *response)
{
	return fieldget_has_member(request, HTTP_NAME_ACRH, "authorization") &&
	       !has_header(response, span_text("authorization")) &&
	       has_header(response, span_text("*"));
}

uint64_t preflight_max_age_s(const struct fieldget *response, bool *is_told)
{
	struct span v = fieldget_first(response, HTTP_NAME_ACMA);
	uint64_t n = 0;

	*is_told = false;
	if (!span_is_present(v) || response->lines[HTTP_NAME_ACMA] > 1)
		return 5;
	if (v.len > 1 && v.ptr[0] == '-' && fieldget_number(span_from(v, 1), &n)) {
		*is_told = true;
		return 0;
	}
	*is_told = fieldget_number(v, &n);
	return *is_told ? n : 5;
}
