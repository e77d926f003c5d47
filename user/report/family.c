/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/family.h"

#include <stdio.h>

#include "base/limits.h"

static const struct {
	const char *word;       /* OpenMetrics' */
	const char *suffix;     /* of its samples */
	const char *prometheus; /* Prometheus' word: it knows no infos */
} types[] = {
	[FAMILY_COUNTER] = { "counter", "_total", "counter" },
	[FAMILY_GAUGE] = { "gauge", "", "gauge" },
	[FAMILY_HISTOGRAM] = { "histogram", "", "histogram" },
	[FAMILY_INFO] = { "info", "_info", "gauge" },
};

static bool is_open(const struct family *f)
{
	return f->format == METRICS_OPENMETRICS;
}

/* The text of a help line or of a label's value. */
static void put_escaped(struct out *o, const char *text)
{
	for (; *text; text++) {
		switch (*text) {
		case '\\': out_lit(o, "\\\\"); break;
		case '"': out_lit(o, "\\\""); break;
		case '\n': out_lit(o, "\\n"); break;
		default: out_char(o, *text);
		}
	}
}

/* "# HELP name " and its like. */
static void put_about(struct family *f, const char *what)
{
	out_lit(f->o, "# ");
	out_text(f->o, what);
	out_char(f->o, ' ');
	out_text(f->o, f->name);
	if (!is_open(f))
		out_text(f->o, types[f->type].suffix);
	out_char(f->o, ' ');
}

static void put_unit(struct family *f)
{
	static const char *const units[] = { "bytes", "seconds" };
	size_t len = strlen(f->name);

	for (unsigned i = 0; is_open(f) && i < 2; i++) {
		size_t n = strlen(units[i]);

		if (len <= n || f->name[len - n - 1] != '_' ||
		    strcmp(f->name + len - n, units[i]) != 0)
			continue;
		put_about(f, "UNIT");
		out_text(f->o, units[i]);
		out_char(f->o, '\n');
	}
}

void family_open(struct family *f, const char *group, const char *name, enum family_type type,
		 const char *help)
{
	snprintf(f->name, sizeof(f->name), "%s_%s", group, name);
	f->type = type;
	put_about(f, "TYPE");
	out_text(f->o, is_open(f) ? types[type].word : types[type].prometheus);
	out_char(f->o, '\n');
	put_unit(f);
	put_about(f, "HELP");
	put_escaped(f->o, help);
	out_char(f->o, '\n');
}

void family_sample(struct family *f, const char *suffix)
{
	out_text(f->o, f->name);
	out_text(f->o, suffix ? suffix : types[f->type].suffix);
	f->labels = 0;
}

void family_label(struct family *f, const char *name, const char *value)
{
	out_char(f->o, f->labels++ ? ',' : '{');
	out_text(f->o, name);
	out_lit(f->o, "=\"");
	put_escaped(f->o, value);
	out_char(f->o, '"');
}

static void value_begin(struct family *f)
{
	if (f->labels)
		out_char(f->o, '}');
	out_char(f->o, ' ');
}

void family_u64(struct family *f, uint64_t value)
{
	family_u64_example(f, value, 0, 0);
}

static void put_seconds(struct out *o, uint64_t ns)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu.%09llu", (unsigned long long)(ns / NS_PER_S),
		 (unsigned long long)(ns % NS_PER_S));
	out_text(o, text);
}

void family_seconds(struct family *f, uint64_t ns)
{
	value_begin(f);
	put_seconds(f->o, ns);
	out_char(f->o, '\n');
}

void family_u64_example(struct family *f, uint64_t value, uint64_t cause, uint64_t time_ns)
{
	value_begin(f);
	out_u64(f->o, value);
	if (cause && is_open(f)) {
		char name[CAUSE_NAME_CAP];

		cause_name(cause, name);
		out_lit(f->o, " # {cause=\"");
		out_text(f->o, name);
		out_lit(f->o, "\"} 1");
		if (time_ns) {
			out_char(f->o, ' ');
			put_seconds(f->o, time_ns);
		}
	}
	out_char(f->o, '\n');
}
