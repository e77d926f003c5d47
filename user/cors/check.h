/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * check: the CORS check on one response.
 *
 * In:   the request's origin, whether its credentials mode is "include", the response's fields.
 * Out:  the rule that is broken and Chromium's name for it, or that it passes.
 * Spec: Fetch, #cors-check, with the order in which Chromium names errors.
 */
#ifndef CORS_CHECK_H
#define CORS_CHECK_H

#include "base/span.h"
#include "cors/fieldget.h"
#include "cors/rules.h"

/* The outcome of a check. Spans borrow the response. */
struct check {
	enum rule_index code; /* RULE_NONE: it passes */
	const char *error;    /* CorsError name; NULL when it passes */
	unsigned components;  /* enum cors_component */
	unsigned hints;       /* enum origin_hint */
	struct span subject;  /* the method or header that is not allowed; else absent */
	bool is_unknown;      /* the deciding value was kept only in part */
};

/* What both checks read of an exchange. Filled once, borrowed. */
struct check_input {
	struct span origin;              /* Origin as sent; "null" for an opaque one */
	struct span own;                 /* target's authority; absent when unknown */
	const struct fieldget *response; /* a 304's are already merged with the stored ones */
	struct fieldget_value acao;      /* combined */
	struct fieldget_value acac;      /* combined */
};

/* Combine what the check reads. */
void check_prepare(struct check_input *in, struct span origin, struct span own,
		   const struct fieldget *response);

/* The CORS check. is_preflight chooses the twin rule and the Preflight... error name. */
struct check check_cors(const struct check_input *in, bool is_include, bool is_preflight);

#endif
