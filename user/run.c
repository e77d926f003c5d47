/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "capture/writer.h"
#include "notify.h"
#include "options.h"
#include "outputs.h"
#include "pipeline.h"
#include "privileges.h"
#include "report/progress.h"
#include "report/text.h"
#include "signals.h"

/* Room for a line that names a file and a reason. */
#define WHY_CAP 1024
/* A service manager hears so often how it goes. */
#define STATUS_NS (2 * NS_PER_S)

/* Text or JSON, the web server's, the saved page's. */
#define SINKS_MAX 3

struct run {
	const struct options *o;
	struct signals *signals;
	struct outputs outputs;
	struct sink *stats; /* for the user's asking */
	struct progress progress;
	struct notify notify;
	uint64_t status_ns; /* when the service manager heard last how it goes */
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void on_say(void *ctx, const char *name, const char *message)
{
	struct run *r = ctx;

	progress_clear(&r->progress);
	tell(name, message);
}

static void notify_status(struct run *r, const struct pipeline_progress *p, uint64_t now_ns)
{
	char line[160];

	notify_alive(&r->notify, now_ns);
	if (r->notify.fd < 0 || now_ns - r->status_ns < STATUS_NS)
		return;
	r->status_ns = now_ns;
	snprintf(line, sizeof(line),
		 "STATUS=%llu exchanges, %llu causes, %llu packets, %llu dropped",
		 (unsigned long long)p->exchanges, (unsigned long long)p->causes,
		 (unsigned long long)p->packets, (unsigned long long)p->dropped);
	notify_send(&r->notify, line);
}

static void on_progress(void *ctx, const struct pipeline_progress *p)
{
	struct run *r = ctx;
	uint64_t now_ns = clock_ns();

	notify_status(r, p, now_ns);
	/* The report is next, on the same terminal perhaps. */
	if (r->signals->stop) {
		progress_clear(&r->progress);
		return;
	}
	if (options_is_live(r->o))
		progress_live(&r->progress, &(struct progress_live){ .exchanges = p->exchanges,
								     .causes = p->causes,
								     .packets = p->packets,
								     .dropped = p->dropped,
								     .time_ns = now_ns });
	else
		progress_update(&r->progress, &(struct progress_now){ .name = p->name,
								      .read_bytes = p->read_bytes,
								      .size_bytes = p->size_bytes,
								      .exchanges = p->exchanges,
								      .time_ns = now_ns });
}

static void before_output(void *ctx)
{
	struct run *r = ctx;

	progress_clear(&r->progress);
}

static bool on_sink_failed(void *ctx, size_t i, int err)
{
	struct run *r = ctx;

	progress_clear(&r->progress);
	return outputs_fail(&r->outputs, i, err);
}

/* Whoever rotates logs moved the output away: go on in a new one of its name. */
static void on_reopen(void *ctx)
{
	struct run *r = ctx;

	outputs_reopen(&r->outputs);
}

static int on_opened(void *ctx, char *why, size_t why_cap)
{
	struct run *r = ctx;
	int err = privileges_drop(r->o->live.user, why, why_cap);

	if (err)
		return err;
	if (*why) {
		char line[WHY_CAP];

		snprintf(line, sizeof(line), "running as %.200s from here on (-Z)", why);
		tell(NULL, line);
	}
	err = outputs_open(&r->outputs, why, why_cap);
	if (!err)
		notify_send(&r->notify, "READY=1");
	return err;
}

/* A capture that was read is served until somebody wants the program to stop. */
static bool on_linger(void *ctx)
{
	struct run *r = ctx;

	progress_clear(&r->progress);
	notify_alive(&r->notify, clock_ns());
	return outputs_linger(&r->outputs, r->signals);
}

static enum exit_code exit_code_of(const struct pipeline_result *r, bool is_failing)
{
	if (r->is_unopened || r->is_unwritten)
		return EXIT_INPUT;
	if (r->is_damaged)
		return EXIT_DAMAGED;
	return is_failing ? EXIT_FINDINGS : EXIT_OK;
}

/* What comes on a terminal while the input is read would have a bar stand among it. */
static bool is_progress_wanted(const struct options *o)
{
	const struct options_output *out = &o->output;
	bool is_streamed = out->format == OPTIONS_JSON || out->format == OPTIONS_CSV;

	return !o->is_progress_off && isatty(STDERR_FILENO) &&
	       !(is_streamed && !out->path && isatty(STDOUT_FILENO));
}

static int run_pipeline(struct run *r, struct pipeline_result *result, char *why, size_t why_cap)
{
	const struct options *o = r->o;
	struct pipeline_tls tls = { .who = o->live.tls_who,
				    .ports = o->is_ports_given ? &o->ports : NULL,
				    .keep = privileges_keep_probing };
	struct pipeline_live live = { .devices = o->devices,
				      .devices_cnt = o->devices_cnt,
				      .tls = o->live.has_tls ? &tls : NULL,
				      .ports_text = o->ports_text,
				      .snaplen = o->live.snaplen,
				      .buffer_kib = o->live.buffer_kib,
				      .is_promiscuous = o->live.is_promiscuous,
				      .no_ebpf = o->live.no_ebpf,
				      /* A cut leaves start lines, which ciphertext has none of. */
				      .no_body_cut = o->live.no_body_cut || o->keylog,
				      .opened = on_opened,
				      .raise = privileges_raise };
	struct writer_config write = { .path = o->write.path,
				       .file_bytes = o->write.file_bytes,
				       .every_s = o->write.every_s,
				       .files_max = o->write.files_max,
				       .snaplen = o->live.snaplen };
	struct pipeline_config config = { .files = o->files,
					  .files_cnt = o->files_cnt,
					  .live = options_is_live(o) ? &live : NULL,
					  .filter = o->filter,
					  .ports = o->has_ports ? &o->ports : NULL,
					  .write = o->write.path ? &write : NULL,
					  .platform = o->platform,
					  .keylog = o->keylog,
					  .count = o->count,
					  .lanes = o->lanes,
					  .sinks = r->outputs.sinks,
					  .sinks_cnt = r->outputs.cnt,
					  .sink_failed = on_sink_failed,
					  .evidence =
						  o->output.evidence ? &r->outputs.evidence : NULL,
					  .replay_speed = o->replay_speed,
					  .stats = &r->stats,
					  .say = on_say,
					  .progress = on_progress,
					  .before_output = before_output,
					  .reopen = on_reopen,
					  .linger = options_is_live(o) ? NULL : on_linger,
					  .ctx = r,
					  .signals = r->signals };

	signals_stop_after(o->duration_s);
	return pipeline_run(&config, result, why, why_cap);
}

/* Room for the outputs, and a sink for the user's asking. 0 or -errno with why[]. */
static int prepare(struct run *r, char *why, size_t why_cap)
{
	int err = outputs_init(&r->outputs, r->o, why, why_cap);

	if (err)
		return err;
	r->stats = text_new(&(struct text_config){ .file = stderr, .is_summary_only = true });
	if (!r->stats) {
		snprintf(why, why_cap, "memory is short");
		return -ENOMEM;
	}
	/* A live capture opens its outputs when it has given up its rights. */
	return options_is_live(r->o) ? 0 : outputs_open(&r->outputs, why, why_cap);
}

enum exit_code run(const struct options *o, struct signals *signals)
{
	struct run r = { .o = o, .signals = signals, .notify = notify_open() };
	struct pipeline_result result = { 0 };
	enum exit_code output;
	bool is_failing;
	char why[WHY_CAP];
	int err = prepare(&r, why, sizeof(why));

	if (is_progress_wanted(o))
		r.progress.file = stderr;
	if (!err)
		err = run_pipeline(&r, &result, why, sizeof(why));
	progress_clear(&r.progress);
	is_failing = outputs_is_failing(&r.outputs);
	output = outputs_close(&r.outputs);
	sink_close(r.stats);
	notify_send(&r.notify, "STOPPING=1");
	notify_close(&r.notify);
	if (err) {
		tell(NULL, why);
		return err == -EINVAL ? EXIT_USAGE : EXIT_INPUT;
	}
	return output != EXIT_OK ? output : exit_code_of(&result, is_failing);
}
