/* SPDX-License-Identifier: BSD-2-Clause */
#include "reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/names.h"
#include "capture/file.h"
#include "capture/filter.h"
#include "capture/live.h"
#include "evidence.h"
#include "feed.h"
#include "keylog.h"
#include "lane.h"
#include "leftout.h"
#include "pipeline.h"
#include "tls/keys.h"

/* Packets between two looks at the progress and the stop flag: some milliseconds' work. */
#define LOOK_PACKETS 16384
/* Live, packets trickle: look up so often at least. */
#define LOOK_NS (CAPTURE_IDLE_MS * (NS_PER_S / 1000))
/* Room for why something cannot be opened. */
#define WHY_CAP 512

static void say(const struct reader *r, const char *name, const char *message)
{
	r->config.ops->say(r->config.ctx, name, message);
}

static void on_exchange(void *ctx, const struct exchange *x)
{
	struct reader *r = ctx;
	struct parcel_key key = r->key;

	if (key.rank != PARCEL_RANK_PACKET)
		key.rank = x->connection;
	r->config.ops->exchange(r->config.ctx, &key, x);
}

static void passed(const struct reader *r, uint64_t at)
{
	if (r->config.ops->passed)
		r->config.ops->passed(r->config.ctx, at);
}

static bool more_keys(void *ctx)
{
	return keylog_read(ctx);
}

/* The secrets of TLS, as far as they are there now. */
static int keys_init(struct reader *r, char *why, size_t why_cap)
{
	const struct pipeline_config *p = r->config.pipeline;
	int err;

	r->keys = tls_keys_new(r->config.seed, 0);
	if (!r->keys || !p->keylog)
		return r->keys ? 0 : -ENOMEM;
	err = keylog_open(p->keylog, r->keys, p->live != NULL, &r->keylog, why, why_cap);
	if (!err)
		keylog_read(r->keylog);
	return err;
}

int reader_init(struct reader *r, const struct reader_config *config, char *why, size_t why_cap)
{
	const struct pipeline_config *p = config->pipeline;
	struct lane_config lane = { .ports = p->ports,
				    .seed = config->seed,
				    .sharers = config->cnt,
				    .emit = on_exchange,
				    .ctx = r };
	int err = 0;

	*r = (struct reader){ .config = *config };
	/* Of interfaces, the kernel gives each lane its own packets: every cnt-th number is one of
	 * this lane's. */
	if (p->live)
		r->number = config->index;
	snprintf(why, why_cap, "memory is short");
	if (p->filter && !config->feed)
		err = filter_new(p->filter, &r->filter, why, why_cap);
	if (!err)
		err = keys_init(r, why, why_cap);
	if (err)
		return err;
	lane.keys = r->keys;
	lane.more_keys = r->keylog ? more_keys : NULL;
	lane.more_keys_ctx = r->keylog;
	r->replay.speed = p->replay_speed;
	r->leftout = malloc(sizeof(*r->leftout));
	if (!r->leftout)
		return -ENOMEM;
	leftout_init(r->leftout, config->capture);
	/* Of interfaces, only what is kept must be remembered. */
	lane.capture = p->live && !p->write ? config->capture : &r->leftout->capture;
	r->names = names_new();
	r->lane = lane_new(&lane);
	r->inputs = calloc((p->live ? p->live->devices_cnt : p->files_cnt) + 1, sizeof(*r->inputs));
	return r->names && r->lane && r->inputs ? 0 : -ENOMEM;
}

void reader_fini(struct reader *r)
{
	if (r->live)
		source_close(r->live);
	for (size_t i = 0; i < r->inputs_cnt; i++) {
		if (!r->live)
			device_close(r->inputs[i].device);
		free(r->inputs[i].trouble);
	}
	free(r->inputs);
	lane_free(r->lane);
	keylog_close(r->keylog);
	tls_keys_free(r->keys);
	free(r->leftout);
	keep_close(&r->keep);
	names_free(r->names);
	filter_free(r->filter);
}

