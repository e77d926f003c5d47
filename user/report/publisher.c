/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/publisher.h"

#include <errno.h>
#include <stdlib.h>

#include "report/api.h"
#include "report/board.h"
#include "report/metrics.h"

struct publisher {
	struct sink base;
	struct publisher_config config;
	struct board *board;
};

static struct publisher *publisher_of(struct sink *s)
{
	return (struct publisher *)(void *)s;
}

static int publisher_judged(struct sink *s, const struct judgement *j)
{
	board_add(publisher_of(s)->board, j);
	return 0;
}

static int publisher_taken_back(struct sink *s, const struct takeback *b)
{
	board_take_back(publisher_of(s)->board, b);
	return 0;
}

static void put_metrics(struct edition *e, const struct metrics *m)
{
	metrics_write(edition_open(e, PUBLISHER_METRICS, metrics_type(METRICS_PROMETHEUS)), m,
		      METRICS_PROMETHEUS);
	edition_close(e);
	metrics_write(edition_open(e, PUBLISHER_OPENMETRICS, metrics_type(METRICS_OPENMETRICS)), m,
		      METRICS_OPENMETRICS);
	edition_close(e);
}

static int publisher_finish(struct sink *s, const struct summary *sum)
{
	struct publisher *p = publisher_of(s);
	const struct publisher_config *c = &p->config;
	struct edition *e = edition_new();
	struct api api = { .board = p->board,
			   .sum = sum,
			   .is_live = c->is_live,
			   .now_ns = c->now_ns ? c->now_ns(c->ctx) : 0,
			   .memory_bytes = c->memory_bytes ? c->memory_bytes(c->ctx) : 0 };
	struct metrics metrics = { .measure = &p->board->measure,
				   .sum = sum,
				   .memory_bytes = api.memory_bytes };
	int err;

	if (!e)
		return -ENOMEM;
	board_told(p->board, sum);
	put_metrics(e, &metrics);
	api_write(e, &api);
	err = edition_error(e);
	if (err) {
		edition_free(e);
		return err;
	}
	return c->publish(c->ctx, e, sum->is_final);
}

static void publisher_close(struct sink *s)
{
	struct publisher *p = publisher_of(s);

	board_free(p->board);
	free(p);
}

struct sink *publisher_new(const struct publisher_config *config)
{
	static const struct sink_ops often = {
		.name = "web",
		.every_ns = BOARD_TELL_NS,
		.judged = publisher_judged,
		.taken_back = publisher_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = publisher_finish,
		.close = publisher_close,
	};
	static const struct sink_ops once = {
		.name = "report",
		.judged = publisher_judged,
		.taken_back = publisher_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = publisher_finish,
		.close = publisher_close,
	};
	struct publisher *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->base.ops = config->is_once ? &once : &often;
	p->config = *config;
	p->board = board_new(config->is_live);
	if (p->board && measure_labels(&p->board->measure, config->labels) == 0)
		return &p->base;
	publisher_close(&p->base);
	return NULL;
}
