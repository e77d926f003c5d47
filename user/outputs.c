/* SPDX-License-Identifier: BSD-2-Clause */
#include "outputs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "evidence.h"
#include "later.h"
#include "report/baseline.h"
#include "report/csv.h"
#include "report/gate.h"
#include "report/har.h"
#include "report/jsonl.h"
#include "report/junit.h"
#include "report/metricsfile.h"
#include "report/paint.h"
#include "report/sarif.h"
#include "report/store.h"
#include "report/text.h"

/* Room for a line about causes. */
#define LINE_CAP 256

static bool has_gate(const struct options *o)
{
	return o->has_fail_on || o->output.write_baseline;
}

int outputs_init(struct outputs *outs, const struct options *o, char *why, size_t why_cap)
{
	const struct options_output *out = &o->output;
	bool is_asked[] = { out->evidence != NULL,  has_gate(o),
			    out->store != NULL,     out->metrics != NULL,
			    o->web.listen_cnt != 0, o->web.report != NULL };
	size_t machines = 0;

	for (unsigned i = 0; i < sizeof(is_asked) / sizeof(is_asked[0]); i++)
		machines += is_asked[i];
	*outs = (struct outputs){ .o = o,
				  .cnt = machines + out->also_cnt + 1,
				  .report = { .path = o->web.report } };
	outs->rows = calloc(outs->cnt, sizeof(*outs->rows));
	outs->sinks = calloc(outs->cnt, sizeof(*outs->sinks));
	if (outs->rows && outs->sinks)
		return serve_open(o, &outs->serve, why, why_cap);
	snprintf(why, why_cap, "memory is short");
	return -ENOMEM;
}

/* True when somebody looks at the results while they come: a terminal, or a live capture. */
static bool is_live(const struct options *o, FILE *file)
{
	struct stat st;

	if (options_is_live(o) || isatty(fileno(file)))
		return true;
	for (size_t i = 0; i < o->files_cnt; i++) {
		if (strcmp(o->files[i], "-") == 0)
			return fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
	}
	return false;
}

static bool is_colored(const struct options *o, FILE *file)
{
	struct paint_environment env = { .no_color = getenv("NO_COLOR"),
					 .clicolor_force = getenv("CLICOLOR_FORCE"),
					 .term = getenv("TERM") };

	if (o->color != OPTIONS_COLOR_AUTO)
		return o->color == OPTIONS_COLOR_ALWAYS;
	return paint_is_wanted(isatty(fileno(file)), &env);
}

static struct sink *text_open(const struct outputs *outs, FILE *file)
{
	const struct options *o = outs->o;

	return text_new(&(struct text_config){ .file = file,
					       .is_colored = is_colored(o, file),
					       .is_local_time = isatty(fileno(file)),
					       .is_summary_only = o->is_summary_only,
					       .is_live = options_is_live(o),
					       .is_quiet = o->is_quiet,
					       .known = outs->known });
}

static struct sink *json_open(const struct outputs *outs, FILE *file)
{
	const struct options *o = outs->o;

	return jsonl_new(&(struct jsonl_config){ .file = file,
						 .is_findings_only = o->is_findings_only,
						 .is_summary_only = o->is_summary_only,
						 .is_quiet = o->is_quiet,
						 .is_live = is_live(o, file) });
}

static struct sink *csv_open(const struct outputs *outs, FILE *file)
{
	const struct options *o = outs->o;
	struct csv_config csv = { .file = file,
				  .is_findings_only = o->is_findings_only,
				  .is_live = is_live(o, file) };
	struct sink *s = csv_new(&csv);

	return csv.is_live ? s : later_new(s);
}

/* The sink of a form; NULL when memory is short. */
static struct sink *report_open(const struct outputs *outs, enum options_format format, FILE *file)
{
	const struct options *o = outs->o;

