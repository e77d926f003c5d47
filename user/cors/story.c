/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Words are written once for each cause, so that clarity wins over speed here. Whatever came
 * from the wire is somebody else's choice of bytes: it goes through text_wire() in sentences and
 * through add_quoted() in commands.
 */
#include "cors/story.h"

#include "cors/origin.h"

/* The URL as the browser has it, as far as is known. */
static void add_url(struct text *t, const struct scene *s)
{
	text_add(t, s->scheme);
	text_add(t, "://");
	if (s->authority.len)
		text_wire(t, s->authority);
	else
		text_add(t, "unknown-host");
	text_wire(t, s->x->request.path);
}

void story_endpoint(struct text *t, struct span method, struct span path)
{
	text_wire(t, method);
	text_char(t, ' ');
	text_wire(t, path);
}

void story_example(struct text *t, const struct scene *s)
{
	text_wire(t, s->x->request.method);
	text_char(t, ' ');
	add_url(t, s);
	if (span_is_present(s->origin)) {
		text_add(t, " from ");
		text_wire(t, s->origin);
	}
	if (span_is_present(s->origin) && !s->kind.is_browser)
		text_add(t, " (client may not be a browser)");
}

/* One differing component: "; port differs (3000 / none)". */
static void add_component(struct text *t, const char **before, const char *name, struct span a,
			  struct span b)
{
	text_add(t, *before);
	text_add(t, name);
	text_add(t, " differs (");
	text_wire(t, a.len ? a : span_text("none"));
	text_add(t, " / ");
	text_wire(t, b.len ? b : span_text("none"));
	text_char(t, ')');
	*before = ", ";
}

static const struct {
	unsigned hint;
	const char *text;
} hint_texts[] = {
	{ ORIGIN_HINT_DEFAULT_PORT, "the port is the scheme's default, which browsers leave out" },
	{ ORIGIN_HINT_LOOPBACK, "localhost, 127.0.0.1 and [::1] are different hosts" },
	{ ORIGIN_HINT_WWW, "with and without www. are different hosts" },
	{ ORIGIN_HINT_DOT, "a dot at the end makes it another host" },
	{ ORIGIN_HINT_OWN_HOST, "the allowed origin is the server's own" },
	{ ORIGIN_HINT_DEVELOPMENT, "the allowed origin is a developer's machine" },
	{ ORIGIN_HINT_PORT_OMITTED, "the page's port is part of its origin" },
	{ ORIGIN_HINT_PORT_EXTRA, "the page's address has no port" },
};

/* What exactly differs between the allowed origin and the page's. */
static void add_difference(struct text *t, const struct scene *s, const struct clue *k)
{
	const char *before = ": ";
	struct origin a, o;

	if (!k->components || !origin_parse(s->input.acao.value, &a) ||
	    !origin_parse(s->origin, &o))
		return;
	if (k->components & CORS_DIFF_SCHEME)
		add_component(t, &before, "scheme", a.scheme, o.scheme);
	if (k->components & CORS_DIFF_HOST)
		add_component(t, &before, "host", a.host, o.host);
	if (k->components & CORS_DIFF_PORT)
		add_component(t, &before, "port", a.port, o.port);
	for (size_t i = 0; i < sizeof(hint_texts) / sizeof(hint_texts[0]); i++) {
		if (!(k->hints & hint_texts[i].hint))
			continue;
		text_add(t, "; ");
		text_add(t, hint_texts[i].text);
	}
}

/* A value in the words of the detail: what it is, or that it is empty. */
static void add_value(struct text *t, const char *name, const struct fieldget_value *v)
{
	text_add(t, name);
	if (v->lines > 1) {
		text_add(t, " is sent ");
		text_u64(t, v->lines);
		text_add(t, " times: ");
	} else {
		text_add(t, v->value.len ? " is " : " is empty");
	}
	text_wire(t, v->value);
}

