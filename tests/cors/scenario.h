/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * scenario: exchanges written as text, judged, and what came of them.
 *
 *	struct scenario s;
 *	scenario_open(&s);
 *	scenario_play(&s, "GET /x HTTP/1.1\nHost: api.example.com\nOrigin: https://a.example.com",
 *		      "200\nAccess-Control-Allow-Origin: *");
 *	scenario_expect(&s, "actual", "pass", NULL);
 *	scenario_close(&s);
 */
#ifndef CORS_SCENARIO_H
#define CORS_SCENARIO_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cors/judge.h"

struct scenario {
	struct judge *judge;
	uint64_t clock_ns, packet; /* of the next exchange */
	struct process process;
	bool is_unaddressed;
	uint64_t begin_ns; /* when its request came; 0: now */
	/* Settings of the next exchange; scenario_play() keeps them. */
	bool is_tls, is_websocket, is_reset_by_client;
	enum http_scheme scheme;
	uint8_t client, server; /* last byte of 10.0.0.x */
	uint16_t server_port;
	enum http_outcome outcome;
	unsigned request_flaws, response_flaws;
	bool is_request_lost, is_pairing_unsure, is_value_cut, is_request_value_cut;
	/* The last judgement. */
	struct judgement last;
	uint64_t last_connection;
	struct exchange x;
	struct http_field request[HTTP_FIELDS_MAX], response[HTTP_FIELDS_MAX];
	char text[2][65536];
	unsigned judged_cnt, opened_cnt;
};

static inline void scenario_judged(void *ctx, const struct judgement *j)
{
	struct scenario *s = ctx;

	s->last = *j;
	s->last_connection = j->x->connection;
	s->judged_cnt++;
}

static inline void scenario_opened(void *ctx, const struct cause *c)
{
	struct scenario *s = ctx;

	assert_non_null(c->rule);
	s->opened_cnt++;
}

static inline void scenario_open_with(struct scenario *s, struct judge_config config)
{
	memset(s, 0, sizeof(*s));
	config.ctx = s;
	config.judged = scenario_judged;
	config.cause_opened = scenario_opened;
	s->judge = judge_new(&config);
	assert_non_null(s->judge);
	s->clock_ns = 1000 * NS_PER_S;
	s->packet = 1;
	s->client = 1;
	s->server = 2;
	s->server_port = 8080;
}

static inline void scenario_open(struct scenario *s)
{
	scenario_open_with(s, (struct judge_config){ .seed = 7 });
}

static inline void scenario_close(struct scenario *s)
{
	judge_free(s->judge);
	s->judge = NULL;
}

static inline enum http_auth scenario_auth(struct span v)
{
	static const struct {
		const char *scheme;
		enum http_auth auth;
	} known[] = { { "Basic", HTTP_AUTH_BASIC },
		      { "Digest", HTTP_AUTH_DIGEST },
		      { "Negotiate", HTTP_AUTH_NEGOTIATE },
		      { "NTLM", HTTP_AUTH_NTLM },
		      { "Bearer", HTTP_AUTH_BEARER } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_starts(v, known[i].scheme))
			return known[i].auth;
	return HTTP_AUTH_OTHER;
}

/* The lines after the first as fields; the first line is returned. text must last. */
static inline struct span scenario_head(const char *text, struct http_message *m,
					struct http_field *fields, bool is_cut)
{
	struct span rest = span_text(text), first;
	size_t n = span_find(rest, '\n');

	first = span_first(rest, n);
	m->fields = fields;
	m->fields_cnt = 0;
	for (rest = span_from(rest, n + 1); rest.len; rest = span_from(rest, n + 1)) {
		struct span line, name;
		size_t colon;

		n = span_find(rest, '\n');
		line = span_first(rest, n);
		colon = span_find(line, ':');
		name = span_trim(span_first(line, colon));
		if (http_name_of(name) == HTTP_NAME_NONE)
			continue;
		fields[m->fields_cnt++] = (struct http_field){
			.id = http_name_of(name),
			.name = name,
			.value = span_trim(span_from(line, colon + 1)),
			.is_cut = is_cut,
			.has_blank = name.len < colon,
		};
	}
	return first;
}

