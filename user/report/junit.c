/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/junit.h"

#include <stdlib.h>

#include "report/format.h"
#include "report/out.h"
#include "report/xml.h"

struct junit {
	struct sink base;
	struct junit_config config;
	struct out out;
};

enum state { PASSED, SKIPPED, FAILED };

static struct junit *junit_of(struct sink *s)
{
	return (struct junit *)(void *)s;
}

static enum state state_of(const struct junit *n, const struct cause *c)
{
	if (baseline_has(n->config.known, c->id))
		return SKIPPED;
	return c->rule->severity >= n->config.fail_on ? FAILED : PASSED;
}

static void put_attribute(struct out *o, const char *name, const char *value)
{
	out_char(o, ' ');
	out_text(o, name);
	out_lit(o, "=\"");
	xml_span(o, span_text(value));
	out_char(o, '"');
}

static void put_number(struct out *o, const char *name, uint64_t n)
{
	out_char(o, ' ');
	out_text(o, name);
	out_lit(o, "=\"");
	out_u64(o, n);
	out_char(o, '"');
}

/* A line of a cause's story; nothing for what is not known. */
static void put_line(struct out *o, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	out_text(o, label);
	out_lit(o, ": ");
	xml_block(o, span_text(value));
	out_char(o, '\n');
}

static void put_story(struct out *o, const struct cause *c)
{
	out_lit(o, "\n");
	put_line(o, "what", c->detail);
	put_line(o, "browser", c->console);
	out_lit(o, "seen: ");
	out_u64(o, c->cnt);
	out_lit(o, " times\n");
	put_line(o, "example", c->example);
	put_line(o, "server", c->platform);
	put_line(o, "change", c->fix);
	put_line(o, "check", c->curl);
}

static void put_case(struct out *o, const struct cause *c)
{
	char name[BASELINE_NAME_CAP];

	out_lit(o, "<testcase");
	put_attribute(o, "classname", c->rule->id);
	out_lit(o, " name=\"");
	xml_span(o, span_text(c->host));
	out_char(o, ' ');
	baseline_name(c->id, name);
	out_text(o, name);
	out_lit(o, "\" time=\"0\">");
}

static void put_cause(struct junit *n, const struct cause *c)
{
	struct out *o = &n->out;

	put_case(o, c);
	switch (state_of(n, c)) {
	case SKIPPED: out_lit(o, "<skipped message=\"in the baseline\"/>"); break;
	case FAILED:
		out_lit(o, "<failure");
		put_attribute(o, "type", severity_text(c->rule->severity));
		put_attribute(o, "message", c->rule->title);
		out_char(o, '>');
		put_story(o, c);
		out_lit(o, "</failure>");
		break;
	case PASSED:
		out_lit(o, "<system-out>");
		put_story(o, c);
		out_lit(o, "</system-out>");
		break;
	}
	out_lit(o, "</testcase>\n");
}

static void put_kept_rules(struct out *o, const struct summary *sum, uint64_t *cnt)
{
	*cnt = 0;
	for (size_t i = 0; i < rules_cnt; i++) {
		if (sum->rule_counts[i])
			continue;
		++*cnt;
		if (!o)
			continue;
		out_lit(o, "<testcase");
		put_attribute(o, "classname", rules[i].id);
		put_attribute(o, "name", rules[i].title);
		out_lit(o, " time=\"0\"/>\n");
	}
}

static void put_counts(struct junit *n, const struct summary *sum)
{
	uint64_t cnts[FAILED + 1] = { 0 }, kept;

	put_kept_rules(NULL, sum, &kept);
	for (size_t i = 0; i < sum->causes_cnt; i++)
		cnts[state_of(n, sum->causes[i])]++;
	put_number(&n->out, "tests", kept + sum->causes_cnt);
	put_number(&n->out, "failures", cnts[FAILED]);
	put_number(&n->out, "skipped", cnts[SKIPPED]);
	put_number(&n->out, "errors", 0);
}

/* Nothing is written before: the counts stand at the beginning. */
static int junit_finish(struct sink *s, const struct summary *sum)
{
	struct junit *n = junit_of(s);
	struct out *o = &n->out;
	char time[FORMAT_TIME_CAP];
	uint64_t kept;

	out_lit(o, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
	put_counts(n, sum);
	out_lit(o, ">\n<testsuite name=\"cors-sniff\" time=\"0\"");
	put_counts(n, sum);
	format_time(sum->first_ns, time);
	put_attribute(o, "timestamp", time);
	out_lit(o, ">\n");
	for (size_t i = 0; i < sum->causes_cnt; i++)
		put_cause(n, sum->causes[i]);
	put_kept_rules(o, sum, &kept);
	out_lit(o, "</testsuite>\n</testsuites>\n");
	return out_flush(o);
}

static void junit_close(struct sink *s)
{
	struct junit *n = junit_of(s);

	out_fini(&n->out);
	free(n);
}

struct sink *junit_new(const struct junit_config *config)
{
	static const struct sink_ops ops = {
		.name = "junit",
		.judged = sink_ignore_judged,
		.taken_back = sink_ignore_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = junit_finish,
		.close = junit_close,
	};
	struct junit *n = calloc(1, sizeof(*n));

	if (!n || out_init(&n->out, config->file) != 0) {
		free(n);
		return NULL;
	}
	n->base.ops = &ops;
	n->config = *config;
	return &n->base;
}
