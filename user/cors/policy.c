/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A policy is inferred, never probed: it holds what this host was seen to answer to those who
 * asked. Look-ups by other origins are not guessed at.
 */
#include "cors/policy.h"

#include "base/hash.h"
#include "cors/origin.h"

/* So many sites trusted with credentials are more likely reflected than listed. */
#define SITES_REFLECTED 3

/* Host of a serialized origin; absent for null and for what is no origin. */
static struct span host_of(struct span origin)
{
	struct origin o;

	return origin_parse(origin, &o) ? o.host : span_make(NULL, 0);
}

/* What is compared once and kept in the policy: alike[] and foreign[]. */
enum compared {
	COMPARED_NOT,
	COMPARED_NONE,
	COMPARED_AT, /* and the place */
};

/* A handful of names: walking them is cheaper than any index. */
static int index_of(const struct policy *p, uint64_t origin)
{
	for (unsigned i = 0; i < p->allowed_cnt; i++)
		if (p->allowed[i] == origin)
			return (int)i;
	return -1;
}

/* The allowed origins are not the ones that were compared. */
static void forget_compared(struct policy *p)
{
	memset(p->alike, COMPARED_NOT, sizeof(p->alike));
	memset(p->foreign, COMPARED_NOT, sizeof(p->foreign));
}

/* Enter an echoed origin; its place, or -1 when there is none. */
static int enter(struct policy *p, const struct scene *s, uint64_t origin, bool is_credentialed)
{
	int i = index_of(p, origin);

	if (i < 0 && p->allowed_cnt < CORS_POLICY_ORIGINS_MAX) {
		i = (int)p->allowed_cnt++;
		p->allowed[i] = origin;
		p->packets[i] = s->packet;
		forget_compared(p);
	}
	if (i < 0) {
		p->allowed_over++;
	} else if (is_credentialed && !(p->is_credentialed & 1u << i)) {
		p->is_credentialed |= (uint8_t)(1u << i);
		forget_compared(p);
	}
	return i;
}

/* The origin that a comparison found before, or absent: none, forgotten, or not compared. */
static struct span found_before(const struct policy *p, uint8_t compared, struct words *words)
{
	return compared >= COMPARED_AT ? words_get(words, p->allowed[compared - COMPARED_AT])
				       : span_make(NULL, 0);
}

/* Different sites trusted with credentials: how many, and one that is not own. False when a
 * name among them was forgotten, so that the answer is not to be kept. */
static bool count_sites(const struct policy *p, struct span own, struct words *words, uint8_t *cnt,
			uint8_t *foreign)
{
	struct span sites[CORS_POLICY_ORIGINS_MAX];
	bool is_whole = true;

	*cnt = 0;
	*foreign = COMPARED_NONE;
	for (unsigned i = 0; i < p->allowed_cnt; i++) {
		struct span origin = words_get(words, p->allowed[i]);
		struct span site = origin_site(host_of(origin));
		bool is_new = span_is_present(site) && (p->is_credentialed & 1u << i);

		is_whole &= span_is_present(origin);
		for (unsigned k = 0; k < *cnt && is_new; k++)
			is_new = !span_eq_nocase(sites[k], site);
		if (!is_new)
			continue;
		sites[(*cnt)++] = site;
		if (!span_eq_nocase(site, own))
			*foreign = (uint8_t)(COMPARED_AT + i);
	}
	return is_whole;
}

/* One more site is trusted with credentials. Two may well be listed; the more there are, the
 * likelier it is that the server reflects whatever asks. */
static void look_reflected(struct policy *p, const struct scene *s, int at, struct words *words,
			   struct clues *out)
{
	uint8_t foreign = p->foreign[at], sites = p->sites;
	struct span other = found_before(p, foreign, words);
	struct clue *k;
	struct text t;

	if (foreign != COMPARED_NONE && !span_is_present(other)) {
		bool is_whole =
			count_sites(p, origin_site(host_of(s->origin)), words, &sites, &foreign);

		p->sites = sites;
		p->foreign[at] = is_whole ? foreign : COMPARED_NOT;
		other = found_before(p, foreign, words);
	}
	if (sites < 2 || !span_is_present(other))
		return;
	k = clues_add(
		out, RULE_SEC_REFLECTS_ORIGIN_CREDENTIALS,
		sites >= SITES_REFLECTED ? CONFIDENCE_LIKELY : CONFIDENCE_POSSIBLE,
		"this host trusts {0} different sites with credentials, among them {1} and {2}");
	t = clues_open(out);
	text_u64(&t, sites);
	k->args[0] = clues_close(out, &t);
	k->args[1] = s->origin;
	t = clues_open(out);
	text_wire(&t, other);
	k->args[2] = clues_close(out, &t);
	k->subject = k->args[2];
	clue_evidence(k, p->packets[foreign - COMPARED_AT]);
	clue_evidence(k, s->packet);
}

