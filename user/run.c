/* SPDX-License-Identifier: BSD-2-Clause */
#include "run.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "capture/writer.h"
#include "notify.h"
#include "options.h"
#include "pipeline.h"
#include "privileges.h"
#include "report/jsonl.h"
#include "report/paint.h"
#include "report/progress.h"
#include "report/text.h"
#include "serve.h"
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
	FILE *output;
	struct sink *sinks[SINKS_MAX], *stats;
	size_t sinks_cnt;
	struct serve *serve; /* NULL: no --listen */
	struct serve_report report;
	struct progress progress;
	struct notify notify;
	uint64_t status_ns; /* when the service manager heard last how it goes */
};

/* True when somebody looks at the results while they come: a terminal, or a live capture. */
static bool is_live(const struct run *r)
{
	const struct options *o = r->o;
	struct stat st;

	if (options_is_live(o) || isatty(fileno(r->output)))
		return true;
	for (size_t i = 0; i < o->files_cnt; i++) {
		if (strcmp(o->files[i], "-") == 0)
			return fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
	}
	return false;
}

static bool is_colored(const struct run *r)
{
	struct paint_environment env = { .no_color = getenv("NO_COLOR"),
					 .clicolor_force = getenv("CLICOLOR_FORCE"),
					 .term = getenv("TERM") };

	if (r->o->color != OPTIONS_COLOR_AUTO)
		return r->o->color == OPTIONS_COLOR_ALWAYS;
	return paint_is_wanted(isatty(fileno(r->output)), &env);
}

/* The sink for the output that the options ask for; NULL when memory is short. */
static struct sink *sink_new(const struct run *r)
{
	const struct options *o = r->o;

	if (o->is_json) {
		struct jsonl_config json = { .file = r->output,
					     .is_findings_only = o->is_findings_only,
					     .is_summary_only = o->is_summary_only,
					     .is_quiet = o->is_quiet,
					     .is_live = is_live(r) };

		return jsonl_new(&json);
	}
	return text_new(&(struct text_config){ .file = r->output,
					       .is_colored = is_colored(r),
					       .is_local_time = isatty(fileno(r->output)),
					       .is_summary_only = o->is_summary_only,
					       .is_live = options_is_live(o),
					       .is_quiet = o->is_quiet });
}

/* Take a sink over. False for NULL: memory is short. */
static bool sink_add(struct run *r, struct sink *s)
{
	if (s)
		r->sinks[r->sinks_cnt++] = s;
	return s != NULL;
}

static bool sinks_open(struct run *r)
{
	const struct options *o = r->o;

	r->stats = text_new(&(struct text_config){ .file = stderr, .is_summary_only = true });
	r->report.path = o->web.report;
	return r->stats && sink_add(r, sink_new(r)) &&
	       (!r->serve || sink_add(r, serve_sink(r->serve))) &&
	       (!o->web.report || sink_add(r, serve_report_sink(&r->report, options_is_live(o))));
}

/* Open the output and the sinks, and begin to serve. 0, or -errno with why[]. */
static int output_open(struct run *r, char *why, size_t why_cap)
{
	r->output = r->o->output ? fopen(r->o->output, "we") : stdout;
	if (!r->output) {
		int err = -errno;

		snprintf(why, why_cap, "%s: %s", r->o->output, strerror(-err));
		return err;
	}
	if (sinks_open(r))
		return r->serve ? serve_start(r->serve, why, why_cap) : 0;
	snprintf(why, why_cap, "memory is short");
	return -ENOMEM;
}

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

/* Whoever rotates logs moved the output away: go on in a new one of its name. */
static void on_reopen(void *ctx)
{
	struct run *r = ctx;

	if (r->o->output && !freopen(r->o->output, "ae", r->output))
		tell(r->o->output, strerror(errno));
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
	err = output_open(r, why, why_cap);
	if (!err)
		notify_send(&r->notify, "READY=1");
	return err;
}

/* True when a finding is as bad as --fail-on says, or worse. */
static bool is_failing(const struct options *o, const struct pipeline_result *r)
{
	for (unsigned s = o->fail_on; o->has_fail_on && s <= SEVERITY_ERROR; s++) {
		if (r->findings[s])
			return true;
	}
	return false;
}

static enum exit_code exit_code_of(const struct options *o, const struct pipeline_result *r,
				   bool has_failed)
{
	enum exit_code output = tell_output(o->output ? o->output : "stdout", r->sink_error);

	if (output != EXIT_OK || r->is_unopened || r->is_unwritten || has_failed)
		return EXIT_INPUT;
	if (r->is_damaged)
		return EXIT_DAMAGED;
	return is_failing(o, r) ? EXIT_FINDINGS : EXIT_OK;
}

/* JSON lines on a terminal come while the input is read: a bar would stand among them. */
static bool is_progress_wanted(const struct options *o)
{
	return !o->is_progress_off && isatty(STDERR_FILENO) &&
	       !(o->is_json && !o->output && isatty(STDOUT_FILENO));
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
				      .no_body_cut = o->live.no_body_cut,
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
					  .count = o->count,
					  .sinks = r->sinks,
					  /* A live capture opens them when it has begun. */
					  .sinks_cnt =
						  1u + (r->serve != NULL) + (o->web.report != NULL),
					  .replay_speed = o->replay_speed,
					  .stats = &r->stats,
					  .say = on_say,
					  .progress = on_progress,
					  .before_output = before_output,
					  .reopen = on_reopen,
					  .ctx = r,
					  .signals = r->signals };

	signals_stop_after(o->duration_s);
	if (o->output || o->write.path)
		signals_catch_reopen();
	return pipeline_run(&config, result, why, why_cap);
}

enum exit_code run(const struct options *o, struct signals *signals)
{
	struct run r = { .o = o, .signals = signals, .notify = notify_open() };
	struct pipeline_result result = { 0 };
	char why[WHY_CAP];
	int err = serve_open(o, &r.serve, why, sizeof(why));

	/* A live capture opens its output when it has given up its rights. */
	if (!err && !options_is_live(o))
		err = output_open(&r, why, sizeof(why));

	if (is_progress_wanted(o))
		r.progress.file = stderr;
	if (!err)
		err = run_pipeline(&r, &result, why, sizeof(why));
	progress_clear(&r.progress);
	if (!err && r.serve && !options_is_live(o))
		serve_until_stopped(r.serve, signals);
	for (size_t i = 0; i < r.sinks_cnt; i++)
		sink_close(r.sinks[i]);
	sink_close(r.stats);
	serve_close(r.serve);
	notify_send(&r.notify, "STOPPING=1");
	notify_close(&r.notify);
	if (o->output && r.output && fclose(r.output) != 0 && !result.sink_error)
		result.sink_error = -errno;
	if (err) {
		tell(NULL, why);
		return err == -EINVAL ? EXIT_USAGE : EXIT_INPUT;
	}
	return exit_code_of(o, &result, r.report.has_failed);
}
