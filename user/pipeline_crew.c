/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Several lanes, each on a thread of its own; this thread judges what they tell, in the order that
 * one lane would tell it in, and reports.
 */
#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "cors/judge.h"
#include "feed.h"
#include "pipeline_part.h"
#include "pipeline_tls.h"
#include "worker.h"

/* Exchanges judged between two looks at everything else. */
#define BATCH 256

struct crew {
	struct pipeline *p;
	struct bell bell;
	struct worker *workers;
	struct merge_lane *merge;
	size_t cnt;          /* workers that were begun, to be ended with worker_fini() */
	size_t merge_cnt;    /* these, and the probes, if there are any */
	bool is_over;        /* nothing more is wanted */
	bool is_stats_asked; /* by the user */
	bool is_asked;       /* every worker, and not all have answered */
};

static bool is_live(const struct crew *c)
{
	return c->p->config->live != NULL;
}

/* Judge what is known to be next. False when nothing is. */
static bool judge_some(struct crew *c)
{
	for (unsigned n = 0; n < BATCH; n++) {
		size_t from;
		const struct parcel *x = merge_next(c->merge, c->merge_cnt, &from);

		if (!x)
			return n != 0;
		if (x->missed)
			judge_missed(c->p->judge, x->x.end_ns);
		pipeline_judge(c->p, &x->x);
		ring_drop(c->merge[from].ring);
	}
	return true;
}

static void stop(struct crew *c)
{
	c->is_over = true;
	if (c->p->feed)
		feed_stop(c->p->feed);
	for (size_t i = 0; i < c->cnt; i++)
		reader_stop(&c->workers[i].reader);
}

static uint64_t dropped(const struct crew *c)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < c->cnt; i++)
		sum += atomic_load_explicit(&c->workers[i].dropped, memory_order_relaxed);
	return sum + (c->p->tls ? c->p->tls->dropped : 0);
}

static struct pipeline_progress progress(const struct crew *c)
{
	const struct worker *first = &c->workers[0];
	struct pipeline_progress now = {
		.name = atomic_load_explicit(&first->name, memory_order_relaxed),
		.read_bytes = atomic_load_explicit(&first->read_bytes, memory_order_relaxed),
		.size_bytes = atomic_load_explicit(&first->size_bytes, memory_order_relaxed),
		.exchanges = c->p->exchanges,
		.causes = c->p->causes,
		.packets = atomic_load_explicit(&first->packets, memory_order_relaxed),
		.dropped = dropped(c)
	};

	/* Nothing but probes. */
	if (!now.name && c->p->tls)
		now.name = "tls";
	for (size_t i = 0; i < c->cnt; i++) {
		const struct worker *w = &c->workers[i];

		now.dropped += atomic_load_explicit(&w->lost, memory_order_relaxed);
		if (i && is_live(c))
			now.packets += atomic_load_explicit(&w->packets, memory_order_relaxed);
	}
	return now;
}

/* The sum of all figures, once every worker has answered. */
static bool sum_up(struct crew *c)
{
	c->p->lanes_stats.dropped = dropped(c);
	for (size_t i = 0; i < c->cnt; i++) {
		if (!worker_has_figures(&c->workers[i], &c->p->sum, i == 0, !is_live(c)))
			return false;
	}
	return true;
}

static void ask_figures(struct crew *c)
{
	for (size_t i = 0; i < c->cnt; i++)
		worker_ask(&c->workers[i]);
}

/* The sum is up to date: tell who waits for it. */
static void tell_figures(struct crew *c)
{
	struct pipeline *p = c->p;

	if (c->is_stats_asked) {
		c->is_stats_asked = false;
		if (p->config->before_output)
			p->config->before_output(p->config->ctx);
		(void)pipeline_tell(p, *p->config->stats, false);
	}
	pipeline_tick(p);
}

/* What the workers have to say to people. */
static void say(struct crew *c)
{
	for (size_t i = 0; i < c->cnt; i++)
		worker_say(&c->workers[i], pipeline_say, c->p);
}

/* Everything but judging. */
static void look(struct crew *c)
{
	struct pipeline *p = c->p;
	struct pipeline_progress now = progress(c);

	say(c);
	if (now.name && !pipeline_look(p, &now) && !c->is_over)
		stop(c);
	c->is_stats_asked |= pipeline_asked_stats(p);
	if (!c->is_asked && (c->is_stats_asked || pipeline_is_tick_due(p))) {
		ask_figures(c);
		c->is_asked = true;
	}
	if (c->is_asked && sum_up(c)) {
		c->is_asked = false;
		tell_figures(c);
	}
	if (pipeline_asked_reopen(p))
		atomic_store(&c->workers[0].is_reopen_asked, true);
}

