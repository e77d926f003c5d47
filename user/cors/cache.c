/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What counts as proof.
 * A server chooses Access-Control-Allow-Origin by Origin when two askers got different values
 * and one of them got its own origin back. One origin alone proves nothing: a server that always
 * sends the same value is right not to vary.
 * A cache gave out a foreign copy when a response that bears a cache's mark has the value that
 * was made for somebody else. The seed is the earlier response with that value and nothing
 * against it in its validators.
 * Errors are left out of both: they lose their headers for other reasons.
 */
#include "cors/cache.h"

/* All of these flags are set. */
static bool has(const struct resource_variant *v, unsigned flags)
{
	return (v->flags & flags) == flags;
}

/* A shared cache may keep it, and will give it to any origin. */
static bool is_at_risk(const struct resource_variant *v)
{
	return has(v, RESOURCE_SHARED) && !has(v, RESOURCE_VARY_ORIGIN);
}

/* A name's text, copied so that it lasts; or what to say instead. */
static struct span told(struct words *words, uint64_t name, const char *otherwise,
			struct clues *out)
{
	struct span s = words_get(words, name);
	struct text t;

	if (!span_is_present(s))
		return span_text(otherwise);
	t = clues_open(out);
	text_wire(&t, s);
	return clues_close(out, &t);
}

/* Who asked, in words for a sentence. */
static struct span told_origin(struct words *words, uint64_t origin, struct clues *out)
{
	return origin ? told(words, origin, "an origin seen earlier", out)
		      : span_text("a request without Origin");
}

/*
 * Whether two responses prove that the server chooses ACAO by Origin: different askers,
 * different values, at least one of them an echo. Copies from a cache prove nothing, nor do
 * errors, which may have lost their headers.
 */
static bool is_dynamic(const struct resource_variant *a, const struct resource_variant *b)
{
	return a->origin != b->origin && a->acao != b->acao &&
	       ((a->flags | b->flags) & RESOURCE_ECHO) && has(a, RESOURCE_SUCCESS) &&
	       has(b, RESOURCE_SUCCESS) && !((a->flags | b->flags) & RESOURCE_HIT);
}

/* The proof that Vary: Origin is needed and missing. Which of the two responses lacks it is
 * told, because that is often the one without Origin, where nobody looks. */
static bool look_dynamic(const struct resource *r, const struct resource_variant *now,
			 const struct scene *s, struct words *words, struct clues *out)
{
	for (unsigned i = 0; i < r->cnt; i++) {
		const struct resource_variant *v = &r->variants[i];
		const struct resource_variant *bare = is_at_risk(now) ? now : v;
		struct clue *k;

		if (!is_dynamic(now, v) || !is_at_risk(bare))
			continue;
		k = clues_add(
			out, RULE_VARY_ORIGIN_MISSING, CONFIDENCE_CERTAIN,
			"{0}: {1} got Access-Control-Allow-Origin {2}, {3} got {4}; the response "
			"to {5} may be cached and lacks Vary: Origin");
		k->args[0] = s->path;
		k->args[1] = told_origin(words, v->origin, out);
		k->args[2] = told(words, v->acao, v->acao ? "another" : "none", out);
		k->args[3] = told_origin(words, now->origin, out);
		k->args[4] = told(words, now->acao, now->acao ? "another" : "none", out);
		k->args[5] = bare == now ? k->args[3] : k->args[1];
		k->subject = k->args[1];
		clue_evidence(k, v->packet);
		clue_evidence(k, now->packet);
		return true;
	}
	return false;
}

/* The earlier response whose copy this is: made for another asker, same ACAO, and nothing in
 * the validators against it. */
static const struct resource_variant *find_seed(const struct resource *r,
						const struct resource_variant *now)
{
	const struct resource_variant *best = NULL;

	for (unsigned i = 0; r && i < r->cnt; i++) {
		const struct resource_variant *v = &r->variants[i];

		if (v->origin == now->origin || v->acao != now->acao || !has(v, RESOURCE_STORABLE))
			continue;
		/* It was made for that asker: an echo, or nothing for a request without Origin. */
		if (!has(v, RESOURCE_ECHO) && !(v->origin == 0 && v->acao == 0))
			continue;
		if ((v->etag && now->etag && v->etag != now->etag) ||
		    (v->modified && now->modified && v->modified != now->modified))
			continue;
		if (!best || v->time_ns > best->time_ns)
			best = v;
	}
	return best;
}

/* Somebody else than the allowed origin got this value from the server itself: it is the same for
 * all, and the cache is right to give it to all. */
static bool is_known_constant(const struct resource *r, const struct resource_variant *now)
{
	for (unsigned i = 0; r && now->acao && i < r->cnt; i++)
		if (r->variants[i].acao == now->acao &&
		    !(r->variants[i].flags & (RESOURCE_ECHO | RESOURCE_HIT)))
			return true;
	return false;
}

/* The same response byte for byte, as far as its head shows: an ETag and a Date in common. */
static bool is_same_copy(const struct resource_variant *a, const struct resource_variant *b)
{
	return a->date && a->date == b->date && a->etag == b->etag && a->modified == b->modified;
}

