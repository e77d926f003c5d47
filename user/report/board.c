/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/board.h"

#include <stdlib.h>

#include "base/text.h"
#include "report/json_exchange.h"

/* Never more than half full. A power of two. */
#define CAUSE_PLACES (2 * CORS_CAUSES_MAX)
_Static_assert((CAUSE_PLACES & (CAUSE_PLACES - 1)) == 0, "a mask finds the place");

struct board *board_new(bool is_live)
{
	struct board *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->axis.step_max_ns = is_live ? BOARD_LIVE_STEP_NS : 0;
	b->causes = calloc(CAUSE_PLACES, sizeof(*b->causes));
	if (b->causes)
		return b;
	free(b);
	return NULL;
}

void board_free(struct board *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < CAUSE_PLACES; i++)
		free(b->causes[i].example);
	free(b->causes);
	measure_fini(&b->measure);
	free(b);
}

/* The place of an id, which may be free; there is always a free one. */
static struct board_cause *place_of(const struct board *b, uint64_t id)
{
	size_t i = (size_t)id & (CAUSE_PLACES - 1);

	while (b->causes[i].id && b->causes[i].id != id)
		i = (i + 1) & (CAUSE_PLACES - 1);
	return &b->causes[i];
}

const struct board_cause *board_cause(const struct board *b, uint64_t id)
{
	const struct board_cause *c = id ? place_of(b, id) : NULL;

	return c && c->id ? c : NULL;
}

static void example_keep(struct board *b, struct board_cause *c, const struct judgement *j)
{
	struct out o;
	FILE *stream = open_memstream(&c->example, &c->example_len);

	if (!stream)
		return;
	if (out_init(&o, stream) == 0) {
		json_exchange(&o, j);
		out_flush(&o);
		out_fini(&o);
	}
	if (fclose(stream) == 0 && c->example_len && c->example_len <= BOARD_EXAMPLE_MAX &&
	    b->examples_bytes + c->example_len <= BOARD_EXAMPLES_MAX) {
		b->examples_bytes += c->example_len;
		return;
	}
	free(c->example);
	c->example = NULL;
	b->examples_left_out++;
}

/* Do to every series what was done to the axis. */
static void follow(struct board *b, struct axis_move move)
{
	if (!move.folds && !move.shifts && !move.backs)
		return;
	for (unsigned i = 0; i < BOARD_SERIES; i++)
		axis_follow(b->steps[i], move);
	for (size_t i = 0; i < CAUSE_PLACES; i++) {
		if (b->causes[i].id)
			axis_follow(b->causes[i].steps, move);
	}
}

/* Make room for a time on every series. */
static unsigned place(struct board *b, uint64_t time_ns)
{
	struct axis_move move;
	unsigned step = axis_place(&b->axis, time_ns, &move);

	follow(b, move);
	return step;
}

static void copy(char out[static CORS_SAMPLE_MAX], struct span s)
{
	struct text t = text_init(out, CORS_SAMPLE_MAX);

	text_wire(&t, span_first(s, CORS_SAMPLE_MAX - 1));
}

static struct span origin_of(const struct exchange *x)
{
	for (size_t i = 0; x->has_request && i < x->request.m.fields_cnt; i++) {
		if (x->request.m.fields[i].id == HTTP_NAME_ORIGIN)
			return x->request.m.fields[i].value;
	}
	return span_text("");
}

/* The place of the i-th latest, which may be the next one's. */
static unsigned conflict_place(const struct board *b, unsigned i)
{
	return (b->conflicts_next + BOARD_CONFLICTS_MAX - 1 - i) % BOARD_CONFLICTS_MAX;
}

const struct board_conflict *board_conflict(const struct board *b, unsigned i)
{
	return i < b->conflicts_kept ? &b->conflicts[conflict_place(b, i)] : NULL;
}

static void conflict_add(struct board *b, const struct judgement *j, const struct finding *f)
{
	struct board_conflict *c = &b->conflicts[b->conflicts_next];

	b->conflicts_next = (b->conflicts_next + 1) % BOARD_CONFLICTS_MAX;
	b->conflicts_kept += b->conflicts_kept < BOARD_CONFLICTS_MAX;
	b->conflicts_cnt++;
	*c = (struct board_conflict){ .cause = f->cause,
				      .rule = (enum rule_index)measure_rule(f->rule),
				      .time_ns = j->x->end_ns,
				      .evidence_cnt = f->evidence_cnt };
	memcpy(c->evidence, f->evidence, sizeof(c->evidence));
	copy(c->host, j->x->request.host);
	copy(c->target, j->x->request.path);
	copy(c->victim, origin_of(j->x));
	copy(c->seed, f->subject);
}

