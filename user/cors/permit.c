/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Chromium's cache of permissions is not visible, so a missing preflight is never a finding;
 * what is told is about those that were seen.
 */
#include "cors/permit.h"

#include "base/hash.h"
#include "cors/preflight.h"

/* Identical preflights in a row, without a lasting permission, that are worth a word. */
#define REPEATS_TOLD 3

void permit_missed(struct memory *permits, const struct scene *s, uint64_t until_ns)
{
	struct permit *p = memory_find(permits, s->permit);

	if (!p || p->time_ns > until_ns)
		return;
	p->is_answered = true;
	p->verdict = CORS_VERDICT_UNKNOWN;
	p->repeats = 0;
	p->cost_ns = 0;
}

struct permit *permit_find(struct memory *permits, const struct scene *s)
{
	struct permit *p = memory_find(permits, s->permit);

	return p && s->x->request.m.time_ns <= p->time_ns + CORS_PREFLIGHT_NS ? p : NULL;
}

/* The one before passed, and yet nothing followed: blocked for credentials, perhaps. */
static void tell_unanswered(const struct permit *p, const struct scene *s, struct clues *out)
{
	struct clue *k;

	if (p->verdict != CORS_VERDICT_PASS || p->is_answered || !p->is_credentialed_blocked ||
	    s->x->request.m.time_ns < p->time_ns + CORS_ACTUAL_WAIT_NS)
		return;
	k = clues_add(out, RULE_PREFLIGHT_NO_ACTUAL, CONFIDENCE_POSSIBLE,
		      "{0} asks again with OPTIONS for {1}, and the actual request that the "
		      "preflight before would allow without credentials never came");
	k->args[0] = s->origin;
	k->args[1] = s->path;
	clue_evidence(k, p->packet);
	clue_evidence(k, s->packet);
}

/* The same was asked again: what that costs. */
static void count_repeat(struct permit *p, const struct scene *s, uint64_t asked, struct clues *out)
{
	uint64_t took = s->time_ns - s->x->request.m.time_ns;
	bool is_told;
	uint64_t age = preflight_max_age_s(&s->response, &is_told);
	struct clue *k;
	struct text t;

	if (p->asked != asked || (is_told && age > 5)) {
		p->repeats = 0;
		p->cost_ns = 0;
	}
	p->repeats++;
	p->cost_ns += took;
	if (p->repeats < REPEATS_TOLD || !s->is_complete)
		return;
	k = clues_add(out, RULE_PREFLIGHT_UNCACHED, CONFIDENCE_LIKELY,
		      "{0} sent the same preflight for {1} {2} times, which took {3} ms in all; "
		      "Access-Control-Max-Age is {4}");
	k->args[0] = s->origin;
	k->args[1] = s->path;
	t = clues_open(out);
	text_u64(&t, p->repeats);
	k->args[2] = clues_close(out, &t);
	t = clues_open(out);
	text_u64(&t, p->cost_ns / 1000000);
	k->args[3] = clues_close(out, &t);
	k->args[4] = fieldget_first(&s->response, HTTP_NAME_ACMA);
	if (!k->args[4].len)
		k->args[4] = span_text("missing");
	clue_evidence(k, p->packet);
	clue_evidence(k, s->packet);
}

/* Permissions of several preflights add up in the browser's cache. */
static void note_announced(struct permit *p, const struct fieldget *request)
{
	struct span line, m;
	unsigned at = 0;

	while (fieldget_next(request, HTTP_NAME_ACRH, &at, &line)) {
		while (fieldget_member(&line, &m)) {
			p->is_auth_announced |= span_is_nocase(m, "authorization");
			p->is_if_none_match_announced |= span_is_nocase(m, "if-none-match");
			p->is_if_modified_since_announced |= span_is_nocase(m, "if-modified-since");
		}
	}
}

void permit_preflight(struct memory *permits, const struct scene *s, enum cors_verdict verdict,
		      bool is_credentialed_blocked, struct clues *out)
{
	struct permit *p = memory_add(permits, s->permit);
	struct span method = fieldget_first(&s->request, HTTP_NAME_ACRM);
	uint64_t asked =
		hash_span(fieldget_first(&s->request, HTTP_NAME_ACRH), hash_span(method, 1));

	if (p->packet)
		tell_unanswered(p, s, out);
	if (verdict == CORS_VERDICT_PASS)
		count_repeat(p, s, asked, out);
	p->time_ns = s->time_ns;
	p->packet = s->packet;
	p->method = hash_span(method, 0);
	p->asked = asked;
	p->verdict = verdict;
	p->is_credentialed_blocked = is_credentialed_blocked;
	p->is_answered = false;
	note_announced(p, &s->request);
}

void permit_actual(struct permit *p, const struct scene *s, enum cors_verdict verdict,
		   struct clues *out)
{
	struct clue *k = NULL;

	if (!p || p->method != hash_span(s->x->request.method, 0))
		return;
	if (verdict == CORS_VERDICT_BLOCK && p->verdict == CORS_VERDICT_PASS)
		k = clues_add(out, RULE_PREFLIGHT_ACTUAL_DIFFERS, CONFIDENCE_CERTAIN,
			      "the preflight for {0} {1} was allowed, but the actual response is "
			      "not");
	else if (p->verdict == CORS_VERDICT_BLOCK && !p->is_answered &&
		 s->x->request.m.time_ns <= p->time_ns + CORS_ACTUAL_WAIT_NS)
		k = clues_add(out, RULE_PREFLIGHT_IGNORED, CONFIDENCE_LIKELY,
			      "{0} {1} was sent although its preflight failed");
	p->is_answered = true;
	if (!k)
		return;
	k->args[0] = s->x->request.method;
	k->args[1] = s->path;
	k->subject = s->x->request.method;
	clue_evidence(k, p->packet);
	clue_evidence(k, s->packet);
}
