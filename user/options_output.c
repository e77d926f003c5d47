/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "options_part.h"
#include "values.h"

/* In the order of enum options_format. */
static const char *const formats[] = { "text", "json", "har", "sarif", "junit", "csv" };
#define FORMATS (sizeof(formats) / sizeof(formats[0]))

static bool format_find(struct span word, enum options_format *out)
{
	for (unsigned i = 0; i < FORMATS; i++) {
		if (span_is(word, formats[i])) {
			*out = (enum options_format)i;
			return true;
		}
	}
	return false;
}

static int format_parse(const struct parse *p)
{
	if (format_find(span_text(optarg), &p->o->output.format))
		return 0;
	return options_complain(p, "--format %s: write text, json, har, sarif, junit or csv",
				optarg);
}

/* "sarif:findings.sarif". */
static int also_add(const struct parse *p)
{
	struct options_output *out = &p->o->output;
	struct options_report *r = &out->also[out->also_cnt];
	size_t len = strcspn(optarg, ":");

	if (!optarg[len] || !optarg[len + 1] || !format_find(span_make(optarg, len), &r->format))
		return options_complain(p,
					"--also %s: write text, json, har, sarif, junit or csv, a "
					"colon and a file, as in sarif:findings.sarif",
					optarg);
	r->path = optarg + len + 1;
	out->also_cnt++;
	return 0;
}

static int fail_on_parse(const struct parse *p, const char *word)
{
	for (unsigned s = SEVERITY_INFO; s <= SEVERITY_ERROR; s++) {
		if (strcmp(word, severity_text((enum severity)s)) == 0) {
			p->o->fail_on = (enum severity)s;
			p->o->has_fail_on = true;
			return 0;
		}
	}
	return options_complain(p, "--fail-on %s: write info, warning or error", word);
}

static int keep_parse(const struct parse *p)
{
	double s;

	if (!values_seconds(optarg, &s))
		return options_complain(p, "--store-keep %s: write how long, as in 30d or 12h",
					optarg);
	p->o->output.store_keep_s = s < 1 ? 1 : (uint64_t)s;
	return 0;
}

static int size_parse(const struct parse *p)
{
	if (values_size(optarg, OPTIONS_STORE_BYTES_MIN, &p->o->output.store_bytes))
		return 0;
	return options_complain(p, "--store-size %s: write a size from 1M on, as in 500M or 2G",
				optarg);
}

static int time_parse(const struct parse *p, const char *option, struct options_time *out)
{
	if (values_time(optarg, &out->is_ago, &out->ns)) {
		out->is_given = true;
		return 0;
	}
	return options_complain(p,
				"%s %s: write a time in UTC, as in 2026-11-23T14:00:00Z or "
				"2026-11-23, or how long ago, as in 2h or 7d",
				option, optarg);
}

/* A name that is to be there. */
static int name_take(const struct parse *p, const char *option, const char **out)
{
	if (!*optarg)
		return options_complain(p, "%s needs a file name", option);
	*out = optarg;
	return 0;
}

int options_output_take(const struct parse *p, int c)
{
	struct options_output *out = &p->o->output;

	switch (c) {
	case OPT_JSON: out->format = OPTIONS_JSON; return 0;
	case OPT_FORMAT: return format_parse(p);
	case OPT_ALSO: return also_add(p);
	case OPT_FAIL_ON: return fail_on_parse(p, optarg);
	case OPT_BASELINE: return name_take(p, "--baseline", &out->baseline);
	case OPT_WRITE_BASELINE: return name_take(p, "--write-baseline", &out->write_baseline);
	case OPT_METRICS_FILE: return name_take(p, "--metrics-file", &out->metrics);
	case OPT_EVIDENCE: return name_take(p, "--evidence", &out->evidence);
	case OPT_STORE: return name_take(p, "--store", &out->store);
	case OPT_STORE_KEEP: return keep_parse(p);
	case OPT_STORE_SIZE: return size_parse(p);
	case OPT_FROM_STORE: return name_take(p, "--from-store", &out->from_store);
	case OPT_SINCE: return time_parse(p, "--since", &out->since);
	case OPT_UNTIL: return time_parse(p, "--until", &out->until);
	default: return -EINVAL;
	}
}

/* A history was judged when it was stored: there are no packets any more. */
static int history_check(const struct parse *p)
{
	const struct options *o = p->o;

	if (o->files_cnt || options_is_live(o))
		return options_complain(p, "--from-store reads a history, -r and -i bring packets: "
					   "choose one");
	if (o->write.path || o->output.evidence)
		return options_complain(p, "--from-store has no packets for -w or --evidence");
	if (o->filter || o->has_ports)
		return options_complain(p, "--from-store has no packets to filter");
	if (o->output.store)
		return options_complain(p, "--from-store and --store: what was stored is there "
					   "already");
	return 0;
}

int options_output_check(const struct parse *p)
{
	const struct options_output *out = &p->o->output;

	if (out->from_store)
		return history_check(p);
	if (out->since.is_given || out->until.is_given)
		return options_complain(p, "--since and --until choose from --from-store: add it");
	if (!out->store && (out->store_keep_s || out->store_bytes))
		return options_complain(p, "--store-keep and --store-size limit --store: add it");
	if (out->baseline && !p->o->has_fail_on)
		return options_complain(p,
					"--baseline says which causes --fail-on passes over: add "
					"--fail-on");
	if (out->evidence && strcmp(out->evidence, "-") == 0)
		return options_complain(p, "--evidence -: standard output is for the findings; "
					   "name a file");
	return 0;
}
