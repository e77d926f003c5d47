/* SPDX-License-Identifier: BSD-2-Clause */
#include "later.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "http/copy.h"
#include "parcel.h"
#include "report/sink.h"

#define ROW(name, class, help) COUNTER_ROW(later_stats, name, class, help)
static const struct counter counters[] = { LATER_COUNTERS(ROW) };
#undef ROW

/* A judgement that waits. */
struct waiting {
	struct judgement *judgement; /* with room for its own findings only */
	struct parcel *exchange;
	size_t bytes; /* of both */
};

struct later {
	struct sink base;
	struct sink_ops ops; /* with the name of the other sink */
	struct sink *to;
	struct later_stats stats;
	struct counter_group group;
	struct waiting ring[LATER_EXCHANGES];
	size_t first, cnt;
	size_t bytes;          /* of all that wait */
	struct judgement told; /* whole, for the call */
};

static struct later *later_of(struct sink *s)
{
	return (struct later *)(void *)s;
}

static size_t judgement_size(const struct judgement *j)
{
	return offsetof(struct judgement, findings) + j->findings_cnt * sizeof(j->findings[0]);
}

static struct waiting *waiting_at(struct later *l, size_t i)
{
	return &l->ring[(l->first + i) % LATER_EXCHANGES];
}

static void waiting_free(struct waiting *w)
{
	free(w->judgement);
	free(w->exchange);
	*w = (struct waiting){ 0 };
}

/* False when memory is short; then nothing is kept. */
static bool waiting_make(struct waiting *w, const struct judgement *j)
{
	size_t size = judgement_size(j), subjects = 0, exchange = parcel_size(j->x);
	struct copy c;

	for (unsigned i = 0; i < j->findings_cnt; i++)
		subjects += j->findings[i].subject.len;
	w->exchange = malloc(exchange);
	w->judgement = malloc(size + subjects);
	if (!w->exchange || !w->judgement) {
		waiting_free(w);
		return false;
	}
	w->bytes = exchange + size + subjects;
	parcel_make(w->exchange, &(struct parcel_key){ 0 }, j->x);
	memcpy(w->judgement, j, size);
	w->judgement->x = &w->exchange->x;
	c.at = (uint8_t *)w->judgement + size;
	for (unsigned i = 0; i < j->findings_cnt; i++)
		w->judgement->findings[i].subject = copy_span(&c, j->findings[i].subject);
	return true;
}

/* Tell the oldest. */
static int leave(struct later *l)
{
	struct waiting *w = waiting_at(l, 0);
	int err;

	memcpy(&l->told, w->judgement, judgement_size(w->judgement));
	err = l->to->ops->judged(l->to, &l->told);
	l->bytes -= w->bytes;
	waiting_free(w);
	l->first = (l->first + 1) % LATER_EXCHANGES;
	l->cnt--;
	return err;
}

static int later_judged(struct sink *s, const struct judgement *j)
{
	struct later *l = later_of(s);
	int err = l->cnt == LATER_EXCHANGES ? leave(l) : 0;

	if (waiting_make(waiting_at(l, l->cnt), j))
		l->bytes += waiting_at(l, l->cnt++)->bytes;
	else
		l->stats.no_memory++;
	while (!err && l->bytes > LATER_BYTES_MAX)
		err = leave(l);
	return err;
}

/* The latest first: legs end soon after each other. */
static struct judgement *find(struct later *l, const struct takeback *t)
{
	for (size_t i = l->cnt; i--;) {
		struct judgement *j = waiting_at(l, i)->judgement;

		if (j->x->connection == t->connection && j->x->stream == t->stream &&
		    j->x->index == t->index)
			return j;
	}
	return NULL;
}

static int later_taken_back(struct sink *s, const struct takeback *t)
{
	struct later *l = later_of(s);
	struct judgement *j = find(l, t);

	if (!j) {
		l->stats.taken_back_late++;
		return l->to->ops->taken_back(l->to, t);
	}
	j->kind = CORS_KIND_NONE;
	j->verdict = CORS_VERDICT_NONE;
	j->error = j->unknown = NULL;
	j->code = NULL;
	j->findings_cnt = 0;
	return 0;
}

static int later_finish(struct sink *s, const struct summary *sum)
{
	struct later *l = later_of(s);
	int err = 0;

	while (l->cnt && !err)
		err = leave(l);
	return err ? err : l->to->ops->finish(l->to, sum);
}

static void later_close(struct sink *s)
{
	struct later *l = later_of(s);

	/* Of a run that was given up. */
	for (; l->cnt; l->cnt--)
		waiting_free(waiting_at(l, l->cnt - 1));
	l->to->ops->close(l->to);
	free(l);
}

struct sink *later_new(struct sink *to)
{
	struct later *l = to ? calloc(1, sizeof(*l)) : NULL;

	if (!l) {
		sink_close(to);
		return NULL;
	}
	l->to = to;
	l->ops = (struct sink_ops){ .name = to->ops->name,
				    .judged = later_judged,
				    .taken_back = later_taken_back,
				    .cause_opened = sink_ignore_cause,
				    .finish = later_finish,
				    .close = later_close };
	l->base.ops = &l->ops;
	l->group = (struct counter_group){ "report", counters,
					   sizeof(counters) / sizeof(counters[0]), &l->stats };
	l->base.counters = to->counters ? to->counters : &l->group;
	return &l->base;
}
