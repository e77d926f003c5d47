/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/address.h"
#include "report/format.h"
#include "report/sqlite_history.h"

/* The words' functions, for sqlite_column_enum(). */
static const char *outcome_word(unsigned i)
{
	return format_outcome((enum http_outcome)i);
}

static const char *kind_word(unsigned i)
{
	return cors_kind_text((enum cors_kind)i);
}

static const char *verdict_word(unsigned i)
{
	return cors_verdict_text((enum cors_verdict)i);
}

static const char *credentials_word(unsigned i)
{
	return cors_credentials_text((enum cors_credentials)i);
}

static const char *confidence_word(unsigned i)
{
	return confidence_text((enum confidence)i);
}

static uint64_t number(sqlite3_stmt *st, int i)
{
	return (uint64_t)sqlite3_column_int64(st, i);
}

/* A word that outlives its row; "" for NULL, or when there is no room for it. */
static const char *word(struct history *h, sqlite3_stmt *st, int i)
{
	struct span s = sqlite_column_span(st, i);
	const char *kept = s.len && span_find(s, 0) == s.len ? names_keep(h->names, s) : NULL;

	return kept ? kept : "";
}

/* The same, but NULL for NULL. */
static const char *word_or_null(struct history *h, sqlite3_stmt *st, int i)
{
	return sqlite3_column_type(st, i) == SQLITE_NULL ? NULL : word(h, st, i);
}

bool sqlite_column_endpoint(sqlite3_stmt *st, int i, struct endpoint *out)
{
	const char *text = (const char *)sqlite3_column_text(st, i);
	const char *colon = text ? strrchr(text, ':') : NULL;
	char address[INET6_ADDRSTRLEN];
	uint8_t v4[4];
	size_t len;

	if (!colon)
		return false;
	len = (size_t)(colon - text);
	if (*text == '[' && len > 2) {
		text++;
		len -= 2;
	}
	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	out->port = (uint16_t)atoi(colon + 1);
	if (inet_pton(AF_INET, address, v4) == 1) {
		out->addr = address_from_v4(v4);
		return true;
	}
	return inet_pton(AF_INET6, address, out->addr.bytes) == 1;
}

/* The head that column i names, into lines. */
static int head_read(struct history *h, int i, struct lines *lines, struct http_message *m)
{
	sqlite3_stmt *st = h->statements[HISTORY_HEAD];
	int err = 0;

	sqlite3_bind_int64(st, 1, sqlite3_column_int64(h->statements[HISTORY_EXCHANGES], i));
	lines->fields_cnt = 0;
	if (sqlite3_step(st) == SQLITE_ROW)
		err = lines_read(lines, sqlite_column_span(st, 0));
	sqlite3_reset(st);
	m->fields = lines->fields;
	m->fields_cnt = lines->fields_cnt;
	return err;
}

/* What is after scheme and authority in an absolute target; else the target. */
static struct span path_of(struct span target)
{
	size_t scheme = span_is_nocase(span_first(target, 7), "http://")    ? 7
			: span_is_nocase(span_first(target, 8), "https://") ? 8
									    : 0;
	struct span rest = span_from(target, scheme);

	return scheme ? span_from(rest, span_find(rest, '/')) : target;
}

static int request_read(struct history *h, sqlite3_stmt *st, struct exchange *x)
{
	struct http_request *r = &x->request;

	r->method = sqlite_column_span(st, HISTORY_AT(method));
	r->target = sqlite_column_span(st, HISTORY_AT(target));
	r->host = sqlite_column_span(st, HISTORY_AT(host));
	r->path = path_of(r->target);
	if (!x->has_request)
		return 0;
	r->m.version = (enum http_version)sqlite3_column_int(st, HISTORY_AT(request_version));
	r->m.time_ns = number(st, HISTORY_AT(time_ns));
	r->m.packet = number(st, HISTORY_AT(request_packet));
	r->m.packet_last = number(st, HISTORY_AT(request_packet_last));
	r->m.flaws = (unsigned)number(st, HISTORY_AT(request_flaws));
	r->auth = (enum http_auth)sqlite3_column_int(st, HISTORY_AT(request_auth));
	r->scheme = (enum http_scheme)sqlite3_column_int(st, HISTORY_AT(request_scheme));
	r->is_tls = sqlite3_column_int(st, HISTORY_AT(is_tls)) != 0;
	r->is_target_cut = sqlite3_column_int(st, HISTORY_AT(is_target_cut)) != 0;
	return head_read(h, HISTORY_AT(request_head), &h->request, &r->m);
}

