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
#include "evidence.h"
#include "feed.h"
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

	if (p->config->before_output)
		p->config->before_output(p->config->ctx);
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

/* Bytes of the files, when all are regular files, so that nothing must be waited for; else 0. */
static uint64_t amount_of(const struct pipeline_config *c)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < c->files_cnt; i++) {
		uint64_t one = file_bytes(c->files[i]);

		if (!one)
			return 0;
		bytes += one;
	}
	return bytes;
}

/* Of live captures, as many lanes as were asked for. */
static void divide_live(struct pipeline *p)
{
	const struct pipeline_config *c = p->config;

	p->lanes = c->write || !c->lanes ? 1 : c->lanes;
}

/* How many lanes follow the files, and whether a feed reads for them: never where packets are
 * wanted for more than their segments, or are shown as they come. */
static void divide_files(struct pipeline *p)
{
	const struct pipeline_config *c = p->config;
	uint64_t bytes = amount_of(c);
	bool is_large = bytes >= LANES_FILE_MIN;
	long cores = sysconf(_SC_NPROCESSORS_ONLN);

	p->lanes = 1;
	if (!bytes || c->write || c->count || c->replay_speed > 0 ||
	    (c->evidence && evidence_hears(*c->evidence)))
		return;
	/* One core reads, another one judges. */
	if (c->lanes)
		p->lanes = c->lanes;
	else if (is_large && cores > 3)
		p->lanes = (unsigned)cores - 2;
	p->is_fed = is_large || p->lanes > 1;
}

struct reader_config pipeline_reader(const struct pipeline *p)
{
	const struct pipeline_live *live = p->config->live;

	return (struct reader_config){
		.pipeline = p->config,
		.seed = p->seed,
		.cnt = p->lanes,
		.feed = p->feed,
		.capture = live && !live->no_ebpf && !live->no_body_cut ? &p->steer : NULL,
	};
}

static int pipeline_init(struct pipeline *p, char *why, size_t why_cap)
{
	const struct pipeline_live *live = p->config->live;
	size_t inputs = live ? live->devices_cnt : p->config->files_cnt;
	struct judge_config judge = { .platform = p->config->platform,
				      .judged = on_judged,
				      .taken_back = on_taken_back,
				      .cause_opened = on_cause,
				      .ctx = p };

	p->seed = judge.seed = random_seed();
	if (live)
		divide_live(p);
	else
		divide_files(p);
	if (p->lanes > LANES_MAX)
		p->lanes = LANES_MAX;
	p->steer = steer_make(&p->ladder);
	p->sink_failed = calloc(p->config->sinks_cnt + 1, sizeof(*p->sink_failed));
	p->told_ns = calloc(p->config->sinks_cnt + 1, sizeof(*p->told_ns));
	p->inputs = calloc(inputs + 1, sizeof(*p->inputs));
	p->per_device = calloc(inputs + 1, sizeof(*p->per_device));
	p->judge = judge_new(&judge);
	if (figures_init(&p->sum, inputs))
		return -ENOMEM;
	if (!p->sink_failed || !p->told_ns || !p->inputs || !p->per_device || !p->judge)
		return -ENOMEM;
	return p->is_fed ? feed_new(p->config, p->lanes, p->seed, &p->feed, why, why_cap) : 0;
}

static void pipeline_fini(struct pipeline *p)
{
	pipeline_live_fini(p);
	feed_free(p->feed);
	judge_free(p->judge);
	figures_fini(&p->sum);
	free(p->inputs);
	free(p->per_device);
	free(p->sink_failed);
	free(p->told_ns);
}

/* Whether judging and reporting have this thread to themselves. Live, a slow report must not hold
 * up the capture. Of files, it pays for several lanes, and where there is much to report: the way
 * from thread to thread costs a third of a microsecond for each exchange. */
static bool is_told_apart(const struct pipeline *p)
{
	return p->config->live || p->lanes > 1 || (p->is_fed && p->config->sinks_cnt > 1);
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
	err = pipeline_init(p, why, why_cap);
	if (!err && config->lanes > 1 && config->write)
		pipeline_say(p, NULL, "-w keeps packets in their order: one lane");
	if (!err && is_told_apart(p))
		err = pipeline_read_crew(p, why, why_cap);
	else if (!err)
		err = pipeline_read(p, why, why_cap);
	pipeline_fini(p);
	free(p);
	return err;
}
