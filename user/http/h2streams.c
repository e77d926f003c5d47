/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/h2streams.h"

static struct h2stream *rows(const struct h2streams *t)
{
	return (struct h2stream *)(void *)t->rows->bytes;
}

void h2streams_fini(struct h2streams *t, struct pool *p)
{
	for (uint32_t i = 0; i < t->cnt; i++)
		waiting_free(p, rows(t)[i].request);
	pool_give(p, t->rows);
	*t = (struct h2streams){ 0 };
}

/* The first row whose id is not below id. */
static uint32_t place(const struct h2streams *t, uint32_t id)
{
	uint32_t low = 0, high = t->cnt;

	/* A new stream comes last, a response mostly answers one of the oldest. */
	if (high && rows(t)[high - 1].id < id)
		return high;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (rows(t)[mid].id < id)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

bool h2streams_add(struct h2streams *t, struct pool *p, uint32_t id, struct waiting *w)
{
	uint32_t at = place(t, id);
	size_t used = t->cnt * sizeof(struct h2stream);
	struct block *b;

	if (t->cnt == HTTP_STREAMS_MAX || (at < t->cnt && rows(t)[at].id == id))
		return false;
	b = pool_grow(p, t->rows, used, used + sizeof(struct h2stream));
	if (!b)
		return false;
	t->rows = b;
	memmove(&rows(t)[at + 1], &rows(t)[at], (t->cnt - at) * sizeof(struct h2stream));
	rows(t)[at] = (struct h2stream){ .id = id, .request = w };
	t->cnt++;
	return true;
}

struct h2stream *h2streams_find(const struct h2streams *t, uint32_t id)
{
	uint32_t at = place(t, id);

	return at < t->cnt && rows(t)[at].id == id ? &rows(t)[at] : NULL;
}

struct h2stream *h2streams_at(const struct h2streams *t, uint32_t i)
{
	return &rows(t)[i];
}

struct waiting *h2streams_take(struct h2streams *t, struct h2stream *row)
{
	struct waiting *w = row->request;
	uint32_t after = t->cnt - (uint32_t)(row - rows(t)) - 1;

	memmove(row, row + 1, after * sizeof(*row));
	t->cnt--;
	return w;
}
