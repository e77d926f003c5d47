/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main: the program's start, what it says on stderr, and its exit code.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "cors/judge.h"
#include "help.h"
#include "options.h"
#include "pipeline.h"
#include "report/explain.h"
#include "report/jsonl.h"
#include "report/out.h"
#include "report/paint.h"
#include "report/progress.h"
#include "report/text.h"

/* The contract with scripts; --help prints it. */
enum exit_code {
	EXIT_OK = 0,
	EXIT_FINDINGS = 1,
	EXIT_USAGE = 2,
	EXIT_INPUT = 3,   /* cannot be opened, or not permitted; also: output cannot be written */
	EXIT_DAMAGED = 4, /* an input was not read to its end */
};

/* Room for a line that names a file and a reason. */
#define WHY_CAP 1024

/* Set by the first SIGINT or SIGTERM: read no further, but report what was read. */
static volatile sig_atomic_t is_stopped;

static void handle_stop(int signal_number)
{
	(void)signal_number;
	is_stopped = 1;
}

static void signals_set(void)
{
	/* The second one kills, as if nobody had caught the first. */
	struct sigaction stop = { .sa_handler = handle_stop, .sa_flags = (int)SA_RESETHAND };
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	/* A reader that has seen enough shows as EPIPE, whatever the parent left us as default. */
	sigaction(SIGPIPE, &ignore, NULL);
}

/* A line on stderr. Names of files, and what stands in them, are other people's bytes too. */
static void tell(const char *name, const char *message)
{
	struct out o;

	if (out_init(&o, stderr) != 0)
		return;
	out_lit(&o, "cors-sniff: ");
	if (name) {
		out_safe(&o, span_text(name));
		out_lit(&o, ": ");
	}
	out_safe(&o, span_text(message));
	out_char(&o, '\n');
	out_flush(&o);
	out_fini(&o);
}

/* An error of stdout as an exit code. Its reader may go whenever it likes: not a failure. */
static enum exit_code output_failed(int err)
{
	if (err == 0 || err == -EPIPE)
		return EXIT_OK;
	tell("stdout", strerror(-err));
	return EXIT_INPUT;
}

/* True when somebody looks at the results while they come: a terminal, or a live capture. */
static bool is_live(const struct options *o)
{
	struct stat st;

	if (isatty(STDOUT_FILENO))
		return true;
	for (size_t i = 0; i < o->files_cnt; i++) {
		if (strcmp(o->files[i], "-") == 0)
			return fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
	}
	return false;
}

static bool is_colored(const struct options *o)
{
	struct paint_environment env = { .no_color = getenv("NO_COLOR"),
					 .clicolor_force = getenv("CLICOLOR_FORCE"),
					 .term = getenv("TERM") };

	if (o->color != OPTIONS_COLOR_AUTO)
		return o->color == OPTIONS_COLOR_ALWAYS;
	return paint_is_wanted(isatty(STDOUT_FILENO), &env);
}

/* The sink that the options ask for; NULL when memory is short. */
static struct sink *sink_new(const struct options *o)
{
	if (o->is_json) {
		struct jsonl_config json = { .file = stdout,
					     .is_findings_only = o->is_findings_only,
					     .is_summary_only = o->is_summary_only,
					     .is_quiet = o->is_quiet,
					     .is_live = is_live(o) };

		return jsonl_new(&json);
	}
	return text_new(&(struct text_config){ .file = stdout,
					       .is_colored = is_colored(o),
					       .is_local_time = isatty(STDOUT_FILENO),
					       .is_summary_only = o->is_summary_only,
					       .is_quiet = o->is_quiet });
}

/* JSON lines on a terminal come while the input is read: a bar would stand among them. */
static bool is_progress_wanted(const struct options *o)
{
	return !o->is_progress_off && isatty(STDERR_FILENO) &&
	       !(o->is_json && isatty(STDOUT_FILENO));
}

static void on_say(void *ctx, const char *name, const char *message)
{
	progress_clear(ctx);
	tell(name, message);
}

static void on_progress(void *ctx, const struct pipeline_progress *p)
{
	struct timespec now;

	/* The report is next, on the same terminal perhaps. */
	if (is_stopped) {
		progress_clear(ctx);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	progress_update(ctx,
			&(struct progress_now){
				.name = p->name,
				.read_bytes = p->read_bytes,
				.size_bytes = p->size_bytes,
				.exchanges = p->exchanges,
				.time_ns = (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec,
			});
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

static enum exit_code exit_code_of(const struct options *o, const struct pipeline_result *r)
{
	enum exit_code output = output_failed(r->sink_error);

	if (output != EXIT_OK || r->is_unopened)
		return EXIT_INPUT;
	if (r->is_damaged)
		return EXIT_DAMAGED;
	return is_failing(o, r) ? EXIT_FINDINGS : EXIT_OK;
}

static enum exit_code run(const struct options *o)
{
	struct progress progress = { 0 };
	struct sink *sink = sink_new(o);
	struct pipeline_config config = { .files = o->files,
					  .files_cnt = o->files_cnt,
					  .filter = o->filter,
					  .ports = o->has_ports ? &o->ports : NULL,
					  .platform = o->platform,
					  .sinks = &sink,
					  .sinks_cnt = 1,
					  .say = on_say,
					  .progress = on_progress,
					  .ctx = &progress,
					  .stop = &is_stopped };
	struct pipeline_result result;
	char why[WHY_CAP] = "memory is short";
	int err = -ENOMEM;

	if (is_progress_wanted(o))
		progress.file = stderr;
	if (sink)
		err = pipeline_run(&config, &result, why, sizeof(why));
	progress_clear(&progress);
	sink_close(sink);
	if (err) {
		tell(NULL, why);
		return err == -EINVAL ? EXIT_USAGE : EXIT_INPUT;
	}
	return exit_code_of(o, &result);
}

static enum exit_code explain(const char *id)
{
	const struct rule *rule = rule_by_id(id);
	char why[WHY_CAP];

	if (rule)
		return output_failed(explain_rule(stdout, rule));
	explain_unknown(id, why, sizeof(why));
	tell(NULL, why);
	return EXIT_USAGE;
}

static enum exit_code act(const struct options *o)
{
	switch (o->action) {
	case OPTIONS_HELP: return output_failed(help_print(stdout));
	case OPTIONS_VERSION: return output_failed(help_print_version(stdout));
	case OPTIONS_LIST_RULES: return output_failed(explain_list(stdout));
	case OPTIONS_EXPLAIN: return explain(o->rule);
	case OPTIONS_RUN: break;
	}
	return run(o);
}

int main(int argc, char **argv)
{
	struct options o;
	char why[WHY_CAP];
	enum exit_code code;

	signals_set();
	if (argc < 2) {
		help_print_usage(stderr);
		return EXIT_USAGE;
	}
	if (options_parse(&o, argc, argv, judge_platforms(), why, sizeof(why)) != 0) {
		tell(NULL, why);
		return EXIT_USAGE;
	}
	code = act(&o);
	options_fini(&o);
	return (int)code;
}
