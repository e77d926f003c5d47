/* SPDX-License-Identifier: BSD-2-Clause */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "capture/file.h"
#include "cors/judge.h"
#include "pipeline_part.h"
#include "reader.h"
#include "signals.h"
#include "steer.h"

static void sink_result(struct pipeline *p, size_t i, int err)
{
	if (!err)
		return;
	p->sink_failed[i] = true;
	if (!p->config->sink_failed || !p->config->sink_failed(p->config->ctx, i, err))
		p->is_unwanted = true;
}

static void on_judged(void *ctx, const struct judgement *j)
{
	struct pipeline *p = ctx;

	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		struct sink *s = p->config->sinks[i];

		if (!p->sink_failed[i])
			sink_result(p, i, s->ops->judged(s, j));
	}
	if (p->config->stats)
		(void)(*p->config->stats)->ops->judged(*p->config->stats, j);
}

static void on_taken_back(void *ctx, const struct takeback *t)
{
	struct pipeline *p = ctx;

	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		struct sink *s = p->config->sinks[i];

		if (!p->sink_failed[i])
			sink_result(p, i, s->ops->taken_back(s, t));
	}
	if (p->config->stats)
		(void)(*p->config->stats)->ops->taken_back(*p->config->stats, t);
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

void pipeline_judge(struct pipeline *p, const struct exchange *x)
{
	/* The last packet may complete more of them than were asked for. */
	if (p->config->count && p->exchanges == p->config->count)
		return;
	p->exchanges++;
	judge_exchange(p->judge, x);
}

void pipeline_say(void *ctx, const char *name, const char *message)
{
	const struct pipeline *p = ctx;

	if (p->config->say)
		p->config->say(p->config->ctx, name, message);
}

static bool is_asked(volatile sig_atomic_t *flag)
{
	bool was = *flag;

	*flag = 0;
	return was;
}

bool pipeline_asked_stats(struct pipeline *p)
{
	return p->config->signals && is_asked(&p->config->signals->stats) && p->config->stats;
}

bool pipeline_asked_reopen(struct pipeline *p)
{
	bool was = p->config->signals && is_asked(&p->config->signals->reopen);

	if (was && p->config->reopen)
		p->config->reopen(p->config->ctx);
	return was;
}

bool pipeline_look(struct pipeline *p, const struct pipeline_progress *now)
{
	if (p->config->progress)
		p->config->progress(p->config->ctx, now);
	if (p->config->count && p->exchanges == p->config->count)
		return false;
	return !(p->config->signals && p->config->signals->stop) && !p->is_unwanted;
}

void pipeline_finish(struct pipeline *p)
{
	p->result->is_unopened = p->sum.is_unopened;
	p->result->is_damaged = p->sum.is_damaged;
	p->result->is_unwritten = p->sum.is_unwritten;
	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		if (!p->sink_failed[i])
			sink_result(p, i, pipeline_tell(p, p->config->sinks[i], true));
	}
	while (p->config->linger && p->config->linger(p->config->ctx)) {
		if (pipeline_asked_stats(p))
			(void)pipeline_tell(p, *p->config->stats, true);
	}
}

uint64_t pipeline_clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Whether the i-th sink wants a summary by now. */
static bool is_due(const struct pipeline *p, size_t i, uint64_t now_ns)
{
	uint64_t every_ns = p->config->sinks[i]->ops->every_ns;

	return every_ns && !p->sink_failed[i] && now_ns - p->told_ns[i] >= every_ns;
}

bool pipeline_is_tick_due(const struct pipeline *p)
{
	uint64_t now_ns = pipeline_clock_ns();

	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		if (is_due(p, i, now_ns))
			return true;
	}
	return false;
}

void pipeline_tick(struct pipeline *p)
{
	uint64_t now_ns = pipeline_clock_ns();

	for (size_t i = 0; i < p->config->sinks_cnt; i++) {
		if (!is_due(p, i, now_ns))
			continue;
		p->told_ns[i] = now_ns;
		sink_result(p, i, pipeline_tell(p, p->config->sinks[i], false));
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

/* Whether lanes could help: what is read is plain files, and large. */
static bool is_worth_lanes(const struct pipeline_config *c)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->files_cnt; i++) {
		uint64_t one = file_plain_bytes(c->files[i]);

		if (!one)
			return false;
		bytes += one;
	}
	return bytes >= LANES_FILE_MIN;
}

static unsigned lanes_of(const struct pipeline_config *c)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned lanes = c->lanes;

	/* What is kept is kept in order; of files, no more is read than the last exchange takes. */
	if (c->write || (c->count && !c->live))
		return 1;
	if (!lanes)
		lanes = c->live || cores < 1 || !is_worth_lanes(c) ? 1 : (unsigned)cores;
	return lanes < LANES_MAX ? lanes : LANES_MAX;
}

struct reader_config pipeline_reader(const struct pipeline *p)
{
	const struct pipeline_live *live = p->config->live;

	return (struct reader_config){
		.pipeline = p->config,
		.seed = p->seed,
		.cnt = p->lanes,
		.capture = live && !live->no_ebpf && !live->no_body_cut ? &p->steer : NULL,
	};
}

static int pipeline_init(struct pipeline *p)
{
	const struct pipeline_live *live = p->config->live;
	size_t inputs = live ? live->devices_cnt : p->config->files_cnt;
	struct judge_config judge = { .platform = p->config->platform,
				      .judged = on_judged,
				      .taken_back = on_taken_back,
				      .cause_opened = on_cause,
				      .ctx = p };

	p->seed = judge.seed = random_seed();
	p->lanes = lanes_of(p->config);
	p->steer = steer_make(&p->ladder);
	p->sink_failed = calloc(p->config->sinks_cnt + 1, sizeof(*p->sink_failed));
	p->told_ns = calloc(p->config->sinks_cnt + 1, sizeof(*p->told_ns));
	p->inputs = calloc(inputs + 1, sizeof(*p->inputs));
	p->per_device = calloc(inputs + 1, sizeof(*p->per_device));
	p->judge = judge_new(&judge);
	if (figures_init(&p->sum, inputs))
		return -ENOMEM;
	return p->sink_failed && p->told_ns && p->inputs && p->per_device && p->judge ? 0 : -ENOMEM;
}

static void pipeline_fini(struct pipeline *p)
{
	pipeline_live_fini(p);
	judge_free(p->judge);
	figures_fini(&p->sum);
	free(p->inputs);
	free(p->per_device);
	free(p->sink_failed);
	free(p->told_ns);
}

int pipeline_run(const struct pipeline_config *config, struct pipeline_result *out, char *why,
		 size_t why_cap)
{
	struct pipeline *p = calloc(1, sizeof(*p));
	int err = -ENOMEM;

	*out = (struct pipeline_result){ 0 };
	snprintf(why, why_cap, "memory is short");
	if (!p)
		return err;
	p->config = config;
	p->result = out;
	err = pipeline_init(p);
	if (!err && config->lanes > 1 && config->write)
		pipeline_say(p, NULL, "-w keeps packets in their order: one lane");
	/* Live, a slow report must not hold up the capture. */
	if (!err && (config->live || p->lanes > 1))
		err = pipeline_read_crew(p, why, why_cap);
	else if (!err)
		err = pipeline_read(p, why, why_cap);
	pipeline_fini(p);
	free(p);
	return err;
}