/* Whether every worker is. Probes beside packets end with these, alone when nobody wants more. */
static bool are_done(struct crew *c)
{
	bool has_packets = !is_live(c) || c->p->config->live->devices_cnt;

	for (size_t i = 0; i < c->cnt; i++) {
		if (!atomic_load(&c->workers[i].is_done))
			return false;
	}
	if (!c->p->tls)
		return true;
	if (has_packets || c->is_over)
		pipeline_tls_finish(c->p->tls);
	return c->p->tls->is_done;
}

/* How long there may be nothing to do. */
static unsigned wait_ms(const struct crew *c)
{
	return c->p->tls ? PROBE_LOOK_MS : is_live(c) ? CAPTURE_IDLE_MS : LANES_WAIT_MS;
}

static void judge_all(struct crew *c)
{
	for (;;) {
		/* Looked at before the rings are: nothing comes after it. */
		bool is_last = are_done(c);
		bool is_busy;

		if (c->p->tls)
			pipeline_tls_look(c->p->tls);
		bell_arm(&c->bell);
		is_busy = judge_some(c);
		look(c);
		if (is_busy)
			continue;
		if (is_last)
			return;
		bell_wait(&c->bell, wait_ms(c));
	}
}

/* Every lane with its interfaces, before the rights to open them are given up. */
static int open_live(struct crew *c)
{
	/* The probes' process is parted from this one before there are packet sockets. */
	int err = pipeline_tls_open(c->p, &c->p->tls);

	if (!err && c->p->tls)
		c->merge[c->merge_cnt++] = (struct merge_lane){ .ring = &c->p->tls->ring,
								.passed = &c->p->tls->passed };
	for (size_t i = 0; i < c->cnt && !err; i++)
		err = pipeline_open_devices(c->p, &c->workers[i].reader);
	return err ? err : pipeline_opened(c->p);
}

static int crew_init(struct crew *c, char *why, size_t why_cap)
{
	struct reader_config config = pipeline_reader(c->p);
	int err = bell_init(&c->bell);

	/* In lines of the cache of their own: see struct worker. */
	c->workers = aligned_alloc(64, c->p->lanes * sizeof(*c->workers));
	c->merge = calloc(c->p->lanes + 1, sizeof(*c->merge));
	if (!err && (!c->workers || !c->merge))
		err = -ENOMEM;
	for (unsigned i = 0; i < c->p->lanes && !err; i++) {
		struct worker *w = &c->workers[i];

		config.index = i;
		err = worker_init(w, &config, &c->bell, why, why_cap);
		c->merge[c->cnt++] = (struct merge_lane){ .ring = &w->ring, .passed = &w->passed };
	}
	c->merge_cnt = c->cnt;
	return err;
}

static void crew_fini(struct crew *c)
{
	for (size_t i = 0; i < c->cnt; i++)
		worker_fini(&c->workers[i]);
	free(c->workers);
	free(c->merge);
	bell_fini(&c->bell);
}

/* Start all; judge what they tell until they end. */
static int crew_run(struct crew *c)
{
	int err = c->p->feed ? feed_start(c->p->feed) : 0;

	pipeline_tick(c->p);
	for (size_t i = 0; i < c->cnt && !err; i++)
		err = worker_start(&c->workers[i]);
	if (err)
		stop(c);
	else
		judge_all(c);
	for (size_t i = 0; i < c->cnt; i++)
		worker_join(&c->workers[i]);
	return err;
}

int pipeline_read_crew(struct pipeline *p, char *why, size_t why_cap)
{
	struct crew c = { .p = p };
	int err = crew_init(&c, why, why_cap);

	if (err)
		goto out_fini;
	if ((p->config->live && open_live(&c)) ||
	    (p->config->write && reader_open_writer(&c.workers[0].reader))) {
		/* The sinks may not be there yet. */
		say(&c);
		p->result->is_unopened = true;
		goto out_fini;
	}
	err = crew_run(&c);
	if (err)
		goto out_fini;
	ask_figures(&c);
	(void)sum_up(&c);
	look(&c);
	pipeline_finish(p);

out_fini:
	crew_fini(&c);
	return err;
}