	switch (format) {
	case OPTIONS_JSON: return json_open(outs, file);
	case OPTIONS_HAR:
		return later_new(har_new(&(struct har_config){
			.file = file, .is_findings_only = o->is_findings_only }));
	case OPTIONS_SARIF:
		return sarif_new(&(struct sarif_config){ .file = file, .known = outs->known });
	case OPTIONS_JUNIT:
		return junit_new(&(struct junit_config){ .file = file,
							 .fail_on = o->has_fail_on ? o->fail_on
										   : SEVERITY_ERROR,
							 .known = outs->known });
	case OPTIONS_CSV: return csv_open(outs, file);
	case OPTIONS_TEXT: break;
	}
	return text_open(outs, file);
}

/* A store goes on after an error, so that the user hears at once. */
static void on_store_say(void *ctx, const char *message)
{
	const struct outputs *outs = ctx;

	tell(outs->o->output.store, message);
}

static struct output *row_add(struct outputs *outs, size_t *i, const char *path)
{
	struct output *row = &outs->rows[(*i)++];

	row->path = path;
	return row;
}

static int report_add(struct outputs *outs, size_t *i, enum options_format format, const char *path,
		      char *why, size_t why_cap)
{
	struct output *row = row_add(outs, i, path);

	row->file = path ? fopen(path, "we") : stdout;
	if (!row->file) {
		int err = -errno;

		snprintf(why, why_cap, "%s: %s", path, strerror(-err));
		return err;
	}
	row->sink = report_open(outs, format, row->file);
	return row->sink ? 0 : -ENOMEM;
}

/* The gate and the store, where they are asked for. */
static int machines_add(struct outputs *outs, size_t *i, char *why, size_t why_cap)
{
	const struct options *o = outs->o;
	const struct options_output *out = &o->output;
	int err = out->baseline ? baseline_read(out->baseline, &outs->known, why, why_cap) : 0;

	if (err)
		return err;
	if (out->store) {
		struct store_config store = { .url = out->store,
					      .keep_s = out->store_keep_s,
					      .bytes_max = out->store_bytes,
					      .is_live = options_is_live(o),
					      .say = on_store_say,
					      .ctx = outs };

		err = store_open(&store, &row_add(outs, i, out->store)->sink, why, why_cap);
		if (err)
			return err;
	}
	if (has_gate(o)) {
		struct gate_config gate = { .has_fail_on = o->has_fail_on,
					    .fail_on = o->fail_on,
					    .known = outs->known,
					    .write_path = out->write_baseline };

		outs->gate = row_add(outs, i, out->write_baseline)->sink = gate_new(&gate);
		if (!outs->gate)
			return -ENOMEM;
	}
	return 0;
}

/* True when every input is a file that can be read again. */
static bool is_repeatable(const struct options *o)
{
	struct stat st;

	for (size_t i = 0; i < o->files_cnt; i++) {
		if (strcmp(o->files[i], "-") == 0 || stat(o->files[i], &st) != 0 ||
		    !S_ISREG(st.st_mode))
			return false;
	}
	return o->files_cnt != 0;
}

static int evidence_add(struct outputs *outs, size_t *i, char *why, size_t why_cap)
{
	const struct options *o = outs->o;
	struct evidence_config evidence = { .path = o->output.evidence,
					    .files = is_repeatable(o) ? o->files : NULL,
					    .files_cnt = o->files_cnt };
	struct output *row;
	int err;

	if (!o->output.evidence)
		return 0;
	row = row_add(outs, i, o->output.evidence);
	err = evidence_open(&evidence, &row->sink, why, why_cap);
	if (err)
		return err;
	outs->evidence = row->sink;
	/* Packets in memory would not wait. */
	if (evidence.files)
		row->sink = later_new(row->sink);
	return row->sink ? 0 : -ENOMEM;
}

