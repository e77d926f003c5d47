/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/conversation.h"

#include <stdlib.h>
#include <string.h>

#include "capture/runs.h"
#include "net/decode.h"
#include "support/hostfilter.h"
#include "support/packets.h"

#define WINDOW  4096u /* smaller than the usual one, so that more happens at its end */
#define SNAPLEN 262144u
/* Exchanges of a connection, messages sent at a time, and the longest of these. */
#define EXCHANGES_MAX 4
#define PIPELINE_MAX  4
#define MESSAGE_MAX   (64u << 10)
#define STREAM_MAX    (EXCHANGES_MAX * PIPELINE_MAX * MESSAGE_MAX)
#define HEADERS       54
#define LATE_MAX      64
#define SEGMENT_MAX   65000

/* Some bytes of a stream. */
struct stretch {
	uint32_t off, len;
};

struct stream {
	uint32_t isn;
	uint32_t len;
	uint8_t bytes[STREAM_MAX];
	bool came[STREAM_MAX], passed[STREAM_MAX];
	struct prefilter_state before; /* what was remembered a while ago, with first of this
					* connection; else zeros */
	uint32_t first_before;         /* of the connection that had the ports before */
};

struct conversation {
	struct hostfilter *h;
	struct dice *d;
	const struct conversation_plan *plan;
	struct conversation_tally *tally;
	struct endpoint ends[2];
	struct stream streams[2];
	struct stretch late[LATE_MAX]; /* lost on the way; of the message that is sent */
	size_t late_cnt;
	struct packets room;
	const char *fault;
};

uint32_t dice_roll(struct dice *d, uint32_t n)
{
	uint32_t value = 0;

	if (!d->bytes) {
		d->state ^= d->state << 13;
		d->state ^= d->state >> 7;
		d->state ^= d->state << 17;
		return (uint32_t)(d->state >> 32) % n;
	}
	for (uint32_t left = n - 1; left && d->len; left >>= 8) {
		value = value << 8 | *d->bytes++;
		d->len--;
	}
	return value % n;
}

static bool one_in(struct conversation *c, uint32_t n)
{
	return dice_roll(c->d, n) == n - 1;
}

static struct prefilter_key key_of(const struct conversation *c, unsigned dir)
{
	struct prefilter_key key = { .sport = c->ends[dir].port, .dport = c->ends[1 - dir].port };

	memcpy(key.src, c->ends[dir].addr.bytes, 16);
	memcpy(key.dst, c->ends[1 - dir].addr.bytes, 16);
	return key;
}

static struct prefilter_state *state_of(struct conversation *c, unsigned dir)
{
	struct prefilter_key key = key_of(c, dir);

	return hostfilter_state(c->h, &key);
}

/* How many bytes of the payload passed. */
static uint32_t packet(struct conversation *c, unsigned dir, uint32_t seq, uint8_t flags,
		       const void *payload, uint32_t len)
{
	struct hostfilter_frame f = { .interface = 2 };
	uint32_t kept;

	(void)packets_frame(&c->room, &c->ends[dir], &c->ends[1 - dir], seq,
			    c->streams[1 - dir].isn + 1 + c->streams[1 - dir].len, flags, payload,
			    len);
	kept = hostfilter_run(c->h, &f, packets_bytes(&c->room));
	if (kept != SNAPLEN && kept >= HEADERS + len && kept)
		c->fault = "a packet is kept beyond its end";
	if (kept == SNAPLEN)
		return len;
	return kept > HEADERS ? kept - HEADERS : 0;
}

static void deliver(struct conversation *c, unsigned dir, struct stretch s)
{
	struct stream *st = &c->streams[dir];
	uint32_t passed = packet(c, dir, st->isn + 1 + s.off, TCP_ACK, st->bytes + s.off, s.len);

	for (uint32_t i = 0; i < s.len; i++) {
		st->came[s.off + i] = true;
		if (i < passed)
			st->passed[s.off + i] = true;
	}
}

static void forget(struct conversation *c, unsigned dir)
{
	struct prefilter_state *st = state_of(c, dir);

	if (st) {
		struct hostfilter_flow *f =
			(struct hostfilter_flow *)(void *)((char *)st -
							   offsetof(struct hostfilter_flow, state));

		memset(&f->key, 0, sizeof(f->key));
	}
}