/* "the 500 response to GET /path". */
static void add_status(struct text *t, const struct scene *s)
{
	text_add(t, "the ");
	text_u64(t, s->status);
	text_add(t, " response to ");
	story_endpoint(t, s->x->request.method, s->path);
}

/* Rules whose remedy may be one more entry in the server's list of origins. */
static bool is_about_list(enum rule_index r)
{
	return r == RULE_ACAO_MISSING || r == RULE_PREFLIGHT_ACAO_MISSING ||
	       (r >= RULE_ACAO_SCHEME && r <= RULE_PREFLIGHT_ACAO_MISMATCH);
}

/* The CORS check's own rules: the value sent, the origin expected. */
static void detail_of_check(struct text *t, const struct scene *s, const struct clue *k)
{
	const char *evidence = credentials_text(s->credentials.evidence);

	switch (k->rule) {
	case RULE_ACAO_MISSING:
	case RULE_PREFLIGHT_ACAO_MISSING:
		add_status(t, s);
		text_add(t, " has no Access-Control-Allow-Origin; the page is ");
		text_wire(t, s->origin);
		break;
	case RULE_ACAC_MISSING:
	case RULE_PREFLIGHT_ACAC_MISSING:
		text_add(t, "Access-Control-Allow-Credentials is missing");
		break;
	case RULE_ACAC_INVALID:
	case RULE_PREFLIGHT_ACAC_INVALID:
		add_value(t, "Access-Control-Allow-Credentials", &s->input.acac);
		text_add(t, ", which is not exactly true");
		break;
	default:
		add_value(t, "Access-Control-Allow-Origin", &s->input.acao);
		text_add(t, ", the page is ");
		text_wire(t, s->origin);
		add_difference(t, s, k);
	}
	if (evidence && k->rule >= RULE_ACAO_WILDCARD_CREDENTIALS) {
		text_add(t, "; ");
		text_add(t, evidence);
	}
	if (is_about_list(k->rule) && s->others_allowed.len && !span_is(s->origin, "null")) {
		text_add(t, "; ");
		text_span(t, s->others_allowed);
	}
}

/* A response field in the words of the detail, or that it is not there. */
static void add_field(struct text *t, const struct scene *s, enum http_name id, const char *name)
{
	struct fieldget_value v;

	fieldget_combine(&s->response, id, &v);
	if (v.lines) {
		add_value(t, name, &v);
		return;
	}
	text_add(t, name);
	text_add(t, " is not sent");
}

/* What a preflight asked for that is not allowed. */
static void add_asked(struct text *t, const struct clue *k, const char *what)
{
	text_add(t, "the preflight asks for the ");
	text_add(t, what);
	text_char(t, ' ');
	text_wire(t, k->subject);
	text_add(t, "; ");
}

/* The rules that block beside the CORS check: what was asked, what was answered. */
static bool detail_of_block(struct text *t, const struct scene *s, const struct clue *k)
{
	static const char methods[] = "Access-Control-Allow-Methods";
	static const char headers[] = "Access-Control-Allow-Headers";

	switch (k->rule) {
	case RULE_PREFLIGHT_METHOD:
		add_asked(t, k, "method");
		add_field(t, s, HTTP_NAME_ACAM, methods);
		break;
	case RULE_PREFLIGHT_HEADER:
		add_asked(t, k, "header");
		add_field(t, s, HTTP_NAME_ACAH, headers);
		break;
	case RULE_PREFLIGHT_ACAM_SYNTAX: add_field(t, s, HTTP_NAME_ACAM, methods); break;
	case RULE_PREFLIGHT_ACAH_SYNTAX: add_field(t, s, HTTP_NAME_ACAH, headers); break;
	case RULE_PREFLIGHT_STATUS:
		add_status(t, s);
		text_add(t, " allows the origin, but a preflight's status has to be 200 to 299");
		break;
	case RULE_PREFLIGHT_REDIRECT:
	case RULE_REDIRECT_USERINFO:
	case RULE_REDIRECT_SCHEME:
		add_status(t, s);
		text_add(t, " leads to ");
		text_wire(t, fieldget_first(&s->response, HTTP_NAME_LOCATION));
		break;
	default: return false;
	}
	return true;
}

