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

/* A handful of names: walking them is cheaper than any index. */
static int index_of(const struct policy *p, uint64_t origin)
{
	for (unsigned i = 0; i < p->allowed_cnt; i++)
		if (p->allowed[i] == origin)
			return (int)i;
	return -1;
}

/* Enter an echoed origin; its place, or -1 when there is none. */
static int enter(struct policy *p, const struct scene *s, uint64_t origin, bool is_credentialed)
{
	int i = index_of(p, origin);

	if (i < 0 && p->allowed_cnt < CORS_POLICY_ORIGINS_MAX) {
		i = (int)p->allowed_cnt++;
		p->allowed[i] = origin;
		p->packets[i] = s->packet;
	}
	if (i < 0)
		p->allowed_over++;
	else if (is_credentialed)
		p->is_credentialed |= (uint8_t)(1u << i);
	return i;
}

/* Different sites trusted with credentials: how many, and one that is not this one's. */
static unsigned count_sites(const struct policy *p, struct span own, struct words *words,
			    int *other)
{
	struct span sites[CORS_POLICY_ORIGINS_MAX];
	unsigned cnt = 0;

	*other = -1;
	for (unsigned i = 0; i < p->allowed_cnt; i++) {
		struct span site = origin_site(host_of(words_get(words, p->allowed[i])));
		bool is_new = span_is_present(site) && (p->is_credentialed & 1u << i);

		for (unsigned k = 0; k < cnt && is_new; k++)
			is_new = !span_eq_nocase(sites[k], site);
		if (!is_new)
			continue;
		sites[cnt++] = site;
		if (!span_eq_nocase(site, own))
			*other = (int)i;
	}
	return cnt;
}

/* One more site is trusted with credentials. Two may well be listed; the more there are, the
 * likelier it is that the server reflects whatever asks. */
static void look_reflected(const struct policy *p, const struct scene *s, struct words *words,
			   struct clues *out)
{
	int other;
	unsigned sites = count_sites(p, origin_site(host_of(s->origin)), words, &other);
	struct clue *k;
	struct text t;

	if (sites < 2 || other < 0)
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
	text_wire(&t, words_get(words, p->allowed[other]));
	k->args[2] = clues_close(out, &t);
	k->subject = k->args[2];
	clue_evidence(k, p->packets[other]);
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

/* Whether the origin that was allowed now resembles one that was allowed before. */
static void look_alike(const struct policy *p, const struct scene *s, struct words *words,
		       struct clues *out)
{
	struct span host = host_of(s->origin);

	for (unsigned i = 0; i < p->allowed_cnt; i++) {
		struct span other = words_get(words, p->allowed[i]);
		struct text t;
		struct clue *k;

		if (!is_look_alike(host, host_of(other)))
			continue;
		k = clues_add(out, RULE_SEC_SUFFIX_MATCH, CONFIDENCE_CERTAIN,
			      "this host allows both {0} and {1}");
		k->args[0] = s->origin;
		t = clues_open(out);
		text_wire(&t, other);
		k->args[1] = clues_close(out, &t);
		k->subject = k->args[1];
		clue_evidence(k, p->packets[i]);
		clue_evidence(k, s->packet);
		return;
	}
}

/* What a single response shows to be trusted. */
static void look_single(const struct scene *s, struct span acao, bool is_credentialed,
			struct clues *out)
{
	struct span port, host = origin_split_host(s->authority, &port);
	struct origin o;
	struct clue *k;

	if (span_is(acao, "*") && origin_is_internal(host) && !origin_is_loopback(host)) {
		k = clues_add(out, RULE_SEC_WILDCARD_INTERNAL, CONFIDENCE_POSSIBLE,
			      "{0} is an internal name and allows *");
		k->args[0] = s->authority;
		clue_evidence(k, s->packet);
	}
	if (!is_credentialed)
		return;
	if (span_is(acao, "null")) {
		k = clues_add(out, RULE_SEC_NULL_CREDENTIALS, CONFIDENCE_CERTAIN,
			      "{0} sends Access-Control-Allow-Origin: null with "
			      "Access-Control-Allow-Credentials: true");
		k->args[0] = s->path;
		clue_evidence(k, s->packet);
	}
	if (s->is_scheme_sure && strcmp(s->scheme, "https") == 0 && origin_parse(acao, &o) &&
	    span_is_nocase(o.scheme, "http") && !origin_is_loopback(o.host)) {
		k = clues_add(out, RULE_SEC_HTTP_ORIGIN, CONFIDENCE_CERTAIN,
			      "this https service trusts {0} with credentials");
		k->args[0] = acao;
		k->about = k->subject = acao;
		clue_evidence(k, s->packet);
	}
}

/* The policy of the host as a whole, or of one server address behind it: the second tells which
 * of several servers is the odd one out. */
static struct policy *policy_of(struct memory *policies, const struct scene *s, struct words *words,
				bool is_server)
{
	uint64_t key = s->host_key;
	struct policy *p;

	if (is_server) {
		key = hash_bytes(s->x->server.addr.bytes, sizeof(s->x->server.addr.bytes), key);
		key += s->x->server.port;
	}
	p = memory_add(policies, key);
	if (!p->responses) {
		p->host = words_put(words, s->authority.len ? s->authority : span_text(""));
		p->has_server = is_server;
		p->server = s->x->server;
	}
	return p;
}

/* Enter one response. The place of its origin among the allowed ones, or -1. */
static int note(struct policy *p, const struct scene *s, struct span acao, bool is_credentialed,
		struct words *words)
{
	p->responses++;
	if (!span_is_present(acao) || !span_eq(acao, s->origin))
		p->refused += !span_is_present(acao) || !span_is(acao, "*");
	if (!span_is_present(acao))
		return -1;
	p->has_wildcard |= span_is(acao, "*");
	p->has_null |= span_is(acao, "null");
	p->has_credentials |= is_credentialed;
	if (span_eq(acao, s->origin))
		return enter(p, s, s->origin_word, is_credentialed);
	if (!span_is(acao, "*"))
		p->constant = words_put(words, acao);
	return -1;
}

void policy_look(struct memory *policies, const struct scene *s, struct words *words,
		 struct clues *out)
{
	struct fieldget_value acao;
	bool is_credentialed = s->response.lines[HTTP_NAME_ACAC] == 1 &&
			       span_is(fieldget_first(&s->response, HTTP_NAME_ACAC), "true");
	struct policy *p;
	int at;

	fieldget_combine(&s->response, HTTP_NAME_ACAO, &acao);
	(void)note(policy_of(policies, s, words, true), s, acao.value, is_credentialed, words);
	p = policy_of(policies, s, words, false);
	at = note(p, s, acao.value, is_credentialed, words);
	if (!span_is_present(acao.value))
		return;
	look_single(s, acao.value, is_credentialed, out);
	if (at < 0 || span_is(s->origin, "null"))
		return;
	if (p->allowed_cnt > 1)
		look_alike(p, s, words, out);
	if (is_credentialed && p->allowed_cnt > 1)
		look_reflected(p, s, words, out);
}

enum policy_kind policy_kind(const struct policy *p, struct words *words)
{
	struct span first = words_get(words, p->allowed[0]);

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
