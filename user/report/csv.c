/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/csv.h"

#include <stdlib.h>

#include "report/address.h"
#include "report/format.h"
#include "report/utf8.h"

struct csv {
	struct sink base;
	struct csv_config config;
	struct out out;
};

static const char head[] = "time,client,server,method,url,origin,status,outcome,kind,verdict,error,"
			   "rule,severity,confidence,cause,subject,packet\r\n";

static struct csv *csv_of(struct sink *s)
{
	return (struct csv *)(void *)s;
}

/* What makes a spreadsheet compute: the first of these, also in the wide form of East Asian
 * keyboards, whatever blanks stand before it. */
static bool is_formula(struct span s)
{
	uint32_t c;

	s = span_trim(s);
	if (!s.len || !utf8_decode(s.ptr, s.len, &c))
		return false;
	if (c >= 0xff01 && c <= 0xff5e)
		c -= 0xff01 - 0x21;
	return c == '=' || c == '+' || c == '-' || c == '@';
}

void csv_cell(struct out *o, struct span value)
{
	out_char(o, '"');
	if (is_formula(value))
		out_char(o, '\'');
	while (value.len) {
		size_t n = span_find(value, '"');

		out_safe(o, span_first(value, n));
		if (n < value.len)
			out_lit(o, "\"\"");
		value = span_from(value, n + 1);
	}
	out_char(o, '"');
}

static void put_text(struct out *o, const char *text)
{
	out_char(o, ',');
	if (text)
		out_text(o, text);
}

static void put_span(struct out *o, struct span s)
{
	out_char(o, ',');
	csv_cell(o, s);
}

/* When, and between whom. */
static void put_when(struct out *o, uint64_t time_ns, bool is_client_known,
		     const struct endpoint *from, const struct endpoint *to)
{
	char time[FORMAT_TIME_CAP], client[FORMAT_ENDPOINT_CAP] = "",
				    server[FORMAT_ENDPOINT_CAP] = "";

	format_time(time_ns, time);
	if (is_client_known) {
		format_endpoint(from, client);
		format_endpoint(to, server);
	}
	out_text(o, time);
	put_text(o, client);
	put_text(o, server);
}

/* The columns of the exchange. */
static void put_exchange(struct out *o, const struct judgement *j)
{
	const struct exchange *x = j->x;
	char url[ADDRESS_CAP];

	put_when(o, x->has_request ? x->request.m.time_ns : x->response.m.time_ns,
		 x->is_client_known, &x->client, &x->server);
	put_span(o, x->request.method);
	put_span(o, x->has_request ? address_url(x, url) : span_text(""));
	put_span(o, address_field(&x->request.m, HTTP_NAME_ORIGIN));
	out_char(o, ',');
	if (x->has_response)
		out_u64(o, x->response.status);
	put_text(o, format_outcome(x->outcome));
	put_text(o, cors_kind_text(j->kind));
	put_text(o, cors_verdict_text(j->verdict));
	put_text(o, j->error);
}

static void put_rule(struct out *o, const struct rule *rule)
{
	put_text(o, rule->id);
	put_text(o, severity_text(rule->severity));
}

static void put_cause(struct out *o, uint64_t id)
{
	char name[CAUSE_NAME_CAP];

	cause_name(id, name);
	put_text(o, name);
}

static void put_finding(struct out *o, const struct finding *f)
{
	put_rule(o, f->rule);
	put_text(o, confidence_text(f->confidence));
	put_cause(o, f->cause);
	put_span(o, f->subject);
	out_char(o, ',');
	if (f->evidence_cnt)
		out_u64(o, f->evidence[f->evidence_cnt - 1]);
}

static int csv_judged(struct sink *s, const struct judgement *j)
{
	struct csv *c = csv_of(s);

	if (!j->findings_cnt && c->config.is_findings_only)
		return 0;
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		put_exchange(&c->out, j);
		put_finding(&c->out, &j->findings[i]);
		out_lit(&c->out, "\r\n");
	}
	if (!j->findings_cnt) {
		put_exchange(&c->out, j);
		out_lit(&c->out, ",,,,,,\r\n");
	}
	return c->config.is_live ? out_flush(&c->out) : c->out.err;
}

/* A line for each finding that was written and counts no more, by when, where and what. */
static int csv_taken_back(struct sink *s, const struct takeback *b)
{
	struct csv *c = csv_of(s);
	struct out *o = &c->out;

	for (unsigned i = 0; i < b->findings_cnt; i++) {
		const struct takeback_finding *f = &b->findings[i];

		put_when(o, b->begin_ns, b->is_client_known, &b->client, &b->server);
		out_lit(o, ",\"\",\"\",\"\",,"); /* up to the outcome */
		put_text(o, cors_kind_text(b->kind));
		put_text(o, "taken-back");
		put_text(o, NULL);
		put_rule(o, f->rule);
		put_text(o, NULL);
		put_cause(o, f->cause);
		out_lit(o, ",\"\",\r\n");
	}
	return c->config.is_live ? out_flush(o) : o->err;
}

static int csv_finish(struct sink *s, const struct summary *sum)
{
	(void)sum;
	return out_flush(&csv_of(s)->out);
}

static void csv_close(struct sink *s)
{
	struct csv *c = csv_of(s);

	out_flush(&c->out); /* of a run that was given up before its end */
	out_fini(&c->out);
	free(c);
}

struct sink *csv_new(const struct csv_config *config)
{
	static const struct sink_ops ops = {
		.name = "csv",
		.judged = csv_judged,
		.taken_back = csv_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = csv_finish,
		.close = csv_close,
	};
	struct csv *c = calloc(1, sizeof(*c));

	if (!c || out_init(&c->out, config->file) != 0) {
		free(c);
		return NULL;
	}
	c->base.ops = &ops;
	c->config = *config;
	out_bytes(&c->out, head, sizeof(head) - 1);
	return &c->base;
}
