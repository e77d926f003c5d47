/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Data lies in one ring of bytes, each packet's in one piece; the rows beside it are a ring, too,
 * and sorted, since numbers rise.
 */
#include "capture/recent.h"

#include <stdlib.h>
#include <string.h>

struct row {
	struct packet packet; /* its data is in bytes[] */
	const char *comment;
};

struct recent {
	struct recent_config config;
	uint8_t *bytes;
	size_t at; /* where the next data goes */
	struct row *rows;
	size_t first, cnt; /* of the rows in use */
};

static struct row *row_at(const struct recent *r, size_t i)
{
	return &r->rows[(r->first + i) % r->config.rows_max];
}

struct recent *recent_new(const struct recent_config *config)
{
	struct recent *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->config = *config;
	r->bytes = malloc(config->bytes);
	r->rows = calloc(config->rows_max, sizeof(*r->rows));
	if (r->bytes && r->rows)
		return r;
	recent_free(r);
	return NULL;
}

void recent_free(struct recent *r)
{
	if (!r)
		return;
	free(r->bytes);
	free(r->rows);
	free(r);
}

static void leave_first(struct recent *r)
{
	struct row *row = row_at(r, 0);

	if (row->comment)
		r->config.leave(r->config.ctx, &row->packet, row->comment);
	r->first = (r->first + 1) % r->config.rows_max;
	r->cnt--;
}

/* True when len bytes from at on would run into the oldest packet's data. */
static bool is_taken(const struct recent *r, size_t at, size_t len)
{
	size_t oldest;

	if (!r->cnt)
		return false;
	oldest = (size_t)(row_at(r, 0)->packet.data - r->bytes);
	return oldest >= at && oldest < at + len;
}

void recent_add(struct recent *r, const struct packet *p)
{
	/* Even no bytes take one, so that no two packets lie at one place. */
	size_t len = p->caplen ? p->caplen : 1;
	struct row *row;

	if (len > r->config.bytes)
		return;
	if (r->at + len > r->config.bytes) {
		/* What lies between here and the end is the oldest. */
		while (is_taken(r, r->at, r->config.bytes - r->at))
			leave_first(r);
		r->at = 0;
	}
	while (r->cnt == r->config.rows_max || is_taken(r, r->at, len))
		leave_first(r);
	row = row_at(r, r->cnt++);
	*row = (struct row){ .packet = *p };
	row->packet.data = r->bytes + r->at;
	if (p->caplen)
		memcpy(r->bytes + r->at, p->data, p->caplen);
	r->at += len;
}

static struct row *row_find(const struct recent *r, uint64_t number)
{
	size_t low = 0, high = r->cnt;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (row_at(r, middle)->packet.number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < r->cnt && row_at(r, low)->packet.number == number ? row_at(r, low) : NULL;
}

const struct packet *recent_find(const struct recent *r, uint64_t number)
{
	const struct row *row = row_find(r, number);

	return row ? &row->packet : NULL;
}

const char **recent_comment(struct recent *r, uint64_t number)
{
	struct row *row = row_find(r, number);

	return row ? &row->comment : NULL;
}

void recent_flush(struct recent *r)
{
	while (r->cnt)
		leave_first(r);
}