void reader_add_device(struct reader *r, struct device *d)
{
	r->inputs[r->inputs_cnt++] = (struct reader_input){ .name = device_name(d), .device = d };
}

int reader_open_live(struct reader *r, const char *name)
{
	struct device **devices = calloc(r->inputs_cnt, sizeof(struct device *));

	if (!devices)
		return -ENOMEM;
	for (size_t i = 0; i < r->inputs_cnt; i++)
		devices[i] = r->inputs[i].device;
	r->live = live_new(devices, r->inputs_cnt, name);
	free(devices);
	/* Without memory live_new() closed them. */
	for (size_t i = 0; !r->live && i < r->inputs_cnt; i++)
		r->inputs[i].device = NULL;
	return r->live ? 0 : -ENOMEM;
}

static void on_keep_say(void *ctx, const char *name, const char *message)
{
	say(ctx, name, message);
}

int reader_open_writer(struct reader *r)
{
	return keep_open(&r->keep, r->config.pipeline->write, on_keep_say, r);
}

/* Keep a packet that was followed, with what it showed to be left out. */
static void keep_followed(struct reader *r, const struct packet *pkt)
{
	if (!keep_is_on(&r->keep))
		return;
	keep_packet(&r->keep, pkt, leftout_comment(r->leftout));
	leftout_clear(r->leftout);
}

static bool look(struct reader *r)
{
	return r->config.ops->look(r->config.ctx) && !reader_is_stopped(r);
}

/* The same while s is read. */
static bool look_at(struct reader *r, const struct source *s)
{
	r->name = s->name;
	r->intake.read_bytes = s->read_bytes;
	r->intake.size_bytes = s->size_bytes;
	return look(r);
}

/* What ends without a packet of its own stands before the next one. */
static void key_of_clock(struct reader *r, uint64_t at)
{
	r->key = (struct parcel_key){ .at = at };
}

/* Whatever is open ends. */
static void finish_lane(struct reader *r)
{
	key_of_clock(r, r->live ? net_clock(lane_net(r->lane)) : r->number + 1);
	lane_finish(r->lane);
}

/* Connections go on from one file to the next, as a rotated capture's do, but not back in time. */
static void follow_clock(struct reader *r, const struct packet *pkt)
{
	if (pkt->time_ns < net_clock(lane_net(r->lane)))
		finish_lane(r);
}

/* The packet's clock and content, each with its place in the order. */
static void follow_packet(struct reader *r, const struct packet *pkt)
{
	uint64_t at = r->number;

	if (r->live) {
		uint64_t clock = net_clock(lane_net(r->lane));

		at = pkt->time_ns > clock ? pkt->time_ns : clock;
	}
	key_of_clock(r, at);
	lane_time(r->lane, pkt->time_ns);
	r->key.rank = PARCEL_RANK_PACKET;
	lane_packet_content(r->lane, pkt);
	passed(r, r->live ? at : at + 1);
}

/* False when no more packets are wanted. */
static bool take_packet(struct reader *r, struct packet *pkt)
{
	intake_packet(&r->intake, pkt->time_ns);
	pkt->number = r->number += r->live ? r->config.cnt : 1;
	if (r->filter && !filter_match(r->filter, pkt)) {
		r->intake.filtered++;
		return true;
	}
	if (!keep_has_room(&r->keep, pkt))
		return false;
	if (r->config.pipeline->evidence)
		evidence_packet(*r->config.pipeline->evidence, pkt);
	r->leftout->said = pkt->comment;
	follow_packet(r, pkt);
	r->leftout->said = (struct span){ 0 };
	keep_followed(r, pkt);
	return !reader_is_stopped(r);
}

