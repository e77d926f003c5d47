/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The order of one exchange: read it (scene), ask the memories, decide, look for findings,
 * settle them into causes, tell. The memories are written last, so that an exchange is never
 * compared with itself.
 */
#include "cors/judge.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/text.h"
#include "cors/advice.h"
#include "cors/advise.h"
#include "cors/cache.h"
#include "cors/causes.h"
#include "cors/clue.h"
#include "cors/decide.h"
#include "cors/endpoint.h"
#include "cors/legs.h"
#include "cors/notcors.h"
#include "cors/permit.h"
#include "cors/policy.h"
#include "cors/preflight.h"
#include "cors/redirect.h"
#include "cors/resource.h"
#include "cors/scene.h"
#include "cors/story.h"

#define JUDGE_ROW(name, class, help) COUNTER_ROW(judge_stats, name, class, help)
const struct counter judge_counters[] = { JUDGE_COUNTERS(JUDGE_ROW) };
const size_t judge_counters_cnt = sizeof(judge_counters) / sizeof(judge_counters[0]);

struct judge {
	struct judge_config config;
	struct judge_stats stats;
	uint64_t rule_counts[RULE_CNT];
	const struct advice_platform *platform; /* chosen by the user, or NULL */
	struct causes *causes;
	struct words words;
	struct memory *resources; /* struct resource by scene.resource */
	struct memory *permits;   /* struct permit */
	struct memory *endpoints; /* struct cors_endpoint */
	struct memory *policies;  /* struct policy */
	struct memory *hops;      /* struct redirect_hop */
	struct memory *legs;      /* struct leg */
	uint64_t forgotten; /* redirects, legs and endpoints: their loss takes evidence only */
	uint64_t missed_ns; /* exchanges up to then may be missing; 0: none is */
	/* Of the exchange at hand: */
	struct scene scene;
	struct clues clues;
	struct judgement judgement;
	/* Causes that it opened, told after the judgement. */
	const struct cause *opened[CORS_FINDINGS_MAX];
	unsigned opened_cnt;
};

/* A size that was asked for, or the usual one. */
static uint32_t size_or(uint32_t asked, uint32_t usual)
{
	return asked ? asked : usual;
}

struct judge *judge_new(const struct judge_config *config)
{
	struct judge *j = calloc(1, sizeof(*j));
	bool ok;

	if (!j)
		return NULL;
	j->config = *config;
	j->platform = config->platform ? advice_named(config->platform) : NULL;
	ok = words_init(&j->words, config->seed, size_or(config->words_max, CORS_NAMES_MAX));
	j->causes = causes_new(size_or(config->causes_max, CORS_CAUSES_MAX));
	j->resources =
		memory_new(size_or(config->resources_max, CORS_RESOURCES_MAX),
			   sizeof(struct resource), RESOURCE_ZEROED, &j->stats.resources_evicted);
	j->permits = memory_new(size_or(config->preflights_max, CORS_PREFLIGHTS_MAX),
				sizeof(struct permit), sizeof(struct permit),
				&j->stats.preflights_evicted);
	j->hops = memory_new(CORS_REDIRECTS_MAX, sizeof(struct redirect_hop),
			     sizeof(struct redirect_hop), &j->forgotten);
	/* legs_keep() fills them in. */
	j->legs = memory_new(CORS_LEGS_MAX, sizeof(struct leg), 0, &j->forgotten);
	j->endpoints = memory_new(size_or(config->endpoints_max, CORS_ENDPOINTS_MAX),
				  sizeof(struct cors_endpoint), sizeof(struct cors_endpoint),
				  &j->forgotten);
	j->policies =
		memory_new(size_or(config->policies_max, CORS_POLICIES_MAX), sizeof(struct policy),
			   sizeof(struct policy), &j->stats.policies_evicted);
	if (ok && j->causes && j->resources && j->permits && j->hops && j->legs && j->endpoints &&
	    j->policies)
		return j;
	judge_free(j);
	return NULL;
}

void judge_free(struct judge *j)
{
	if (!j)
		return;
	words_fini(&j->words);
	causes_free(j->causes);
	memory_free(j->resources);
	memory_free(j->permits);
	memory_free(j->endpoints);
	memory_free(j->policies);
	memory_free(j->hops);
	memory_free(j->legs);
	free(j);
}

