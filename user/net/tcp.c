/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/tcp.h"

#include "base/limits.h"
#include "net/hold.h"
#include "net/order.h"
#include "net/seq.h"

int tcp_init(struct tcp *t, const struct net_config *config, struct net_stats *stats)
{
	*t = (struct tcp){ 0 };
	t->out = (struct stream_out){
		.emit = config->emit, .ctx = config->ctx, .capture = config->capture, .stats = stats
	};
	t->held_max = config->hold_max ? config->hold_max : NET_HOLD_TOTAL_MAX;
	wheel_init(&t->wheel, 0);
	return flow_table_init(&t->table, config->flows_max ? config->flows_max : NET_FLOWS_MAX);
}

void tcp_fini(struct tcp *t)
{
	uint32_t next;

	for (uint32_t id = wheel_due(&t->wheel, &t->table, UINT64_MAX); id; id = next) {
		struct flow *f = flow_by_id(&t->table, id);

		next = f->wheel_next;
		order_clear(t, f);
	}
	flow_table_fini(&t->table);
}

/* When f is to be looked at if nothing more comes of it. */
static uint64_t flow_due(const struct flow *f)
{
	uint64_t due;

	switch (f->state) {
	case FLOW_SYN: return f->last_ns + NET_FLOW_SYN_NS;
	case FLOW_CLOSED: return f->last_ns + NET_FLOW_CLOSED_NS;
	default: due = f->last_ns + (f->reset_ns ? NET_RESET_NS : NET_FLOW_IDLE_NS); break;
	}
	if (f->is_stalled && f->stall_ns + NET_GAP_AGE_NS < due)
		due = f->stall_ns + NET_GAP_AGE_NS;
	return due;
}

/* Look at f when it is due, though that may now be sooner than it was. */
static void flow_schedule(struct tcp *t, struct flow *f)
{
	wheel_remove(&t->wheel, &t->table, f);
	wheel_add(&t->wheel, &t->table, f, flow_due(f));
}

/* Tell the end of f, with all that is still held before it. */
static void flow_tell_end(struct tcp *t, struct flow *f, const struct chunk *end)
{
	order_give_up_all(t, f);
	if (f->is_told)
		t->out.emit(t->out.ctx, &f->conn, end);
	f->is_told = false;
	f->conn.consumer = NULL;
	f->state = FLOW_CLOSED;
}

/* f, which is in no wheel slot, goes out of the table. */
static void flow_drop(struct tcp *t, struct flow *f)
{
	order_clear(t, f);
	flow_remove(&t->table, f);
}

/* f makes way: for another connection between its ports, or because too many are open. */
static void flow_evict(struct tcp *t, struct flow *f)
{
	struct chunk end = { .kind = CHUNK_EVICTED, .time_ns = t->now_ns };

	wheel_remove(&t->wheel, &t->table, f);
	if (f->state != FLOW_CLOSED)
		flow_tell_end(t, f, &end);
	flow_drop(t, f);
}

/* Make room for one flow: the one that is due first goes. */
static void table_make_room(struct tcp *t)
{
	struct flow *f = NULL;

	/* A flow's slot may be stale, since busy flows are not moved: give a few another look. */
	for (unsigned tries = 0; tries < NET_EVICT_TRIES; tries++) {
		f = wheel_next(&t->wheel, &t->table);
		if (!f || flow_due(f) / NS_PER_S <= t->wheel.now_s + 1)
			break;
		flow_schedule(t, f);
	}
	if (!f)
		return;
	if (f->state != FLOW_CLOSED)
		t->out.stats->connections_evicted++;
	flow_evict(t, f);
}

/* A new flow whose ends[dir] sent s. NULL when there is no memory for it. */
static struct flow *flow_begin(struct tcp *t, const struct segment *s, unsigned dir,
			       enum flow_state state)
{
	struct flow *f;

