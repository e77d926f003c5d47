/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The property: however a capture cuts, repeats, reorders or loses a conversation's segments,
 * each direction comes out in order, effects come after their causes, and every missing byte is
 * told as a gap of the right length.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/limits.h"
#include "net/net.h"
#include "support/packets.h"

#define ROUNDS_MAX   40
#define SEGMENTS_MAX 400
#define BYTES_MAX    8192

/* A small generator, so that a failing seed can be played again (xorshift64*). */
static uint64_t roll(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return *seed * 0x2545f4914f6cdd1dull;
}

static unsigned below(uint64_t *seed, unsigned n)
{
	return (unsigned)((roll(seed) >> 33) % n);
}

struct sent {
	unsigned dir;
	uint32_t off, len; /* in its direction */
	uint32_t ack;      /* bytes of the other direction that its sender had */
	uint8_t flags;
	bool is_lost;
};

struct talk {
	uint8_t bytes[2][BYTES_MAX];
	uint32_t len[2];
	struct sent sent[SEGMENTS_MAX];
	unsigned sent_cnt;
	uint32_t lost[2]; /* bytes in lost segments that no copy carries */
	/* What came out. */
	uint32_t got[2]; /* bytes delivered or told as missing */
	uint32_t gaps[2];
	bool is_wrong;
	char why[160];
};

static void wrong(struct talk *t, const char *why, unsigned dir, uint32_t at)
{
	if (!t->is_wrong)
		snprintf(t->why, sizeof(t->why), "%s: direction %u at %u", why, dir, at);
	t->is_wrong = true;
}

/* What the sender of these bytes had received when it first sent them. */
static uint32_t cause_of(const struct talk *t, unsigned dir, uint32_t off)
{
	for (unsigned i = 0; i < t->sent_cnt; i++)
		if (t->sent[i].dir == dir && off >= t->sent[i].off &&
		    off < t->sent[i].off + t->sent[i].len)
			return t->sent[i].ack;
	return 0;
}

static uint64_t on_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct talk *t = ctx;
	uint32_t *got = &t->got[c->dir];

	(void)conn;
	if (c->kind == CHUNK_GAP) {
		*got += (uint32_t)c->gap_len;
		t->gaps[c->dir] += (uint32_t)c->gap_len;
	} else if (c->kind == CHUNK_DATA) {
		if (*got + c->data.len > t->len[c->dir] ||
		    memcmp(t->bytes[c->dir] + *got, c->data.ptr, c->data.len) != 0)
			wrong(t, "other bytes", c->dir, *got);
		if (cause_of(t, c->dir, *got) > t->got[1 - c->dir])
			wrong(t, "effect before its cause", c->dir, *got);
		*got += (uint32_t)c->data.len;
	}
	return 0;
}

/* Requests and responses of random size, each cut into random segments. */
static void make(struct talk *t, uint64_t *seed)
{
	unsigned rounds = 1 + below(seed, ROUNDS_MAX);

	for (unsigned r = 0; r < rounds * 2; r++) {
		unsigned dir = r % 2;
		uint32_t left = 1 + below(seed, 90);

		while (left && t->sent_cnt < SEGMENTS_MAX / 2) {
			uint32_t len = 1 + below(seed, left);

			for (uint32_t i = 0; i < len; i++)
				t->bytes[dir][t->len[dir] + i] = (uint8_t)roll(seed);
			t->sent[t->sent_cnt++] = (struct sent){ .dir = dir,
								.off = t->len[dir],
								.len = len,
								.ack = t->len[1 - dir],
								.flags = TCP_ACK };
			t->len[dir] += len;
			left -= len;
		}
	}
}

/* Copies, some of them of two segments as one; each carries a later acknowledgement. */
static void repeat(struct talk *t, uint64_t *seed, unsigned percent)
{
	unsigned cnt = t->sent_cnt;

	for (unsigned i = 0; i + 1 < cnt; i++) {
		struct sent s = t->sent[i];
		unsigned at = i + 1 + below(seed, 4);

		if (below(seed, 100) >= percent || t->sent_cnt >= SEGMENTS_MAX - 1)
			continue;
		if (t->sent[i + 1].dir == s.dir && t->sent[i + 1].off == s.off + s.len &&
		    t->sent[i + 1].ack == s.ack)
			s.len += t->sent[i + 1].len;
		if (at > t->sent_cnt)
			at = t->sent_cnt;
		memmove(&t->sent[at + 1], &t->sent[at], (t->sent_cnt - at) * sizeof(s));
		t->sent[at] = s;
		t->sent_cnt++;
	}
}

