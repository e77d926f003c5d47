/* SPDX-License-Identifier: BSD-2-Clause */
#include "feed.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/names.h"
#include "capture/file.h"
#include "capture/filter.h"
#include "capture/source.h"
#include "net/clock.h"
#include "net/flow.h"
#include "net/net.h"
#include "pipeline.h"
#include "thread.h"

/* Rows that a batch has room for at first. */
#define PACKETS_FIRST 1024
#define NOTES_FIRST   8
/* Room for the notes that end a file, whatever else there was no memory for. */
#define NOTES_SPARE 2
/* Room for why something cannot be opened. */
#define WHY_CAP 512

/* Bytes of a train, so that what its segments acknowledge can be compared: they lie no further
 * apart than these and a window. Only segments that are said to be huge could be more in a batch.
 */
#define TRAIN_BYTES_MAX (1u << 29)

_Static_assert(NET_WINDOW_MAX + TRAIN_BYTES_MAX <= INT32_MAX, "distances of sequence numbers");
/* A file's header of a packet, and those of IP and TCP. */
_Static_assert(CAPTURE_WINDOW / (16 + 40) < UINT16_MAX && FEED_BYTES <= CAPTURE_WINDOW,
	       "a run counts the packets of a batch");
_Static_assert(FEED_BATCHES >= 2 * FEED_WAIT, "whoever waits is woken while the other can go on");

/* Bytes that no memory of a window has: put together from fragments, or libpcap's. */
struct feed_spill {
	struct feed_spill *next;
	uint8_t bytes[];
};

struct feed {
	const struct pipeline_config *config;
	unsigned lanes;
	/* The thread's own: */
	struct names *names;
	struct filter *filter; /* NULL: none */
	struct decoder *decoder;
	struct clock clock;
	struct intake intake;
	struct source *source;     /* that is read */
	struct feed_batch *batch;  /* that is being filled; NULL: nobody wants any more */
	struct window_memory left; /* what was given up then: see struct window */
	size_t lent;               /* bytes of the batch's packets that are no window's */
	bool is_short;             /* of memory */
	pthread_t thread;
	bool is_running;
	pthread_mutex_t lock;         /* over what follows; taken a few times for each batch */
	pthread_cond_t filled, freed; /* a batch was */
	uint64_t begun;               /* batches */
	uint64_t done;                /* of these, the lanes may have */
	uint64_t *put;                /* batches that each lane is done with */
	bool is_over;                 /* none will follow those done */
	bool is_stopped;
	struct feed_batch batches[FEED_BATCHES]; /* the n-th is in n modulo FEED_BATCHES */
};

/* So many rows of this size at *rows. False: no memory, and nothing changed. */
static bool rows_grow(void *rows, size_t cnt, size_t size)
{
	void *larger = realloc(*(void **)rows, cnt * size);

	if (!larger)
		return false;
	*(void **)rows = larger;
	return true;
}

/* Room for more packets. */
static bool packets_grow(struct feed_batch *b)
{
	size_t cap = b->packets_cap ? b->packets_cap * 2 : PACKETS_FIRST;

	if (!rows_grow(&b->runs, cap, sizeof(*b->runs)) ||
	    !rows_grow(&b->segments, cap, sizeof(*b->segments)))
		return false;
	b->packets_cap = cap;
	return true;
}

/* Room for one note more, beside those that end a file. The first ones are there from the start. */
static bool notes_grow(struct feed_batch *b)
{
	size_t cap = b->notes_cap ? b->notes_cap * 2 : NOTES_FIRST;

	if (b->notes_cnt + NOTES_SPARE < b->notes_cap)
		return true;
	if (!rows_grow(&b->notes, cap, sizeof(*b->notes)))
		return false;
	b->notes_cap = cap;
	return true;
}

static void spills_free(struct feed_batch *b)
{
	while (b->spills) {
		struct feed_spill *next = b->spills->next;

		free(b->spills);
		b->spills = next;
	}
}

/* Whether any lane is so many batches behind; with the lock. */
static bool is_behind(const struct feed *f, uint64_t batches)
{
	for (unsigned i = 0; i < f->lanes; i++) {
		if (f->begun - f->put[i] >= batches)
			return true;
	}
	return false;
}

