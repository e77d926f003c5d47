/* SPDX-License-Identifier: BSD-2-Clause */
#include "history.h"

#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/limits.h"
#include "outputs.h"
#include "report/store.h"
#include "report/text.h"
#include "signals.h"

/* Room for a line that names a file and a reason. */
#define WHY_CAP 1024

struct history {
	struct outputs outputs;
	struct signals *signals;
	struct sink *stats; /* for the user's asking, while it is served */
	bool is_unwanted;   /* nobody is left to tell */
};

/* What the read is told: to go on, or to stop without an error of its own. */
#define STOP 1

static int sink_result(struct history *h, size_t i, int err)
{
	if (err && !outputs_fail(&h->outputs, i, err))
		h->is_unwanted = true;
	return h->is_unwanted ? STOP : 0;
}

static int on_judged(void *ctx, const struct judgement *j)
{
	struct history *h = ctx;
	int stop = 0;

	for (size_t i = 0; i < h->outputs.cnt && !stop; i++) {
		struct sink *s = h->outputs.sinks[i];

		if (!h->outputs.rows[i].err)
			stop = sink_result(h, i, s->ops->judged(s, j));
	}
	return stop;
}

static int on_cause(void *ctx, const struct cause *c)
{
	struct history *h = ctx;
	int stop = 0;

	for (size_t i = 0; i < h->outputs.cnt && !stop; i++) {
		struct sink *s = h->outputs.sinks[i];

		if (!h->outputs.rows[i].err)
			stop = sink_result(h, i, s->ops->cause_opened(s, c));
	}
	return stop;
}

static int on_finish(void *ctx, const struct summary *sum)
{
	struct history *h = ctx;

	for (size_t i = 0; i < h->outputs.cnt; i++) {
		struct sink *s = h->outputs.sinks[i];

		if (!h->outputs.rows[i].err)
			(void)sink_result(h, i, s->ops->finish(s, sum));
	}
	while (outputs_linger(&h->outputs, h->signals)) {
		if (h->signals->stats)
			(void)h->stats->ops->finish(h->stats, sum);
		h->signals->stats = 0;
	}
	return 0;
}

/* A bound as a time; fallback where none was given. */
static uint64_t time_of(const struct options_time *t, uint64_t fallback)
{
	uint64_t now_ns = (uint64_t)time(NULL) * NS_PER_S;

	if (!t->is_given)
		return fallback;
	if (!t->is_ago)
		return t->ns;
	return t->ns < now_ns ? now_ns - t->ns : 0;
}

enum exit_code history_run(const struct options *o, struct signals *signals)
{
	struct text_config stats = { .file = stderr, .is_summary_only = true };
	struct history h = { .signals = signals, .stats = text_new(&stats) };
	struct store_replay replay = { .url = o->output.from_store,
				       .since_ns = time_of(&o->output.since, 0),
				       .until_ns = time_of(&o->output.until, INT64_MAX),
				       .judged = on_judged,
				       .cause_opened = on_cause,
				       .finish = on_finish,
				       .ctx = &h };
	enum exit_code output;
	bool is_failing;
	char why[WHY_CAP];
	int err = outputs_init(&h.outputs, o, why, sizeof(why));

	if (!err && !h.stats) {
		snprintf(why, sizeof(why), "memory is short");
		err = -ENOMEM;
	}
	if (!err)
		err = outputs_open(&h.outputs, why, sizeof(why));
	if (!err)
		err = store_read(&replay, why, sizeof(why));
	is_failing = !err && outputs_is_failing(&h.outputs);
	output = outputs_close(&h.outputs);
	sink_close(h.stats);
	if (err && err != STOP) {
		tell(NULL, why);
		return EXIT_INPUT;
	}
	if (output != EXIT_OK)
		return output;
	return is_failing ? EXIT_FINDINGS : EXIT_OK;
}