/* Those after it move up. It may be among the oldest, which are not kept. */
static void conflict_take_back(struct board *b, uint64_t cause, uint64_t time_ns)
{
	const struct board_conflict *c;
	unsigned at = 0;

	b->conflicts_cnt--;
	while ((c = board_conflict(b, at)) && (c->cause != cause || c->time_ns != time_ns))
		at++;
	if (!c)
		return;
	for (; at; at--)
		b->conflicts[conflict_place(b, at)] = b->conflicts[conflict_place(b, at - 1)];
	b->conflicts_next = conflict_place(b, 0);
	b->conflicts_kept--;
}

static bool is_conflict(const struct rule *r)
{
	size_t rule = measure_rule(r);

	return rule < RULE_CNT && measure_is_conflict((enum rule_index)rule);
}

static void finding_add(struct board *b, const struct judgement *j, const struct finding *f,
			unsigned step)
{
	struct board_cause *c = f->cause ? place_of(b, f->cause) : NULL;

	if (is_conflict(f->rule))
		conflict_add(b, j, f);
	/* The judge names causes that it has no room for, too. */
	if (!c || (!c->id && b->causes_cnt == CORS_CAUSES_MAX))
		return;
	if (!c->id) {
		c->id = f->cause;
		b->causes_cnt++;
		example_keep(b, c, j);
	}
	c->steps[step]++;
}

static enum board_series series_of(enum cors_verdict verdict)
{
	switch (verdict) {
	case CORS_VERDICT_PASS: return BOARD_PASS;
	case CORS_VERDICT_BLOCK: return BOARD_BLOCK;
	case CORS_VERDICT_UNKNOWN: return BOARD_UNKNOWN;
	default: return BOARD_NOT_CORS;
	}
}

void board_add(struct board *b, const struct judgement *j)
{
	unsigned step = place(b, j->x->end_ns);

	measure_add(&b->measure, j);
	b->steps[series_of(j->verdict)][step]++;
	b->steps[BOARD_PREFLIGHT][step] += j->kind == CORS_KIND_PREFLIGHT;
	for (unsigned i = 0; i < j->findings_cnt; i++)
		finding_add(b, j, &j->findings[i], step);
}

/* Exchanges of a span as if they came evenly between its times, which are within the history's. */
static void spread(struct board *b, const struct summary_span *s, uint64_t from_ns,
		   uint64_t until_ns)
{
	unsigned last = place(b, until_ns), first = place(b, from_ns);
	uint64_t steps = last - first + 1;

	for (uint64_t i = 0; i < steps; i++) {
		uint32_t cnt = (uint32_t)(s->cnt * (i + 1) / steps - s->cnt * i / steps);

		b->steps[series_of(s->verdict)][first + i] += cnt;
		if (s->kind == CORS_KIND_PREFLIGHT)
			b->steps[BOARD_PREFLIGHT][first + i] += cnt;
	}
}

void board_told(struct board *b, const struct summary *sum)
{
	struct axis_move move;

	measure_told(&b->measure, sum);
	if (!sum->tally)
		return;
	axis_begin(&b->axis, sum->first_ns, sum->last_ns, &move);
	follow(b, move);
	memset(b->steps, 0, sizeof(b->steps));
	for (size_t i = 0; i < sum->spans_cnt; i++) {
		const struct summary_span *s = &sum->spans[i];
		uint64_t from_ns = s->time_ns > sum->first_ns ? s->time_ns : sum->first_ns;
		uint64_t until_ns = s->end_ns - 1 < sum->last_ns ? s->end_ns - 1 : sum->last_ns;

		spread(b, s, from_ns, until_ns > from_ns ? until_ns : from_ns);
	}
}

/* Of a number that may have been folded with others, or shifted out. */
static void step_back(uint32_t *step)
{
	*step -= *step != 0;
}

void board_take_back(struct board *b, const struct takeback *t)
{
	unsigned step = place(b, t->end_ns);

	measure_take_back(&b->measure, t);
	step_back(&b->steps[series_of(t->verdict)][step]);
	b->steps[BOARD_NOT_CORS][step]++;
	if (t->kind == CORS_KIND_PREFLIGHT)
		step_back(&b->steps[BOARD_PREFLIGHT][step]);
	for (unsigned i = 0; i < t->findings_cnt; i++) {
		struct board_cause *c = place_of(b, t->findings[i].cause);

		if (c->id)
			step_back(&c->steps[step]);
		if (is_conflict(t->findings[i].rule))
			conflict_take_back(b, t->findings[i].cause, t->end_ns);
	}
}
