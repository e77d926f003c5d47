/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/examples.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"

/* Twice as many places as there are causes, so that a search ends soon. */
#define PLACES (CORS_CAUSES_MAX * 2)

struct example {
	uint64_t cause;
	char *text; /* NULL: the place is free */
	size_t len;
};

struct examples {
	void (*write)(struct out *o, const struct exchange *x);
	size_t cnt, bytes;
	struct example places[PLACES];
};

struct examples *examples_new(void (*write)(struct out *o, const struct exchange *x))
{
	struct examples *e = calloc(1, sizeof(*e));

	if (e)
		e->write = write;
	return e;
}

void examples_free(struct examples *e)
{
	for (size_t i = 0; e && i < PLACES; i++)
		free(e->places[i].text);
	free(e);
}

/* The cause's place, or the free one where it would go. The table is never full. */
static size_t place_of(const struct examples *e, uint64_t cause)
{
	size_t i = cause % PLACES;

	while (e->places[i].text && e->places[i].cause != cause)
		i = (i + 1) % PLACES;
	return i;
}

/* The exchange in its form, in memory of its own. */
static int render(const struct examples *e, const struct exchange *x, struct example *out)
{
	FILE *file = open_memstream(&out->text, &out->len);
	struct out o;
	int err = file ? out_init(&o, file) : -ENOMEM;

	if (!err) {
		e->write(&o, x);
		err = out_flush(&o);
		out_fini(&o);
	}
	if (file && fclose(file) != 0 && !err)
		err = -ENOMEM;
	if (err && file) {
		free(out->text);
		out->text = NULL;
	}
	return err;
}

int examples_add(struct examples *e, const struct judgement *j)
{
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		uint64_t cause = j->findings[i].cause;
		struct example *place = &e->places[place_of(e, cause)];
		int err;

		if (place->text || e->cnt == CORS_CAUSES_MAX || e->bytes > EXAMPLES_BYTES_MAX)
			continue;
		err = render(e, j->x, place);
		if (err)
			return err;
		place->cause = cause;
		e->cnt++;
		e->bytes += place->len;
	}
	return 0;
}

struct span examples_get(const struct examples *e, uint64_t cause)
{
	const struct example *place = &e->places[place_of(e, cause)];

	return span_make(place->text, place->text ? place->len : 0);
}