/* One host is the other with something glued to its front or its back: a comparison that looks
 * at one end only lets it pass. */
static bool is_look_alike(struct span a, struct span b)
{
	struct span longer = a.len > b.len ? a : b, shorter = a.len > b.len ? b : a;
	size_t extra = longer.len - shorter.len;

	if (!shorter.len || !extra || span_eq_nocase(origin_site(a), origin_site(b)))
		return false;
	if (span_eq_nocase(span_first(longer, shorter.len), shorter))
		return true;
	return longer.ptr[extra - 1] != '.' && span_eq_nocase(span_from(longer, extra), shorter);
}

/* The first allowed origin that resembles this host. False when a name before it was
 * forgotten, so that the answer is not to be kept. */
static bool find_alike(const struct policy *p, struct span host, struct words *words,
		       uint8_t *alike)
{
	bool is_whole = true;

	*alike = COMPARED_NONE;
	for (unsigned i = 0; i < p->allowed_cnt; i++) {
		struct span other = words_get(words, p->allowed[i]);

		is_whole &= span_is_present(other);
		if (!is_look_alike(host, host_of(other)))
			continue;
		*alike = (uint8_t)(COMPARED_AT + i);
		break;
	}
	return is_whole;
}

/* Whether the origin that was allowed now resembles one that was allowed before. */
static void look_alike(struct policy *p, const struct scene *s, int at, struct words *words,
		       struct clues *out)
{
	uint8_t alike = p->alike[at];
	struct span other = found_before(p, alike, words);
	struct text t;
	struct clue *k;

	if (alike != COMPARED_NONE && !span_is_present(other)) {
		p->alike[at] =
			find_alike(p, host_of(s->origin), words, &alike) ? alike : COMPARED_NOT;
		other = found_before(p, alike, words);
	}
	if (!span_is_present(other))
		return;
	k = clues_add(out, RULE_SEC_SUFFIX_MATCH, CONFIDENCE_CERTAIN,
		      "this host allows both {0} and {1}");
	k->args[0] = s->origin;
	t = clues_open(out);
	text_wire(&t, other);
	k->args[1] = clues_close(out, &t);
	k->subject = k->args[1];
	clue_evidence(k, p->packets[alike - COMPARED_AT]);
	clue_evidence(k, s->packet);
}

/* What one response says, read once for the host and for the server. */
struct answer {
	struct span acao; /* absent: none */
	bool is_echo, is_wildcard, is_null, is_credentialed;
	uint64_t constant; /* word of a value that is neither echo nor *; 0: none */
};

/* A name that only one network knows, open to every site. */
static void look_wildcard(const struct scene *s, struct clues *out)
{
	struct span port, host = origin_split_host(s->authority, &port);
	struct clue *k;

	if (!origin_is_internal(host) || origin_is_loopback(host))
		return;
	k = clues_add(out, RULE_SEC_WILDCARD_INTERNAL, CONFIDENCE_POSSIBLE,
		      "{0} is an internal name and allows *");
	k->args[0] = s->authority;
	clue_evidence(k, s->packet);
}

/* What a single response shows to be trusted. */
static void look_single(const struct scene *s, const struct answer *a, struct clues *out)
{
	struct origin o;
	struct clue *k;

	if (a->is_wildcard)
		look_wildcard(s, out);
	if (!a->is_credentialed)
		return;
	if (a->is_null) {
		k = clues_add(out, RULE_SEC_NULL_CREDENTIALS, CONFIDENCE_CERTAIN,
			      "{0} sends Access-Control-Allow-Origin: null with "
			      "Access-Control-Allow-Credentials: true");
		k->args[0] = s->path;
		clue_evidence(k, s->packet);
	}
	if (s->is_scheme_sure && strcmp(s->scheme, "https") == 0 && origin_parse(a->acao, &o) &&
	    span_is_nocase(o.scheme, "http") && !origin_is_loopback(o.host)) {
		k = clues_add(out, RULE_SEC_HTTP_ORIGIN, CONFIDENCE_CERTAIN,
			      "this https service trusts {0} with credentials");
		k->args[0] = a->acao;
		k->about = k->subject = a->acao;
		clue_evidence(k, s->packet);
	}
}

/* The policy of the host as a whole, or of one server address behind it: the second tells which
 * of several servers is the odd one out. */
static struct policy *policy_of(struct memory *policies, const struct scene *s, struct words *words,
				bool is_server)
{
	struct policy *p = memory_add(policies, is_server ? s->server : s->host_key);

	if (!p->responses) {
		p->host = words_put(words, s->authority.len ? s->authority : span_text(""));
		p->has_server = is_server;
		p->server = s->x->server;
	}
	return p;
}

