/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What the tests of HTTP/2 share: a conversation that is written anew for each test, and its
 * exchanges as text.
 */
#ifndef TESTS_HTTP_H2TALK_H
#define TESTS_HTTP_H2TALK_H

#include <stdlib.h>

#include "support/h2frames.h"
#include "talk.h"

struct h2talk {
	struct h2frames *b;
	struct replay_log told;
	struct http_stats stats;
};

/* A fixture of cmocka: *state is a struct h2talk, and its conversation has begun. */
static inline int h2talk_begin(void **state)
{
	struct h2talk *t = calloc(1, sizeof(*t));

	if (!t)
		return -1;
	t->b = h2frames_new();
	h2frames_begin(t->b);
	*state = t;
	return 0;
}

static inline int h2talk_end(void **state)
{
	struct h2talk *t = *state;

	h2frames_free(t->b);
	free(t);
	return 0;
}

/* Nothing was sent. */
static inline void h2talk_anew(struct h2talk *t)
{
	h2frames_free(t->b);
	t->b = h2frames_new();
}

/* Play what was written; the exchanges' lines. */
static inline const char *h2talk_play(struct h2talk *t, const struct replay_plan *plan)
{
	talk_play(t->b->steps, t->b->cnt, plan, &t->told, &t->stats);
	return t->told.text;
}

/* The same, behind an end. */
static inline const char *h2talk_tell(struct h2talk *t, enum chunk_kind end)
{
	h2frames_other(t->b, end, 0, 0);
	return h2talk_play(t, NULL);
}

/* What h2frames_get() and h2frames_ok() give. */
#define H2_ASKED(n)        "GET /" #n " {h /" #n "} v20 [origin:https://a" #n "] > "
#define H2_OK(n)           "200 v20 [vary:" #n "] = response "
#define H2_PAIR(n, stream) H2_ASKED(n) H2_OK(n) "#" #stream "\n"

#endif