	if (t->table.cnt >= t->table.max)
		table_make_room(t);
	f = flow_add(&t->table, s, dir);
	if (!f) {
		t->out.stats->no_memory++;
		return NULL;
	}
	f->state = (uint8_t)state;
	f->last_ns = t->now_ns;
	wheel_add(&t->wheel, &t->table, f, flow_due(f));
	t->out.stats->connections++;
	return f;
}

/* A connection that began with the SYN, or the SYN and ACK, in s. */
static struct flow *flow_begin_syn(struct tcp *t, const struct segment *s, unsigned *dir)
{
	struct flow *f;

	*dir = s->flags & TCP_ACK ? 1 : 0;
	f = flow_begin(t, s, *dir, FLOW_SYN);
	if (!f)
		return NULL;
	f->conn.is_from_start = true;
	stream_open(&f->dir[*dir], s->seq + 1);
	f->dir[*dir].has_syn = true;
	if (s->flags & TCP_ACK) {
		stream_open(&f->dir[0], s->ack);
		f->dir[0].has_syn = true;
	}
	return f;
}

/*
 * The flow that a SYN belongs to: f, when it is a copy of f's own or the other side's half of
 * the handshake; else a new one, since the ports are used again. NULL when it means nothing.
 */
static struct flow *tcp_syn(struct tcp *t, struct flow *f, const struct segment *s, unsigned *dir)
{
	struct stream *st, *peer;

	if (!f)
		return flow_begin_syn(t, s, dir);
	st = &f->dir[*dir];
	peer = &f->dir[1 - *dir];
	if (st->has_syn && st->first == s->seq + 1)
		return f;
	if (f->state != FLOW_CLOSED && !st->is_open && peer->has_syn) {
		/* Half of the handshake, or of a simultaneous open (RFC 9293, 3.5). */
		if ((s->flags & TCP_ACK) && s->ack - peer->first > peer->next - peer->first)
			return NULL; /* a late answer to an earlier connection */
		stream_open(st, s->seq + 1);
		st->has_syn = true;
		return f;
	}
	flow_evict(t, f);
	return flow_begin_syn(t, s, dir);
}

/* The connection is older than the capture, or its beginning was lost. */
static struct flow *tcp_midstream(struct tcp *t, const struct segment *s, unsigned *dir)
{
	struct flow *f;

	if (!s->payload_len || (s->flags & TCP_RST))
		return NULL; /* nothing to follow yet */
	*dir = 0;
	f = flow_begin(t, s, 0, FLOW_OPEN);
	if (f)
		t->out.stats->connections_midstream++;
	return f;
}

/* The receiver of st's bytes has those before ack. */
static void note_acked(struct stream *st, uint32_t ack)
{
	if (!st->has_acked || seq_before(st->acked, ack))
		st->acked = ack;
	st->has_acked = true;
}

/* What s acknowledges of the other direction. */
static void tcp_ack(struct flow *f, unsigned dir, const struct segment *s)
{
	struct stream *st = &f->dir[dir], *peer = &f->dir[1 - dir];
	int32_t ahead;

	if (f->state == FLOW_SYN && !(s->flags & TCP_SYN))
		f->state = FLOW_OPEN;
	if (!peer->is_open && !peer->has_acked && st->has_syn && s->seq == st->first &&
	    !(s->flags & TCP_SYN)) {
		/* The opener's first words after a handshake whose other half was not captured:
		 * what they acknowledge is that half's SYN and nothing else. */
		stream_open(peer, s->ack);
		peer->has_syn = true;
	}
	ahead = peer->is_open ? seq_distance(peer->next, s->ack) : 0;
	if (ahead > (int32_t)NET_WINDOW_MAX)
		return; /* of another connection */
	note_acked(peer, s->ack);
}

/* Where to begin with a direction whose SYN was not captured. */
static void tcp_join(struct tcp *t, struct flow *f, unsigned dir, uint32_t seq)
{
	struct stream *st = &f->dir[dir];
	int32_t missing = st->has_acked ? seq_distance(st->acked, seq) : 0;

	/* What the peer has acknowledged is older than the capture; what it has not may come. */
	stream_open(st, missing > 0 && missing < (int32_t)NET_HOLD_FLOW_MAX ? st->acked : seq);
	stream_lose(&t->out, f, dir, 0, t->now_ns);
}