/* Put the proof in words: seed and victim by name, and their packets in that order. */
static void tell_poisoned(const struct resource_variant *seed, const struct resource_variant *now,
			  const struct scene *s, struct words *words, struct clues *out)
{
	bool is_ignored = has(now, RESOURCE_VARY_ORIGIN);
	struct clue *k;

	if (is_ignored)
		k = clues_add(
			out, RULE_VARY_ORIGIN_IGNORED,
			seed && is_same_copy(seed, now) ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
			"{0} was served from a cache to {1} with Access-Control-Allow-Origin {2}, "
			"as made for {3}, although it says Vary: Origin");
	else
		k = clues_add(
			out, RULE_VARY_ORIGIN_POISONED,
			seed ? CONFIDENCE_CERTAIN : CONFIDENCE_LIKELY,
			"{0} was served from a cache to {1} with Access-Control-Allow-Origin {2}, "
			"as made for {3}; Vary: Origin is missing");
	if (k->confidence > rules[k->rule].confidence)
		k->confidence = rules[k->rule].confidence;
	k->args[0] = s->path;
	k->args[1] = s->origin;
	k->args[2] =
		span_is_present(s->input.acao.value) ? s->input.acao.value : span_text("missing");
	k->args[3] = seed ? told_origin(words, seed->origin, out) : span_text("another request");
	k->subject = k->args[3];
	if (seed)
		clue_evidence(k, seed->packet);
	clue_evidence(k, now->packet);
}

/* A blocked response that came out of a cache: whose copy is it? */
static void look_poisoned(const struct resource *r, const struct resource_variant *now,
			  const struct scene *s, struct words *words, struct clues *out)
{
	const struct resource_variant *seed = find_seed(r, now);

	if (!has(now, RESOURCE_HIT) || is_known_constant(r, now))
		return;
	/* Without its seed: a specific origin that is not the asker's may be somebody's echo. */
	if (!seed && (now->acao == 0 || has(now, RESOURCE_VARY_ORIGIN) ||
		      !has(now, RESOURCE_SHARED) || s->input.acao.lines > 1))
		return;
	tell_poisoned(seed, now, s, words, out);
}

/* Every asker seen so far got the same value: it is constant, and needs no Vary. */
static bool is_constant(const struct resource *r, const struct resource_variant *now)
{
	for (unsigned i = 0; r && i < r->cnt; i++)
		if (r->variants[i].origin != now->origin && r->variants[i].acao == now->acao &&
		    !has(&r->variants[i], RESOURCE_HIT))
			return true;
	return false;
}

/* Whether a shared cache shows itself, which makes the risk a real one. */
static const char *cache_on_the_way(const struct resource_variant *now,
				    const struct fieldget *response)
{
	if (has(now, RESOURCE_HIT))
		return " (and was: it came out of a cache)";
	if (fieldget_has(response, HTTP_NAME_VIA) || fieldget_has(response, HTTP_NAME_X_CACHE) ||
	    fieldget_has(response, HTTP_NAME_X_SERVED_BY) ||
	    fieldget_has(response, HTTP_NAME_X_VARNISH))
		return " (a proxy that may do so is on the way)";
	return "";
}

void cache_look(const struct resource *r, const struct resource_variant *now, const struct scene *s,
		bool is_checked, struct words *words, struct clues *out)
{
	struct clue *k;

	if (r && look_dynamic(r, now, s, words, out))
		return;
	if (is_checked && s->check.code != RULE_NONE) {
		if (s->check.code < RULE_ACAO_WILDCARD_CREDENTIALS)
			look_poisoned(r, now, s, words, out);
		return;
	}
	if (is_checked && has(now, RESOURCE_ECHO | RESOURCE_SUCCESS) && is_at_risk(now) &&
	    !is_constant(r, now)) {
		k = clues_add(
			out, RULE_VARY_ORIGIN_SUSPECT, CONFIDENCE_POSSIBLE,
			"{0} may be cached{2}, has Access-Control-Allow-Origin {1} for the page of "
			"that origin, and lacks Vary: Origin");
		k->args[0] = s->path;
		k->args[1] = s->origin;
		k->args[2] = span_text(cache_on_the_way(now, &s->response));
		clue_evidence(k, now->packet);
	}
	if (has(now, RESOURCE_WILDCARD | RESOURCE_SUCCESS) &&
	    fieldget_has_member(&s->response, HTTP_NAME_VARY, "origin")) {
		k = clues_add(out, RULE_VARY_NEEDLESS, CONFIDENCE_POSSIBLE,
			      "{0} has Access-Control-Allow-Origin * and Vary: Origin");
		k->args[0] = s->path;
		clue_evidence(k, now->packet);
	}
}

void cache_revived(const struct resource_variant *stored, const struct scene *s,
		   struct words *words, struct clues *out)
{
	struct clue *k =
		clues_add(out, RULE_VARY_ORIGIN_MISSING_304, CONFIDENCE_CERTAIN,
			  "the 304 for {0} to {1} has no Access-Control-Allow-Origin, and the "
			  "stored response that it revives has {2}, as made for {3}");

	k->args[0] = s->path;
	k->args[1] = s->origin;
	k->args[2] = told(words, stored->acao, stored->acao ? "another" : "none", out);
	k->args[3] = told_origin(words, stored->origin, out);
	k->subject = k->args[3];
	clue_evidence(k, stored->packet);
	clue_evidence(k, s->packet);
}