/* A template of the clue's own, or the rule's title. */
static void detail_of_clue(struct text *t, const struct clue *k)
{
	static const char *const keys[] = { "0", "1", "2", "3", "4", "5", NULL };

	_Static_assert(CLUE_ARGS_MAX == 6, "a key for each argument");
	text_fill(t, k->detail ? k->detail : rules[k->rule].title, keys, k->args);
}

void story_detail(struct text *t, const struct scene *s, const struct clue *k)
{
	if (k->rule >= RULE_ACAO_MISSING && k->rule <= RULE_PREFLIGHT_ACAC_INVALID)
		detail_of_check(t, s, k);
	else if (!detail_of_block(t, s, k))
		detail_of_clue(t, k);
	if (s->is_proxied && rules[k->rule].chromium)
		text_add(t, " (seen behind a proxy, which may still change it)");
	/* Other programs do not enforce CORS. */
	if (span_is_present(s->origin) && !s->kind.is_browser)
		text_add(t, rules[k->rule].chromium
				    ? " (a browser would block this; client may not be a browser)"
				    : " (client may not be a browser)");
}

void story_explained(struct text *t, const struct scene *s, const struct rule *why)
{
	text_add(t, "Explained by ");
	text_add(t, why->id);
	text_add(t, ": mend that first.");
	if (s->status < 400 || s->kind.kind == CORS_KIND_PREFLIGHT || !rule_is_not_cors(why))
		return;
	text_add(t, " Where the ");
	text_u64(t, s->status);
	text_add(t, " is made, allow the origin too, so that scripts can read the status.");
}

/* What Chromium calls the thing that was asked for. */
static const char *console_subject(const struct scene *s)
{
	static const char *const names[][2] = {
		{ "image", "image" },          { "script", "script" },    { "font", "font" },
		{ "style", "CSS stylesheet" }, { "audio", "audio" },      { "video", "video" },
		{ "manifest", "manifest" },    { "track", "text track" },
	};
	struct span dest = fieldget_first(&s->request, HTTP_NAME_SEC_FETCH_DEST);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_is(dest, names[i][0]))
			return names[i][1];
	return span_is_nocase(fieldget_first(&s->request, HTTP_NAME_X_REQUESTED_WITH),
			      "XMLHttpRequest")
		       ? "XMLHttpRequest"
		       : "fetch";
}

void story_console(struct text *t, const struct scene *s)
{
	static const char *const keys[] = { "acao", "acac", "method", "header", NULL };
	static const char advice[] = " Have the server send the header with a valid value.";
	const struct span values[] = { s->input.acao.value, s->input.acac.value, s->check.subject,
				       s->check.subject };
	const char *subject = console_subject(s), *template = rule_console(s->check.error);
	size_t n = sizeof(advice) - 1;

	text_add(t, "Access to ");
	text_add(t, subject);
	text_add(t, " at '");
	add_url(t, s);
	text_add(t, "' from origin '");
	text_wire(t, s->origin);
	text_add(t, "' has been blocked by CORS policy: ");
	text_fill(t, template ? template : "", keys, values);
	/* Only fetch() gets the advice at the end. */
	if (strcmp(subject, "fetch") != 0 && !t->is_cut && t->len > n &&
	    memcmp(t->buf + t->len - n, advice, n) == 0) {
		t->len -= n;
		t->buf[t->len] = '\0';
	}
}

/* Bytes inside single quotes of a shell: a quote leaves them, and what a terminal might obey
 * or the command might change is written as %XX in a URL and as ? elsewhere. */