/* Text of one new cause, on the stack until it is copied. */
struct cause_room {
	char host[256], detail[2048], console[4096], fix[CORS_TEXT_MAX], curl[8192], example[4096];
};

/* Write everything that a cause says, once, from the exchange that opened it. Later exchanges
 * only count. */
static void open_cause(struct judge *j, struct cause *c, const struct clue *k)
{
	struct scene *s = &j->scene;
	const struct advice_platform *platform =
		j->platform ? j->platform : advice_recognise(&s->response);
	const struct advice_values values = {
		.origin = s->origin,
		.methods = fieldget_first(&s->request, HTTP_NAME_ACRM),
		.headers = fieldget_first(&s->request, HTTP_NAME_ACRH),
	};
	struct cause_room room;
	struct text host = text_init(room.host, sizeof(room.host));
	struct text detail = text_init(room.detail, sizeof(room.detail));
	struct text console = text_init(room.console, sizeof(room.console));
	struct text fix = text_init(room.fix, sizeof(room.fix));
	struct text curl = text_init(room.curl, sizeof(room.curl));
	struct text example = text_init(room.example, sizeof(room.example));
	const bool is_code = j->judgement.code == &rules[k->rule];
	const struct cause_texts texts = { .host = &host,
					   .detail = &detail,
					   .console = is_code ? &console : NULL,
					   .fix = &fix,
					   .curl = &curl,
					   .example = &example,
					   .platform = advice_name(platform) };

	s->others_allowed = policy_others(j->policies, s, &j->words, &j->clues);
	text_wire(&host, s->authority);
	story_detail(&detail, s, k);
	if (is_code)
		story_console(&console, s);
	if (c->explained_by)
		story_explained(&fix, s, c->explained_by);
	else
		advice_write(&fix, &rules[k->rule], platform, &values);
	story_curl(&curl, s, k);
	/* Half a command might end inside a quote. */
	if (curl.is_cut)
		curl = text_init(room.curl, sizeof(room.curl));
	story_example(&example, s);
	c->first_packet = s->packet;
	c->first_process = s->x->process;
	if (!causes_tell(c, &texts))
		j->stats.no_memory++;
}

/* The cause that a finding belongs to, counted there. Returns its id. */
static uint64_t count_cause(struct judge *j, const struct clue *k)
{
	const struct scene *s = &j->scene;
	const struct rule *why = k->explained_by == RULE_NONE ? NULL : &rules[k->explained_by];
	uint64_t id = causes_id(&rules[k->rule], s->x->request.host, k->about, why);
	struct cause *c = causes_find(j->causes, id);
	char buf[CORS_SAMPLE_MAX];
	struct text endpoint = text_init(buf, sizeof(buf));

	if (!c && causes_is_full(j->causes)) {
		j->stats.causes_over_limit++;
		return id;
	}
	if (!c) {
		c = causes_open(j->causes, id, &rules[k->rule], why);
		if (!c) {
			j->stats.no_memory++;
			return id;
		}
		j->stats.causes++;
		open_cause(j, c, k);
		j->opened[j->opened_cnt++] = c;
	}
	story_endpoint(&endpoint, s->x->request.method, s->path);
	causes_count(c, s->time_ns, k->confidence, s->origin, text_get(&endpoint));
	return id;
}

/* Clues become findings, each in its cause. */
static void settle(struct judge *j)
{
	j->stats.findings_over_limit += j->clues.over;
	for (unsigned i = 0; i < j->clues.cnt; i++) {
		const struct clue *k = &j->clues.rows[i];
		struct finding *f = &j->judgement.findings[j->judgement.findings_cnt++];

		*f = (struct finding){
			.rule = &rules[k->rule],
			.confidence = k->confidence,
			.components = k->components,
			.subject = k->subject,
			.evidence_cnt = k->evidence_cnt,
		};
		memcpy(f->evidence, k->evidence, sizeof(f->evidence));
		f->cause = count_cause(j, k);
		j->rule_counts[k->rule]++;
		j->stats.findings++;
	}
}

