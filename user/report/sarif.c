/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/sarif.h"

#include <stdlib.h>

#include "report/examples.h"
#include "report/json.h"
#include "report/sarif_part.h"

struct sarif {
	struct sink base;
	struct sarif_config config;
	struct examples *examples;
	struct out out;
};

static struct sarif *sarif_of(struct sink *s)
{
	return (struct sarif *)(void *)s;
}

/* SARIF 3.27.10. */
static const char *level_text(enum severity s)
{
	switch (s) {
	case SEVERITY_ERROR: return "error";
	case SEVERITY_WARNING: return "warning";
	default: return "note";
	}
}

/* "name":{"text":...} after a comma. */
static void put_message(struct out *o, const char *name, const char *text)
{
	out_char(o, ',');
	json_text(o, name);
	out_lit(o, ":{\"text\":");
	json_text(o, text);
	out_char(o, '}');
}

/* SARIF 3.49: a reportingDescriptor. */
static void put_rule(struct out *o, const struct rule *r)
{
	out_lit(o, "\n{\"id\":");
	json_text(o, r->id);
	put_message(o, "shortDescription", r->title);
	put_message(o, "fullDescription", r->explanation);
	put_message(o, "help", r->fix);
	if (r->anchor) {
		json_key(o, "helpUri");
		json_text(o, r->anchor);
	}
	out_lit(o, ",\"defaultConfiguration\":{\"level\":");
	json_text(o, level_text(r->severity));
	out_lit(o, "},\"properties\":{\"tags\":[\"cors\"],\"chromium\":");
	json_text(o, r->chromium);
	json_key(o, "firefox");
	json_text(o, r->firefox);
	out_lit(o, "}}");
}

static bool is_unreserved(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '.' || c == '_' || c == '~' || c == '/';
}

/* RFC 3986, 2.1. A colon is escaped, too: in a relative reference's first part it would end a
 * scheme (4.2). */
static void put_encoded(struct out *o, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *text; text++) {
		uint8_t c = (uint8_t)*text;
		char escape[3] = { '%', hex[c >> 4], hex[c & 15] };

		if (is_unreserved(*text))
			out_char(o, *text);
		else
			out_bytes(o, escape, sizeof(escape));
	}
}

/* Where it is: the first endpoint's host and path. Its method is not part of the place. */
static void put_location(struct out *o, const struct cause *c)
{
	const char *path = c->endpoints.rows_cnt ? strchr(c->endpoints.rows[0].text, '/') : NULL;

	out_lit(o, ",\"locations\":[{\"physicalLocation\":{\"artifactLocation\":{\"uri\":\"");
	put_encoded(o, *c->host ? c->host : "unknown-host");
	put_encoded(o, path ? path : "/");
	out_lit(o, "\"},\"region\":{\"startLine\":1}}}]");
}

static void put_samples(struct out *o, const struct cause_samples *s)
{
	out_char(o, '[');
	for (unsigned i = 0; i < s->rows_cnt; i++) {
		json_next(o, i);
		json_text(o, s->rows[i].text);
	}
	out_char(o, ']');
}

static void put_properties(struct out *o, const struct cause *c)
{
	out_lit(o, ",\"properties\":{\"host\":");
	json_text(o, c->host);
	json_key(o, "confidence");
	json_text(o, confidence_text(c->confidence));
	json_key(o, "first");
	json_time(o, c->first_ns);
	json_key(o, "last");
	json_time(o, c->last_ns);
	json_key(o, "console");
	json_text(o, c->console);
	json_key(o, "platform");
	json_text(o, c->platform);
	json_key(o, "fix");
	json_text(o, c->fix);
	json_key(o, "curl");
	json_text(o, c->curl);
	json_key(o, "origins");
	put_samples(o, &c->origins);
	json_key(o, "endpoints");
	put_samples(o, &c->endpoints);
	out_char(o, '}');
}

/* SARIF 3.27. */
static void put_result(struct sarif *f, const struct cause *c)
{
	struct out *o = &f->out;
	char name[BASELINE_NAME_CAP];
	struct span example = examples_get(f->examples, c->id);
	struct span detail = span_text(*c->detail ? c->detail : c->rule->title);

	out_lit(o, "\n{\"ruleId\":");
	json_text(o, c->rule->id);
	json_key(o, "level");
	json_text(o, level_text(c->rule->severity));
	out_lit(o, ",\"message\":{\"text\":");
	json_span(o, detail);
	out_char(o, '}');
	put_location(o, c);
	baseline_name(c->id, name);
	out_lit(o, ",\"partialFingerprints\":{\"corsSniffCause/v1\":");
	json_text(o, name);
	out_lit(o, "},\"occurrenceCount\":");
	out_u64(o, c->cnt);
	if (f->config.known) {
		json_key(o, "baselineState");
		json_text(o, baseline_has(f->config.known, c->id) ? "unchanged" : "new");
	}
	out_bytes(o, example.ptr ? (const char *)example.ptr : "", example.len);
	put_properties(o, c);
	out_char(o, '}');
}

static int sarif_judged(struct sink *s, const struct judgement *j)
{
	return examples_add(sarif_of(s)->examples, j);
}

/* An input that was not read to its end may hide results. */
static bool is_whole(const struct summary *sum)
{
	for (size_t i = 0; i < sum->inputs_cnt; i++) {
		if (sum->inputs[i].trouble)
			return false;
	}
	return true;
}

static int sarif_finish(struct sink *s, const struct summary *sum)
{
	struct sarif *f = sarif_of(s);
	struct out *o = &f->out;

	out_lit(o, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\","
		   "\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{"
		   "\"name\":\"cors-sniff\",\"version\":\"" VERSION "\",\"rules\":[");
	for (size_t i = 0; i < rules_cnt; i++) {
		json_next(o, i);
		put_rule(o, &rules[i]);
	}
	out_lit(o, "]}},\"columnKind\":\"utf16CodeUnits\",\"invocations\":"
		   "[{\"executionSuccessful\":");
	json_bool(o, is_whole(sum));
	out_lit(o, "}],\"results\":[");
	for (size_t i = 0; i < sum->causes_cnt; i++) {
		json_next(o, i);
		put_result(f, sum->causes[i]);
	}
	out_lit(o, "\n]}]}\n");
	return out_flush(o);
}

static void sarif_close(struct sink *s)
{
	struct sarif *f = sarif_of(s);

	examples_free(f->examples);
	out_fini(&f->out);
	free(f);
}

struct sink *sarif_new(const struct sarif_config *config)
{
	static const struct sink_ops ops = {
		.name = "sarif",
		.judged = sarif_judged,
		.taken_back = sink_ignore_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = sarif_finish,
		.close = sarif_close,
	};
	struct sarif *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->examples = examples_new(sarif_web);
	if (!f->examples || out_init(&f->out, config->file) != 0) {
		examples_free(f->examples);
		free(f);
		return NULL;
	}
	f->base.ops = &ops;
	f->config = *config;
	return &f->base;
}