/* Each packet comes up to reach places late, as from a capture's several queues. */
static void shuffle(struct talk *t, uint64_t *seed, unsigned reach)
{
	unsigned place[SEGMENTS_MAX];

	for (unsigned i = 0; i < t->sent_cnt; i++)
		place[i] = i + below(seed, reach + 1);
	for (unsigned i = 1; i < t->sent_cnt; i++) {
		for (unsigned j = i; j > 0 && place[j - 1] > place[j]; j--) {
			struct sent s = t->sent[j];
			unsigned at = place[j];

			t->sent[j] = t->sent[j - 1];
			t->sent[j - 1] = s;
			place[j] = place[j - 1];
			place[j - 1] = at;
		}
	}
}

static void lose(struct talk *t, uint64_t *seed, unsigned percent)
{
	static uint8_t seen[2][BYTES_MAX];

	memset(seen, 0, sizeof(seen));
	for (unsigned i = 0; i < t->sent_cnt; i++) {
		struct sent *s = &t->sent[i];

		s->is_lost = below(seed, 100) < percent;
		if (!s->is_lost)
			memset(seen[s->dir] + s->off, 1, s->len);
	}
	for (unsigned dir = 0; dir < 2; dir++)
		for (uint32_t i = 0; i < t->len[dir]; i++)
			t->lost[dir] += !seen[dir][i];
}

static void play(struct talk *t, struct net *n, uint64_t *seed)
{
	static struct packets room;
	struct endpoint ends[2] = { packets_endpoint("10.0.0.1", 40000),
				    packets_endpoint("10.0.0.2", 80) };
	uint32_t isn[2] = { (uint32_t)roll(seed), (uint32_t)roll(seed) };
	uint64_t time_ns = 1700000000 * NS_PER_S, number = 0;
	struct packet p = packets_frame(&room, &ends[0], &ends[1], isn[0], 0, TCP_SYN, "", 0);

	p.time_ns = time_ns;
	p.number = ++number;
	net_packet(n, &p);
	p = packets_frame(&room, &ends[1], &ends[0], isn[1], isn[0] + 1, TCP_SYN | TCP_ACK, "", 0);
	p.time_ns = time_ns;
	p.number = ++number;
	net_packet(n, &p);
	for (unsigned i = 0; i < t->sent_cnt; i++) {
		const struct sent *s = &t->sent[i];

		if (s->is_lost)
			continue;
		p = packets_frame(&room, &ends[s->dir], &ends[1 - s->dir], isn[s->dir] + 1 + s->off,
				  isn[1 - s->dir] + 1 + s->ack, s->flags, t->bytes[s->dir] + s->off,
				  s->len);
		time_ns += 50000;
		p.time_ns = time_ns;
		p.number = ++number;
		net_packet(n, &p);
	}
	net_finish(n);
}

static void run(uint64_t first_seed, unsigned copies, unsigned reach, unsigned loss)
{
	static struct talk t;

	for (uint64_t round = 1; round <= 400; round++) {
		uint64_t seed = first_seed * 1000 + round;
		struct net_config config = { .emit = on_chunk, .ctx = &t, .seed = seed };
		struct net *n = net_new(&config);

		assert_non_null(n);
		t = (struct talk){ 0 };
		make(&t, &seed);
		repeat(&t, &seed, copies);
		shuffle(&t, &seed, reach);
		lose(&t, &seed, loss);
		play(&t, n, &seed);
		for (unsigned dir = 0; dir < 2; dir++) {
			/* Bytes lost behind the last that was seen are known by nobody. */
			if (t.got[dir] + t.lost[dir] < t.len[dir] || t.got[dir] > t.len[dir])
				wrong(&t, "not all came", dir, t.got[dir]);
			if (t.gaps[dir] > t.lost[dir])
				wrong(&t, "more missing than lost", dir, t.gaps[dir]);
		}
		if (t.is_wrong)
			fail_msg("seed %llu round %llu: %s", (unsigned long long)first_seed,
				 (unsigned long long)round, t.why);
		net_free(n);
	}
}

static void segmentation_does_not_matter(void **state)
{
	(void)state;
	run(1, 0, 0, 0);
}

static void copies_do_not_matter(void **state)
{
	(void)state;
	run(2, 30, 0, 0);
}

static void reordering_within_the_grace_does_not_matter(void **state)
{
	(void)state;
	run(3, 0, 6, 0);
}

static void copies_and_reordering_together_do_not_matter(void **state)
{
	(void)state;
	run(4, 20, 5, 0);
}

static void every_lost_byte_is_told_and_no_other(void **state)
{
	(void)state;
	run(5, 0, 0, 5);
	run(6, 0, 0, 30);
}

static void loss_among_copies_and_reordering_is_told_too(void **state)
{
	(void)state;
	run(7, 20, 3, 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segmentation_does_not_matter),
		cmocka_unit_test(copies_do_not_matter),
		cmocka_unit_test(reordering_within_the_grace_does_not_matter),
		cmocka_unit_test(copies_and_reordering_together_do_not_matter),
		cmocka_unit_test(every_lost_byte_is_told_and_no_other),
		cmocka_unit_test(loss_among_copies_and_reordering_is_told_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
