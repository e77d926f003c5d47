/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * judge: exchanges in, judgements out, causes kept.
 *
 * In:   struct exchange, in the order in which they became known.
 * Out:  struct judgement for each, and struct cause for each new group.
 * Spec: Fetch, #http-cors-protocol; what browsers do where they differ from it.
 *
 * Deterministic: the same exchanges give the same judgements. Memory is bounded by the
 * CORS_*_MAX of base/limits.h.
 */
#ifndef CORS_JUDGE_H
#define CORS_JUDGE_H

#include "base/counter.h"
#include "cors/cause.h"
#include "cors/finding.h"
#include "cors/policy.h"

#define JUDGE_COUNTERS(X)                                                                          \
	X(exchanges_judged, COUNTER_TRAFFIC, "exchanges judged")                                   \
	X(not_cors, COUNTER_TRAFFIC, "exchanges to which CORS does not apply")                     \
	X(preflights, COUNTER_TRAFFIC, "preflights")                                               \
	X(actuals, COUNTER_TRAFFIC, "actual CORS requests")                                        \
	X(kind_unknown, COUNTER_NOTE, "requests that may or may not be CORS requests")             \
	X(passed, COUNTER_TRAFFIC, "CORS requests that a browser lets through")                    \
	X(blocked, COUNTER_TRAFFIC, "CORS requests that a browser blocks")                         \
	X(unknown, COUNTER_NOTE, "CORS requests whose verdict is not on the wire")                 \
	X(http3_offers, COUNTER_NOTE, "responses that offer HTTP/3 (Alt-Svc), which is not read")  \
	X(findings, COUNTER_TRAFFIC, "findings")                                                   \
	X(inner_legs, COUNTER_NOTE,                                                                \
	  "exchanges seen on both sides of a proxy, whose inner side counts no more")              \
	X(findings_taken_back, COUNTER_NOTE, "findings of those, which count no more")             \
	X(causes, COUNTER_TRAFFIC, "causes")                                                       \
	X(causes_over_limit, COUNTER_LOSS, "findings whose cause was not kept: too many causes")   \
	X(findings_over_limit, COUNTER_LOSS, "findings left out of an exchange that had too many") \
	X(resources_evicted, COUNTER_NOTE, "remembered resources forgotten for newer ones")        \
	X(policies_evicted, COUNTER_NOTE, "remembered policies forgotten for newer ones")          \
	X(preflights_evicted, COUNTER_NOTE, "remembered preflights forgotten for newer ones")      \
	X(no_memory, COUNTER_LOSS, "things not remembered because memory was short")

struct judge_stats {
	JUDGE_COUNTERS(COUNTER_FIELD)
};

extern const struct counter judge_counters[];
extern const size_t judge_counters_cnt;

struct judge_config {
	uint64_t seed; /* keys the memories */
	const char
		*platform; /* write fixes for this server; NULL: for the one recognised. Borrowed */
	/* Sizes of the memories; 0: the CORS_*_MAX of base/limits.h. */
	uint32_t resources_max, policies_max, preflights_max, endpoints_max, words_max, causes_max;
	void (*judged)(void *ctx, const struct judgement *j);
	/* Before the judgement of the outer leg; may be NULL. */
	void (*taken_back)(void *ctx, const struct takeback *t);
	void (*cause_opened)(void *ctx, const struct cause *c); /* after the judgement that
								 * opened it; later changes show
								 * in judge_causes() */
	void *ctx;
};

struct judge;

/* NULL when memory is short. The config is copied, but for what it borrows. */
struct judge *judge_new(const struct judge_config *config);
void judge_free(struct judge *j);

/* Judge one exchange; an exchange_fn (http/exchange.h) with ctx a struct judge. */
void judge_exchange(void *ctx, const struct exchange *x);

/* Exchanges that ended up to now were lost on their way here: what would be told because something
 * else was not seen is not told of what came before. */
void judge_missed(struct judge *j, uint64_t now_ns);

/* All causes, in the order in which they are to be mended: by severity; then blocks that another
 * cause explains after all others (with that cause's severity when it is lower); then what is
 * not CORS before advice on headers; then by confidence, count and first seen. Those of which
 * everything was taken back are left out. *cnt rows,
 * borrowed until the next judge_exchange(). NULL (and *cnt 0) when memory is short. */
const struct cause *const *judge_causes(struct judge *j, size_t *cnt);

/* Findings of each rule that were not taken back: rules_cnt numbers, in the order of rules[]. */
const uint64_t *judge_rule_counts(const struct judge *j);

const struct judge_stats *judge_stats(const struct judge *j);

/* A host's policy, or one server's of it, as far as it was seen. Borrowed until the next
 * judge_exchange(); spans of words that were forgotten are absent. */
struct judge_policy {
	const struct policy *policy;
	struct span host;     /* the target's authority */
	struct span constant; /* a value that was no echo; absent: none was seen */
	const char *kind;     /* "constant", "one", "list", "reflects", "wildcard", "silent",
			       * "websocket" */
	struct span allowed[CORS_POLICY_ORIGINS_MAX]; /* policy->allowed_cnt of them */
};

/* The i-th policy that is remembered, in the order in which they were first seen until the oldest
 * are forgotten; false past the last. */
bool judge_policy(struct judge *j, uint32_t i, struct judge_policy *out);

/* Write a rule's fix for a platform by name; its template has a placeholder where an origin
 * goes. For --explain. At most cap
 * bytes with the NUL; false for an unknown name. */
bool judge_fix(const struct rule *rule, const char *platform, char *buf, size_t cap);

/* The names that judge_config.platform accepts: a NULL-terminated list. */
const char *const *judge_platforms(void);

#endif