static int response_read(struct history *h, sqlite3_stmt *st, struct exchange *x)
{
	struct http_response *r = &x->response;

	if (!x->has_response)
		return 0;
	r->status = (uint16_t)sqlite3_column_int(st, HISTORY_AT(status));
	r->informational_cnt = (uint8_t)sqlite3_column_int(st, HISTORY_AT(informational));
	r->m.version = (enum http_version)sqlite3_column_int(st, HISTORY_AT(response_version));
	r->m.time_ns = number(st, HISTORY_AT(response_time_ns));
	r->m.packet = number(st, HISTORY_AT(response_packet));
	r->m.packet_last = number(st, HISTORY_AT(response_packet_last));
	r->m.flaws = (unsigned)number(st, HISTORY_AT(response_flaws));
	return head_read(h, HISTORY_AT(response_head), &h->response, &r->m);
}

static int exchange_read(struct history *h, sqlite3_stmt *st)
{
	struct exchange *x = &h->exchange;
	int err;

	*x = (struct exchange){ .source = word(h, st, HISTORY_AT(source)) };
	x->is_client_known = sqlite_column_endpoint(st, HISTORY_AT(client), &x->client) &&
			     sqlite_column_endpoint(st, HISTORY_AT(server), &x->server);
	x->stream = (uint32_t)number(st, HISTORY_AT(stream));
	x->index = (uint32_t)number(st, HISTORY_AT(number));
	x->connection = number(st, HISTORY_AT(connection));
	x->outcome = (enum http_outcome)sqlite_column_enum(st, HISTORY_AT(outcome), outcome_word,
							   HTTP_INVALID + 1);
	x->has_request = sqlite3_column_type(st, HISTORY_AT(request_version)) != SQLITE_NULL;
	x->has_response = sqlite3_column_type(st, HISTORY_AT(response_version)) != SQLITE_NULL;
	x->is_pairing_unsure = sqlite3_column_int(st, HISTORY_AT(is_pairing_unsure)) != 0;
	x->has_error_code = sqlite3_column_type(st, HISTORY_AT(error_code)) != SQLITE_NULL;
	x->error_code = (uint32_t)number(st, HISTORY_AT(error_code));
	x->is_reset_by_client = sqlite3_column_int(st, HISTORY_AT(is_reset_by_client)) != 0;
	x->end_ns = number(st, HISTORY_AT(end_ns));
	x->end_packet = number(st, HISTORY_AT(end_packet));
	err = request_read(h, st, x);
	return err ? err : response_read(h, st, x);
}

/* "12 19". */
static void evidence_read(const char *text, struct finding *f)
{
	char *end;

	while (text && f->evidence_cnt < FINDING_EVIDENCE_MAX) {
		uint64_t n = strtoull(text, &end, 10);

		if (end == text)
			break;
		f->evidence[f->evidence_cnt++] = n;
		text = end;
	}
}

/* A subject lasts only as long as its row: it is copied. */
static struct span subject_read(sqlite3_stmt *st, int i, char *room)
{
	struct span s = span_first(sqlite_column_span(st, i), HTTP_VALUE_MAX);

	if (s.len)
		memcpy(room, s.ptr, s.len);
	return span_is_present(s) ? span_make(room, s.len) : s;
}

static void finding_read(struct history *h, sqlite3_stmt *st, struct judgement *j)
{
	const char *id = (const char *)sqlite3_column_text(st, 0);
	const struct rule *rule = id ? rule_by_id(id) : NULL;
	struct finding *f = &j->findings[j->findings_cnt];

	if (!rule) {
		h->unknown_rules++;
		return;
	}
	*f = (struct finding){
		.rule = rule,
		.confidence = (enum confidence)sqlite_column_enum(st, 1, confidence_word,
								  CONFIDENCE_CERTAIN + 1),
		.cause = number(st, 2),
		.components = (unsigned)number(st, 3),
		.subject = subject_read(st, 4, h->subjects[j->findings_cnt]),
	};
	evidence_read((const char *)sqlite3_column_text(st, 5), f);
	j->findings_cnt++;
}