/* Alt-Svc names HTTP/3 (RFC 9114, 3.1): browsers go there next time, where nobody can follow. */
static bool is_http3_offered(const struct fieldget *g)
{
	struct span line, member;
	unsigned at = 0;

	while (fieldget_next(g, HTTP_NAME_ALT_SVC, &at, &line)) {
		while (fieldget_member(&line, &member)) {
			if (span_starts(member, "h3=") || span_starts(member, "h3-"))
				return true;
		}
	}
	return false;
}

/* Every exchange is in exactly one kind, and every CORS request in exactly one verdict. */
static void count(struct judge *j)
{
	struct judge_stats *n = &j->stats;

	n->exchanges_judged++;
	n->http3_offers += j->scene.x->has_response && is_http3_offered(&j->scene.response);
	switch (j->judgement.kind) {
	case CORS_KIND_NONE: n->not_cors++; return;
	case CORS_KIND_PREFLIGHT: n->preflights++; break;
	case CORS_KIND_ACTUAL: n->actuals++; break;
	case CORS_KIND_UNKNOWN: n->kind_unknown++; break;
	}
	switch (j->judgement.verdict) {
	case CORS_VERDICT_PASS: n->passed++; break;
	case CORS_VERDICT_BLOCK: n->blocked++; break;
	case CORS_VERDICT_UNKNOWN: n->unknown++; break;
	case CORS_VERDICT_NONE: break;
	}
}

/* What is said about a blocked exchange: other causes first, then the code that blocks. */
static void look_blocked(struct judge *j)
{
	struct scene *s = &j->scene;
	struct clue *k;

	notcors_blocked(s, &j->clues);
	k = clues_add(&j->clues, s->check.code, j->judgement.confidence, NULL);
	k->components = s->check.components;
	k->hints = s->check.hints;
	k->subject = s->check.subject;
	k->about = s->check.subject;
	if (s->check.code >= RULE_ACAO_MISSING && s->check.code < RULE_ACAO_WILDCARD_CREDENTIALS)
		k->about = s->input.acao.value;
	/* Error responses that lack the header are made elsewhere than good ones. */
	if ((s->check.code == RULE_ACAO_MISSING || s->check.code == RULE_PREFLIGHT_ACAO_MISSING) &&
	    s->status >= 400) {
		struct text t = clues_open(&j->clues);

		text_u64(&t, s->status);
		k->about = clues_close(&j->clues, &t);
	}
	clue_evidence(k, s->x->request.m.packet);
	clue_evidence(k, s->packet);
}

/* Cached copies: what this response proves together with the ones before it. */
static void look_at_caches(struct judge *j, struct resource *r, const struct decide_result *d)
{
	struct scene *s = &j->scene;
	struct resource_variant now;
	bool is_checked = j->judgement.kind == CORS_KIND_ACTUAL &&
			  j->judgement.verdict != CORS_VERDICT_UNKNOWN;

	if (d->is_inherited && j->judgement.verdict == CORS_VERDICT_BLOCK)
		cache_revived(d->stored, s, &j->words, &j->clues);
	resource_facts(&now, s);
	if (d->stored)
		resource_freshen(r, d->stored, &now);
	if (!(now.flags & (RESOURCE_STORABLE | RESOURCE_HIT)))
		return;
	cache_look(r, &now, s, is_checked, &j->words, &j->clues);
	resource_keep(r ? r : memory_add(j->resources, s->resource), &now);
}

/* What the response says and what the host's history adds, once there is a verdict. */
static void look_at_headers(struct judge *j, const struct decide_context *known,
			    const struct decide_result *d)
{
	struct scene *s = &j->scene;

	endpoint_look(j->endpoints, s, &j->judgement, d->is_credentialed_blocked, &j->words,
		      &j->clues);
	if (j->judgement.kind == CORS_KIND_PREFLIGHT)
		advise_preflight(s, &j->clues);
	else if (j->judgement.kind == CORS_KIND_ACTUAL)
		advise_actual(s, known->hop, &j->clues);
	if (j->judgement.kind != CORS_KIND_UNKNOWN)
		advise_differences(s, &j->clues);
	policy_look(j->policies, s, &j->words, &j->clues);
}

/* The verdict and the findings of a leg behind a proxy count no more: what the browser got is
 * judged now. */
