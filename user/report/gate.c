/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/gate.h"

#include <stdlib.h>

struct gate {
	struct sink base;
	struct gate_config config;
	uint64_t failing; /* findings: there may be no room for their cause */
	uint64_t fresh, known;
};

static struct gate *gate_of(struct sink *s)
{
	return (struct gate *)(void *)s;
}

static bool is_bad(const struct gate *g, const struct rule *rule)
{
	return g->config.has_fail_on && rule->severity >= g->config.fail_on;
}

static int gate_judged(struct sink *s, const struct judgement *j)
{
	struct gate *g = gate_of(s);

	for (unsigned i = 0; i < j->findings_cnt; i++) {
		const struct finding *f = &j->findings[i];

		if (is_bad(g, f->rule) && !baseline_has(g->config.known, f->cause))
			g->failing++;
	}
	return 0;
}

static int gate_taken_back(struct sink *s, const struct takeback *b)
{
	struct gate *g = gate_of(s);

	for (unsigned i = 0; i < b->findings_cnt; i++) {
		const struct takeback_finding *f = &b->findings[i];

		if (is_bad(g, f->rule) && !baseline_has(g->config.known, f->cause))
			g->failing--;
	}
	return 0;
}

static int gate_finish(struct sink *s, const struct summary *sum)
{
	struct gate *g = gate_of(s);

	g->fresh = g->known = 0;
	for (size_t i = 0; i < sum->causes_cnt; i++) {
		if (!is_bad(g, sum->causes[i]->rule))
			continue;
		if (baseline_has(g->config.known, sum->causes[i]->id))
			g->known++;
		else
			g->fresh++;
	}
	if (!g->config.write_path)
		return 0;
	return baseline_write(g->config.write_path, sum->causes, sum->causes_cnt);
}

static void gate_close(struct sink *s)
{
	free(gate_of(s));
}

struct sink *gate_new(const struct gate_config *config)
{
	static const struct sink_ops ops = {
		.name = "baseline",
		.judged = gate_judged,
		.taken_back = gate_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = gate_finish,
		.close = gate_close,
	};
	struct gate *g = calloc(1, sizeof(*g));

	if (!g)
		return NULL;
	g->base.ops = &ops;
	g->config = *config;
	return &g->base;
}

uint64_t gate_failing(const struct sink *s)
{
	return ((const struct gate *)(const void *)s)->failing;
}

void gate_causes(const struct sink *s, uint64_t *fresh, uint64_t *known)
{
	const struct gate *g = (const struct gate *)(const void *)s;

	*fresh = g->fresh;
	*known = g->known;
}
