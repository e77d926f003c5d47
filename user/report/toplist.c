/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/toplist.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/text.h"

/* A value that may become frequent. */
struct watched {
	char text[METRICS_LABEL_VALUE_MAX + 1];
	uint32_t cnt;  /* sightings; of a value that took another's place, that one's too */
	uint32_t over; /* of them, those that were the other's */
};

struct toplist {
	unsigned max, rows_cnt, watched_cnt;
	uint64_t others[TOPLIST_COLUMNS];
	uint64_t overflows;
	struct toplist_row *rows; /* max */
	struct watched *watched;  /* max * METRICS_LABEL_WATCHED */
};

struct toplist *toplist_new(unsigned max)
{
	struct toplist *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->max = max;
	t->rows = calloc(max, sizeof(*t->rows));
	t->watched = calloc((size_t)max * METRICS_LABEL_WATCHED, sizeof(*t->watched));
	if (t->rows && t->watched)
		return t;
	toplist_free(t);
	return NULL;
}

void toplist_free(struct toplist *t)
{
	if (!t)
		return;
	free(t->rows);
	free(t->watched);
	free(t);
}

/* The value as it is shown: whole characters, no controls, cut where it is too long. */
static void value_clean(struct span value, char out[static METRICS_LABEL_VALUE_MAX + 1])
{
	struct text t = text_init(out, METRICS_LABEL_VALUE_MAX + 1);

	text_wire(&t, span_first(value, METRICS_LABEL_VALUE_MAX));
	for (size_t i = 0; i < t.len; i++) {
		if ((unsigned char)out[i] < 0x20 || out[i] == 0x7f)
			out[i] = '?';
	}
}

static struct toplist_row *row_find(struct toplist *t, const char *text)
{
	for (unsigned i = 0; i < t->rows_cnt; i++) {
		if (strcmp(t->rows[i].text, text) == 0)
			return &t->rows[i];
	}
	return NULL;
}

/* Where a value is watched; one that is new there takes a free place, or the rarest one's. */
static struct watched *watch(struct toplist *t, const char *text)
{
	struct watched *rarest = &t->watched[0];

	for (unsigned i = 0; i < t->watched_cnt; i++) {
		if (strcmp(t->watched[i].text, text) == 0)
			return &t->watched[i];
		if (t->watched[i].cnt < rarest->cnt)
			rarest = &t->watched[i];
	}
	if (t->watched_cnt < t->max * METRICS_LABEL_WATCHED)
		rarest = &t->watched[t->watched_cnt++];
	rarest->over = rarest->cnt;
	memcpy(rarest->text, text, sizeof(rarest->text));
	return rarest;
}

static void promote(struct toplist *t, struct watched *w)
{
	memcpy(t->rows[t->rows_cnt++].text, w->text, sizeof(w->text));
	*w = t->watched[--t->watched_cnt];
}

void toplist_count(struct toplist *t, struct span value, unsigned column)
{
	char text[METRICS_LABEL_VALUE_MAX + 1] = "";
	struct toplist_row *row;
	struct watched *w;

	if (!span_is_present(value)) {
		t->others[column]++;
		return;
	}
	value_clean(value, text);
	row = row_find(t, text);
	if (row) {
		row->cnts[column]++;
		return;
	}
	t->others[column]++;
	if (t->rows_cnt == t->max) {
		t->overflows++;
		return;
	}
	w = watch(t, text);
	if (++w->cnt - w->over >= METRICS_LABEL_SIGHTINGS)
		promote(t, w);
}

const struct toplist_row *toplist_rows(const struct toplist *t, unsigned *cnt)
{
	*cnt = t->rows_cnt;
	return t->rows;
}

const uint64_t *toplist_others(const struct toplist *t)
{
	return t->others;
}

uint64_t toplist_overflows(const struct toplist *t)
{
	return t->overflows;
}
