/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "capture/file.h"
#include "capture/filter.h"
#include "capture/live.h"
#include "capture/writer.h"
#include "lane.h"
#include "pipeline_part.h"
#include "signals.h"
#include "tlslane.h"

/* Packets between two looks at the progress and the stop flag: some milliseconds' work. */
#define PROGRESS_PACKETS 16384
/* Live, packets trickle: look up so often at least. */
#define LOOK_NS (CAPTURE_IDLE_MS * (NS_PER_S / 1000))
/* Room for a line about an interface: its filter, and why, and a list of ports. */
#define LINE_CAP 1024

static bool is_asked(volatile sig_atomic_t *flag)
{
	bool was = *flag;

	*flag = 0;
	return was;
}

static void write_failed(struct pipeline *p, int err)
{
	p->result->is_unwritten = true;
	pipeline_say(p, writer_name(p->writer), strerror(-err));
	(void)writer_close(p->writer);
	p->writer = NULL;
}

static uint64_t dropped(const struct pipeline *p)
{
	uint64_t sum = 0;

	for (size_t i = 0; p->live && i < p->inputs_cnt; i++) {
		const struct device_stats *s = device_stats(p->devices[i]);

		sum += s->ring_dropped + s->interface_dropped;
	}
	return sum;
}

/* What the user asked for since the last look. */
static void answer(struct pipeline *p)
{
	struct signals *asked = p->config->signals;

	if (asked && is_asked(&asked->stats) && p->config->stats) {
		if (p->config->before_output)
			p->config->before_output(p->config->ctx);
		(void)pipeline_tell(p, *p->config->stats, false);
	}
	if (asked && is_asked(&asked->reopen)) {
		int err = p->writer ? writer_reopen(p->writer) : 0;

		if (err)
			write_failed(p, err);
		if (p->config->reopen)
			p->config->reopen(p->config->ctx);
	}
}

bool pipeline_look_up(struct pipeline *p, const struct source *s)
{
	struct pipeline_progress now = { .name = s ? s->name : "tls",
					 .read_bytes = s ? s->read_bytes : 0,
					 .size_bytes = s ? s->size_bytes : 0,
					 .exchanges = p->exchanges,
					 .causes = p->causes,
					 .packets = p->number,
					 .dropped = dropped(p) };

	if (p->config->progress)
		p->config->progress(p->config->ctx, &now);
	answer(p);
	pipeline_tick(p);
	if (p->config->count && p->exchanges == p->config->count)
		return false;
	return !(p->config->signals && p->config->signals->stop) && !p->result->sink_error;
}

/* Connections go on from one file to the next, as a rotated capture's do, but not back in time. */
static void follow_clock(struct pipeline *p, const struct packet *pkt)
{
	if (pkt->time_ns < net_clock(lane_net(p->lane)))
		lane_finish(p->lane);
}

/* Keep a packet in the file of -w. False when that file, the last one, is full. */
static bool keep_packet(struct pipeline *p, const struct packet *pkt)
{
	int err = p->writer ? writer_packet(p->writer, pkt) : 0;

	if (err < 0)
		write_failed(p, err);
	return err != WRITER_FULL;
}

/* False when no more packets are wanted. */
static bool take_packet(struct pipeline *p, struct packet *pkt)
{
	pkt->number = ++p->number;
	if (!p->first_ns || (pkt->time_ns && pkt->time_ns < p->first_ns))
		p->first_ns = pkt->time_ns;
	if (pkt->time_ns > p->last_ns)
		p->last_ns = pkt->time_ns;
	if (p->filter && !filter_match(p->filter, pkt)) {
		p->filtered++;
		return true;
	}
	if (!keep_packet(p, pkt))
		return false;
	lane_packet(p->lane, pkt);
	return !p->config->count || p->exchanges < p->config->count;
}

/* Whoever pipes a capture in may be slow: look up by the clock, not by the packets. */
static bool is_pipe_due(struct pipeline *p, const struct source *s)
{
	struct timespec now;
	uint64_t now_ns;

	if (s->size_bytes)
		return false;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &now); /* a tenth of the other's cost */
	now_ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
	if (now_ns < p->look_ns)
		return false;
	p->look_ns = now_ns + LOOK_NS;
	return true;
}

