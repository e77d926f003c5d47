/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/json_exchange.h"

#include "cors/cause.h"
#include "report/address.h"
#include "report/format.h"
#include "report/json.h"
#include "report/jsonl.h"

struct bit_name {
	unsigned bit;
	const char *name;
};

/* The flaws of a head, in a word each; the last two are not of enum http_flaw. */
#define FLAW_VALUE_CUT  (1u << 30)
#define FLAW_TARGET_CUT (1u << 31)

static const struct bit_name flaw_names[] = {
	{ HTTP_FLAW_NUL, "nul" },
	{ HTTP_FLAW_LENGTHS_DIFFER, "lengths-differ" },
	{ HTTP_FLAW_LENGTH_AND_TE, "length-and-transfer-encoding" },
	{ HTTP_FLAW_BAD_LENGTH, "bad-length" },
	{ HTTP_FLAW_BARE_LF, "bare-lf" },
	{ HTTP_FLAW_NO_COLON, "no-colon" },
	{ HTTP_FLAW_BLANK_NAME, "blank-before-colon" },
	{ HTTP_FLAW_FOLDED, "folded" },
	{ HTTP_FLAW_FIELDS_OVER, "too-many-fields" },
	{ HTTP_FLAW_HEAD_OVER, "head-too-long" },
	{ HTTP_FLAW_HEAD_CUT, "head-cut" },
	{ HTTP_FLAW_FIELDS_UNKNOWN, "fields-unknown" },
	{ FLAW_VALUE_CUT, "value-cut" },
	{ FLAW_TARGET_CUT, "target-cut" },
	{ 0, NULL },
};

static const struct bit_name component_names[] = {
	{ CORS_DIFF_SCHEME, "scheme" },
	{ CORS_DIFF_HOST, "host" },
	{ CORS_DIFF_PORT, "port" },
	{ 0, NULL },
};

/* An array of the names of the bits that are set. */
static void put_bits(struct out *o, unsigned bits, const struct bit_name *names)
{
	char before = '[';

	for (; names->bit; names++) {
		if (bits & names->bit) {
			out_char(o, before);
			json_text(o, names->name);
			before = ',';
		}
	}
	if (before == '[')
		out_char(o, '[');
	out_char(o, ']');
}

/* "headers", and "flaws" where there are any. */
static void put_fields(struct out *o, const struct http_message *m, unsigned flaws)
{
	json_key(o, "headers");
	out_char(o, '[');
	for (size_t i = 0; i < m->fields_cnt; i++) {
		const struct http_field *f = &m->fields[i];

		json_next(o, i);
		out_char(o, '[');
		json_span(o, f->name);
		out_char(o, ',');
		json_span(o, f->value);
		out_char(o, ']');
		if (f->is_cut)
			flaws |= FLAW_VALUE_CUT;
	}
	out_char(o, ']');
	flaws |= m->flaws;
	if (flaws) {
		json_key(o, "flaws");
		put_bits(o, flaws, flaw_names);
	}
}

static void put_request(struct out *o, const struct exchange *x)
{
	const struct http_request *r = &x->request;

	json_key(o, "request");
	if (!x->has_request) {
		out_lit(o, "null");
		return;
	}
	out_lit(o, "{\"method\":");
	json_span(o, r->method);
	json_key(o, "target");
	json_span(o, r->target);
	json_key(o, "host");
	json_span(o, r->host);
	json_key(o, "scheme");
	json_text(o, address_scheme(r));
	json_key(o, "packet");
	json_packet(o, r->m.packet);
	put_fields(o, &r->m, r->is_target_cut ? FLAW_TARGET_CUT : 0);
	out_char(o, '}');
}

static void put_response(struct out *o, const struct exchange *x)
{
	json_key(o, "response");
	if (!x->has_response) {
		out_lit(o, "null");
		return;
	}
	out_lit(o, "{\"status\":");
	out_u64(o, x->response.status);
	json_key(o, "packet");
	json_packet(o, x->response.m.packet);
	put_fields(o, &x->response.m, 0);
	out_char(o, '}');
}

