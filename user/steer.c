/* SPDX-License-Identifier: BSD-2-Clause */
#include "steer.h"

#include <string.h>

#include "capture/ladder.h"

static struct prefilter_flow flow_of(const struct endpoint *src, const struct endpoint *dst)
{
	struct prefilter_flow f = { .sport = src->port, .dport = dst->port };

	memcpy(f.src, src->addr.bytes, sizeof(f.src));
	memcpy(f.dst, dst->addr.bytes, sizeof(f.dst));
	return f;
}

/* The programs in force. A connection is in the memory of the one that saw it. */
static size_t programs(void *ctx, struct prefilter *out[static LADDER_PROGRAMS])
{
	const struct ladder *l = *(struct ladder *const *)ctx;

	return l ? ladder_prefilters(l, out) : 0;
}

static bool was_cut(void *ctx, const struct endpoint *src, const struct endpoint *dst,
		    uint32_t from, uint32_t until)
{
	struct prefilter_flow flow = flow_of(src, dst);
	struct prefilter *p[LADDER_PROGRAMS];
	size_t cnt = programs(ctx, p);

	for (size_t i = 0; i < cnt; i++) {
		enum prefilter_gap gap = prefilter_gap(p[i], &flow, from, until);

		/* The packets that are read are older than the filter's memory, by some responses
		 * of a fast connection: what it has forgotten would wait here for bytes that never
		 * come. */
		if (gap == PREFILTER_GAP_CUT || gap == PREFILTER_GAP_FORGOTTEN)
			return true;
	}
	return false;
}

static enum prefilter_hint hint_of(enum connection_want want)
{
	switch (want) {
	case CONNECTION_WANT_ALL: return PREFILTER_HINT_FULL;
	case CONNECTION_WANT_NOTHING: return PREFILTER_HINT_IGNORE;
	case CONNECTION_WANT_HEADS: break;
	}
	return PREFILTER_HINT_NONE;
}

/* A hint that is lost, or comes late, costs time only, but for FULL: then bytes are missing, and
 * net is told that they were cut. */
static void want(void *ctx, const struct connection *conn, const uint32_t first[2],
		 const bool has_first[2])
{
	enum prefilter_hint hint = hint_of(conn->want);
	struct prefilter *p[LADDER_PROGRAMS];
	size_t cnt = programs(ctx, p);

	for (int dir = 0; dir < 2; dir++) {
		struct prefilter_flow flow = flow_of(&conn->ends[dir], &conn->ends[!dir]);

		/* IGNORE must not outlive the connection, which its first number names. */
		if (!has_first[dir] && hint == PREFILTER_HINT_IGNORE)
			continue;
		for (size_t i = 0; i < cnt; i++)
			(void)prefilter_hint(p[i], &flow, first[dir], hint);
	}
}

struct net_capture steer_make(struct ladder *const *ladder)
{
	return (struct net_capture){ .was_cut = was_cut,
				     .want = want,
				     .ctx = (void *)(uintptr_t)ladder };
}
