/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Snippets are data: a row of platforms[] for each server, a template for each topic. They are
 * short on purpose, the smallest change that mends the fault, and correct in the place that
 * their comment names.
 */
#include "cors/advice.h"

#include "base/search.h"
#include "cors/origin.h"

/* What is to be changed. */
enum topic {
	TOPIC_NONE,        /* the rule's own words say it all */
	TOPIC_ALLOW,       /* send the origin, and Vary */
	TOPIC_CREDENTIALS, /* allow credentials too; on top of TOPIC_ALLOW */
	TOPIC_PREFLIGHT,   /* answer OPTIONS */
	TOPIC_DOUBLED,     /* send the header in one place only */
	TOPIC_VARY,        /* send Vary, or key the cache by Origin */
	TOPIC_BODY,        /* accept larger requests */
	TOPIC_CNT
};

/* What gives a platform away: a field that holds a text, letters folded. */
struct mark {
	enum http_name name;
	const char *text; /* "": the field's presence is enough */
};

#define MARKS_MAX 4

struct advice_platform {
	const char *name;
	struct mark marks[MARKS_MAX];    /* any of them; those of the application first */
	const char *snippets[TOPIC_CNT]; /* NULL: nothing beyond the rule's own words */
};

/* A framework behind a proxy is the better place to change than the proxy, so rows are in the
 * order in which they are recognised: frameworks, servers, proxies, caches. */
static const struct advice_platform platforms[] = {
/* clang-format off */
#include "cors/platforms_app.inc"
#include "cors/platforms_proxy.inc"
	/* clang-format on */
};

#define PLATFORMS_CNT (sizeof(platforms) / sizeof(platforms[0]))

const struct advice_platform *advice_named(const char *name)
{
	for (size_t i = 0; i < PLATFORMS_CNT; i++)
		if (strcasecmp(platforms[i].name, name) == 0)
			return &platforms[i];
	return NULL;
}

/* Any one mark is enough: servers hide some of their headers, seldom all of them. */
static bool is_marked(const struct advice_platform *p, const struct fieldget *response)
{
	for (size_t i = 0; i < MARKS_MAX && p->marks[i].text; i++) {
		const struct mark *m = &p->marks[i];

		if (fieldget_has(response, m->name) &&
		    search_has_nocase(fieldget_first(response, m->name), m->text))
			return true;
	}
	return false;
}

const struct advice_platform *advice_recognise(const struct fieldget *response)
{
	for (size_t i = 0; i < PLATFORMS_CNT; i++)
		if (is_marked(&platforms[i], response))
			return &platforms[i];
	return NULL;
}

const char *advice_name(const struct advice_platform *p)
{
	return p ? p->name : "";
}

const char *const *advice_names(void)
{
	static const char *const names[] = {
		"Express", "Rails",      "ASP.NET",       "Spring",  "Django", "Flask",   "FastAPI",
		"Go",      "PHP",        "ingress-nginx", "Traefik", "Envoy",  "HAProxy", "Caddy",
		"S3",      "CloudFront", "Cloudflare",    "Varnish", "nginx",  "Apache",  NULL
	};

	return names;
}

/* Which part of a configuration a rule points at. Many rules share one remedy, so that snippets
 * are written by topic and not by rule. */
static enum topic topic_of(enum rule_index r)
{
	switch (r) {
	case RULE_ACAO_MULTIPLE_HEADERS:
	case RULE_PREFLIGHT_ACAO_MULTIPLE_HEADERS: return TOPIC_DOUBLED;
	case RULE_ACAO_WILDCARD_CREDENTIALS:
	case RULE_PREFLIGHT_ACAO_WILDCARD_CREDENTIALS:
	case RULE_ACAC_MISSING:
	case RULE_PREFLIGHT_ACAC_MISSING:
	case RULE_ACAC_INVALID:
	case RULE_PREFLIGHT_ACAC_INVALID: return TOPIC_CREDENTIALS;
	case RULE_NOT_CORS_BODY_TOO_LARGE: return TOPIC_BODY;
	case RULE_NOT_CORS_PREFLIGHT_AUTH:
	case RULE_NOT_CORS_PREFLIGHT_UNROUTED:
	case RULE_PREFLIGHT_STATUS:
	case RULE_PREFLIGHT_ACAM_SYNTAX:
	case RULE_PREFLIGHT_ACAH_SYNTAX:
	case RULE_PREFLIGHT_METHOD:
	case RULE_PREFLIGHT_HEADER:
	case RULE_PREFLIGHT_AUTH_WILDCARD:
	case RULE_PREFLIGHT_HEADERS_GREW:
	case RULE_PREFLIGHT_UNCACHED: return TOPIC_PREFLIGHT;
	case RULE_VARY_ORIGIN_POISONED:
	case RULE_VARY_ORIGIN_MISSING:
	case RULE_VARY_ORIGIN_MISSING_304:
	case RULE_VARY_ORIGIN_IGNORED:
	case RULE_VARY_ORIGIN_SUSPECT: return TOPIC_VARY;
	case RULE_ERROR_RESPONSE_LOST_HEADERS:
	case RULE_PREFLIGHT_ACTUAL_DIFFERS:
	case RULE_POLICY_BACKENDS_DISAGREE: return TOPIC_ALLOW;
	case RULE_ACAO_NULL_ORIGIN:
	case RULE_PREFLIGHT_ACAO_NULL_ORIGIN: return TOPIC_NONE; /* the page is to change */
	default: break;
	}
	if (r < RULE_ACAO_MISSING || r > RULE_PREFLIGHT_ACAC_INVALID)
		return TOPIC_NONE;
	/* The twins of preflights: OPTIONS has to be answered with the header too. */
	return (r - RULE_ACAO_MISSING) % 2 ? TOPIC_PREFLIGHT : TOPIC_ALLOW;
}

