/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * rules: the one table of everything the judge can say.
 *
 * A rule is a row here and a pure function that finds it. Ids are stable: they stand in JSON,
 * in metrics and in people's scripts.
 */
#ifndef CORS_RULES_H
#define CORS_RULES_H

#include <stdbool.h>
#include <stddef.h>

enum severity {
	SEVERITY_INFO,    /* worth knowing */
	SEVERITY_WARNING, /* breaks somebody under conditions that were not seen here */
	SEVERITY_ERROR,   /* a browser blocks this */
};

enum confidence {
	CONFIDENCE_POSSIBLE, /* worth showing, never as a verdict */
	CONFIDENCE_LIKELY,   /* rests on an inference about the browser, which is told */
	CONFIDENCE_CERTAIN,  /* the bytes on the wire decide it */
};

struct rule {
	const char *id;
	enum severity severity;
	enum confidence confidence; /* at best; a finding may claim less */
	const char *anchor;      /* of the standard, "https://fetch.spec.whatwg.org/#cors-check" */
	const char *chromium;    /* CorsError name; NULL where Chromium has none */
	const char *console;     /* Chromium's console text after "CORS policy: ", with {acao},
				  * {acac}, {method}, {header} to fill in; NULL */
	const char *firefox;     /* Firefox's reason name; NULL */
	const char *title;       /* one line, no full stop */
	const char *explanation; /* a paragraph: what happens, why, what it is often caused by */
	const char *fix;         /* a paragraph: what to change, for any server */
};

/*
 * The rows of rules[] by name. A CORS-check code is followed by its twin for preflights, so that
 * RULE_PREFLIGHT_X is RULE_X + 1.
 */
#define RULE_TWIN(id) RULE_##id, RULE_PREFLIGHT_##id
enum rule_index {
	/* this is not CORS: named before any header */
	RULE_NOT_CORS_BODY_TOO_LARGE,
	RULE_NOT_CORS_RATE_LIMIT,
	RULE_NOT_CORS_GATEWAY,
	RULE_NOT_CORS_SERVER_ERROR,
	RULE_NOT_CORS_BOT_PAGE,
	RULE_NOT_CORS_LOGIN_REDIRECT,
	RULE_NOT_CORS_PREFLIGHT_AUTH,
	RULE_NOT_CORS_PREFLIGHT_UNROUTED,
	RULE_NOT_CORS_RESET,
	RULE_NOT_CORS_CLOSED,
	RULE_NOT_CORS_TIMEOUT,
	RULE_NOT_CORS_REFUSED,
	RULE_NOT_CORS_INVALID_RESPONSE,
	RULE_NOT_CORS_WEBSOCKET_REFUSED,
	/* the CORS check */
	RULE_TWIN(ACAO_MISSING),
	RULE_TWIN(ACAO_EMPTY),
	RULE_TWIN(ACAO_MULTIPLE_HEADERS),
	RULE_TWIN(ACAO_LIST),
	RULE_TWIN(ACAO_WILDCARD_PATTERN),
	RULE_TWIN(ACAO_NULL_LITERAL),
	RULE_TWIN(ACAO_NULL_ORIGIN),
	RULE_TWIN(ACAO_TRAILING_SLASH),
	RULE_TWIN(ACAO_PATH),
	RULE_TWIN(ACAO_CASE),
	RULE_TWIN(ACAO_SCHEME),
	RULE_TWIN(ACAO_HOST),
	RULE_TWIN(ACAO_PORT),
	RULE_TWIN(ACAO_MISMATCH),
	RULE_TWIN(ACAO_INVALID),
	RULE_TWIN(ACAO_WILDCARD_CREDENTIALS),
	RULE_TWIN(ACAC_MISSING),
	RULE_TWIN(ACAC_INVALID),
	/* preflights */
	RULE_PREFLIGHT_REDIRECT,
	RULE_PREFLIGHT_STATUS,
	RULE_PREFLIGHT_ACAM_SYNTAX,
	RULE_PREFLIGHT_ACAH_SYNTAX,
	RULE_PREFLIGHT_METHOD,
	RULE_PREFLIGHT_HEADER,
	RULE_PREFLIGHT_AUTH_WILDCARD,
	RULE_PREFLIGHT_HEADERS_GREW,
	RULE_PREFLIGHT_NO_ACTUAL,
	RULE_PREFLIGHT_IGNORED,
	RULE_PREFLIGHT_ACTUAL_DIFFERS,
	RULE_PREFLIGHT_UNCACHED,
	RULE_MAX_AGE_OVER_CAP,
	RULE_PRIVATE_NETWORK,
	/* redirects */
	RULE_REDIRECT_USERINFO,
	RULE_REDIRECT_SCHEME,
	RULE_REDIRECT_TAINTED_ORIGIN,
	/* errors that lost their headers */
	RULE_ERROR_RESPONSE_LOST_HEADERS,
	/* both sides of a proxy */
	RULE_HOP_DOUBLED,
	RULE_HOP_DROPPED,
	RULE_HOP_CHANGED,
	RULE_HOP_ADDED,
	RULE_HOP_PASSED,
	/* caches */
	RULE_VARY_ORIGIN_POISONED,
	RULE_VARY_ORIGIN_MISSING,
	RULE_VARY_ORIGIN_MISSING_304,
	RULE_VARY_ORIGIN_IGNORED,
	RULE_VARY_ORIGIN_SUSPECT,
	RULE_VARY_NEEDLESS,
	/* advice on headers that block nothing here */
	RULE_CREDENTIALS_UNKNOWN,
	RULE_ACAC_WITH_WILDCARD,
	RULE_ACEH_WILDCARD_CREDENTIALS,
	RULE_ACEH_SYNTAX,
	RULE_ACEH_GRPC_WEB,
	RULE_CORS_MODE_UNKNOWN,
	RULE_EXTENSION_ORIGIN,
	/* browsers read the same bytes differently */
	RULE_BROWSERS_DIFFER_BLANK,
	RULE_BROWSERS_DIFFER_EMPTY_LINE,
	/* policies */
	RULE_POLICY_BACKENDS_DISAGREE,
	RULE_SEC_REFLECTS_ORIGIN_CREDENTIALS,
	RULE_SEC_NULL_CREDENTIALS,
	RULE_SEC_HTTP_ORIGIN,
	RULE_SEC_SUFFIX_MATCH,
	RULE_SEC_WILDCARD_INTERNAL,
	RULE_CNT,
	RULE_NONE = RULE_CNT /* no rule broken */
};
#undef RULE_TWIN

/* All rules, in the order in which --list-rules prints them. */
extern const struct rule rules[RULE_CNT];
extern const size_t rules_cnt;

/* The rule with this id, or NULL. */
const struct rule *rule_by_id(const char *id);

/* True for the rules that name a failure beside CORS. */
bool rule_is_not_cors(const struct rule *rule);

/* The console text that goes with a CorsError name; NULL when there is none. Some rules meet two
 * names, so this is asked by name. */
const char *rule_console(const char *chromium);

/* "info", "warning", "error". */
const char *severity_text(enum severity s);
/* "possible", "likely", "certain". */
const char *confidence_text(enum confidence c);

#endif