/*
 * An RST ends a connection when its receiver believes it, which cannot be seen: one with the
 * wrong sequence number is ignored by its receiver, and a forged one may be filtered on its way.
 * So it is believed after a second of silence.
 */
static void tcp_reset(struct tcp *t, struct flow *f, unsigned dir, const struct segment *s)
{
	struct stream *st = &f->dir[dir];
	int32_t off = st->is_open ? seq_distance(st->next, s->seq) : 0;

	if (off < -(int32_t)NET_RESET_WINDOW || off > (int32_t)NET_RESET_WINDOW) {
		t->out.stats->out_of_window++;
		return;
	}
	if (f->state == FLOW_SYN && !f->dir[dir].has_syn)
		t->out.stats->connections_refused++;
	if (!f->reset_ns) {
		f->reset_ns = s->time_ns ? s->time_ns : 1;
		f->reset_dir = (uint8_t)dir;
		f->reset_packet = s->packet;
	}
	flow_schedule(t, f);
}

/* Both sides have said FIN. */
static void tcp_close(struct tcp *t, struct flow *f, unsigned dir, const struct segment *s)
{
	struct chunk end = { .kind = CHUNK_CLOSED,
			     .dir = (uint8_t)dir,
			     .time_ns = s->time_ns,
			     .packet = s->packet };

	flow_tell_end(t, f, &end);
	flow_schedule(t, f);
}

/* True when a closed flow's segment shows that the connection lives, or a new one does. */
static bool tcp_is_news(const struct flow *f, unsigned dir, const struct segment *s)
{
	const struct stream *st = &f->dir[dir];

	return f->was_reset && s->payload_len && !(s->flags & TCP_RST) &&
	       (!st->is_open || seq_before(st->next, s->seq + s->payload_len));
}

/* Whether seq is too far from what the direction has shown so far to belong to it. */
static bool tcp_is_stray(const struct stream *st, uint32_t seq)
{
	int32_t off = st->is_open ? seq_distance(st->next, seq) : 0;

	return off > (int32_t)NET_WINDOW_MAX || off < -(int32_t)NET_WINDOW_MAX;
}

/* The flow that s, whose payload begins at seq, belongs to; NULL when it is to be passed over. */
static struct flow *tcp_flow(struct tcp *t, const struct segment *s, uint32_t seq, unsigned *dir)
{
	struct flow *f = flow_find(&t->table, s, dir);
	struct stream *st;

	if (s->flags & TCP_SYN)
		f = tcp_syn(t, f, s, dir);
	else if (!f)
		return tcp_midstream(t, s, dir);
	if (!f)
		return NULL;
	st = &f->dir[*dir];
	if (f->state == FLOW_CLOSED) {
		if (!tcp_is_news(f, *dir, s)) {
			t->out.stats->retransmitted += s->payload_len != 0;
			return NULL;
		}
	} else if (!s->payload_len || !tcp_is_stray(st, seq)) {
		if (s->payload_len)
			st->strays = 0;
		return f;
	} else {
		t->out.stats->out_of_window++;
		if (++st->strays < NET_STRAYS_MAX)
			return NULL;
	}
	/* The ports are in use again, and the SYN was not captured. */
	flow_evict(t, f);
	return tcp_midstream(t, s, dir);
}