/* A regular expression that matches the origin: its dots are taken literally. */
static void add_regex(struct text *t, struct span origin)
{
	for (size_t i = 0; i < origin.len; i++) {
		if (memchr(".[]", origin.ptr[i], 3))
			text_char(t, '\\');
		text_char(t, (char)origin.ptr[i]);
	}
}

/* A comma list of tokens, as far as they are clean enough for any configuration language. */
static void add_tokens(struct text *t, const char *always, struct span list, const char *otherwise)
{
	struct span m;
	bool is_any = *always != '\0';

	text_add(t, always);
	while (fieldget_member(&list, &m)) {
		bool is_clean = m.len > 0 && m.len < 64;

		for (size_t i = 0; i < m.len; i++) {
			uint8_t c = m.ptr[i];

			is_clean &= (c >= '0' && c <= '9') || c == '-' || c == '_' ||
				    ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
		}
		/* What is listed always is not listed twice. */
		if (!is_clean || span_is(m, "GET") || span_is(m, "POST"))
			continue;
		text_add(t, is_any ? ", " : "");
		text_span(t, m);
		is_any = true;
	}
	if (!is_any)
		text_add(t, otherwise);
}

/* Nobody should be told to allow the origin null. */
#define NULL_ORIGIN                                                                                \
	" The origin that asked is null, which any site can bring about: do not allow it, but "    \
	"serve the page over HTTP(S), or take the sandbox or the redirect away that made it null."

/* Write one snippet with its values filled in. */
static void add_snippet(struct text *t, const char *snippet, const struct advice_values *v)
{
	static const char *const keys[] = { "origin", "origin_regex", "methods", "headers", NULL };
	char regex_buf[600], methods_buf[256], headers_buf[1024];
	struct text regex = text_init(regex_buf, sizeof(regex_buf));
	struct text methods = text_init(methods_buf, sizeof(methods_buf));
	struct text headers = text_init(headers_buf, sizeof(headers_buf));
	struct span origin = span_is_present(v->origin) && origin_is_clean(v->origin)
				     ? v->origin
				     : span_text("https://app.example.com");

	add_regex(&regex, origin);
	add_tokens(&methods, "GET, POST", v->methods, "");
	add_tokens(&headers, "", v->headers, "Content-Type");
	const struct span values[] = { origin, text_get(&regex), text_get(&methods),
				       text_get(&headers) };

	text_fill(t, snippet, keys, values);
	if (span_is_present(v->origin) && !span_eq(origin, v->origin))
		text_add(t, "\n(https://app.example.com stands for the origin that you trust; the "
			    "one that was sent is not one to put into a configuration.)");
}

void advice_write(struct text *t, const struct rule *rule, const struct advice_platform *p,
		  const struct advice_values *values)
{
	enum topic topic = topic_of((enum rule_index)(rule - rules));
	const char *snippet = p ? p->snippets[topic] : NULL;

	text_add(t, rule->fix);
	if (span_is_present(values->origin) && span_is(values->origin, "null")) {
		text_add(t, NULL_ORIGIN);
		return;
	}
	if (!snippet)
		return;
	text_add(t, "\n\n");
	text_add(t, p->name);
	text_add(t, ":\n");
	add_snippet(t, snippet, values);
	/* Credentials come on top of the allowed origin. */
	if (topic == TOPIC_CREDENTIALS && p->snippets[TOPIC_ALLOW] &&
	    !search_has_nocase(span_text(snippet), "{origin}")) {
		text_add(t, "\n\ntogether with the origin itself:\n");
		add_snippet(t, p->snippets[TOPIC_ALLOW], values);
	}
}
