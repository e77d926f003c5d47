/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * worker: a reader with its lane on a thread of its own.
 *
 * In:   what the reader reads.
 * Out:  parcels in a ring, lines for people, figures when they are asked for.
 *
 * The other thread, one and always the same, takes these. Only worker_start() and worker_join()
 * part what the one may touch from what the other may: before and after, all is the caller's.
 */
#ifndef WORKER_H
#define WORKER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "bell.h"
#include "figures.h"
#include "merge.h"
#include "reader.h"
#include "ring.h"

struct worker_line;

struct worker {
	struct reader reader; /* the thread's own while it runs */
	pthread_t thread;
	bool is_running;
	bool is_live; /* never wait for the other thread: drop, and count */
	struct bell *bell;
	struct ring ring;
	atomic_bool is_reopen_asked; /* of the file of -w */
	atomic_bool is_done;
	/* For whoever shows how it goes on: */
	const char *_Atomic name; /* of the input */
	_Atomic uint64_t read_bytes, size_bytes, packets, lost;
	_Atomic uint64_t dropped; /* exchanges for which the ring had no room */
	uint64_t missed;          /* the same, since the last parcel */
	pthread_mutex_t lock;     /* over what follows */
	bool is_asked;            /* figures are wanted */
	struct figures figures;   /* as of the last answer */
	struct worker_line *lines, *last_line;
	/* Apart from the rest, since it is written for nearly every packet that is followed. */
	alignas(64) _Atomic uint64_t passed;
	char pad[64];
};

/* Room and a reader; nothing runs yet. Results as of reader_init(); give it to worker_fini() in
 * either case. What config says of ops and ctx is set here. */
int worker_init(struct worker *w, const struct reader_config *config, struct bell *bell, char *why,
		size_t why_cap);
/* Joined, or never started. */
void worker_fini(struct worker *w);

/* 0 or -errno. */
int worker_start(struct worker *w);
/* Wait for the thread's end, while its ring is emptied no more: it is done, or was stopped. */
void worker_join(struct worker *w);

/* Ask for figures; they are there once worker_has_figures(). */
void worker_ask(struct worker *w);
/* True when the last question was answered: the figures are added to sum, as figures_add() does. */
bool worker_has_figures(struct worker *w, struct figures *sum, bool is_first, bool is_shared);

/* Give the lines for people that have come since the last call to say. */
void worker_say(struct worker *w, void (*say)(void *ctx, const char *name, const char *message),
		void *ctx);

#endif
