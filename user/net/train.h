/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * train: segments that follow each other, with nothing of another connection between. Shared by
 * decode.h's module and by nobody else.
 *
 * The segments of a message come one behind the other, and their receiver acknowledges every other
 * one. Whoever follows the connection need not look at any of them on its own (after header
 * prediction: Jacobson, "4BSD TCP header prediction", 1990).
 */
#ifndef NET_TRAIN_H
#define NET_TRAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "net/decode.h"
#include "net/seq.h"

struct train {
	struct endpoint src, dst; /* of the data */
	uint64_t ends_hash;
	uint32_t next, ack; /* sequence numbers after the last segment, and of the other side */
	uint32_t acked;     /* what the other side has acknowledged */
	bool is_on;     /* the last segment was data and nothing else; what came since went on */
	bool has_acked; /* acked is known */
};

/* Whether a segment says nothing but its payload. */
static inline bool train_is_data(const struct segment *s)
{
	return s->payload_len && (s->flags & ~TCP_PSH) == TCP_ACK;
}

/* Or nothing but what its sender has. */
static inline bool train_is_ack(const struct segment *s)
{
	return !s->payload_len && s->flags == TCP_ACK;
}

static inline bool train_has(const struct train *t, const struct segment *s)
{
	return s->seq == t->next && s->ack == t->ack && endpoint_eq(&s->src, &t->src) &&
	       endpoint_eq(&s->dst, &t->dst);
}

/* Whether s acknowledges bytes of the train which were seen, no longer ago than a window, and no
 * fewer than before. */
static inline bool train_is_acked(const struct train *t, const struct segment *s)
{
	return t->next - s->ack <= NET_WINDOW_MAX &&
	       !(t->has_acked && seq_before(s->ack, t->acked)) && endpoint_eq(&s->src, &t->dst) &&
	       endpoint_eq(&s->dst, &t->src);
}

/* The next segment: whether it goes on is put down in it. */
static inline void train_follow(struct train *t, struct segment *s)
{
	bool may_go_on = t->is_on && s->ends_hash == t->ends_hash;

	if (train_is_data(s)) {
		s->goes_on = may_go_on && train_has(t, s);
		if (!s->goes_on) {
			t->src = s->src;
			t->dst = s->dst;
			t->ends_hash = s->ends_hash;
			t->ack = s->ack;
			t->has_acked = false;
		}
		t->next = s->seq + s->payload_len;
		t->is_on = true;
		return;
	}
	s->goes_on = may_go_on && train_is_ack(s) && train_is_acked(t, s);
	t->is_on = t->has_acked = s->goes_on;
	t->acked = s->ack;
}

#endif
