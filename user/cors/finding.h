/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * finding: what cors/ gives and report/ is given: the verdict on one exchange, and what was
 * found in it.
 */
#ifndef CORS_FINDING_H
#define CORS_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "cors/rules.h"
#include "http/exchange.h"

enum cors_kind {
	CORS_KIND_NONE,      /* the CORS protocol does not apply */
	CORS_KIND_PREFLIGHT, /* Fetch, #cors-preflight-request */
	CORS_KIND_ACTUAL,
	CORS_KIND_UNKNOWN, /* it cannot be told whether this was a CORS request */
};

enum cors_verdict {
	CORS_VERDICT_NONE, /* nothing to judge */
	CORS_VERDICT_PASS,
	CORS_VERDICT_BLOCK,
	CORS_VERDICT_UNKNOWN, /* see unknown */
};

/* Request's credentials mode (Fetch, #concept-request-credentials-mode), as far as the wire
 * shows it. */
enum cors_credentials {
	CORS_CREDENTIALS_UNKNOWN,
	CORS_CREDENTIALS_INCLUDE,
	CORS_CREDENTIALS_OMITTED, /* not "include" */
};

/* Which parts of the allowed origin differ from the request's. */
enum cors_component {
	CORS_DIFF_SCHEME = 1 << 0,
	CORS_DIFF_HOST = 1 << 1,
	CORS_DIFF_PORT = 1 << 2,
};

#define FINDING_EVIDENCE_MAX 4

struct finding {
	const struct rule *rule;
	enum confidence confidence;
	uint64_t cause;      /* names the group of findings with one cause */
	unsigned components; /* enum cors_component, for mismatches */
	struct span subject; /* what it is about, where a rule names one: a header
			      * name, a method, the other origin; else absent.
			      * Borrowed for the call */
	uint64_t evidence[FINDING_EVIDENCE_MAX]; /* packet numbers; the seed before the victim */
	unsigned evidence_cnt;
};

/* The judge's word on one exchange. Borrowed for the call that brings it. */
struct judgement {
	const struct exchange *x;
	enum cors_kind kind;
	enum cors_verdict verdict;
	const char *error;          /* Chromium's CorsError name when blocked, else NULL */
	const struct rule *code;    /* the rule that decided, when blocked, else NULL */
	enum confidence confidence; /* of the verdict */
	enum cors_credentials credentials;
	const char *unknown; /* why kind or verdict is unknown; a stable word
			      * ("response-head-cut"), else NULL */
	bool is_browser;     /* there is evidence that a browser sent it */
	unsigned findings_cnt;
	struct finding findings[CORS_FINDINGS_MAX]; /* the last member: a copy may end with those
						     * that are there */
};

/* One finding that counts no more. */
struct takeback_finding {
	const struct rule *rule;
	uint64_t cause;
	bool is_cause_gone; /* for the first time, nothing is left of its cause */
};

/*
 * An earlier judgement that counts no more: its exchange was the inner leg of a proxy, whose outer
 * leg is judged now. No browser got that response, so that CORS did not apply to it, and all that
 * was found in it is taken back. Borrowed for the call that brings it.
 */
struct takeback {
	uint64_t connection; /* these three name the exchange */
	uint32_t stream, index;
	struct endpoint client, server;
	bool is_client_known;      /* see struct exchange */
	uint64_t begin_ns, end_ns; /* of the exchange */
	uint64_t packets[4];       /* first and last of the request's head and of the response's */
	/* As they were judged: */
	enum cors_kind kind;
	enum cors_verdict verdict;
	const char *unknown;
	bool is_browser;
	struct takeback_finding findings[CORS_FINDINGS_MAX];
	unsigned findings_cnt;
};

/* "preflight", "actual", "none", "unknown". */
const char *cors_kind_text(enum cors_kind k);
/* "none", "pass", "block", "unknown". */
const char *cors_verdict_text(enum cors_verdict v);
/* "unknown", "include", "omitted". */
const char *cors_credentials_text(enum cors_credentials c);

#endif