static void take_back(struct judge *j, struct leg *inner)
{
	struct span path = words_get(&j->words, inner->path);

	j->stats.inner_legs++;
	for (unsigned i = 0; i < inner->told.findings_cnt; i++) {
		struct takeback_finding *f = &inner->told.findings[i];
		struct cause *c = causes_find(j->causes, f->cause);
		char buf[CORS_SAMPLE_MAX];
		struct text endpoint = text_init(buf, sizeof(buf));

		j->rule_counts[f->rule - rules]--;
		j->stats.findings_taken_back++;
		/* There may have been no room for it. */
		if (!c || !c->cnt)
			continue;
		story_endpoint(&endpoint, j->scene.x->request.method, path);
		causes_take_back(c, j->scene.origin, text_get(&endpoint));
		f->is_cause_gone = !c->cnt && !c->was_gone;
		c->was_gone |= !c->cnt;
	}
	if (j->config.taken_back)
		j->config.taken_back(j->config.ctx, &inner->told);
}

/* What both sides of a proxy tell together. */
static void look_at_legs(struct judge *j)
{
	struct leg *inner = legs_inner(j->legs, &j->scene);

	if (!inner)
		return;
	j->scene.has_inner = true;
	j->scene.inner_server = inner->told.server;
	take_back(j, inner);
	if (j->judgement.verdict == CORS_VERDICT_BLOCK)
		legs_look(inner, &j->scene, &j->words, &j->clues);
}

/* CORS does not apply to WebSockets, but their origins are of interest, and so is a refusal, which
 * people take for CORS. */
static void look_at_websocket(struct judge *j)
{
	struct scene *s = &j->scene;
	bool is_open = notcors_websocket(s, &j->clues);

	policy_websocket(j->policies, s, &j->words, is_open);
}

/* Everything that is said of an exchange beside its verdict, in the order in which it is to be
 * told; and what the memories keep of it, after they were asked. */
static void look(struct judge *j, struct permit *permit, struct resource *r,
		 const struct decide_context *known, const struct decide_result *d)
{
	struct scene *s = &j->scene;
	enum cors_verdict verdict = j->judgement.verdict;
	bool is_cors = j->judgement.kind != CORS_KIND_NONE && s->x->has_request;

	if (verdict == CORS_VERDICT_BLOCK)
		look_blocked(j);
	else if (d->is_unsure_blocked)
		advise_unsure(s, &j->clues);
	else if (verdict == CORS_VERDICT_UNKNOWN && is_cors &&
		 j->judgement.kind != CORS_KIND_UNKNOWN && !s->x->is_pairing_unsure)
		notcors_no_response(s, &j->clues);
	if (is_cors && s->is_complete && span_is_present(s->origin)) {
		look_at_legs(j);
		look_at_headers(j, known, d);
	}
	if (!is_cors && s->kind.why == CLASSIFY_WEBSOCKET && s->is_complete)
		look_at_websocket(j);
	if (s->is_complete && s->x->has_request && resource_is_cacheable(s))
		look_at_caches(j, r, d);
	if (j->judgement.kind == CORS_KIND_PREFLIGHT && s->status)
		permit_preflight(j->permits, s, verdict, d->is_credentialed_blocked, &j->clues);
	else if (j->judgement.kind == CORS_KIND_ACTUAL)
		permit_actual(permit, s, verdict, &j->clues);
	if (s->is_complete && s->x->has_request && preflight_is_redirect(s->status))
		redirect_note(j->hops, s);
}

/* Empty, but for findings beyond findings_cnt, which nobody reads and which are large. */
static void judgement_clear(struct judgement *v, const struct exchange *x)
{
	v->x = x;
	v->kind = CORS_KIND_UNKNOWN;
	v->verdict = CORS_VERDICT_UNKNOWN;
	v->error = NULL;
	v->code = NULL;
	v->confidence = CONFIDENCE_CERTAIN;
	v->credentials = CORS_CREDENTIALS_UNKNOWN;
	v->unknown = NULL;
	v->is_browser = false;
	v->findings_cnt = 0;
}

/*
 * Have the memories fetched that this exchange will ask: but for those of hosts, they are larger
 * than the processor's caches, and waiting for them is a good part of what an exchange costs.
 * is_place: of each key's place in the index; else what is there.
 */
