/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/metricsfile.h"

#include <stdlib.h>

#include "base/limits.h"
#include "report/metrics.h"
#include "report/replace.h"

struct metricsfile {
	struct sink base;
	const char *path;
	struct measure measure;
};

static struct metricsfile *metricsfile_of(struct sink *s)
{
	return (struct metricsfile *)(void *)s;
}

static int metricsfile_judged(struct sink *s, const struct judgement *j)
{
	measure_add(&metricsfile_of(s)->measure, j);
	return 0;
}

static int metricsfile_taken_back(struct sink *s, const struct takeback *b)
{
	measure_take_back(&metricsfile_of(s)->measure, b);
	return 0;
}

static int metricsfile_finish(struct sink *s, const struct summary *sum)
{
	struct metricsfile *m = metricsfile_of(s);
	const struct metrics all = { .measure = &m->measure, .sum = sum };
	struct replace r;
	struct out o;
	int err = replace_open(&r, m->path);

	if (err)
		return err;
	measure_told(&m->measure, sum);
	err = out_init(&o, r.file);
	if (!err) {
		metrics_write(&o, &all, METRICS_PROMETHEUS);
		err = out_flush(&o);
		out_fini(&o);
	}
	if (!err)
		return replace_commit(&r);
	replace_drop(&r);
	return err;
}

static void metricsfile_close(struct sink *s)
{
	struct metricsfile *m = metricsfile_of(s);

	measure_fini(&m->measure);
	free(m);
}

struct sink *metricsfile_new(const char *path, const unsigned labels[static MEASURE_LABELS])
{
	static const struct sink_ops ops = {
		.name = "metrics",
		.every_ns = METRICS_FILE_NS,
		.judged = metricsfile_judged,
		.taken_back = metricsfile_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = metricsfile_finish,
		.close = metricsfile_close,
	};
	struct metricsfile *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->base.ops = &ops;
	m->path = path;
	if (measure_labels(&m->measure, labels) == 0)
		return &m->base;
	metricsfile_close(&m->base);
	return NULL;
}