/* Begin a batch, once there is room for it. */
static void batch_begin(struct feed *f)
{
	struct feed_batch *b = &f->batches[f->begun % FEED_BATCHES];

	pthread_mutex_lock(&f->lock);
	if (is_behind(f, FEED_BATCHES)) {
		while (is_behind(f, FEED_BATCHES - FEED_WAIT) && !f->is_stopped)
			pthread_cond_wait(&f->freed, &f->lock);
	}
	f->batch = f->is_stopped ? NULL : b;
	f->begun++;
	pthread_mutex_unlock(&f->lock);
	if (!f->batch)
		return;
	spills_free(b);
	b->number = f->intake.packets;
	b->runs_cnt = b->segments_cnt = b->packets_cnt = b->notes_cnt = 0;
	b->ports_ignored = 0;
	f->lent = 0;
	if (!b->packets_cap)
		f->is_short |= !packets_grow(b);
}

/* The lanes may have what is filled. */
static void batch_end(struct feed *f, bool is_last)
{
	if (f->source) {
		f->intake.read_bytes = f->source->read_bytes;
		f->intake.size_bytes = f->source->size_bytes;
	}
	if (f->filter)
		f->intake.refused = filter_refused(f->filter, &f->intake.refused_why);
	intake_decoder(&f->intake, f->decoder);
	if (f->batch)
		f->batch->intake = f->intake;
	pthread_mutex_lock(&f->lock);
	f->done += f->batch != NULL;
	f->is_over |= is_last;
	if (f->done % FEED_WAIT == 0 || is_last)
		pthread_cond_broadcast(&f->filled);
	pthread_mutex_unlock(&f->lock);
}

/* The window's memory is full, and so is the batch. */
static struct window_memory on_turn(void *ctx, struct window_memory full)
{
	struct feed *f = ctx;
	struct window_memory next = { .size = FEED_BYTES };

	if (f->batch) {
		/* What a batch before had, if this one did not begin with a turn. */
		free(f->batch->memory.alloc);
		f->batch->memory = full;
		batch_end(f, false);
		batch_begin(f);
	} else {
		free(f->left.alloc);
		f->left = full;
	}
	if (f->batch && f->batch->memory.alloc) {
		next = f->batch->memory;
		f->batch->memory = (struct window_memory){ 0 };
	}
	return next;
}

static void note_add(struct feed *f, enum feed_word word, const char *name, struct span text)
{
	struct feed_batch *b = f->batch;
	size_t spare = word == FEED_CLOSED || word == FEED_UNOPENED ? 0 : NOTES_SPARE;

	if (!b || b->notes_cnt + spare >= b->notes_cap)
		return;
	b->notes[b->notes_cnt++] = (struct feed_note){
		.before = (uint32_t)b->runs_cnt, .word = word, .name = name, .text = text
	};
	f->is_short |= !notes_grow(b);
}

/* Text that is not in the window. */
static struct span text_keep(struct feed *f, const char *text)
{
	const char *kept = names_keep(f->names, span_text(text));

	return span_text(kept ? kept : "memory is short");
}

static void on_secrets(void *ctx, struct span lines)
{
	note_add(ctx, FEED_SECRETS, NULL, lines);
}

/* Keep what ends with the packet. False: no memory. */
static bool spill(struct feed *f, struct span *bytes)
{
	struct feed_spill *s = malloc(sizeof(*s) + bytes->len);

	f->is_short |= !s;
	if (!s)
		return false;
	memcpy(s->bytes, bytes->ptr, bytes->len);
	bytes->ptr = s->bytes;
	s->next = f->batch->spills;
	f->batch->spills = s;
	return true;
}

/* The segment that the packet brings, if it is one to be followed. NULL: none. */
static const struct segment *segment_add(struct feed *f, const struct packet *pkt)
{
	struct feed_batch *b = f->batch;
	struct segment *s = &b->segments[b->segments_cnt];

	if (decoder_packet(f->decoder, pkt, s) != DECODE_TCP)
		return NULL;
	if (!port_set_has_either(f->config->ports, s->src.port, s->dst.port)) {
		b->ports_ignored++;
		return NULL;
	}
	if (s->payload.len &&
	    (f->source->is_fleeting || s->payload.ptr < pkt->data ||
	     s->payload.ptr >= pkt->data + pkt->caplen) &&
	    !spill(f, &s->payload))
		return NULL;
	b->segments_cnt++;
	return s;
}

