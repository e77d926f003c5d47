/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/rules.h"

#include <string.h>

/* The rows of the table are in three files, by subject; each row begins with its index, so that
 * one left out or doubled shows in a test. */

#define FETCH     "https://fetch.spec.whatwg.org/"
#define CHECK     FETCH "#cors-check"
#define PREFLIGHT FETCH "#cors-preflight-fetch"
#define CACHES    FETCH "#cors-protocol-and-http-caches"

#define RESPONSE_TO_PREFLIGHT "Response to preflight request doesn't pass access control check: "
#define SEND_VALID            " Have the server send the header with a valid value."

/* A CORS-check code and its twin for preflights, which is the same fault one request earlier. */
#define TWINS(INDEX, code, chromium_, console_, firefox_, title_, explanation_, fix_)                \
	[RULE_##INDEX] = { code,     SEVERITY_ERROR, CONFIDENCE_CERTAIN, CHECK, chromium_, console_, \
			   firefox_, title_,         explanation_,       fix_ },                     \
	[RULE_PREFLIGHT_##INDEX] = { "preflight-" code,                                              \
				     SEVERITY_ERROR,                                                 \
				     CONFIDENCE_CERTAIN,                                             \
				     CHECK,                                                          \
				     "Preflight" chromium_,                                          \
				     RESPONSE_TO_PREFLIGHT console_,                                 \
				     firefox_,                                                       \
				     "Preflight: " title_,                                           \
				     "The browser sent a preflight (OPTIONS) before the actual "     \
				     "request, and its response fails the CORS check, so the "       \
				     "actual request is never sent. " explanation_,                  \
				     fix_ " The response to OPTIONS needs it too, and no "           \
					  "authentication or routing may come before." },

#define ROW(INDEX, code, severity_, confidence_, anchor_, chromium_, console_, firefox_, title_,   \
	    explanation_, fix_)                                                                    \
	[RULE_##INDEX] = { code,                                                                   \
			   SEVERITY_##severity_,                                                   \
			   CONFIDENCE_##confidence_,                                               \
			   anchor_,                                                                \
			   chromium_,                                                              \
			   console_,                                                               \
			   firefox_,                                                               \
			   title_,                                                                 \
			   explanation_,                                                           \
			   fix_ },

const struct rule rules[RULE_CNT] = {
/* clang-format off */
#include "cors/rules_notcors.inc"
#include "cors/rules_block.inc"
#include "cors/rules_advice.inc"
	/* clang-format on */
};
const size_t rules_cnt = RULE_CNT;

const struct rule *rule_by_id(const char *id)
{
	for (size_t i = 0; i < rules_cnt; i++)
		if (strcmp(rules[i].id, id) == 0)
			return &rules[i];
	return NULL;
}

bool rule_is_not_cors(const struct rule *rule)
{
	return rule - rules < RULE_ACAO_MISSING;
}

const char *rule_console(const char *chromium)
{
	for (size_t i = 0; i < rules_cnt; i++)
		if (rules[i].chromium && strcmp(rules[i].chromium, chromium) == 0)
			return rules[i].console;
	return NULL;
}

const char *severity_text(enum severity s)
{
	switch (s) {
	case SEVERITY_INFO: return "info";
	case SEVERITY_WARNING: return "warning";
	case SEVERITY_ERROR: break;
	}
	return "error";
}

const char *confidence_text(enum confidence c)
{
	switch (c) {
	case CONFIDENCE_POSSIBLE: return "possible";
	case CONFIDENCE_LIKELY: return "likely";
	case CONFIDENCE_CERTAIN: break;
	}
	return "certain";
}