void tcp_segment(struct tcp *t, const struct segment *s)
{
	uint32_t seq = s->seq + (s->flags & TCP_SYN ? 1 : 0);
	unsigned dir = 0;
	struct flow *f;

	t->train = NULL;
	f = tcp_flow(t, s, seq, &dir);
	if (!f)
		return;
	f->last_ns = t->now_ns;
	if (s->flags & TCP_RST) {
		tcp_reset(t, f, dir, s);
		return;
	}
	if (s->flags & TCP_ACK)
		tcp_ack(f, dir, s);
	if (s->payload_len || (s->flags & TCP_FIN)) {
		f->state = FLOW_OPEN;
		if (!f->dir[dir].is_open)
			tcp_join(t, f, dir, seq);
		if (order_add(t, f, dir, seq, s)) {
			t->train = f;
			t->train_dir = dir;
		}
	}
	if (f->is_stalled && order_is_hopeless(t, f))
		order_give_up(t, f);
	if (f->is_stalled != f->is_stall_scheduled) {
		f->is_stall_scheduled = f->is_stalled;
		flow_schedule(t, f);
	}
	if (f->dir[0].has_fin && f->dir[1].has_fin)
		tcp_close(t, f, dir, s);
}

bool tcp_may_pass(const struct tcp *t, uint32_t len)
{
	return t->train && t->train->dir[t->train_dir].skip >= len;
}

void tcp_pass(struct tcp *t, const struct net_train *train)
{
	struct flow *f = t->train;

	f->last_ns = t->now_ns;
	stream_pass(&t->out, f, t->train_dir, train->bytes);
	if (train->has_ack)
		note_acked(&f->dir[t->train_dir], train->ack);
}

/* What an RST that nothing contradicted says of the end. */
static struct chunk reset_chunk(struct tcp *t, const struct flow *f)
{
	t->out.stats->connections_reset++;
	return (struct chunk){ .kind = CHUNK_RESET,
			       .dir = f->reset_dir,
			       .time_ns = f->reset_ns,
			       .packet = f->reset_packet };
}

/* f's time has come; it is in no slot. */
static void tcp_due(struct tcp *t, struct flow *f)
{
	struct chunk end = { .time_ns = t->now_ns };

	if (f->state == FLOW_CLOSED || f->state == FLOW_SYN) {
		flow_drop(t, f);
		return;
	}
	if (f->reset_ns && t->now_ns >= f->last_ns + NET_RESET_NS) {
		end = reset_chunk(t, f);
		flow_tell_end(t, f, &end);
		f->was_reset = true;
		f->last_ns = t->now_ns;
	} else if (t->now_ns >= f->last_ns + NET_FLOW_IDLE_NS) {
		end.kind = CHUNK_TIMEOUT;
		t->out.stats->connections_timed_out++;
		flow_tell_end(t, f, &end);
		flow_drop(t, f);
		return;
	} else {
		order_give_up(t, f);
	}
	wheel_add(&t->wheel, &t->table, f, flow_due(f));
}

void tcp_clock(struct tcp *t, uint64_t now_ns)
{
	uint32_t id, next;

	t->now_ns = now_ns;
	if (now_ns < t->tick_ns)
		return;
	t->tick_ns = now_ns - now_ns % NS_PER_S + NS_PER_S;
	t->train = NULL;
	for (id = wheel_due(&t->wheel, &t->table, now_ns); id; id = next) {
		struct flow *f = flow_by_id(&t->table, id);

		next = f->wheel_next;
		f->wheel_next = 0;
		if (flow_due(f) > now_ns)
			wheel_add(&t->wheel, &t->table, f, flow_due(f));
		else
			tcp_due(t, f);
	}
}

void tcp_finish(struct tcp *t)
{
	uint32_t next;

	for (uint32_t id = wheel_due(&t->wheel, &t->table, UINT64_MAX); id; id = next) {
		struct flow *f = flow_by_id(&t->table, id);
		struct chunk end = { .kind = CHUNK_END, .time_ns = t->now_ns };

		next = f->wheel_next;
		f->wheel_next = 0;
		if (f->reset_ns && f->state == FLOW_OPEN)
			end = reset_chunk(t, f);
		if (f->state != FLOW_CLOSED)
			flow_tell_end(t, f, &end);
		flow_drop(t, f);
	}
	wheel_init(&t->wheel, 0);
	t->train = NULL;
	t->now_ns = t->tick_ns = 0;
}
