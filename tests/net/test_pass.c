/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Segments that go on are passed over where the consumer skips them. Whatever comes in whatever
 * order, nothing else may change by that: the same traffic is given to a net/ that knows no trains,
 * to one that is told of them by the segment, and to one that is told by the train, as user/feed.c
 * and user/reader.c do it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/hash.h"
#include "net/clock.h"
#include "net/net.h"
#include "support/packets.h"

#define SEEDS     160
#define PACKETS   400
#define CONNS     3
#define PAYLOAD   1000
#define TRAIN_MAX 12
#define LATE_MAX  8

/* One net/ and all that it has said, of which a hash is kept: what differs once differs for ever.
 */
struct side {
	struct net *net;
	struct decoder *decoder;
	struct net_capture capture;
	uint64_t seed;
	uint64_t said; /* hash of all chunks so far */
	uint64_t chunks;
};

/* Everything of a chunk, in a form without padding. */
static uint64_t chunk_hash(const struct connection *conn, const struct chunk *c, uint64_t seed)
{
	const uint64_t words[] = { (uint64_t)c->kind,   c->dir,
				   c->gap_len,          c->is_cut,
				   c->time_ns,          c->packet,
				   c->data.len,         conn->ends[0].port,
				   conn->ends[1].port,  conn->first_packet,
				   conn->is_from_start, hash_span(c->data, 0) };

	return hash_bytes(words, sizeof(words), seed);
}

/* Sizes of the segments of a train. */
static const uint32_t sizes[] = { PAYLOAD, 700, 600, 10 };
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

/* What a consumer has no use for: any number, told by nothing but what it is given. Often the end
 * is that of a segment, or almost. */
static uint64_t skip_of(uint64_t random)
{
	uint64_t more = random / 8;

	switch (random % 8) {
	case 0: return 0;
	case 1: return more % (PAYLOAD * 10);
	case 2:
	case 3: return sizes[more % SIZES] * (1 + more / SIZES % TRAIN_MAX) + more / 100 % 3 - 1;
	case 4: return 100000;
	default: return more % 4 ? PAYLOAD * TRAIN_MAX : CHUNK_SKIP_ALL;
	}
}

static uint64_t on_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct side *s = ctx;

	s->said = chunk_hash(conn, c, s->said);
	s->chunks++;
	conn->want = (enum connection_want)(s->said % 3);
	return skip_of(chunk_hash(conn, c, s->seed));
}

/* Some stretches are said to be left out; which ones is told by their places alone. */
static bool was_cut(void *ctx, const struct endpoint *src, const struct endpoint *dst,
		    uint32_t from, uint32_t until)
{
	const uint32_t words[] = { src->port, dst->port, from, until };
	struct side *s = ctx;

	return hash_bytes(words, sizeof(words), s->seed) % 2;
}

static void on_want(void *ctx, const struct connection *conn, const uint32_t first[2],
		    const bool has_first[2])
{
	const uint32_t words[] = { conn->want, first[0], first[1], has_first[0], has_first[1] };
	struct side *s = ctx;

	s->said = hash_bytes(words, sizeof(words), s->said);
}

/* How a run differs from the usual. */
struct plan {
	uint64_t seed;
	uint32_t flows_max, hold_max;
	bool is_live; /* the capture leaves stretches out */
	unsigned lanes;
};

static void side_begin(struct side *s, const struct plan *plan)
{
	struct net_config config = { .seed = 7,
				     .flows_max = plan->flows_max,
				     .hold_max = plan->hold_max,
				     .emit = on_chunk,
				     .ctx = s };

	*s = (struct side){ .seed = plan->seed, .decoder = decoder_new(7) };
	s->capture = (struct net_capture){ .was_cut = was_cut, .want = on_want, .ctx = s };
	if (plan->is_live)
		config.capture = &s->capture;
	s->net = net_new(&config);
	assert_non_null(s->net);
	assert_non_null(s->decoder);
}

static void side_end(struct side *s)
{
	net_free(s->net);
	decoder_free(s->decoder);
}

static void side_check(const struct side *a, const struct side *b, uint64_t packet)
{
	const struct net_stats *x = net_stats(a->net), *y = net_stats(b->net);
	const char *differs = NULL;

	for (size_t i = 0; i < net_counters_cnt; i++) {
		if (counter_get(x, &net_counters[i]) != counter_get(y, &net_counters[i]))
			differs = net_counters[i].name;
	}
	if (a->chunks != b->chunks || a->said != b->said)
		differs = "what was emitted";
	if (net_clock(a->net) != net_clock(b->net) || net_open(a->net) != net_open(b->net))
		differs = "clock or table";
	if (differs)
		fail_msg("seed %u, packet %u: %s", (unsigned)a->seed, (unsigned)packet, differs);
}