static void on_secrets(void *ctx, struct span lines)
{
	struct reader *r = ctx;

	tls_keys_add(r->keys, lines);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Whoever pipes a capture in may be slow: look up by the clock, not by the packets. */
static bool is_pipe_due(struct reader *r, const struct source *s)
{
	uint64_t now_ns;

	if (s->size_bytes)
		return false;
	now_ns = clock_ns(CLOCK_MONOTONIC_COARSE); /* a tenth of the other's cost */
	if (now_ns < r->look_ns)
		return false;
	r->look_ns = now_ns + LOOK_NS;
	return true;
}

/* Let the packet wait until it is due. False when nobody wants it any more. */
static bool await(struct reader *r, const struct source *s, const struct packet *pkt)
{
	uint64_t wait_ns;

	while ((wait_ns = replay_wait_ns(&r->replay, pkt->time_ns, clock_ns(CLOCK_MONOTONIC)))) {
		struct timespec nap = { .tv_nsec = (long)(wait_ns < LOOK_NS ? wait_ns : LOOK_NS) };

		nanosleep(&nap, NULL);
		if (!look_at(r, s))
			return false;
	}
	return true;
}

/* A pipe brings nothing: what it brought must be seen all the same. */
static void on_pipe_idle(void *ctx)
{
	(void)look(ctx);
}

static void begin_input(struct reader *r, const char *name)
{
	r->name = name;
	r->inputs[r->inputs_cnt++] = (struct reader_input){ .name = name };
}

static void unopened(struct reader *r, const char *path, const char *why)
{
	r->is_unopened = true;
	say(r, path, why);
}

/* The input that was begun last is damaged. */
static void damaged(struct reader *r, const char *message)
{
	struct reader_input *in = &r->inputs[r->inputs_cnt - 1];

	r->is_damaged = true;
	say(r, in->name, message);
	in->trouble = strdup(message); /* NULL when memory is short: it was said above */
}

static bool read_file(struct reader *r, struct source *s)
{
	struct reader_input *in = &r->inputs[r->inputs_cnt];
	enum source_status status;
	struct packet pkt;

	begin_input(r, s->name);
	s->secrets = on_secrets;
	s->idle = on_pipe_idle;
	s->secrets_ctx = s->idle_ctx = r;
	while ((status = source_next(s, &pkt)) == SOURCE_PACKET) {
		if (in->packets++ == 0)
			follow_clock(r, &pkt);
		if ((r->replay.speed > 0 && !await(r, s, &pkt)) || !take_packet(r, &pkt) ||
		    ((in->packets % LOOK_PACKETS == 0 || is_pipe_due(r, s)) && !look_at(r, s)))
			return false;
	}
	if (status == SOURCE_DAMAGED)
		damaged(r, s->message);
	return look_at(r, s);
}

static void read_files(struct reader *r)
{
	const struct pipeline_config *p = r->config.pipeline;
	const volatile sig_atomic_t *stop = r->config.stop ? r->config.stop : &r->stop;

	for (size_t i = 0; i < p->files_cnt; i++) {
		char why[WHY_CAP];
		struct source *s;
		bool goes_on;

		if (file_open(p->files[i], r->names, stop, &s, why, sizeof(why))) {
			unopened(r, p->files[i], why);
			continue;
		}
		goes_on = read_file(r, s);
		source_close(s);
		if (!goes_on)
			break;
	}
}

static void follow_note(struct reader *r, const struct feed_note *n)
{
	switch (n->word) {
	case FEED_OPENED: begin_input(r, n->name); break;
	case FEED_CLOSED:
		if (n->text.len)
			damaged(r, (const char *)n->text.ptr);
		break;
	case FEED_UNOPENED: unopened(r, n->name, (const char *)n->text.ptr); break;
	case FEED_REWOUND: finish_lane(r); break;
	case FEED_SECRETS: tls_keys_add(r->keys, n->text); break;
	case FEED_COMMENT: r->leftout->said = n->text; break;
	}
}

static void count_fed(struct reader *r, size_t packets)
{
	r->number += packets;
	if (r->inputs_cnt)
		r->inputs[r->inputs_cnt - 1].packets += packets;
}

/* One packet of the batch. s: its segment, if that is this lane's. */
static void follow_fed(struct reader *r, uint64_t time_ns, const struct segment *s)
{
	count_fed(r, 1);
	key_of_clock(r, r->number);
	lane_time(r->lane, time_ns);
	if (s) {
		r->key.rank = PARCEL_RANK_PACKET;
		lane_segment(r->lane, s);
		passed(r, r->number + 1);
	}
	r->leftout->said = (struct span){ 0 };
}

/* s: the first of its segments, if it has any. */
static void follow_run(struct reader *r, const struct feed_run *run, const struct segment *s)
{
	bool is_own = run->part == r->config.index;

	if (run->part == FEED_UNWANTED)
		count_fed(r, run->packets);
	else if (!run->is_train)
		follow_fed(r, run->time_ns, is_own ? s : NULL);
	else if (lane_pass(r->lane, run->time_ns, is_own ? &run->train : NULL))
		count_fed(r, run->packets);
	else
		for (const struct segment *end = s + run->packets; s < end; s++)
			follow_fed(r, s->time_ns, is_own ? s : NULL);
}

static void follow_batch(struct reader *r, const struct feed_batch *b)
{
	const struct feed_note *note = b->notes, *notes_end = note + b->notes_cnt;
	const struct segment *s = b->segments;

	for (size_t i = 0; i < b->runs_cnt; i++) {
		for (; note < notes_end && note->before == i; note++)
			follow_note(r, note);
		follow_run(r, &b->runs[i], s);
		s += feed_segments(&b->runs[i]);
	}
	for (; note < notes_end; note++)
		follow_note(r, note);
	/* Of no part: the first lane counts them. */
	if (r->config.index == 0)
		lane_ignored(r->lane, b->ports_ignored);
	r->intake = b->intake;
	passed(r, r->number + 1);
}

static void read_feed(struct reader *r)
{
	const struct feed_batch *b;
	uint64_t looked = 0;

	while ((b = feed_get(r->config.feed, r->config.index))) {
		follow_batch(r, b);
		feed_put(r->config.feed, r->config.index);
		if (r->number - looked < LOOK_PACKETS)
			continue;
		looked = r->number;
		if (!look(r))
			break;
	}
	(void)look(r);
}

/* The input that is the packet's interface. */
static struct reader_input *input_of(struct reader *r, const struct packet *pkt)
{
	size_t i = 0;

	while (i + 1 < r->inputs_cnt && r->inputs[i].name != pkt->source)
		i++;
	return &r->inputs[i];
}

static void on_idle(struct reader *r, uint64_t now_ns)
{
	if (now_ns > r->intake.last_ns) {
		key_of_clock(r, now_ns);
		lane_tick(r->lane, now_ns);
		passed(r, now_ns);
	}
	keep_flush(&r->keep);
}

static void read_live(struct reader *r)
{
	struct source *s = r->live;
	struct packet pkt;
	bool goes_on = true;

	for (;;) {
		enum source_status status = source_next(s, &pkt);
		bool is_due = status != SOURCE_PACKET || pkt.time_ns >= r->look_ns;

		switch (status) {
		case SOURCE_PACKET:
			input_of(r, &pkt)->packets++;
			if (!take_packet(r, &pkt) && goes_on) {
				goes_on = false;
				source_finish(s);
			}
			break;
		case SOURCE_IDLE: on_idle(r, pkt.time_ns); break;
		case SOURCE_NEWS: say(r, NULL, s->message); break;
		case SOURCE_END:
		case SOURCE_DAMAGED: return;
		}
		if (!is_due)
			continue;
		r->look_ns = pkt.time_ns + LOOK_NS;
		if (!look_at(r, s) && goes_on) {
			goes_on = false;
			source_finish(s);
		}
	}
}

void reader_run(struct reader *r)
{
	if (r->live)
		read_live(r);
	else if (r->config.feed)
		read_feed(r);
	else
		read_files(r);
	finish_lane(r);
	keep_flush(&r->keep);
	passed(r, UINT64_MAX);
}