/* Somebody else's, with any number and content. */
static void forge(struct conversation *c, unsigned dir)
{
	static const char *const contents[] = { "HTTP/1.1 200 OK\r\n", "GET / HTTP/1.1\r\n",
						"......", "." };
	const char *text = contents[dice_roll(c->d, 4)];
	uint32_t seq = c->streams[dir].isn + 1 + c->streams[dir].len;
	static const uint8_t flags[] = { TCP_ACK, TCP_ACK, TCP_SYN, TCP_FIN | TCP_ACK };
	uint8_t flag = flags[dice_roll(c->d, 4)];

	seq += dice_roll(c->d, 2) ? dice_roll(c->d, UINT32_MAX) : dice_roll(c->d, 200000) - 100000;
	(void)packet(c, dir, seq, flag, text, flag & TCP_SYN ? 0 : (uint32_t)strlen(text));
}

/* What must not matter to any head. */
static void meddle(struct conversation *c)
{
	unsigned dir = dice_roll(c->d, 2);
	struct prefilter_key key = key_of(c, dir);
	struct stream *st = &c->streams[dir];
	struct prefilter_state *now = state_of(c, dir);

	switch (dice_roll(c->d, 8)) {
	case 0: hostfilter_hint(c->h, &key, st->isn + 1, PREFILTER_HINT_FULL); break;
	case 1: hostfilter_hint(c->h, &key, st->isn + 1, PREFILTER_HINT_NONE); break;
	case 2:
		if (st->first_before != st->isn + 1)
			hostfilter_hint(c->h, &key, st->first_before, PREFILTER_HINT_IGNORE);
		break;
	case 3: forget(c, dir); break;
	case 4:
		if (now)
			st->before = *now;
		break;
	case 5:
		if (now && st->before.window)
			*now = st->before;
		break;
	default: forge(c, dir); break;
	}
}

/* Bytes of one message that have not come: sent again, with whatever neighbours of the message. */
static void send_again(struct conversation *c, unsigned dir, struct stretch message)
{
	size_t which = dice_roll(c->d, (uint32_t)c->late_cnt);
	struct stretch s = c->late[which];
	uint32_t before = s.off - message.off, after = message.off + message.len - s.off - s.len;

	c->late[which] = c->late[--c->late_cnt];
	if (one_in(c, 3)) {
		before = dice_roll(c->d, before < 3000 ? before + 1 : 3000);
		after = dice_roll(c->d, after < 3000 ? after + 1 : 3000);
		s.off -= before;
		s.len += before + after;
	}
	while (s.len) {
		struct stretch part = { s.off, 1 + dice_roll(c->d, s.len) };

		if (part.len > SEGMENT_MAX)
			part.len = SEGMENT_MAX;
		deliver(c, dir, part);
		s.off += part.len;
		s.len -= part.len;
	}
}

static void send_segment(struct conversation *c, unsigned dir, struct stretch message,
			 struct stretch s)
{
	if (c->plan->is_meddled && one_in(c, 8))
		meddle(c);
	if (c->plan->is_lossy && one_in(c, 40))
		return;
	if (c->late_cnt < LATE_MAX && one_in(c, 12)) {
		c->late[c->late_cnt++] = s;
		return;
	}
	deliver(c, dir, s);
	if (one_in(c, 12))
		deliver(c, dir, s);
	if (one_in(c, 12))
		(void)packet(c, dir, c->streams[dir].isn + s.off, TCP_ACK, "", 0);
	if (c->late_cnt && one_in(c, 6))
		send_again(c, dir, message);
}

