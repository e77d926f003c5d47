/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/json_cause.h"

#include "report/json.h"

static void put_samples(struct out *o, const struct cause_samples *samples)
{
	out_lit(o, "{\"values\":[");
	for (unsigned i = 0; i < samples->rows_cnt; i++) {
		json_next(o, i);
		out_lit(o, "{\"text\":");
		json_text(o, samples->rows[i].text);
		json_key(o, "count");
		out_u64(o, samples->rows[i].cnt);
		out_char(o, '}');
	}
	out_lit(o, "],\"others\":");
	out_u64(o, samples->others);
	out_char(o, '}');
}

/* Which it is, how bad, how often and when. */
static void put_head(struct out *o, const struct cause *c)
{
	char name[CAUSE_NAME_CAP];

	cause_name(c->id, name);
	out_lit(o, "\"cause\":");
	json_text(o, name);
	json_key(o, "rule");
	json_text(o, c->rule->id);
	json_key(o, "explained_by");
	json_text(o, c->explained_by ? c->explained_by->id : NULL);
	json_key(o, "severity");
	json_text(o, severity_text(c->rule->severity));
	json_key(o, "confidence");
	json_text(o, confidence_text(c->confidence));
	json_key(o, "count");
	out_u64(o, c->cnt);
	json_key(o, "first");
	json_time(o, c->first_ns);
	json_key(o, "last");
	json_time(o, c->last_ns);
	json_key(o, "evidence");
	json_packet(o, c->first_packet);
}

/* What it says. */
static void put_words(struct out *o, const struct cause *c)
{
	json_key(o, "host");
	json_text(o, c->host);
	json_key(o, "detail");
	json_text(o, c->detail);
	json_key(o, "console");
	json_text(o, c->console);
	json_key(o, "platform");
	json_text(o, c->platform);
	json_key(o, "fix");
	json_text(o, c->fix);
	json_key(o, "curl");
	json_text(o, c->curl);
	json_key(o, "example");
	json_text(o, c->example);
}

static void put_hits(struct out *o, const struct cause *c)
{
	json_key(o, "origins");
	put_samples(o, &c->origins);
	json_key(o, "endpoints");
	put_samples(o, &c->endpoints);
}

void json_cause_members(struct out *o, const struct cause *c)
{
	put_head(o, c);
	put_words(o, c);
	put_hits(o, c);
}

void json_cause_brief(struct out *o, const struct cause *c)
{
	put_head(o, c);
	json_key(o, "host");
	json_text(o, c->host);
	json_key(o, "detail");
	json_text(o, c->detail);
	json_key(o, "platform");
	json_text(o, c->platform);
	put_hits(o, c);
}

void json_policy_members(struct out *o, const struct summary_policy *p)
{
	out_lit(o, "\"host\":");
	json_span(o, p->host);
	json_key(o, "server");
	if (p->server)
		json_endpoint(o, p->server);
	else
		out_lit(o, "null");
	json_key(o, "kind");
	json_text(o, p->kind);
	json_key(o, "credentials");
	json_bool(o, p->has_credentials);
	json_key(o, "null");
	json_bool(o, p->has_null);
	json_key(o, "constant");
	json_span(o, p->constant);
	json_key(o, "allowed");
	out_char(o, '[');
	for (unsigned i = 0; i < p->allowed_cnt; i++) {
		json_next(o, i);
		json_span(o, p->allowed[i]);
	}
	out_char(o, ']');
	json_key(o, "allowed_others");
	out_u64(o, p->allowed_others);
	json_key(o, "responses");
	out_u64(o, p->responses);
	json_key(o, "refused");
	out_u64(o, p->refused);
}