/* Let the packet wait until it is due. False when nobody wants it any more. */
static bool await(struct pipeline *p, const struct source *s, const struct packet *pkt)
{
	uint64_t wait_ns;

	while ((wait_ns = replay_wait_ns(&p->replay, pkt->time_ns, pipeline_clock_ns()))) {
		struct timespec nap = { .tv_nsec = (long)(wait_ns < LOOK_NS ? wait_ns : LOOK_NS) };

		nanosleep(&nap, NULL);
		if (!pipeline_look_up(p, s))
			return false;
	}
	return true;
}

/* A pipe brings nothing: what it brought must be seen all the same. */
static void on_pipe_idle(void *ctx)
{
	struct pipeline *p = ctx;

	answer(p);
	pipeline_tick(p);
}

static bool read_file(struct pipeline *p, struct source *s)
{
	enum source_status status;
	struct packet pkt;
	struct summary_input *in = &p->inputs[p->inputs_cnt++];

	in->name = s->name;
	s->idle = on_pipe_idle;
	s->idle_ctx = p;
	while ((status = source_next(s, &pkt)) == SOURCE_PACKET) {
		if (in->packets++ == 0)
			follow_clock(p, &pkt);
		if ((p->replay.speed > 0 && !await(p, s, &pkt)) || !take_packet(p, &pkt) ||
		    ((in->packets % PROGRESS_PACKETS == 0 || is_pipe_due(p, s)) &&
		     !pipeline_look_up(p, s)))
			return false;
	}
	if (status == SOURCE_DAMAGED) {
		p->result->is_damaged = true;
		pipeline_say(p, s->name, s->message);
		in->trouble = strdup(s->message); /* NULL when memory is short: it was said above */
	}
	return pipeline_look_up(p, s);
}

static void read_files(struct pipeline *p)
{
	for (size_t i = 0; i < p->config->files_cnt; i++) {
		const char *path = p->config->files[i];
		char why[PIPELINE_NOTE_CAP];
		struct source *s;
		bool goes_on;

		if (file_open(path, p->names, p->config->signals ? &p->config->signals->stop : NULL,
			      &s, why, sizeof(why))) {
			p->result->is_unopened = true;
			pipeline_say(p, path, why);
			continue;
		}
		goes_on = read_file(p, s);
		source_close(s);
		if (!goes_on)
			break;
	}
}

/* The input that is the packet's interface. */
static struct summary_input *input_of(struct pipeline *p, const struct packet *pkt)
{
	size_t i = 0;

	while (i + 1 < p->inputs_cnt && p->inputs[i].name != pkt->source)
		i++;
	return &p->inputs[i];
}

static void on_idle(struct pipeline *p, uint64_t now_ns)
{
	if (now_ns > p->last_ns)
		lane_tick(p->lane, now_ns);
	if (p->writer) {
		int err = writer_flush(p->writer);

		if (err)
			write_failed(p, err);
	}
}

static void read_live(struct pipeline *p)
{
	struct source *s = p->live;
	struct packet pkt;
	bool goes_on = true;

	for (;;) {
		enum source_status status = source_next(s, &pkt);
		bool is_due = status != SOURCE_PACKET || pkt.time_ns >= p->look_ns;

		switch (status) {
		case SOURCE_PACKET:
			input_of(p, &pkt)->packets++;
			if (!take_packet(p, &pkt))
				return;
			break;
		case SOURCE_IDLE: on_idle(p, pkt.time_ns); break;
		case SOURCE_NEWS: pipeline_say(p, NULL, s->message); break;
		case SOURCE_END:
		case SOURCE_DAMAGED: return;
		}
		pipeline_tls_look(p, pkt.time_ns);
		if (!is_due || !goes_on)
			continue;
		p->look_ns = pkt.time_ns + LOOK_NS;
		goes_on = pipeline_look_up(p, s);
		if (!goes_on)
			source_finish(s);
	}
}

/* One line that says what is in force on an interface. */
static void tell_device(const struct pipeline *p, const struct device *d)
{
	const char *ports = p->config->live->ports_text, *why;
	const char *rung = rung_text(device_rung(d, &why));
	char line[LINE_CAP];

	snprintf(line, sizeof(line), "listening, %s%s; filter: %s%s%s",
		 ports ? "ports " : "all ports", ports ? ports : "", rung, *why ? ": " : "", why);
	pipeline_say(p, device_name(d), line);
}

