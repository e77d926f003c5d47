/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/events.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

/* Bytes of one event. */
#define EVENT_CAP 128

struct reader {
	struct events *events;
	struct MHD_Connection *connection; /* NULL: the place is free */
	uint64_t version;                  /* told last */
	bool is_waiting;                   /* suspended: nothing to tell */
	bool is_beat_due;                  /* a sign of life */
	bool is_ending;
};

struct events {
	pthread_mutex_t lock; /* guards all below */
	struct shelf *shelf;
	uint64_t beat_ns; /* when the last sign of life was due */
	struct reader readers[WEB_EVENTS_MAX];
};

struct events *events_new(struct shelf *shelf)
{
	struct events *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	pthread_mutex_init(&e->lock, NULL);
	e->shelf = shelf;
	return e;
}

void events_free(struct events *e)
{
	if (!e)
		return;
	pthread_mutex_destroy(&e->lock);
	free(e);
}

/* What is to be told now; 0 for nothing. */
static size_t event_write(struct reader *r, char *buf, size_t cap)
{
	uint64_t version = shelf_version(r->events->shelf);
	int n = 0;

	if (version != r->version)
		n = snprintf(buf, cap, "id: %llu\nevent: edition\ndata: %llu\n\n",
			     (unsigned long long)version, (unsigned long long)version);
	else if (r->is_beat_due)
		n = snprintf(buf, cap, ": still here\n\n");
	r->version = version;
	r->is_beat_due = false;
	return n > 0 ? (size_t)n : 0;
}

/* The daemon wants more bytes. With none to give, the connection is put aside. */
static ssize_t on_read(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct reader *r = cls;
	struct events *e = r->events;
	ssize_t result = MHD_CONTENT_READER_END_OF_STREAM;

	(void)pos;
	pthread_mutex_lock(&e->lock);
	if (!r->is_ending && max >= EVENT_CAP) {
		result = (ssize_t)event_write(r, buf, max);
		if (result == 0) {
			r->is_waiting = true;
			MHD_suspend_connection(r->connection);
		}
	}
	pthread_mutex_unlock(&e->lock);
	return result;
}

/* The connection is gone. */
static void on_free(void *cls)
{
	struct reader *r = cls;
	struct events *e = r->events;

	pthread_mutex_lock(&e->lock);
	r->connection = NULL;
	pthread_mutex_unlock(&e->lock);
}

/* A free place, taken; NULL when there is none. */
static struct reader *reader_take(struct events *e, struct MHD_Connection *c)
{
	struct reader *found = NULL;

	pthread_mutex_lock(&e->lock);
	for (unsigned i = 0; i < WEB_EVENTS_MAX && !found; i++) {
		if (!e->readers[i].connection)
			found = &e->readers[i];
	}
	if (found)
		*found = (struct reader){ .events = e, .connection = c, .is_beat_due = true };
	pthread_mutex_unlock(&e->lock);
	return found;
}

struct MHD_Response *events_open(struct events *e, struct MHD_Connection *c)
{
	struct reader *r = reader_take(e, c);
	struct MHD_Response *response;

	if (!r)
		return NULL;
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, on_read, r, on_free);
	if (!response)
		on_free(r);
	return response;
}

static void reader_wake(struct reader *r)
{
	if (!r->connection || !r->is_waiting)
		return;
	r->is_waiting = false;
	MHD_resume_connection(r->connection);
}

void events_wake(struct events *e, uint64_t now_ns)
{
	bool is_beat_due;
	uint64_t version = shelf_version(e->shelf);

	pthread_mutex_lock(&e->lock);
	is_beat_due = now_ns - e->beat_ns >= WEB_BEAT_NS;
	if (is_beat_due)
		e->beat_ns = now_ns;
	for (unsigned i = 0; i < WEB_EVENTS_MAX; i++) {
		struct reader *r = &e->readers[i];

		r->is_beat_due |= is_beat_due;
		if (is_beat_due || r->version != version)
			reader_wake(r);
	}
	pthread_mutex_unlock(&e->lock);
}

void events_end(struct events *e)
{
	pthread_mutex_lock(&e->lock);
	for (unsigned i = 0; i < WEB_EVENTS_MAX; i++) {
		e->readers[i].is_ending = true;
		reader_wake(&e->readers[i]);
	}
	pthread_mutex_unlock(&e->lock);
}