/* One end of a connection, as it sends. */
struct sender {
	struct endpoint self;
	uint32_t isn, next;
	uint32_t ack; /* what it acknowledges; may lag behind */
};

/* A frame on its way. */
struct frame {
	uint8_t bytes[PAYLOAD + 60];
	uint32_t caplen, len;
};

struct traffic {
	unsigned random;
	struct sender conns[CONNS][2];
	uint64_t time_ns;
	struct frame late[LATE_MAX]; /* are overtaken by others */
	size_t late_cnt;
	/* The train that is under way. */
	unsigned left, conn, dir;
	uint32_t size;
	bool is_acked; /* the other side acknowledges it meanwhile */
};

static unsigned roll(struct traffic *t, unsigned sides)
{
	return (unsigned)rand_r(&t->random) % sides;
}

static void traffic_begin(struct traffic *t, uint64_t seed)
{
	*t = (struct traffic){ .random = (unsigned)seed, .time_ns = 1000 * NS_PER_S };
	for (unsigned i = 0; i < CONNS; i++) {
		t->conns[i][0].self = packets_endpoint("10.0.0.1", (uint16_t)(2000 + i));
		t->conns[i][1].self = packets_endpoint("10.0.0.2", 80);
		for (unsigned dir = 0; dir < 2; dir++)
			t->conns[i][dir].isn = t->conns[i][dir].next = UINT32_MAX - roll(t, 20000);
	}
}

/* Of len bytes from seq on, which tell where they are, but for damage. */
static struct frame frame_of(struct traffic *t, unsigned conn, unsigned dir, uint32_t seq,
			     uint8_t flags, uint32_t len)
{
	static struct packets b;
	const struct sender *from = &t->conns[conn][dir];
	const struct sender *to = &t->conns[conn][1 - dir];
	uint8_t payload[PAYLOAD] = { 0 };
	struct frame f;
	struct packet p;

	for (uint32_t i = 0; i < len; i++)
		payload[i] = (uint8_t)((seq + i) * 2654435761u >> 24);
	if (len && roll(t, 60) == 0)
		payload[roll(t, len)]++;
	p = packets_frame(&b, &from->self, &to->self, seq, from->ack, flags, payload, len);
	memcpy(f.bytes, p.data, p.caplen);
	f.caplen = f.len = p.caplen;
	if (len && roll(t, 40) == 0)
		f.caplen -= roll(t, len + 1);
	return f;
}

/* The other side has what was sent of the train, or most of it. */
static struct frame ack_frame(struct traffic *t)
{
	struct sender *to = &t->conns[t->conn][1 - t->dir];

	to->ack = t->conns[t->conn][t->dir].next - (roll(t, 8) ? 0 : roll(t, 3 * PAYLOAD));
	return frame_of(t, t->conn, 1 - t->dir, to->next, TCP_ACK, 0);
}

/* The next segment of the train, or of one that begins. */
static struct frame train_frame(struct traffic *t)
{
	struct sender *from;
	uint32_t seq;

	if (t->left && t->is_acked && roll(t, 3) == 0)
		return ack_frame(t);
	if (!t->left) {
		t->left = 1 + roll(t, TRAIN_MAX);
		t->conn = roll(t, CONNS);
		t->dir = roll(t, 2);
		t->is_acked = roll(t, 2);
		t->size = roll(t, 8) ? sizes[roll(t, SIZES)] : 1 + roll(t, PAYLOAD);
		if (roll(t, 3))
			t->conns[t->conn][t->dir].ack = t->conns[t->conn][1 - t->dir].next;
	}
	t->left--;
	from = &t->conns[t->conn][t->dir];
	seq = from->next;
	from->next += t->size;
	return frame_of(t, t->conn, t->dir, seq, t->left ? TCP_ACK : TCP_ACK | TCP_PSH, t->size);
}

/* Something else than a train. */
static struct frame odd_frame(struct traffic *t)
{
	unsigned conn = roll(t, 3) ? t->conn : roll(t, CONNS), dir = roll(t, 2);
	struct sender *from = &t->conns[conn][dir];
	uint32_t len = roll(t, PAYLOAD);