/* When it began, and how long it took; where the clock went back, nobody knows. */
static void put_times(struct out *o, const struct exchange *x)
{
	uint64_t begin_ns = x->has_request ? x->request.m.time_ns : x->response.m.time_ns;

	json_key(o, "time");
	json_time(o, begin_ns);
	json_key(o, "duration_ms");
	if (x->has_request && x->has_response && x->end_ns >= begin_ns)
		json_ms(o, x->end_ns - begin_ns);
	else
		out_lit(o, "null");
}

static void put_place(struct out *o, const struct exchange *x)
{
	const struct http_message *m = x->has_request ? &x->request.m : &x->response.m;

	if (x->is_client_known) {
		json_key(o, "client");
		json_endpoint(o, &x->client);
		json_key(o, "server");
		json_endpoint(o, &x->server);
	} else {
		out_lit(o, ",\"client\":null,\"server\":null");
	}
	out_lit(o, ",\"transport\":\"tcp\"");
	json_key(o, "source");
	json_text(o, x->source);
	json_key(o, "protocol");
	json_text(o, format_protocol(m->version));
	json_key(o, "connection");
	json_packet(o, x->connection);
	json_key(o, "stream");
	out_u64(o, x->stream);
	json_key(o, "index");
	out_u64(o, x->index);
}

void json_verdict(struct out *o, const struct judgement *j)
{
	out_lit(o, "\"kind\":");
	json_text(o, cors_kind_text(j->kind));
	json_key(o, "verdict");
	json_text(o, cors_verdict_text(j->verdict));
	json_key(o, "error");
	json_text(o, j->error);
	json_key(o, "code");
	json_text(o, j->code ? j->code->id : NULL);
	json_key(o, "confidence");
	json_text(o, confidence_text(j->confidence));
	json_key(o, "credentials");
	json_text(o, cors_credentials_text(j->credentials));
	json_key(o, "unknown");
	json_text(o, j->unknown);
	json_key(o, "browser");
	json_bool(o, j->is_browser);
}

static void put_finding(struct out *o, const struct finding *f)
{
	char cause[CAUSE_NAME_CAP];

	cause_name(f->cause, cause);
	out_lit(o, "{\"rule\":");
	json_text(o, f->rule->id);
	json_key(o, "severity");
	json_text(o, severity_text(f->rule->severity));
	json_key(o, "confidence");
	json_text(o, confidence_text(f->confidence));
	json_key(o, "cause");
	json_text(o, cause);
	if (f->components) {
		json_key(o, "components");
		put_bits(o, f->components, component_names);
	}
	if (span_is_present(f->subject)) {
		json_key(o, "subject");
		json_span(o, f->subject);
	}
	json_key(o, "evidence");
	out_char(o, '[');
	for (unsigned i = 0; i < f->evidence_cnt; i++) {
		json_next(o, i);
		json_packet(o, f->evidence[i]);
	}
	out_lit(o, "]}");
}

void json_findings_of(struct out *o, const struct judgement *j)
{
	out_char(o, '[');
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		json_next(o, i);
		put_finding(o, &j->findings[i]);
	}
	out_char(o, ']');
}

/* Why HTTP/2 gave no response, where it says so. */
static void put_error(struct out *o, const struct exchange *x)
{
	if (!x->has_error_code)
		return;
	if (x->outcome == HTTP_RESET) {
		json_key(o, "reset_by");
		json_text(o, x->is_reset_by_client ? "client" : "server");
	}
	out_lit(o, ",\"error_code\":{\"code\":");
	out_u64(o, x->error_code);
	json_key(o, "name");
	json_text(o, format_error_code(x->error_code));
	out_char(o, '}');
}

void json_exchange(struct out *o, const struct judgement *j)
{
	const struct exchange *x = j->x;

	out_lit(o, "{\"type\":\"exchange\",\"v\":" JSON_LINES_VERSION);
	put_times(o, x);
	put_place(o, x);
	put_request(o, x);
	put_response(o, x);
	json_key(o, "outcome");
	json_text(o, format_outcome(x->outcome));
	put_error(o, x);
	if (x->is_pairing_unsure)
		out_lit(o, ",\"pairing_unsure\":true");
	out_lit(o, ",\"cors\":{");
	json_verdict(o, j);
	out_char(o, '}');
	json_key(o, "findings");
	json_findings_of(o, j);
	out_char(o, '}');
}
