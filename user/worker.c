/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "pipeline.h"
#include "thread.h"

_Static_assert(LANES_RING >= 2 * (PARCEL_MAX + RING_ALIGN), "every parcel finds room");

/* A line for people. */
struct worker_line {
	struct worker_line *next;
	const char *name; /* lives as long as the run; or NULL */
	char message[];
};

/* Read files wait for the other thread; looking so often costs nothing that could be seen. */
static void ring_wait(void)
{
	nanosleep(&(struct timespec){ .tv_nsec = LANES_WAIT_NS }, NULL);
}

/* Room for a parcel; NULL when it is to be dropped. */
static struct parcel *parcel_room(struct worker *w, size_t size)
{
	struct parcel *p;

	/* What is longer would never find room. */
	if (size > PARCEL_MAX)
		return NULL;
	p = ring_reserve(&w->ring, size);
	while (!p && !w->is_live) {
		bell_ring(w->bell);
		ring_wait();
		p = ring_reserve(&w->ring, size);
	}
	return p;
}

static void on_exchange(void *ctx, const struct parcel_key *key, const struct exchange *x)
{
	struct worker *w = ctx;
	struct parcel *p = parcel_room(w, parcel_size(x));

	if (!p) {
		w->missed++;
		atomic_fetch_add_explicit(&w->dropped, 1, memory_order_relaxed);
		return;
	}
	parcel_make(p, key, x);
	p->missed = w->missed;
	w->missed = 0;
	ring_commit(&w->ring);
	if (ring_is_half_full(&w->ring))
		bell_ring(w->bell);
}

static void on_passed(void *ctx, uint64_t at)
{
	struct worker *w = ctx;

	atomic_store_explicit(&w->passed, at, memory_order_release);
}

/* What several lanes have to say is the same: the first one says it. */
static void on_say(void *ctx, const char *name, const char *message)
{
	struct worker *w = ctx;
	struct worker_line *l;

	if (w->reader.config.index)
		return;
	l = malloc(sizeof(*l) + strlen(message) + 1);
	if (!l)
		return;
	*l = (struct worker_line){ .name = name };
	strcpy(l->message, message);
	pthread_mutex_lock(&w->lock);
	if (w->last_line)
		w->last_line->next = l;
	else
		w->lines = l;
	w->last_line = l;
	pthread_mutex_unlock(&w->lock);
}

/* The figures, if they were asked for. */
static void answer(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	if (w->is_asked)
		figures_take(&w->figures, &w->reader);
	w->is_asked = false;
	pthread_mutex_unlock(&w->lock);
}

static uint64_t lost_of(struct reader *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < r->inputs_cnt; i++) {
		const struct device_stats *s =
			r->inputs[i].device ? device_stats(r->inputs[i].device) : NULL;

		sum += s ? s->ring_dropped + s->interface_dropped : 0;
	}
	return sum;
}

static bool on_look(void *ctx)
{
	struct worker *w = ctx;
	const struct reader *r = &w->reader;

	atomic_store_explicit(&w->name, r->name, memory_order_relaxed);
	atomic_store_explicit(&w->read_bytes, r->intake.read_bytes, memory_order_relaxed);
	atomic_store_explicit(&w->size_bytes, r->intake.size_bytes, memory_order_relaxed);
	atomic_store_explicit(&w->packets, r->intake.packets, memory_order_relaxed);
	atomic_store_explicit(&w->lost, lost_of(&w->reader), memory_order_relaxed);
	if (atomic_exchange(&w->is_reopen_asked, false))
		keep_reopen(&w->reader.keep);
	answer(w);
	bell_ring(w->bell);
	return true;
}

int worker_init(struct worker *w, const struct reader_config *config, struct bell *bell, char *why,
		size_t why_cap)
{
	static const struct reader_ops ops = {
		.exchange = on_exchange, .passed = on_passed, .say = on_say, .look = on_look
	};
	const struct pipeline_config *p = config->pipeline;
	struct reader_config reader = *config;
	int err;

	memset(w, 0, sizeof(*w));
	reader.ops = &ops;
	reader.ctx = w;
	w->bell = bell;
	w->is_live = p->live != NULL;
	pthread_mutex_init(&w->lock, NULL);
	err = reader_init(&w->reader, &reader, why, why_cap);
	if (!err)
		err = ring_init(&w->ring, LANES_RING);
	if (!err)
		err = figures_init(&w->figures, p->live ? p->live->devices_cnt : p->files_cnt);
	return err;
}

void worker_fini(struct worker *w)
{
	while (w->lines) {
		struct worker_line *next = w->lines->next;

		free(w->lines);
		w->lines = next;
	}
	figures_fini(&w->figures);
	ring_fini(&w->ring);
	reader_fini(&w->reader);
	pthread_mutex_destroy(&w->lock);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	reader_run(&w->reader);
	answer(w);
	atomic_store(&w->is_done, true);
	bell_ring(w->bell);
	return NULL;
}

int worker_start(struct worker *w)
{
	int err = thread_begin(&w->thread, work, w);

	w->is_running = !err;
	return err;
}

void worker_join(struct worker *w)
{
	if (w->is_running)
		pthread_join(w->thread, NULL);
	w->is_running = false;
}

void worker_ask(struct worker *w)
{
	pthread_mutex_lock(&w->lock);
	w->is_asked = true;
	/* Nobody else answers any more. */
	if (atomic_load(&w->is_done)) {
		figures_take(&w->figures, &w->reader);
		w->is_asked = false;
	}
	pthread_mutex_unlock(&w->lock);
}

bool worker_has_figures(struct worker *w, struct figures *sum, bool is_first, bool is_shared)
{
	bool is_there;

	pthread_mutex_lock(&w->lock);
	/* It may have ended just after it was asked. */
	if (w->is_asked && atomic_load(&w->is_done)) {
		figures_take(&w->figures, &w->reader);
		w->is_asked = false;
	}
	is_there = !w->is_asked;
	if (is_there)
		figures_add(sum, &w->figures, is_first, is_shared);
	pthread_mutex_unlock(&w->lock);
	return is_there;
}

void worker_say(struct worker *w, void (*say)(void *ctx, const char *name, const char *message),
		void *ctx)
{
	struct worker_line *lines, *next;

	pthread_mutex_lock(&w->lock);
	lines = w->lines;
	w->lines = w->last_line = NULL;
	pthread_mutex_unlock(&w->lock);
	for (; lines; lines = next) {
		next = lines->next;
		say(ctx, lines->name, lines->message);
		free(lines);
	}
}
