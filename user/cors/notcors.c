/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Looked at only when a browser blocks the response, or got none: a 413 with good headers is the
 * application's affair.
 */
#include "cors/notcors.h"

#include "base/search.h"
#include "cors/preflight.h"

void notcors_no_response(const struct scene *s, struct clues *out)
{
	struct clue *k;

	switch (s->x->outcome) {
	case HTTP_RESET:
		/* A page that was left, or a script that gave up: nothing is wrong. */
		if (s->x->is_reset_by_client)
			return;
		k = clues_add(out, RULE_NOT_CORS_RESET, CONFIDENCE_LIKELY,
			      "the connection was reset before a response to {0} {1}");
		break;
	case HTTP_CLOSED:
		k = clues_add(out, RULE_NOT_CORS_CLOSED, CONFIDENCE_LIKELY,
			      "the connection was closed before a response to {0} {1}");
		break;
	case HTTP_TIMEOUT:
		k = clues_add(out, RULE_NOT_CORS_TIMEOUT, CONFIDENCE_LIKELY,
			      "nothing came back for {0} {1}");
		break;
	case HTTP_REFUSED:
		k = clues_add(out, RULE_NOT_CORS_REFUSED, CONFIDENCE_LIKELY,
			      "the server refused {0} {1}");
		break;
	case HTTP_INVALID:
		k = clues_add(out, RULE_NOT_CORS_INVALID_RESPONSE, CONFIDENCE_LIKELY,
			      "what came back for {0} {1} is not an HTTP response");
		break;
	case HTTP_RESPONSE:
		if (!s->is_refused)
			return;
		k = clues_add(out, RULE_NOT_CORS_INVALID_RESPONSE, CONFIDENCE_CERTAIN,
			      s->x->response.m.flaws & HTTP_FLAW_NUL
				      ? "the head of the response to {0} {1} has a NUL byte in it"
				      : "the response to {0} {1} contradicts itself: two values of "
					"Content-Length or Location");
		break;
	default: return; /* lost, or still to come: nothing is known */
	}
	k->args[0] = s->x->request.method;
	k->args[1] = s->path;
	clue_evidence(k, s->x->request.m.packet);
	clue_evidence(k, s->packet);
}

/* Marks that firewalls and bot checks leave on their own pages. */
static const char *bot_mark(const struct scene *s)
{
	const struct fieldget *r = &s->response;
	bool is_page = span_starts(fieldget_first(r, HTTP_NAME_CONTENT_TYPE), "text/html");

	if (fieldget_has(r, HTTP_NAME_CF_MITIGATED))
		return "Cf-Mitigated";
	if (fieldget_has(r, HTTP_NAME_X_AMZN_WAF_ACTION))
		return "X-Amzn-Waf-Action";
	/* Cloudflare's own refusals are pages; an API behind it answers in its own type. */
	if ((s->status == 403 || s->status == 503) && is_page &&
	    span_is_nocase(fieldget_first(r, HTTP_NAME_SERVER), "cloudflare"))
		return "Server: cloudflare with an HTML page";
	return NULL;
}

/* A Location that leads to a login: by the words that identity providers use. */
static bool is_login(struct span location)
{
	static const char *const words[] = { "/login",     "/signin", "/sign_in",      "/sign-in",
					     "/oauth2/",   "/oauth/", "/authorize",    "/saml",
					     "client_id=", "/sso",    "redirect_uri=", "/cas/",
					     "/auth/",     "/adfs/",  "/accounts/" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (search_has_nocase(location, words[i]))
			return true;
	return false;
}

/* One clue about a status that somebody else than the application made. */
static struct clue *tell_status(const struct scene *s, struct clues *out, enum rule_index rule,
				const char *detail)
{
	struct clue *k = clues_add(out, rule, CONFIDENCE_LIKELY, detail);
	struct text t = clues_open(out);

	text_u64(&t, s->status);
	k->args[0] = clues_close(out, &t);
	k->args[1] = s->path;
	k->args[2] = fieldget_first(&s->response, HTTP_NAME_SERVER);
	k->args[3] = fieldget_first(&s->request, HTTP_NAME_CONTENT_LENGTH);
	if (!k->args[2].len)
		k->args[2] = span_text("the server");
	if (!k->args[3].len)
		k->args[3] = span_text("unknown");
	k->about = k->args[0];
	clue_evidence(k, s->packet);
	return k;
}

/* A preflight that somebody refused before CORS was asked. */
static bool preflight_cause(const struct scene *s, struct clues *out)
{
	switch (s->status) {
	case 401:
	case 403:
	case 407:
		tell_status(s, out, RULE_NOT_CORS_PREFLIGHT_AUTH,
			    "OPTIONS {1} got {0} from {2}: preflights carry no credentials, so "
			    "nothing may ask for them before CORS is answered");
		return true;
	case 404:
	case 405:
	case 501:
		tell_status(s, out, RULE_NOT_CORS_PREFLIGHT_UNROUTED,
			    "OPTIONS {1} got {0} from {2}: nobody handles OPTIONS there");
		return true;
	default: return false;
	}
}

void notcors_blocked(const struct scene *s, struct clues *out)
{
	struct span location = fieldget_first(&s->response, HTTP_NAME_LOCATION);
	const char *mark = bot_mark(s);

	if (mark && s->status >= 400) {
		tell_status(s, out, RULE_NOT_CORS_BOT_PAGE,
			    "a firewall or bot check answered {0} for {1} ({3})")
			->args[3] = span_text(mark);
		return;
	}
	if (preflight_is_redirect(s->status) && span_is_present(location) && is_login(location)) {
		tell_status(s, out, RULE_NOT_CORS_LOGIN_REDIRECT,
			    "{1} was redirected ({0}) to {3}, which looks like a login")
			->args[3] = span_first(location, span_find(location, '?'));
		return;
	}
	if (s->status == 413)
		tell_status(s, out, RULE_NOT_CORS_BODY_TOO_LARGE,
			    "{2} refused the body of the request for {1} with {0} "
			    "(Content-Length: {3})");
	else if (s->status == 429)
		tell_status(s, out, RULE_NOT_CORS_RATE_LIMIT, "{2} answered {0} for {1}");
	else if (s->status == 502 || s->status == 503 || s->status == 504)
		tell_status(s, out, RULE_NOT_CORS_GATEWAY, "{2} answered {0} for {1}");
	else if (s->kind.kind == CORS_KIND_PREFLIGHT && preflight_cause(s, out))
		return;
	else if (s->status >= 500)
		tell_status(s, out, RULE_NOT_CORS_SERVER_ERROR, "{2} answered {0} for {1}");
}

bool notcors_websocket(const struct scene *s, struct clues *out)
{
	/* 101 over HTTP/1.1, any 2xx over HTTP/2 (RFC 8441, 5). */
	bool is_open = s->x->request.is_websocket ? s->status / 100 == 2 : s->status == 101;

	if (!is_open)
		tell_status(s, out, RULE_NOT_CORS_WEBSOCKET_REFUSED,
			    "{2} answered {0} to the WebSocket handshake for {1}")
			->subject = s->origin;
	return is_open;
}
