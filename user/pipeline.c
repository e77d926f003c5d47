/* SPDX-License-Identifier: BSD-2-Clause */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "base/limits.h"
#include "base/names.h"
#include "capture/filter.h"
#include "cors/judge.h"
#include "lane.h"
#include "pipeline_part.h"
#include "steer.h"

static void sink_result(struct pipeline *p, size_t i, int err)
{
	if (!err)
		return;
	p->sink_failed[i] = true;
	if (!p->result->sink_error)
		p->result->sink_error = err;
}

static void on_judged(void *ctx, const struct judgement *j)
{
	struct pipeline *p = ctx;

	for (unsigned i = 0; i < j->findings_cnt; i++)
		p->result->findings[j->findings[i].rule->severity]++;
	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		struct sink *s = p->config->sinks[i];

		if (!p->sink_failed[i])
			sink_result(p, i, s->ops->judged(s, j));
	}
	if (p->config->stats)
		(void)(*p->config->stats)->ops->judged(*p->config->stats, j);
}

static void on_taken_back(void *ctx, const struct rule *rule)
{
	struct pipeline *p = ctx;

	p->result->findings[rule->severity]--;
}

static void on_cause(void *ctx, const struct cause *c)
{
	struct pipeline *p = ctx;

	p->causes++;
	if (p->config->before_output)
		p->config->before_output(p->config->ctx);
	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		struct sink *s = p->config->sinks[i];

		if (!p->sink_failed[i])
			sink_result(p, i, s->ops->cause_opened(s, c));
	}
}

void pipeline_exchange(void *ctx, const struct exchange *x)
{
	struct pipeline *p = ctx;

	/* The last packet may complete more of them than were asked for. */
	if (p->config->count && p->exchanges == p->config->count)
		return;
	p->exchanges++;
	judge_exchange(p->judge, x);
}

void pipeline_say(const struct pipeline *p, const char *name, const char *message)
{
	if (p->config->say)
		p->config->say(p->config->ctx, name, message);
}

static void finish(struct pipeline *p)
{
	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		if (!p->sink_failed[i])
			sink_result(p, i, pipeline_tell(p, p->config->sinks[i], true));
	}
}

uint64_t pipeline_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

void pipeline_tick(struct pipeline *p)
{
	uint64_t now_ns = pipeline_clock_ns();

	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		struct sink *s = p->config->sinks[i];

		if (!s->ops->every_ns || p->sink_failed[i] ||
		    now_ns - p->told_ns[i] < s->ops->every_ns)
			continue;
		p->told_ns[i] = now_ns;
		sink_result(p, i, pipeline_tell(p, s, false));
	}
}

static uint64_t random_seed(void)
{
	uint64_t seed = 0;

	/* Without randomness the tables still work; they are only easier to attack. */
	if (getrandom(&seed, sizeof(seed), 0) != (ssize_t)sizeof(seed))
		seed = 0;
	return seed;
}

static int pipeline_init(struct pipeline *p)
{
	uint64_t seed = p->seed = random_seed();
	struct judge_config judge = { .seed = seed,
				      .platform = p->config->platform,
				      .judged = on_judged,
				      .taken_back = on_taken_back,
				      .cause_opened = on_cause,
				      .ctx = p };
	struct lane_config lane = {
		.ports = p->config->ports, .seed = seed, .emit = pipeline_exchange, .ctx = p
	};
	const struct pipeline_live *live = p->config->live;
	/* One more for the probes, and so never none. */
	size_t inputs = (live ? live->devices_cnt : p->config->files_cnt) + 1;

	p->steer = steer_make(&p->ladder);
	if (live && !live->no_ebpf && !live->no_body_cut)
		lane.capture = &p->steer;
	p->names = names_new();
	p->sink_failed = calloc(p->config->sinks_cnt + 1, sizeof(*p->sink_failed));
	p->told_ns = calloc(p->config->sinks_cnt + 1, sizeof(*p->told_ns));
	p->inputs = calloc(inputs, sizeof(*p->inputs));
	p->judge = judge_new(&judge);
	p->lane = lane_new(&lane);
	return p->names && p->sink_failed && p->told_ns && p->inputs && p->judge && p->lane
		       ? 0
		       : -ENOMEM;
}

static void pipeline_fini(struct pipeline *p)
{
	pipeline_read_fini(p);
	lane_free(p->lane);
	judge_free(p->judge);
	free(p->inputs);
	free(p->sink_failed);
	free(p->told_ns);
	names_free(p->names);
	filter_free(p->filter);
}

int pipeline_run(const struct pipeline_config *config, struct pipeline_result *out, char *why,
		 size_t why_cap)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	int err = -ENOMEM;

	*out = (struct pipeline_result){ 0 };
	if (!p) {
		snprintf(why, why_cap, "memory is short");
		return err;
	}
	p->config = config;
	p->result = out;
	p->replay.speed = config->replay_speed;
	if (config->filter) {
		err = filter_new(config->filter, &p->filter, why, why_cap);
		if (err)
			goto out_fini;
	}
	err = pipeline_init(p);
	if (err) {
		snprintf(why, why_cap, "memory is short");
		goto out_fini;
	}
	if (pipeline_read(p) == 0)
		finish(p);
	else
		out->is_unopened = true;

out_fini:
	pipeline_fini(p);
	free(p);
	return err;
}