static int open_devices(struct pipeline *p)
{
	const struct pipeline_live *live = p->config->live;
	struct ladder_config ladder = { .ports = p->config->ports ? p->config->ports->bits : NULL,
					.snaplen = live->snaplen,
					.no_ebpf = live->no_ebpf,
					.no_body_cut = live->no_body_cut };

	p->ladder = ladder_new(&ladder);
	p->devices = calloc(live->devices_cnt + 1, sizeof(struct device *));
	p->per_device = calloc(live->devices_cnt + 1, sizeof(*p->per_device));
	if (!p->ladder || !p->devices || !p->per_device)
		return -ENOMEM;
	for (size_t i = 0; i < live->devices_cnt; i++) {
		struct device_config device = { .name = live->devices[i],
						.snaplen = live->snaplen,
						.buffer_kib = live->buffer_kib,
						.is_promiscuous = live->is_promiscuous,
						.ladder = p->ladder,
						.raise = live->raise };
		char why[PIPELINE_NOTE_CAP * 2];
		int err = device_open(&device, &p->devices[i], why, sizeof(why));

		if (err) {
			pipeline_say(p, live->devices[i], why);
			return err;
		}
		p->per_device[i] =
			(struct counter_group){ "live", device_counters, device_counters_cnt,
						device_stats(p->devices[i]) };
		p->inputs[i].name = live->devices[i];
		p->inputs[i].counters = &p->per_device[i];
		p->inputs_cnt++;
	}
	return 0;
}

static int open_live(struct pipeline *p)
{
	const struct pipeline_live *live = p->config->live;
	char why[PIPELINE_NOTE_CAP];
	/* The probes' process is parted from this one before there are packet sockets. */
	int err = pipeline_tls_open(p);

	if (!err)
		err = open_devices(p);
	if (err)
		return err;
	for (size_t i = 0; i < p->inputs_cnt; i++)
		tell_device(p, p->devices[i]);
	if (live->devices_cnt)
		p->live = live_new(p->devices, live->devices_cnt,
				   live->devices_cnt == 1 ? live->devices[0] : "interfaces");
	if (live->devices_cnt && !p->live) {
		p->inputs_cnt = 0; /* live_new() closed them */
		return -ENOMEM;
	}
	err = live->opened ? live->opened(p->config->ctx, why, sizeof(why)) : 0;
	if (err)
		pipeline_say(p, NULL, why);
	return err;
}

static int open_writer(struct pipeline *p)
{
	struct timespec now;
	char why[PIPELINE_NOTE_CAP];
	int err;

	clock_gettime(CLOCK_REALTIME, &now);
	err = writer_open(p->config->write, (uint64_t)now.tv_sec * NS_PER_S, &p->writer, why,
			  sizeof(why));
	if (err)
		pipeline_say(p, p->config->write->path, why);
	return err;
}

int pipeline_read(struct pipeline *p)
{
	int err = p->config->live ? open_live(p) : 0;

	if (!err && p->config->write)
		err = open_writer(p);
	if (err)
		return err;
	/* Whoever watches sees at once that there is nothing yet: a pipe may be silent for long. */
	pipeline_tick(p);
	if (p->live)
		read_live(p);
	else if (p->tls)
		pipeline_tls_run(p);
	else
		read_files(p);
	lane_finish(p->lane);
	if (p->tls)
		tlslane_finish(p->tls);
	err = p->writer ? writer_flush(p->writer) : 0;
	if (err)
		write_failed(p, err);
	return 0;
}

void pipeline_read_fini(struct pipeline *p)
{
	if (p->live)
		source_close(p->live);
	for (size_t i = 0; !p->live && p->devices && i < p->inputs_cnt; i++)
		device_close(p->devices[i]);
	tlslane_close(p->tls);
	ladder_free(p->ladder);
	free(p->devices);
	free(p->per_device);
	for (size_t i = 0; i < p->inputs_cnt; i++)
		free((char *)(uintptr_t)p->inputs[i].trouble);
	(void)writer_close(p->writer);
}
