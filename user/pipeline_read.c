/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * One lane, in this thread; what it follows is read here, or beside it by a feed.
 */
#include <stdlib.h>

#include "feed.h"
#include "pipeline_part.h"
#include "reader.h"
#include "signals.h"

struct solo {
	struct pipeline *p;
	struct reader reader;
};

static void on_exchange(void *ctx, const struct parcel_key *key, const struct exchange *x)
{
	struct solo *s = ctx;

	(void)key; /* they come in order */
	pipeline_judge(s->p, x);
	if (s->p->config->count && s->p->exchanges == s->p->config->count)
		reader_stop(&s->reader);
}

static void on_say(void *ctx, const char *name, const char *message)
{
	struct solo *s = ctx;

	pipeline_say(s->p, name, message);
}

static bool on_look(void *ctx)
{
	struct solo *s = ctx;
	struct pipeline *p = s->p;
	struct pipeline_progress now = { .name = s->reader.name,
					 .read_bytes = s->reader.intake.read_bytes,
					 .size_bytes = s->reader.intake.size_bytes,
					 .exchanges = p->exchanges,
					 .causes = p->causes,
					 .packets = s->reader.intake.packets };
	bool goes_on = pipeline_look(p, &now);
	bool is_asked = pipeline_asked_stats(p);

	if (is_asked || pipeline_is_tick_due(p))
		figures_take(&p->sum, &s->reader);
	if (is_asked) {
		if (p->config->before_output)
			p->config->before_output(p->config->ctx);
		(void)pipeline_tell(p, *p->config->stats, false);
	}
	pipeline_tick(p);
	if (pipeline_asked_reopen(p))
		keep_reopen(&s->reader.keep);
	return goes_on;
}

int pipeline_read(struct pipeline *p, char *why, size_t why_cap)
{
	static const struct reader_ops ops = { .exchange = on_exchange,
					       .say = on_say,
					       .look = on_look };
	struct solo s = { .p = p };
	struct reader_config config = pipeline_reader(p);
	int err;

	config.ops = &ops;
	config.ctx = &s;
	config.stop = p->config->signals ? &p->config->signals->stop : NULL;
	err = reader_init(&s.reader, &config, why, why_cap);
	if (err)
		goto out_fini;
	if (p->config->write && reader_open_writer(&s.reader)) {
		p->result->is_unopened = true;
		goto out_fini;
	}
	err = p->feed ? feed_start(p->feed) : 0;
	if (err)
		goto out_fini;
	pipeline_tick(p);
	reader_run(&s.reader);
	figures_take(&p->sum, &s.reader);
	pipeline_finish(p);

out_fini:
	reader_fini(&s.reader);
	return err;
}