	if (roll(t, 3))
		from->ack = t->conns[conn][1 - dir].next;
	switch (roll(t, 16)) {
	case 0: /* a retransmission, or an overlap */
	case 1: return frame_of(t, conn, dir, from->next - roll(t, 2000), TCP_ACK, len);
	case 2: /* lost, and it goes on behind */
	case 3: from->next += len; break;
	case 4: return frame_of(t, conn, dir, from->next - 1, TCP_ACK, roll(t, 2));
	case 5: return frame_of(t, conn, dir, from->next, TCP_RST, 0);
	case 6: from->next++; return frame_of(t, conn, dir, from->next - 1, TCP_ACK | TCP_FIN, 0);
	case 7:
		from->isn = from->next += roll(t, 2) ? 0x50000000 : 1;
		from->next++;
		return frame_of(t, conn, dir, from->isn, dir ? TCP_SYN | TCP_ACK : TCP_SYN, 0);
	case 8: return frame_of(t, conn, dir, from->next + 0x60000000, TCP_ACK, len);
	case 9: /* it knows of bytes that nobody has seen */
		t->conns[conn][1 - dir].next += len;
		break;
	case 10: return frame_of(t, conn, dir, from->next + roll(t, 1000), TCP_ACK, len);
	case 11: return frame_of(t, conn, dir, from->next, TCP_ACK | TCP_URG, len);
	case 12: /* an end that overtakes what comes before it */
	case 13:
		return frame_of(t, conn, dir, from->next + t->size * roll(t, 3), TCP_ACK | TCP_FIN,
				0);
	default: break;
	}
	return frame_of(t, conn, dir, from->next, TCP_ACK, 0);
}

/* How the time goes on: mostly by a little. */
static void time_goes_on(struct traffic *t)
{
	switch (roll(t, 150)) {
	case 0: t->time_ns += 40 * NS_PER_S; break;
	/* About when something is due. */
	case 8: t->time_ns += 600 * NS_PER_S - roll(t, 4000000); break;
	case 9:
	case 10: t->time_ns += NS_PER_S - roll(t, 4000000); break;
	/* When the clock ticks. */
	case 11:
	case 12: t->time_ns += NS_PER_S - t->time_ns % NS_PER_S; break;
	case 1: t->time_ns -= NS_PER_S; break;
	case 2: t->time_ns += 700 * NS_PER_S; break;
	case 3:
	case 4: t->time_ns += 6 * NS_PER_S; break;
	case 5:
	case 6:
	case 7: t->time_ns += NS_PER_S; break;
	default: t->time_ns += roll(t, 4) ? roll(t, 5000000) : roll(t, 150000000); break;
	}
}

static struct frame traffic_next(struct traffic *t)
{
	struct frame f;

	time_goes_on(t);
	if (t->late_cnt && roll(t, 6) == 0)
		return t->late[--t->late_cnt];
	if (roll(t, 7) == 0)
		return odd_frame(t);
	f = train_frame(t);
	if (roll(t, 25) == 0 && t->late_cnt < LATE_MAX) {
		t->late[t->late_cnt++] = f;
		return train_frame(t);
	}
	return f;
}

/* The packets of a train that was read and not followed yet, as struct feed_run has them. */
struct train {
	struct segment segments[PACKETS];
	uint8_t payloads[PACKETS][PAYLOAD];
	size_t cnt;
	struct net_train sum;
	bool is_train; /* else one packet */
	bool is_own;
};

struct figures {
	uint64_t runs, trains, passed, unpassed, foreign, went_on, acked;
};

/* As follow_run() does. */
static void train_follow(struct train *r, struct side *s, struct figures *n)
{
	if (!r->cnt)
		return;
	n->runs++;
	n->trains += r->is_train;
	if (r->is_train &&
	    net_pass(s->net, r->segments[r->cnt - 1].time_ns, r->is_own ? &r->sum : NULL)) {
		n->passed += r->is_own;
		n->acked += r->is_own && r->sum.has_ack && r->sum.bytes;
		n->foreign += !r->is_own;
		r->cnt = 0;
		return;
	}
	n->unpassed += r->is_train && r->is_own;
	for (size_t i = 0; i < r->cnt; i++) {
		net_time(s->net, r->segments[i].time_ns);
		if (r->is_own)
			net_segment(s->net, &r->segments[i]);
	}
	r->cnt = 0;
}

/* The same traffic in three ways. */
struct three {
	const struct plan *plan;
	struct side plain; /* knows no trains */
	struct side by_segment;
	struct side by_train;
	struct clock clock; /* of who makes the trains */
	struct train train;
	struct figures figures;
};

static void catch_up(struct three *w, uint64_t packet)
{
	train_follow(&w->train, &w->by_train, &w->figures);
	side_check(&w->by_train, &w->plain, packet);
}

/* Which lane a segment is of: the one looked at has the connections with even ports. */
static bool is_own(const struct plan *plan, const struct segment *s)
{
	return plan->lanes == 1 || (s->src.port + s->dst.port) % 2 == 0;
}