/* All of the message comes, sooner or later. */
static void send_message(struct conversation *c, unsigned dir, struct stretch message)
{
	static const uint32_t sizes[] = { 20, 200, 1448, 1448, 8000, SEGMENT_MAX };
	uint32_t size = sizes[dice_roll(c->d, 6)];
	struct stretch s = { message.off, 0 };
	uint32_t end = message.off + message.len;

	while (s.off < end) {
		/* Small pieces for the beginning only, or it takes too long. */
		if (size < 1448 && s.off - message.off > 3 * WINDOW)
			size = 1448;
		s.len = one_in(c, 4) ? 1 + dice_roll(c->d, size) : size;
		if (s.len > end - s.off)
			s.len = end - s.off;
		send_segment(c, dir, message, s);
		s.off += s.len;
	}
	while (c->late_cnt)
		send_again(c, dir, message);
}

static void put(struct stream *st, const char *text, uint32_t len)
{
	memcpy(st->bytes + st->len, text, len);
	st->len += len;
}

static void put_head(struct conversation *c, unsigned dir)
{
	static const char *const starts[2][6] = {
		{ "GET /a HTTP/1.1\r\n", "OPTIONS * HTTP/1.1\r\n", "patch /x HTTP/1.1\r\n",
		  "\r\nPOST /b HTTP/1.1\r\n", "PUT http://a/ HTTP/1.1\r\n",
		  "BASELINE-CONTROL / HTTP/1.1\r\n" },
		{ "HTTP/1.1 200 OK\r\n", "HTTP/1.0 404 \r\n", "http/1.1 200 OK\r\n",
		  "HTTP/1.1 304 Not Modified\r\n", "HTTP/1.1 103 Early Hints\r\n",
		  "HTTP/1.1 100 Continue\r\n" },
	};
	static const char *const lines[] = { "A: b\r\n", "HTTP: x\r\n", "GET / HTTP/1.1\r\n",
					     "Access-Control-Allow-Origin: https://a.example\r\n" };
	struct stream *st = &c->streams[dir];
	const char *start = starts[dir][dice_roll(c->d, 6)];
	uint32_t from = st->len, max = dice_roll(c->d, one_in(c, 4) ? WINDOW : 400);

	put(st, start, (uint32_t)strlen(start));
	for (;;) {
		const char *line = lines[dice_roll(c->d, 4)];

		if (st->len - from + strlen(line) + 2 > max)
			break;
		put(st, line, (uint32_t)strlen(line));
	}
	put(st, "\r\n", 2);
}

static void put_body(struct conversation *c, unsigned dir)
{
	static const char *const contents[] = { "................",
						"HTTP/1.1 200 OK\r\n\r\n",
						"GET / HTTP/1.1\r\n\r\n",
						"0123456789abcdef\r\n",
						"H",
						"{\"a\": \"b\"}, " };
	static const uint32_t sizes[] = { 1, 10, 3000, 20000, 60000 };
	struct stream *st = &c->streams[dir];
	uint32_t len = dice_roll(c->d, sizes[dice_roll(c->d, 5)] + 1);
	const char *text = contents[0];

	for (uint32_t i = 0; i < len;) {
		uint32_t n;

		if (i % 7 == 0)
			text = contents[dice_roll(c->d, 6)];
		n = (uint32_t)strlen(text);
		if (n > len - i)
			n = len - i;
		put(st, text, n);
		i += n;
	}
}

static void check_head(struct conversation *c, unsigned dir, struct stretch head)
{
	const struct stream *st = &c->streams[dir];

	c->tally->heads++;
	for (uint32_t i = head.off; i < head.off + head.len; i++) {
		if (st->passed[i] || !st->came[i])
			continue;
		c->tally->heads_lost++;
		if (!c->plan->is_pipelined && !c->plan->is_lossy)
			c->fault = "a head that came did not pass";
		return;
	}
}