/* Whether a note stands before the next run. */
static bool has_note(const struct feed_batch *b)
{
	return b->notes_cnt && b->notes[b->notes_cnt - 1].before == b->runs_cnt;
}

/* Whether so many bytes more are too many for the train. */
static bool is_full(const struct feed_run *run, uint32_t bytes)
{
	return run->train.bytes > TRAIN_BYTES_MAX - bytes;
}

/* The run that the next packet is of, with so many bytes if it is of a train. */
static struct feed_run *run_of(struct feed_batch *b, bool is_train, uint32_t bytes, uint16_t part)
{
	struct feed_run *run = &b->runs[b->runs_cnt];

	if (is_train && b->runs_cnt && run[-1].is_train && !is_full(&run[-1], bytes))
		return run - 1;
	*run = (struct feed_run){ .part = part, .is_train = is_train };
	b->runs_cnt++;
	return run;
}

/* The packet, which the filter wants. */
static struct feed_run *wanted_add(struct feed *f, const struct packet *pkt)
{
	struct feed_batch *b = f->batch;
	const struct segment *s;
	struct feed_run *run;
	bool is_train;

	if (pkt->comment.len)
		note_add(f, FEED_COMMENT, NULL, pkt->comment);
	(void)clock_follow(&f->clock, pkt->time_ns);
	s = segment_add(f, pkt);
	if (!s)
		return run_of(b, false, 0, FEED_NOBODY);
	is_train = s->goes_on && s->payload_len <= TRAIN_BYTES_MAX &&
		   f->clock.now_ns == pkt->time_ns && !has_note(b);
	run = run_of(b, is_train, s->payload_len,
		     f->lanes == 1 ? 0 : (uint16_t)flow_part(s, f->lanes));
	if (is_train)
		net_train_add(&run->train, s);
	return run;
}

static void packet_add(struct feed *f, struct packet *pkt)
{
	struct feed_batch *b = f->batch;
	struct feed_run *run;

	intake_packet(&f->intake, pkt->time_ns);
	pkt->number = f->intake.packets;
	if (f->filter && !filter_match(f->filter, pkt)) {
		f->intake.filtered++;
		run = run_of(b, false, 0, FEED_UNWANTED);
	} else {
		run = wanted_add(f, pkt);
	}
	run->time_ns = pkt->time_ns;
	run->packets++;
	if (++b->packets_cnt == b->packets_cap)
		f->is_short |= !packets_grow(b);
}

/* What libpcap reads turns no window: its batches are full when their packets would fill one. */
static void batch_turn(struct feed *f, const struct packet *pkt)
{
	f->lent += sizeof(struct feed_run) + pkt->caplen;
	if (f->lent < FEED_BYTES)
		return;
	batch_end(f, false);
	batch_begin(f);
}

/* Connections go on from one file to the next, as a rotated capture's do, but not back in time. */
static void follow_clock(struct feed *f, const struct packet *pkt)
{
	if (pkt->time_ns >= f->clock.now_ns)
		return;
	note_add(f, FEED_REWOUND, NULL, (struct span){ 0 });
	decoder_finish(f->decoder);
	f->clock = (struct clock){ 0 };
}

static void read_file(struct feed *f, struct source *s)
{
	struct span trouble = { 0 };
	enum source_status status;
	bool is_first = true;
	struct packet pkt;

	f->source = s;
	s->turn = on_turn;
	s->secrets = on_secrets;
	s->turn_ctx = s->secrets_ctx = f;
	note_add(f, FEED_OPENED, s->name, trouble);
	while ((status = source_next(s, &pkt)) == SOURCE_PACKET && f->batch && !f->is_short) {
		if (is_first)
			follow_clock(f, &pkt);
		is_first = false;
		packet_add(f, &pkt);
		if (s->is_fleeting)
			batch_turn(f, &pkt);
	}
	if (status == SOURCE_DAMAGED)
		trouble = text_keep(f, s->message);
	else if (f->is_short)
		trouble = span_text("not read further: memory is short");
	note_add(f, FEED_CLOSED, s->name, trouble);
	source_close(s);
	f->source = NULL;
}