static void add_quoted(struct text *t, struct span s, bool is_url)
{
	for (size_t i = 0; i < s.len; i++) {
		uint8_t c = s.ptr[i];

		if (c == '\'')
			text_add(t, "'\\''");
		else if (c > ' ' && c < 0x7f)
			text_char(t, (char)c);
		else if (c == ' ' && !is_url)
			text_char(t, ' ');
		else if (is_url) {
			text_char(t, '%');
			text_hex(t, c, 2);
		} else
			text_char(t, '?');
	}
}

/* One -H option on a line of its own. */
static void add_header(struct text *t, const char *name, struct span value)
{
	text_add(t, " \\\n  -H '");
	text_add(t, name);
	text_add(t, ": ");
	add_quoted(t, value, false);
	text_char(t, '\'');
}

/* The lines that prove the fault mended. */
static void add_expected(struct text *t, const struct scene *s, const struct clue *k)
{
	bool is_preflight = s->kind.kind == CORS_KIND_PREFLIGHT;

	if (span_is(s->origin, "null"))
		return; /* not to be allowed: the page is to change */
	text_add(t, "\n# must print: Access-Control-Allow-Origin: ");
	add_quoted(t, s->origin, false);
	text_add(t, "   (once)");
	if (s->credentials.mode == CORS_CREDENTIALS_INCLUDE)
		text_add(t, "\n# must print: Access-Control-Allow-Credentials: true");
	if (k->rule >= RULE_VARY_ORIGIN_POISONED && k->rule <= RULE_VARY_ORIGIN_SUSPECT)
		text_add(t, "\n# must print: Vary: Origin   (also without the Origin line)");
	if (!is_preflight)
		return;
	text_add(t, "\n# must print: a status from 200 to 299");
	if (k->rule == RULE_PREFLIGHT_METHOD || k->rule == RULE_PREFLIGHT_ACAM_SYNTAX) {
		text_add(t, "\n# must print: Access-Control-Allow-Methods: with ");
		add_quoted(t, fieldget_first(&s->request, HTTP_NAME_ACRM), false);
	}
	if (fieldget_has(&s->request, HTTP_NAME_ACRH)) {
		text_add(t, "\n# must print: Access-Control-Allow-Headers: with ");
		add_quoted(t, fieldget_first(&s->request, HTTP_NAME_ACRH), false);
	}
}

void story_curl(struct text *t, const struct scene *s, const struct clue *k)
{
	struct span method = s->x->request.method;

	if (!span_is_present(s->origin))
		return;
	/* -g: brackets and braces in a URL are no patterns. */
	text_add(t, "curl -sS -g -o /dev/null -D -");
	if (s->x->request.m.version == HTTP_2 && strcmp(s->scheme, "http") == 0)
		text_add(t, " --http2-prior-knowledge");
	if (span_is(method, "HEAD")) {
		text_add(t, " -I");
	} else if (!span_is(method, "GET")) {
		text_add(t, " -X '");
		add_quoted(t, method, false);
		text_char(t, '\'');
	}
	add_header(t, "Origin", s->origin);
	if (fieldget_has(&s->request, HTTP_NAME_ACRM))
		add_header(t, "Access-Control-Request-Method",
			   fieldget_first(&s->request, HTTP_NAME_ACRM));
	if (fieldget_has(&s->request, HTTP_NAME_ACRH))
		add_header(t, "Access-Control-Request-Headers",
			   fieldget_first(&s->request, HTTP_NAME_ACRH));
	if (fieldget_has(&s->request, HTTP_NAME_COOKIE))
		add_header(t, "Cookie", span_text("NAME=VALUE"));
	text_add(t, " \\\n  '");
	text_add(t, s->scheme);
	text_add(t, "://");
	add_quoted(t, s->authority.len ? s->authority : span_text("unknown-host"), true);
	add_quoted(t, s->x->request.path, true);
	text_char(t, '\'');
	if (rules[k->rule].severity != SEVERITY_INFO)
		add_expected(t, s, k);
}
