/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/order.h"

#include "base/limits.h"
#include "net/hold.h"
#include "net/seq.h"
#include "net/tcp.h"

/* The hole that keeps a connection's held pieces waiting. */
struct hole {
	unsigned dir;  /* where it is */
	uint32_t end;  /* first sequence number after it; st->next when a piece waits for no byte */
	bool is_acked; /* the receiver has what is missing: the capture lost it */
};

/* Whether a sender who acknowledged ack knew bytes of st that were not delivered yet. Where all
 * of them are skipped, st moves on instead. */
static bool is_ahead(const struct tcp *t, struct stream *st, uint32_t ack)
{
	uint32_t known = st->next + (st->has_fin ? 1 : 0);
	int32_t ahead = seq_distance(known, ack);

	if (!st->is_open || st->has_fin || ahead <= 0 || ahead > (int32_t)NET_WINDOW_MAX)
		return false;
	return !stream_jump(&t->out, st, ack);
}

static bool piece_is_next(const struct tcp *t, struct flow *f, unsigned dir)
{
	struct stream *st = &f->dir[dir];
	struct piece *p = st->held;

	if (!p)
		return false;
	if (seq_before(st->next, p->seq) && !stream_jump(&t->out, st, p->seq))
		return false;
	return !p->has_ack || !is_ahead(t, &f->dir[1 - dir], p->ack);
}

/* Take the direction's first piece out and deliver what of it is new. */
static void deliver_piece(struct tcp *t, struct flow *f, unsigned dir)
{
	struct stream *st = &f->dir[dir];
	uint64_t before = f->held_bytes;
	struct piece *p = hold_pop(&st->held, &f->held_bytes);
	uint32_t old = (uint32_t)(seq_before(p->seq, st->next) ? st->next - p->seq : 0);
	struct stream_bytes b = { .time_ns = p->time_ns, .packet = p->packet };

	t->held -= before - f->held_bytes;
	if (old <= p->len && !st->has_fin) {
		b.data = span_from(span_make(p->data, p->cap), old);
		b.len = p->len - old;
		b.has_fin = p->has_fin;
		stream_deliver(&t->out, f, dir, &b);
	}
	hold_free(p);
}

/* Deliver every piece whose turn has come. The wait begins anew when something moved. */
static void drain(struct tcp *t, struct flow *f)
{
	bool has_moved = true;

	while (has_moved) {
		has_moved = false;
		for (unsigned dir = 0; dir < 2; dir++) {
			while (piece_is_next(t, f, dir)) {
				deliver_piece(t, f, dir);
				has_moved = true;
				f->stall_ns = t->now_ns;
				f->stall_cnt = 0;
			}
		}
	}
	f->is_stalled = f->dir[0].held || f->dir[1].held;
}

static struct hole hole_of(const struct flow *f)
{
	for (unsigned dir = 0; dir < 2; dir++) {
		const struct stream *st = &f->dir[dir], *peer = &f->dir[1 - dir];
		struct hole h = { .dir = dir, .is_acked = true };

		if (!st->held)
			continue;
		if (seq_before(st->next, st->held->seq)) {
			h.end = st->held->seq;
			h.is_acked = st->has_acked && !seq_before(st->acked, h.end);
			return h;
		}
		/* Its turn has come, but for what it acknowledges of the other direction. */
		h.dir = 1 - dir;
		h.end = st->held->ack;
		if (peer->held && seq_before(peer->next, h.end))
			h.end = seq_min(h.end, seq_max(peer->next, peer->held->seq));
		return h;
	}
	return (struct hole){ 0 };
}

/* A hole that was left out on purpose will never be filled: there is nothing to wait for. */
static bool hole_was_cut(const struct tcp *t, const struct flow *f)
{
	struct hole h;

	if (!t->out.capture)
		return false;
	h = hole_of(f);
	return stream_was_cut(&t->out, f, h.dir, h.end);
}