static void fetch(const struct judge *j, bool is_place)
{
	void (*hint)(const struct memory *, uint64_t) =
		is_place ? memory_hint_place : memory_hint_thing;
	const struct scene *s = &j->scene;

	if (!s->x->has_request)
		return;
	hint(j->resources, s->resource);
	if (!span_is_present(s->origin))
		return;
	hint(j->permits, s->permit);
	hint(j->endpoints, s->endpoint);
	/* Its key takes longer; its index is small. */
	if (!is_place)
		hint(j->legs, s->leg);
}

/* Enter what the memories keep of the response, once an exchange. */
static void put_words(struct judge *j)
{
	struct scene *s = &j->scene;
	bool is_kept = s->x->has_request && s->is_complete;

	s->acao_word = s->acac_word = 0;
	/* Half of those that are there are the origin again. */
	if (is_kept && span_is_present(s->acao))
		s->acao_word = span_is_present(s->origin) && span_eq(s->acao, s->origin)
				       ? s->origin_word
				       : words_put(&j->words, s->acao);
	if (is_kept && span_is_present(s->acac))
		s->acac_word = words_put(&j->words, s->acac);
}

void judge_exchange(void *ctx, const struct exchange *x)
{
	struct judge *j = ctx;
	struct scene *s = &j->scene;
	struct decide_context known = { .words = &j->words };
	struct decide_result result;
	struct resource *r = NULL;
	struct permit *permit = NULL;

	scene_key(s, x, &j->words);
	fetch(j, true);
	scene_read(s);
	clues_reset(&j->clues);
	j->opened_cnt = 0;
	judgement_clear(&j->judgement, x);
	put_words(j);
	s->leg = span_is_present(s->origin) ? legs_key(s) : 0;
	fetch(j, false);
	if (x->has_request && resource_is_cacheable(s))
		known.resource = r = memory_find(j->resources, s->resource);
	if (span_is_present(s->origin)) {
		if (j->missed_ns)
			permit_missed(j->permits, s, j->missed_ns);
		known.permit = permit = permit_find(j->permits, s);
		known.hop = redirect_before(j->hops, s);
	}
	decide(&j->judgement, s, &known, &result);
	look(j, permit, r, &known, &result);
	if (j->judgement.verdict == CORS_VERDICT_BLOCK)
		clues_explain(&j->clues, s->check.code);
	settle(j);
	count(j);
	if (j->judgement.kind != CORS_KIND_NONE && s->is_complete && span_is_present(s->origin))
		legs_keep(j->legs, s, &j->words, &j->judgement);
	if (j->config.judged)
		j->config.judged(j->config.ctx, &j->judgement);
	for (unsigned i = 0; i < j->opened_cnt && j->config.cause_opened; i++)
		j->config.cause_opened(j->config.ctx, j->opened[i]);
}

void judge_missed(struct judge *j, uint64_t now_ns)
{
	if (now_ns > j->missed_ns)
		j->missed_ns = now_ns;
}

const struct cause *const *judge_causes(struct judge *j, size_t *cnt)
{
	return causes_sorted(j->causes, cnt);
}

const uint64_t *judge_rule_counts(const struct judge *j)
{
	return j->rule_counts;
}

const struct judge_stats *judge_stats(const struct judge *j)
{
	return &j->stats;
}

const char *const *judge_platforms(void)
{
	return advice_names();
}

bool judge_policy(struct judge *j, uint32_t i, struct judge_policy *out)
{
	const struct policy *p = memory_at(j->policies, i);

	if (!p)
		return false;
	out->policy = p;
	out->host = words_get(&j->words, p->host);
	out->constant = p->constant ? words_get(&j->words, p->constant) : (struct span){ 0 };
	out->kind = policy_kind_text(policy_kind(p, &j->words));
	for (unsigned k = 0; k < p->allowed_cnt; k++)
		out->allowed[k] = words_get(&j->words, p->allowed[k]);
	return true;
}

bool judge_fix(const struct rule *rule, const char *platform, char *buf, size_t cap)
{
	const struct advice_platform *p = advice_named(platform);
	struct text t = text_init(buf, cap);

	if (!p)
		return false;
	advice_write(&t, rule, p, &(struct advice_values){ 0 });
	return true;
}