static void *work(void *arg)
{
	struct feed *f = arg;
	const struct pipeline_config *p = f->config;

	batch_begin(f);
	for (size_t i = 0; i < p->files_cnt && f->batch; i++) {
		char why[WHY_CAP];
		struct source *s;

		/* Of many files the first one is told, which must do. */
		if (f->is_short)
			note_add(f, FEED_UNOPENED, p->files[i], span_text("memory is short"));
		else if (file_open(p->files[i], f->names, NULL, &s, why, sizeof(why)))
			note_add(f, FEED_UNOPENED, p->files[i], text_keep(f, why));
		else
			read_file(f, s);
	}
	decoder_finish(f->decoder);
	batch_end(f, true);
	return NULL;
}

int feed_new(const struct pipeline_config *config, unsigned lanes, uint64_t seed, struct feed **out,
	     char *why, size_t why_cap)
{
	struct feed *f = calloc(1, sizeof(*f));
	int err = 0;

	*out = f;
	snprintf(why, why_cap, "memory is short");
	if (!f)
		return -ENOMEM;
	f->config = config;
	f->lanes = lanes;
	pthread_mutex_init(&f->lock, NULL);
	pthread_cond_init(&f->filled, NULL);
	pthread_cond_init(&f->freed, NULL);
	f->put = calloc(lanes, sizeof(*f->put));
	f->names = names_new();
	f->decoder = decoder_new(seed);
	if (config->filter)
		err = filter_new(config->filter, &f->filter, why, why_cap);
	for (size_t i = 0; i < FEED_BATCHES && !err; i++)
		err = notes_grow(&f->batches[i]) ? 0 : -ENOMEM;
	if (!err && (!f->put || !f->names || !f->decoder))
		err = -ENOMEM;
	if (err) {
		feed_free(f);
		*out = NULL;
	}
	return err;
}

int feed_start(struct feed *f)
{
	int err = thread_begin(&f->thread, work, f);

	f->is_running = !err;
	return err;
}

const struct feed_batch *feed_get(struct feed *f, unsigned lane)
{
	const struct feed_batch *b = NULL;

	pthread_mutex_lock(&f->lock);
	if (f->put[lane] == f->done) {
		while (f->done - f->put[lane] < FEED_WAIT && !f->is_over && !f->is_stopped)
			pthread_cond_wait(&f->filled, &f->lock);
	}
	if (f->put[lane] != f->done && !f->is_stopped)
		b = &f->batches[f->put[lane] % FEED_BATCHES];
	pthread_mutex_unlock(&f->lock);
	return b;
}

void feed_put(struct feed *f, unsigned lane)
{
	pthread_mutex_lock(&f->lock);
	f->put[lane]++;
	if (f->put[lane] % FEED_WAIT == 0)
		pthread_cond_signal(&f->freed);
	pthread_mutex_unlock(&f->lock);
}

void feed_stop(struct feed *f)
{
	pthread_mutex_lock(&f->lock);
	f->is_stopped = true;
	pthread_cond_broadcast(&f->filled);
	pthread_cond_broadcast(&f->freed);
	pthread_mutex_unlock(&f->lock);
}

void feed_free(struct feed *f)
{
	if (!f)
		return;
	if (f->is_running) {
		feed_stop(f);
		pthread_join(f->thread, NULL);
	}
	for (size_t i = 0; i < FEED_BATCHES; i++) {
		spills_free(&f->batches[i]);
		free(f->batches[i].runs);
		free(f->batches[i].segments);
		free(f->batches[i].notes);
		free(f->batches[i].memory.alloc);
	}
	free(f->left.alloc);
	filter_free(f->filter);
	decoder_free(f->decoder);
	names_free(f->names);
	free(f->put);
	pthread_cond_destroy(&f->freed);
	pthread_cond_destroy(&f->filled);
	pthread_mutex_destroy(&f->lock);
	free(f);
}
