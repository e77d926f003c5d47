/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/har.h"

#include <stdlib.h>

#include "report/address.h"
#include "report/format.h"
#include "report/json.h"
#include "report/json_exchange.h"
#include "report/measure.h"

struct har {
	struct sink base;
	struct har_config config;
	size_t entries_cnt;
	struct out out;
};

static struct har *har_of(struct sink *s)
{
	return (struct har *)(void *)s;
}

/* HAR knows no null where it wants a string. */
static void put_string(struct out *o, struct span s)
{
	json_span(o, span_is_present(s) ? s : span_text(""));
}

static void put_pair(struct out *o, struct span name, struct span value)
{
	out_lit(o, "{\"name\":");
	put_string(o, name);
	json_key(o, "value");
	put_string(o, value);
	out_char(o, '}');
}

/* What both messages have beside their own first line. */
static void put_message(struct out *o, const struct http_message *m)
{
	json_key(o, "httpVersion");
	json_text(o, format_protocol(m->version));
	out_lit(o, ",\"cookies\":[],\"headersSize\":-1,\"bodySize\":-1");
	json_key(o, "headers");
	out_char(o, '[');
	for (size_t i = 0; i < m->fields_cnt; i++) {
		json_next(o, i);
		put_pair(o, m->fields[i].name, m->fields[i].value);
	}
	out_char(o, ']');
}

/* The query as it was sent: nothing is decoded. */
static void put_query(struct out *o, struct span path)
{
	struct span rest = span_from(path, span_find(path, '?') + 1);

	json_key(o, "queryString");
	out_char(o, '[');
	for (size_t i = 0; rest.len; i++) {
		struct span pair = span_first(rest, span_find(rest, '&'));
		size_t equals = span_find(pair, '=');

		json_next(o, i);
		put_pair(o, span_first(pair, equals), span_from(pair, equals + 1));
		rest = span_from(rest, pair.len + 1);
	}
	out_char(o, ']');
}

static void put_request(struct out *o, const struct exchange *x)
{
	char url[ADDRESS_CAP];

	json_key(o, "request");
	out_lit(o, "{\"method\":");
	put_string(o, x->has_request ? x->request.method : span_text(""));
	json_key(o, "url");
	json_span(o, address_url(x, url));
	put_query(o, x->request.path);
	if (x->has_request)
		put_message(o, &x->request.m);
	else
		out_lit(o, ",\"httpVersion\":\"\",\"cookies\":[],\"headersSize\":-1,"
			   "\"bodySize\":-1,\"headers\":[]");
	out_char(o, '}');
}

/* Content-Length where it is a number that JSON readers keep exactly, else 0: unknown. */
static uint64_t content_length(const struct http_message *m)
{
	struct span s = address_field(m, HTTP_NAME_CONTENT_LENGTH);
	uint64_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] < '0' || s.ptr[i] > '9' || n > (UINT64_C(1) << 53) / 10 - 1)
			return 0;
		n = n * 10 + (uint64_t)(s.ptr[i] - '0');
	}
	return n;
}

/* As browsers show it, what never came has the status 0. */
static void put_response(struct out *o, const struct exchange *x)
{
	json_key(o, "response");
	out_lit(o, "{\"status\":");
	out_u64(o, x->has_response ? x->response.status : 0);
	out_lit(o, ",\"statusText\":\"\",\"content\":{\"size\":");
	out_u64(o, x->has_response ? content_length(&x->response.m) : 0);
	json_key(o, "mimeType");
	put_string(o, address_field(&x->response.m, HTTP_NAME_CONTENT_TYPE));
	out_lit(o, "},\"redirectURL\":");
	put_string(o, address_field(&x->response.m, HTTP_NAME_LOCATION));
	if (x->has_response)
		put_message(o, &x->response.m);
	else
		out_lit(o, ",\"httpVersion\":\"\",\"cookies\":[],\"headersSize\":-1,"
			   "\"bodySize\":-1,\"headers\":[]");
	out_char(o, '}');
}

static void put_timing(struct out *o, const struct exchange *x)
{
	const struct http_message *m = x->has_request ? &x->request.m : &x->response.m;
	uint64_t took_ns = 0;

	(void)measure_duration(x, &took_ns);
	out_lit(o, "{\"startedDateTime\":");
	if (m->time_ns)
		json_time(o, m->time_ns);
	else
		json_text(o, "1970-01-01T00:00:00Z");
	json_key(o, "time");
	json_ms(o, took_ns);
	out_lit(o, ",\"cache\":{},\"timings\":{\"send\":0,\"receive\":0,\"wait\":");
	json_ms(o, took_ns);
	out_char(o, '}');
}

static void put_place(struct out *o, const struct exchange *x)
{
	char address[FORMAT_ENDPOINT_CAP];
	struct span host;

	json_key(o, "connection");
	json_packet(o, x->connection);
	if (x->is_client_known) {
		size_t len = format_endpoint(&x->server, address);

		/* Without the port, nor the brackets of IPv6. */
		while (address[len - 1] != ':')
			len--;
		host = span_make(address, len - 1);
		if (*address == '[')
			host = span_make(address + 1, len - 3);
		json_key(o, "serverIPAddress");
		json_span(o, host);
	}
}

static void put_cors(struct out *o, const struct judgement *j)
{
	json_key(o, "_resourceType");
	json_text(o, j->kind == CORS_KIND_PREFLIGHT ? "preflight" : "fetch");
	out_lit(o, ",\"_cors\":{");
	json_verdict(o, j);
	json_key(o, "outcome");
	json_text(o, format_outcome(j->x->outcome));
	json_key(o, "findings");
	json_findings_of(o, j);
	out_char(o, '}');
}

static int har_judged(struct sink *s, const struct judgement *j)
{
	struct har *h = har_of(s);
	struct out *o = &h->out;

	if (h->config.is_findings_only && !j->findings_cnt)
		return 0;
	json_next(o, h->entries_cnt++);
	out_char(o, '\n');
	put_timing(o, j->x);
	put_request(o, j->x);
	put_response(o, j->x);
	put_place(o, j->x);
	put_cors(o, j);
	out_char(o, '}');
	return o->err;
}

static int har_finish(struct sink *s, const struct summary *sum)
{
	struct har *h = har_of(s);

	(void)sum;
	out_lit(&h->out, "\n]}}\n");
	return out_flush(&h->out);
}

static void har_close(struct sink *s)
{
	struct har *h = har_of(s);

	out_fini(&h->out);
	free(h);
}

struct sink *har_new(const struct har_config *config)
{
	static const struct sink_ops ops = {
		.name = "har",
		.judged = har_judged,
		.taken_back = sink_ignore_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = har_finish,
		.close = har_close,
	};
	struct har *h = calloc(1, sizeof(*h));

	if (!h || out_init(&h->out, config->file) != 0) {
		free(h);
		return NULL;
	}
	h->base.ops = &ops;
	h->config = *config;
	out_lit(&h->out, "{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"cors-sniff\","
			 "\"version\":\"" VERSION "\"},\"entries\":[");
	return &h->base;
}
