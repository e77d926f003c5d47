/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/shelf.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/hash.h"

/* A document with those that hold it: the edition, and readers. */
struct held {
	struct document d; /* first, so that one is the other */
	unsigned refs;
};

struct edition {
	struct held **rows;
	size_t cnt, cap;
	int err;
	struct out out; /* of the document that is open */
	FILE *stream;
	struct held *open; /* NULL: none */
};

struct shelf {
	pthread_mutex_t lock; /* guards all, and every refs */
	struct edition *edition;
	uint64_t version;
};

static void held_free(struct held *h)
{
	if (!h)
		return;
	free(h->d.path);
	free(h->d.bytes);
	free(h);
}

struct edition *edition_new(void)
{
	struct edition *e = calloc(1, sizeof(*e));

	if (e && out_init(&e->out, NULL) == 0)
		return e;
	free(e);
	return NULL;
}

/* All but the documents. */
static void edition_drop(struct edition *e)
{
	out_fini(&e->out);
	free(e->rows);
	free(e);
}

void edition_free(struct edition *e)
{
	if (!e)
		return;
	if (e->open)
		edition_close(e);
	for (size_t i = 0; i < e->cnt; i++)
		held_free(e->rows[i]);
	edition_drop(e);
}

/* Without a stream, the out has an error, and what is written goes nowhere. */
struct out *edition_open(struct edition *e, const char *path, const char *type)
{
	struct held *h = calloc(1, sizeof(*h));

	e->open = h;
	if (h) {
		h->refs = 1;
		h->d.type = type;
		h->d.path = strdup(path);
		e->stream = open_memstream(&h->d.bytes, &h->d.len);
	}
	e->out.file = e->stream;
	if (!h || !h->d.path || !e->stream) {
		e->err = -ENOMEM;
		e->out.err = -ENOMEM;
	}
	return &e->out;
}

static bool edition_grow(struct edition *e)
{
	size_t cap = e->cap ? e->cap * 2 : 64;
	struct held **rows;

	if (e->cnt < e->cap)
		return true;
	rows = realloc(e->rows, cap * sizeof(struct held *));
	if (!rows)
		return false;
	e->rows = rows;
	e->cap = cap;
	return true;
}

void edition_close(struct edition *e)
{
	struct held *h = e->open;
	int err = e->err;

	if (!err)
		err = out_flush(&e->out);
	if (e->stream && fclose(e->stream) != 0)
		err = -ENOMEM;
	e->stream = NULL;
	e->open = NULL;
	if (!err && !edition_grow(e))
		err = -ENOMEM;
	if (err) {
		e->err = err;
		held_free(h);
		return;
	}
	h->d.hash = hash_bytes(h->d.bytes, h->d.len, 0);
	e->rows[e->cnt++] = h;
}

int edition_error(const struct edition *e)
{
	return e->err;
}

static int by_path(const void *a, const void *b)
{
	const struct held *const *x = a, *const *y = b;

	return strcmp((*x)->d.path, (*y)->d.path);
}

void edition_sort(struct edition *e)
{
	if (e->cnt)
		qsort(e->rows, e->cnt, sizeof(struct held *), by_path);
}

const struct document *edition_at(const struct edition *e, size_t i)
{
	return i < e->cnt ? &e->rows[i]->d : NULL;
}

struct shelf *shelf_new(void)
{
	struct shelf *s = calloc(1, sizeof(*s));

	if (s)
		pthread_mutex_init(&s->lock, NULL);
	return s;
}

void shelf_free(struct shelf *s)
{
	if (!s)
		return;
	edition_free(s->edition);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Give up one hold. What nobody holds any more is freed. With the lock held. */
static void let_go(struct held *h)
{
	if (--h->refs == 0)
		held_free(h);
}

void shelf_publish(struct shelf *s, struct edition *e)
{
	struct edition *old;

	edition_sort(e);
	pthread_mutex_lock(&s->lock);
	old = s->edition;
	s->edition = e;
	s->version++;
	for (size_t i = 0; old && i < old->cnt; i++)
		let_go(old->rows[i]);
	pthread_mutex_unlock(&s->lock);
	if (old)
		edition_drop(old);
}

uint64_t shelf_version(struct shelf *s)
{
	uint64_t version;

	pthread_mutex_lock(&s->lock);
	version = s->version;
	pthread_mutex_unlock(&s->lock);
	return version;
}

const struct document *shelf_get(struct shelf *s, const char *path)
{
	struct held key = { .d = { .path = (char *)(uintptr_t)path } }, *wanted = &key;
	struct held **found = NULL, *h = NULL;

	pthread_mutex_lock(&s->lock);
	if (s->edition && s->edition->cnt)
		found = bsearch(&wanted, s->edition->rows, s->edition->cnt, sizeof(struct held *),
				by_path);
	if (found) {
		h = *found;
		h->refs++;
	}
	pthread_mutex_unlock(&s->lock);
	return h ? &h->d : NULL;
}

void shelf_put(struct shelf *s, const struct document *d)
{
	if (!d)
		return;
	pthread_mutex_lock(&s->lock);
	let_go((struct held *)(uintptr_t)d);
	pthread_mutex_unlock(&s->lock);
}