/* Hold s, within the limits. */
static void hold(struct tcp *t, struct flow *f, unsigned dir, uint32_t seq, const struct segment *s)
{
	uint64_t before = f->held_bytes;

	t->out.stats->reordered++;
	switch (hold_add(&f->dir[dir].held, seq, s, &f->held_bytes)) {
	case HOLD_OK: break;
	case HOLD_DIFFERS: t->out.stats->overlap_differs++; break;
	case HOLD_NO_MEMORY: t->out.stats->no_memory++; break;
	}
	t->held += f->held_bytes - before;
	if (!f->is_stalled) {
		f->is_stalled = true;
		f->stall_ns = t->now_ns;
		f->stall_cnt = 0;
	}
	drain(t, f);
	while (f->is_stalled && hole_was_cut(t, f))
		order_give_up(t, f);
	while (f->is_stalled && (f->held_bytes > NET_HOLD_FLOW_MAX || t->held > t->held_max)) {
		t->out.stats->hold_overflows++;
		order_give_up(t, f);
	}
}

/* s brings nothing, or its first bytes do not: which of the harmless kinds is it? */
static void note_copy(struct tcp *t, const struct stream *st, uint32_t seq, const struct segment *s)
{
	if (s->payload_len <= 1 && seq == st->next - 1) {
		t->out.stats->keepalive_probes++;
		return;
	}
	t->out.stats->retransmitted++;
	if (stream_differs(st, seq, s))
		t->out.stats->overlap_differs++;
}

/* s without the bytes before next. False when nothing is left. */
static bool trim(struct tcp *t, const struct stream *st, uint32_t *seq, struct segment *s)
{
	uint32_t old = st->next - *seq;
	bool is_fin_next = (s->flags & TCP_FIN) && old == s->payload_len;

	if (old >= s->payload_len && !is_fin_next) {
		note_copy(t, st, *seq, s);
		return false;
	}
	if (!is_fin_next)
		note_copy(t, st, *seq, s);
	s->payload = span_from(s->payload, old);
	s->payload_len -= old;
	s->content = 0;
	*seq = st->next;
	return true;
}

bool order_add(struct tcp *t, struct flow *f, unsigned dir, uint32_t seq, const struct segment *s)
{
	struct stream *st = &f->dir[dir];
	struct segment rest;
	struct stream_bytes b;

	if (st->has_fin) {
		t->out.stats->retransmitted++; /* nothing may follow the end */
		return false;
	}
	if (seq_before(seq, st->next)) {
		rest = *s;
		if (!trim(t, st, &seq, &rest))
			return false;
		s = &rest;
	}
	if (st->held || (seq != st->next && !stream_jump(&t->out, st, seq)) ||
	    ((s->flags & TCP_ACK) && is_ahead(t, &f->dir[1 - dir], s->ack))) {
		hold(t, f, dir, seq, s);
		return false;
	}
	b = (struct stream_bytes){ .data = s->payload,
				   .content = s->content,
				   .len = s->payload_len,
				   .has_fin = s->flags & TCP_FIN,
				   .time_ns = s->time_ns,
				   .packet = s->packet };
	stream_deliver(&t->out, f, dir, &b);
	if (!f->is_stalled)
		return true;
	drain(t, f);
	return false;
}

bool order_is_hopeless(const struct tcp *t, struct flow *f)
{
	uint64_t age_ns = t->now_ns - f->stall_ns;

	f->stall_cnt++;
	if (age_ns >= NET_GAP_AGE_NS)
		return true;
	if (f->stall_cnt < NET_GAP_SEGMENTS && age_ns < NET_GAP_ACKED_NS)
		return false;
	return hole_of(f).is_acked;
}

void order_give_up(struct tcp *t, struct flow *f)
{
	struct hole h;
	struct stream *st;

	if (!f->is_stalled)
		return;
	h = hole_of(f);
	st = &f->dir[h.dir];
	if (seq_before(st->next, h.end))
		stream_lose(&t->out, f, h.dir, h.end - st->next, t->now_ns);
	else
		deliver_piece(t, f, st->held ? h.dir : 1 - h.dir); /* each waits for the other */
	f->stall_ns = t->now_ns;
	f->stall_cnt = 0;
	drain(t, f);
}

void order_give_up_all(struct tcp *t, struct flow *f)
{
	while (f->is_stalled)
		order_give_up(t, f);
}

void order_clear(struct tcp *t, struct flow *f)
{
	t->held -= f->held_bytes;
	for (unsigned dir = 0; dir < 2; dir++)
		hold_clear(&f->dir[dir].held, &f->held_bytes);
	f->is_stalled = false;
}