/* The metrics' file, the server's sink and the saved page's, where they are asked for. */
static int pages_add(struct outputs *outs, size_t *i)
{
	const struct options *o = outs->o;
	bool is_well = true;

	if (o->output.metrics) {
		struct output *row = row_add(outs, i, o->output.metrics);

		row->sink = metricsfile_new(row->path, o->web.labels);
		is_well &= row->sink != NULL;
	}
	if (outs->serve) {
		struct output *row = row_add(outs, i, "--listen");

		row->sink = serve_sink(outs->serve);
		is_well &= row->sink != NULL;
	}
	if (o->web.report) {
		struct output *row = row_add(outs, i, o->web.report);

		row->sink = serve_report_sink(&outs->report, options_is_live(o));
		is_well &= row->sink != NULL;
	}
	return is_well ? 0 : -ENOMEM;
}

int outputs_open(struct outputs *outs, char *why, size_t why_cap)
{
	const struct options_output *out = &outs->o->output;
	size_t i = 0;
	int err;

	snprintf(why, why_cap, "memory is short");
	err = machines_add(outs, &i, why, why_cap);
	if (!err)
		err = evidence_add(outs, &i, why, why_cap);
	if (!err)
		err = pages_add(outs, &i);
	for (size_t k = 0; !err && k < out->also_cnt; k++)
		err = report_add(outs, &i, out->also[k].format, out->also[k].path, why, why_cap);
	if (!err)
		err = report_add(outs, &i, out->format, out->path, why, why_cap);
	for (size_t k = 0; !err && k < outs->cnt; k++)
		outs->sinks[k] = outs->rows[k].sink;
	if (!err && outs->serve)
		err = serve_start(outs->serve, why, why_cap);
	return err;
}

static void tell_failure(const struct output *row, int err)
{
	(void)tell_output(row->path ? row->path : "stdout", err);
}

bool outputs_fail(struct outputs *outs, size_t i, int err)
{
	const bool is_main = i == outs->cnt - 1;
	size_t left = 0;

	outs->rows[i].err = err;
	tell_failure(&outs->rows[i], err);
	for (size_t k = 0; k < outs->cnt; k++)
		left += !outs->rows[k].err && outs->rows[k].sink != outs->gate;
	/* Whoever read the main report and went wants no more. */
	return left && !(is_main && err == -EPIPE);
}

void outputs_reopen(struct outputs *outs)
{
	struct output *row = &outs->rows[outs->cnt - 1];

	if (row->path && row->file && !freopen(row->path, "ae", row->file))
		tell(row->path, strerror(errno));
}

bool outputs_is_failing(const struct outputs *outs)
{
	return outs->o->has_fail_on && outs->gate && gate_failing(outs->gate);
}

/* With a baseline, whoever reads the log wants to know what is new. */
static void tell_causes(const struct outputs *outs)
{
	uint64_t fresh, known;
	char line[LINE_CAP];

	if (!outs->known || !outs->gate)
		return;
	gate_causes(outs->gate, &fresh, &known);
	snprintf(line, sizeof(line), "%llu new, %llu in the baseline, of causes of %s or worse",
		 (unsigned long long)fresh, (unsigned long long)known,
		 severity_text(outs->o->fail_on));
	tell(NULL, line);
}

bool outputs_linger(const struct outputs *outs, const struct signals *signals)
{
	return outs->serve && serve_moment(outs->serve, signals);
}

enum exit_code outputs_close(struct outputs *outs)
{
	enum exit_code code = EXIT_OK;

	tell_causes(outs);
	for (size_t i = 0; outs->rows && i < outs->cnt; i++) {
		struct output *row = &outs->rows[i];

		sink_close(row->sink);
		if (row->path && row->file && fclose(row->file) != 0 && !row->err) {
			row->err = -errno;
			tell_failure(row, row->err);
		}
		if (row->err && row->err != -EPIPE)
			code = EXIT_INPUT;
	}
	if (outs->report.has_failed)
		code = EXIT_INPUT;
	serve_close(outs->serve);
	baseline_free(outs->known);
	free(outs->rows);
	free(outs->sinks);
	return code;
}