int history_judgement(struct history *h, struct judgement *out)
{
	sqlite3_stmt *st = h->statements[HISTORY_EXCHANGES];
	sqlite3_stmt *findings = h->statements[HISTORY_FINDINGS];
	const char *code = (const char *)sqlite3_column_text(st, HISTORY_AT(code));
	int err = exchange_read(h, st);

	*out = (struct judgement){
		.x = &h->exchange,
		.kind = (enum cors_kind)sqlite_column_enum(st, HISTORY_AT(kind), kind_word,
							   TALLY_KINDS),
		.verdict = (enum cors_verdict)sqlite_column_enum(st, HISTORY_AT(verdict),
								 verdict_word, TALLY_VERDICTS),
		.error = word_or_null(h, st, HISTORY_AT(error)),
		.code = code ? rule_by_id(code) : NULL,
		.confidence = (enum confidence)sqlite_column_enum(
			st, HISTORY_AT(confidence), confidence_word, CONFIDENCE_CERTAIN + 1),
		.credentials = (enum cors_credentials)sqlite_column_enum(
			st, HISTORY_AT(credentials), credentials_word,
			CORS_CREDENTIALS_OMITTED + 1),
		.unknown = word_or_null(h, st, HISTORY_AT(unknown)),
		.is_browser = sqlite3_column_int(st, HISTORY_AT(is_browser)) != 0,
	};
	sqlite3_bind_int64(findings, 1, sqlite3_column_int64(st, 0));
	while (!err && out->findings_cnt < CORS_FINDINGS_MAX &&
	       sqlite3_step(findings) == SQLITE_ROW)
		finding_read(h, findings, out);
	sqlite3_reset(findings);
	return err;
}

/* A column's text, for causes_tell(), which copies it; it is not written to. */
static struct text text_read(sqlite3_stmt *st, int i)
{
	const char *s = (const char *)sqlite3_column_text(st, i);
	size_t len = s ? strlen(s) : 0;

	return (struct text){ .buf = s ? (char *)(uintptr_t)s : (char *)(uintptr_t) "",
			      .len = len,
			      .cap = len + 1 };
}

int history_cause(struct history *h, const struct finding *f, struct cause **out)
{
	sqlite3_stmt *st = h->statements[HISTORY_CAUSE];
	struct text host, detail, console, fix, curl, example;
	struct cause_texts texts = { .platform = "" };
	const char *why = NULL;
	int err = 0;

	sqlite3_bind_int64(st, 1, (sqlite3_int64)f->cause);
	if (sqlite3_step(st) == SQLITE_ROW) {
		why = (const char *)sqlite3_column_text(st, 1);
		host = text_read(st, 2);
		detail = text_read(st, 3);
		console = text_read(st, 4);
		fix = text_read(st, 5);
		curl = text_read(st, 7);
		example = text_read(st, 8);
		texts = (struct cause_texts){ &host,
					      &detail,
					      &console,
					      &fix,
					      &curl,
					      &example,
					      (const char *)sqlite3_column_text(st, 6) };
		if (sqlite3_column_type(st, 4) == SQLITE_NULL)
			texts.console = NULL;
	}
	*out = causes_open(h->causes, f->cause, f->rule, why ? rule_by_id(why) : NULL);
	if (!*out)
		err = -ENOMEM;
	else if (texts.host && !causes_tell(*out, &texts))
		err = -ENOMEM;
	if (*out)
		(*out)->first_packet = number(st, 9);
	sqlite3_reset(st);
	return err;
}

void history_count(struct cause *c, const struct judgement *j, const struct finding *f)
{
	const struct http_request *r = &j->x->request;
	struct span path = span_first(r->path, span_find(r->path, '?'));
	char buf[CORS_SAMPLE_MAX];
	struct text endpoint = text_init(buf, sizeof(buf));

	text_wire(&endpoint, r->method);
	text_char(&endpoint, ' ');
	text_wire(&endpoint, path);
	causes_count(c, j->x->end_ns, f->confidence, address_field(&r->m, HTTP_NAME_ORIGIN),
		     text_get(&endpoint));
}