/* Enter one response. The place of its origin among the allowed ones, or -1. */
static int note(struct policy *p, const struct scene *s, const struct answer *a)
{
	p->responses++;
	p->refused += !a->is_echo && !a->is_wildcard;
	if (!span_is_present(a->acao))
		return -1;
	p->has_wildcard |= a->is_wildcard;
	p->has_null |= a->is_null;
	p->has_credentials |= a->is_credentialed;
	if (a->is_echo)
		return enter(p, s, s->origin_word, a->is_credentialed);
	if (a->constant)
		p->constant = a->constant;
	return -1;
}

void policy_look(struct memory *policies, const struct scene *s, struct words *words,
		 struct clues *out)
{
	struct answer a = { .acao = s->acao };
	struct policy *p;
	int at;

	a.is_credentialed = s->response.lines[HTTP_NAME_ACAC] == 1 &&
			    span_is(fieldget_first(&s->response, HTTP_NAME_ACAC), "true");
	if (span_is_present(a.acao)) {
		a.is_echo = span_eq(a.acao, s->origin);
		a.is_wildcard = span_is(a.acao, "*");
		a.is_null = span_is(a.acao, "null");
		if (!a.is_echo && !a.is_wildcard)
			a.constant = s->acao_word;
	}
	(void)note(policy_of(policies, s, words, true), s, &a);
	p = policy_of(policies, s, words, false);
	at = note(p, s, &a);
	if (!span_is_present(a.acao))
		return;
	look_single(s, &a, out);
	if (at < 0 || p->allowed_cnt < 2 || a.is_null)
		return;
	look_alike(p, s, at, words, out);
	if (a.is_credentialed)
		look_reflected(p, s, at, words, out);
}

void policy_websocket(struct memory *policies, const struct scene *s, struct words *words,
		      bool is_open)
{
	struct policy *p = memory_add(policies, hash_span(span_text("websocket"), s->host_key));

	if (!p->responses) {
		p->host = words_put(words, s->authority.len ? s->authority : span_text(""));
		p->is_websocket = true;
	}
	p->responses++;
	if (is_open)
		(void)enter(p, s, s->origin_word, false);
	else
		p->refused++;
}

enum policy_kind policy_kind(const struct policy *p, struct words *words)
{
	struct span first = words_get(words, p->allowed[0]);

	if (p->is_websocket)
		return POLICY_WEBSOCKET;
	if (p->has_wildcard)
		return POLICY_WILDCARD;
	if (p->allowed_cnt == 0)
		return p->constant ? POLICY_CONSTANT : POLICY_SILENT;
	if (p->allowed_cnt == 1)
		return p->constant == p->allowed[0] ? POLICY_CONSTANT
		       : p->refused                 ? POLICY_LIST
						    : POLICY_ONE;
	if (p->refused)
		return POLICY_LIST;
	for (unsigned i = 1; i < p->allowed_cnt; i++)
		if (!span_eq_nocase(origin_site(host_of(words_get(words, p->allowed[i]))),
				    origin_site(host_of(first))))
			return POLICY_REFLECTS;
	return POLICY_LIST;
}

const char *policy_kind_text(enum policy_kind k)
{
	switch (k) {
	case POLICY_CONSTANT: return "constant";
	case POLICY_ONE: return "one";
	case POLICY_LIST: return "list";
	case POLICY_REFLECTS: return "reflects";
	case POLICY_WILDCARD: return "wildcard";
	case POLICY_WEBSOCKET: return "websocket";
	case POLICY_SILENT: break;
	}
	return "silent";
}

/* The names of up to three allowed origins. False: there are none. */
static bool add_allowed(struct text *t, const struct policy *p, struct words *words)
{
	uint64_t over = p->allowed_over;
	unsigned told = 0;

	for (unsigned i = 0; i < p->allowed_cnt; i++) {
		struct span origin = words_get(words, p->allowed[i]);

		if (!span_is_present(origin))
			continue;
		if (told == 3) {
			over++;
			continue;
		}
		text_add(t, told++ ? ", " : "");
		text_wire(t, origin);
	}
	text_add(t, over ? " and others" : "");
	return told != 0;
}

struct span policy_others(struct memory *policies, const struct scene *s, struct words *words,
			  struct clues *out)
{
	const struct policy *p = memory_find(policies, s->host_key);
	struct text t;

	if (!p || !p->allowed_cnt)
		return span_make(NULL, 0);
	if (index_of(p, s->origin_word) >= 0)
		return span_text("this host allows the origin in other responses");
	t = clues_open(out);
	text_add(&t, "this host allows ");
	if (!add_allowed(&t, p, words))
		return span_make(NULL, 0);
	text_add(&t, ", so this origin is left out on purpose, or to be added");
	return clues_close(out, &t);
}