static inline void scenario_request(struct scenario *s, const char *text)
{
	struct http_request *r = &s->x.request;
	struct span line = scenario_head(text, &r->m, s->request, s->is_request_value_cut);
	size_t sp = span_find(line, ' ');

	r->method = span_first(line, sp);
	line = span_from(line, sp + 1);
	r->target = r->path = span_first(line, span_find(line, ' '));
	r->is_tls = s->is_tls;
	r->is_websocket = s->is_websocket;
	r->scheme = s->scheme;
	r->m.flaws = s->request_flaws;
	r->m.packet = s->packet++;
	r->m.time_ns = s->begin_ns ? s->begin_ns : (s->clock_ns += 1000000);
	for (size_t i = 0; i < r->m.fields_cnt; i++) {
		if (s->request[i].id == HTTP_NAME_HOST)
			r->host = s->request[i].value;
		if (s->request[i].id == HTTP_NAME_AUTHORIZATION)
			r->auth = scenario_auth(s->request[i].value);
	}
}

/* Judge one exchange. response begins with the status; NULL: none came, see s->outcome. */
static inline void scenario_play(struct scenario *s, const char *request, const char *response)
{
	const uint8_t client[4] = { 10, 0, 0, s->client }, server[4] = { 10, 0, 0, s->server };

	s->x = (struct exchange){ .outcome = s->outcome, .is_client_known = !s->is_unaddressed };
	s->x.client.addr = address_from_v4(client);
	s->x.client.port = (uint16_t)(40000 + s->packet);
	s->x.server = (struct endpoint){ address_from_v4(server), s->server_port };
	s->x.is_pairing_unsure = s->is_pairing_unsure;
	s->x.is_reset_by_client = s->is_reset_by_client;
	s->x.has_request = !s->is_request_lost;
	if (s->x.has_request)
		scenario_request(s, request);
	s->x.has_response = response != NULL;
	if (response) {
		struct http_response *r = &s->x.response;
		struct span line = scenario_head(response, &r->m, s->response, s->is_value_cut);

		r->status = (uint16_t)strtoul((const char *)line.ptr, NULL, 10);
		r->m.flaws = s->response_flaws;
		r->m.packet = s->packet++;
		r->m.time_ns = s->clock_ns += 1000000;
	}
	s->x.end_ns = s->clock_ns;
	s->x.connection = s->packet;
	s->x.process = s->process;
	s->x.end_packet = response ? s->x.response.m.packet : 0;
	judge_exchange(s->judge, &s->x);
}

/* The last judgement's kind, verdict and rule (NULL: not blocked). */
static inline void scenario_expect(const struct scenario *s, const char *kind, const char *verdict,
				   const char *code)
{
	assert_string_equal(cors_kind_text(s->last.kind), kind);
	assert_string_equal(cors_verdict_text(s->last.verdict), verdict);
	if (code)
		assert_string_equal(s->last.code ? s->last.code->id : "(none)", code);
	else
		assert_null(s->last.code);
	assert_int_equal(s->last.verdict == CORS_VERDICT_UNKNOWN, s->last.unknown != NULL);
	assert_int_equal(s->last.verdict == CORS_VERDICT_BLOCK, s->last.error != NULL);
}

/* The finding of this rule in the last judgement, or NULL. */
static inline const struct finding *scenario_finding(const struct scenario *s, const char *rule)
{
	for (unsigned i = 0; i < s->last.findings_cnt; i++)
		if (strcmp(s->last.findings[i].rule->id, rule) == 0)
			return &s->last.findings[i];
	return NULL;
}

/* The cause of this rule; fails the test when there is none. */
static inline const struct cause *scenario_cause(struct scenario *s, const char *rule)
{
	size_t cnt;
	const struct cause *const *causes = judge_causes(s->judge, &cnt);

	for (size_t i = 0; i < cnt; i++)
		if (strcmp(causes[i]->rule->id, rule) == 0)
			return causes[i];
	fail_msg("no cause of %s", rule);
	return NULL;
}

static inline void assert_has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static inline void assert_has_not(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

#endif