/* The segment goes into the train that is read, or ends it and begins another. */
static void train_add(struct three *w, const struct segment *s)
{
	struct train *r = &w->train;
	bool goes_on;

	(void)clock_follow(&w->clock, s->time_ns);
	goes_on = s->goes_on && w->clock.now_ns == s->time_ns;
	if (!(goes_on && r->cnt && r->is_train)) {
		catch_up(w, s->packet);
		r->sum = (struct net_train){ 0 };
		r->is_train = goes_on;
		r->is_own = is_own(w->plan, s);
	}
	memcpy(r->payloads[r->cnt], s->payload.ptr, s->payload.len);
	r->segments[r->cnt] = *s;
	r->segments[r->cnt].payload.ptr = r->payloads[r->cnt];
	r->cnt++;
	net_train_add(&r->sum, s);
}

static void packet_check(struct three *w, const struct packet *p)
{
	struct segment s;

	assert_int_equal(decoder_packet(w->by_train.decoder, p, &s), DECODE_TCP);
	w->figures.went_on += s.goes_on;
	train_add(w, &s);
	if (w->plan->lanes == 1) {
		net_packet(w->by_segment.net, p);
	} else {
		net_time(w->by_segment.net, p->time_ns);
		if (is_own(w->plan, &s))
			net_packet_content(w->by_segment.net, p);
	}
	s.goes_on = false;
	net_time(w->plain.net, p->time_ns);
	if (is_own(w->plan, &s))
		net_segment(w->plain.net, &s);
	side_check(&w->by_segment, &w->plain, p->number);
}

/* The input ends, or another one follows. */
static void finish(struct three *w, uint64_t packet)
{
	catch_up(w, packet);
	net_finish(w->plain.net);
	net_finish(w->by_segment.net);
	net_finish(w->by_train.net);
	decoder_finish(w->by_train.decoder);
	w->clock = (struct clock){ 0 };
	side_check(&w->by_segment, &w->plain, packet);
	side_check(&w->by_train, &w->plain, packet);
}

static void play(const struct plan *plan, struct figures *n)
{
	static struct three w;
	struct traffic t;

	w = (struct three){ .plan = plan, .figures = *n };
	side_begin(&w.plain, plan);
	side_begin(&w.by_segment, plan);
	side_begin(&w.by_train, plan);
	traffic_begin(&t, plan->seed);
	for (uint64_t i = 1; i <= PACKETS; i++) {
		struct frame f = traffic_next(&t);
		struct packet p = { .data = f.bytes,
				    .caplen = f.caplen,
				    .len = f.len,
				    .link = 1,
				    .time_ns = t.time_ns,
				    .number = i,
				    .source = "test" };

		packet_check(&w, &p);
		if (roll(&t, 150) == 0)
			finish(&w, i);
	}
	finish(&w, PACKETS);
	*n = w.figures;
	side_end(&w.plain);
	side_end(&w.by_segment);
	side_end(&w.by_train);
}

static struct figures play_all(struct plan plan)
{
	struct figures n = { 0 };

	for (plan.seed = 1; plan.seed <= SEEDS; plan.seed++)
		play(&plan, &n);
	/* All ways were taken, and often. */
	assert_true(n.went_on > PACKETS * SEEDS / 5);
	assert_true(n.trains > PACKETS * SEEDS / 50);
	assert_true(n.trains < n.went_on);
	assert_true(n.passed > PACKETS * SEEDS / 100);
	assert_true(n.unpassed > PACKETS * SEEDS / 100);
	assert_true(n.acked > PACKETS * SEEDS / 200);
	return n;
}

static void trains_change_nothing(void **state)
{
	(void)state;
	(void)play_all((struct plan){ .lanes = 1 });
}

static void trains_of_others_only_move_the_clock(void **state)
{
	struct figures n = play_all((struct plan){ .lanes = 2 });

	(void)state;
	assert_true(n.foreign > PACKETS * SEEDS / 100);
}

static void trains_change_nothing_where_room_is_scarce(void **state)
{
	(void)state;
	(void)play_all((struct plan){ .lanes = 1, .flows_max = 2, .hold_max = 2000 });
}

static void trains_change_nothing_where_bytes_are_left_out(void **state)
{
	(void)state;
	(void)play_all((struct plan){ .lanes = 1, .is_live = true });
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trains_change_nothing),
		cmocka_unit_test(trains_of_others_only_move_the_clock),
		cmocka_unit_test(trains_change_nothing_where_room_is_scarce),
		cmocka_unit_test(trains_change_nothing_where_bytes_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