/* Every hole of the message, and what the memory says of it. */
static void check_holes(struct conversation *c, unsigned dir, struct stretch message)
{
	const struct stream *st = &c->streams[dir];
	const struct prefilter_state *known = state_of(c, dir);
	uint32_t end = message.off + message.len;

	for (uint32_t from = message.off, until; from < end; from = until) {
		bool came = st->came[from];

		until = from + 1;
		c->tally->bytes++;
		c->tally->passed_bytes += st->passed[from];
		if (st->passed[from])
			continue;
		for (; until < end && !st->passed[until] && st->came[until] == came; until++)
			c->tally->bytes++;
		if (!known || c->plan->is_meddled)
			continue;
		switch (runs_gap(known, st->isn + 1 + from, st->isn + 1 + until)) {
		case PREFILTER_GAP_CUT:
			c->tally->cut++;
			if (!came)
				c->fault = "bytes that never came were called cut";
			break;
		case PREFILTER_GAP_LOST:
			c->tally->lost++;
			if (came)
				c->fault = "bytes that were cut were called lost";
			break;
		case PREFILTER_GAP_FORGOTTEN:
			c->tally->forgotten++;
			if (known->runs_cnt <= PREFILTER_RUNS)
				c->fault = "there was room for all, and some is forgotten";
			break;
		case PREFILTER_GAP_UNKNOWN:
			c->tally->unknown++;
			if ((int32_t)(known->first - st->isn - 1 - from) <= 0)
				c->fault = "the direction is known, and yet it is not known";
			break;
		}
	}
}

/* A message, or several at a time when they are pipelined. */
static void say(struct conversation *c, unsigned dir)
{
	struct stream *st = &c->streams[dir];
	struct stretch message = { st->len, 0 }, heads[PIPELINE_MAX];
	uint32_t cnt = c->plan->is_pipelined ? 1 + dice_roll(c->d, PIPELINE_MAX) : 1;

	for (uint32_t i = 0; i < cnt; i++) {
		heads[i].off = st->len;
		put_head(c, dir);
		heads[i].len = st->len - heads[i].off;
		put_body(c, dir);
	}
	message.len = st->len - message.off;
	send_message(c, dir, message);
	for (uint32_t i = 0; i < cnt; i++)
		check_head(c, dir, heads[i]);
	check_holes(c, dir, message);
}

/* No connection has the first number of one that was to be ignored. */
static bool is_taken(const struct hostfilter *h, uint32_t isn)
{
	for (size_t i = 0; i < h->hints_cnt; i++) {
		if (h->hints[i].entry.first == isn + 1)
			return true;
	}
	return false;
}

static void connect_ends(struct conversation *c)
{
	bool is_captured = !one_in(c, 3);

	for (unsigned dir = 0; dir < 2; dir++) {
		struct stream *st = &c->streams[dir];

		st->first_before = st->isn + 1;
		st->isn = dice_roll(c->d, UINT32_MAX);
		while (is_taken(c->h, st->isn) || st->isn + 1 == st->first_before)
			st->isn++;
		memset(st->came, 0, st->len);
		memset(st->passed, 0, st->len);
		st->len = 0;
		st->before = (struct prefilter_state){ 0 };
	}
	for (unsigned dir = 0; dir < 2; dir++) {
		/* Who did not see the SYN has only just begun. */
		if (!is_captured)
			forget(c, dir);
		else
			(void)packet(c, dir, c->streams[dir].isn, dir ? TCP_SYN | TCP_ACK : TCP_SYN,
				     "", 0);
	}
}

const char *conversation_play(struct dice *d, const struct conversation_plan *plan,
			      struct conversation_tally *tally)
{
	const struct prefilter_settings settings = {
		.window = WINDOW, .snaplen = SNAPLEN, .l2_len = 14, .body_cut = 1
	};
	struct conversation *c = calloc(1, sizeof(*c));
	uint32_t connections = 1 + dice_roll(d, 3);
	const char *fault;

	if (!c)
		abort();
	c->h = hostfilter_new(&settings, 16);
	c->d = d;
	c->plan = plan;
	c->tally = tally;
	c->ends[0] = packets_endpoint("10.0.0.1", 51234);
	c->ends[1] = packets_endpoint("10.0.0.2", 8080);
	while (connections--) {
		uint32_t exchanges = 1 + dice_roll(d, EXCHANGES_MAX);

		connect_ends(c);
		while (exchanges-- && !c->fault) {
			say(c, 0);
			if (one_in(c, 8) && !plan->is_pipelined)
				say(c, 1); /* an interim response */
			say(c, 1);
		}
	}
	fault = c->fault;
	if (!hostfilter_adds_up(c->h->counts))
		fault = "the counters do not add up";
	hostfilter_free(c->h);
	free(c);
	return fault;
}
