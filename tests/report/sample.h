/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * sample: one exchange, finding and cause for the tests of the sinks, with every member set.
 */
#ifndef TESTS_REPORT_SAMPLE_H
#define TESTS_REPORT_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cors/cause.h"
#include "cors/finding.h"
#include "report/sink.h"

/* 2026-11-23T14:46:14.000123456Z */
#define SAMPLE_TIME_NS 1795445174000123456ull

static const struct rule sample_rule = {
	.id = "sample-rule",
	.severity = SEVERITY_ERROR,
	.confidence = CONFIDENCE_CERTAIN,
	.title = "The allowed origin has another port",
};

static const struct http_field sample_request_fields[] = {
	{ .id = HTTP_NAME_ORIGIN,
	  .name = { (const uint8_t *)"Origin", 6 },
	  .value = { (const uint8_t *)"https://app.example.com", 23 } },
};

static const struct http_field sample_response_fields[] = {
	{ .id = HTTP_NAME_ACAO,
	  .name = { (const uint8_t *)"Access-Control-Allow-Origin", 27 },
	  .value = { (const uint8_t *)"https://app.example.com:8443", 28 } },
	{ .id = HTTP_NAME_VARY,
	  .name = { (const uint8_t *)"Vary", 4 },
	  .value = { (const uint8_t *)"Origin", 6 } },
};

static inline struct exchange sample_exchange(void)
{
	struct exchange x = {
		.client = { .addr = address_from_v4((const uint8_t[]){ 10, 9, 0, 1 }),
			    .port = 51234 },
		.server = { .addr = address_from_v4((const uint8_t[]){ 10, 9, 0, 2 }),
			    .port = 8080 },
		.is_client_known = true,
		.source = "eth0",
		.index = 3,
		.connection = 7,
		.outcome = HTTP_RESPONSE,
		.has_request = true,
		.has_response = true,
		.end_ns = SAMPLE_TIME_NS + 1842999,
		.end_packet = 19,
	};

	x.request = (struct http_request){
		.m = { .version = HTTP_1_1,
		       .fields = sample_request_fields,
		       .fields_cnt = 1,
		       .time_ns = SAMPLE_TIME_NS,
		       .packet = 12 },
		.method = span_text("GET"),
		.target = span_text("/s.json?id=1"),
		.host = span_text("api.example.com"),
		.path = span_text("/s.json?id=1"),
	};
	x.response = (struct http_response){
		.m = { .version = HTTP_1_1,
		       .fields = sample_response_fields,
		       .fields_cnt = 2,
		       .packet = 19 },
		.status = 200,
	};
	return x;
}

/* A host's policy: a list with one known origin, and hostile bytes in the other. */
static inline struct summary_policy sample_policy(const struct endpoint *server)
{
	return (struct summary_policy){ .host = span_text("api.example.com"),
					.server = server,
					.kind = "list",
					.has_credentials = true,
					.constant = span_text("https://old.example"),
					.allowed = { span_text("https://app.example.com"),
						     span_text("https://\x1b[31m") },
					.allowed_cnt = 2,
					.allowed_others = 1,
					.responses = 1200,
					.refused = 3 };
}

/* A judgement without findings on x. */
static inline struct judgement sample_pass(const struct exchange *x)
{
	return (struct judgement){ .x = x,
				   .kind = CORS_KIND_ACTUAL,
				   .verdict = CORS_VERDICT_PASS,
				   .confidence = CONFIDENCE_CERTAIN,
				   .credentials = CORS_CREDENTIALS_INCLUDE,
				   .is_browser = true };
}

static inline struct judgement sample_block(const struct exchange *x)
{
	struct judgement j = sample_pass(x);

	j.verdict = CORS_VERDICT_BLOCK;
	j.error = "AllowOriginMismatch";
	j.code = &sample_rule;
	j.findings_cnt = 1;
	j.findings[0] = (struct finding){ .rule = &sample_rule,
					  .confidence = CONFIDENCE_CERTAIN,
					  .cause = 0x1f3a004200000000ull,
					  .components = CORS_DIFF_PORT | CORS_DIFF_SCHEME,
					  .subject = span_text("X-Thing"),
					  .evidence = { 12, 19 },
					  .evidence_cnt = 2 };
	return j;
}

/* The texts are literals: a sink only reads them. */
static inline struct cause sample_cause(void)
{
	return (struct cause){
		.id = 0x1f3a004200000000ull,
		.rule = &sample_rule,
		.confidence = CONFIDENCE_CERTAIN,
		.cnt = 1234,
		.first_ns = SAMPLE_TIME_NS,
		.last_ns = SAMPLE_TIME_NS + 60000000000ull,
		.first_packet = 12,
		.host = "api.example.com",
		.detail = "the port differs",
		.console = "blocked by CORS policy",
		.fix = "map $http_origin {\n\tdefault \"\";\n}",
		.platform = "nginx",
		.curl = "curl -i http://api.example.com/s.json",
		.example = "GET http://api.example.com/s.json",
		.origins = { .rows = { { .text = (char *)(uintptr_t) "https://app.example.com",
					 .len = 23,
					 .cnt = 1200 } },
			     .rows_cnt = 1,
			     .others = 34 },
		.endpoints = { .rows = { { .text = (char *)(uintptr_t) "GET /s.json",
					   .len = 11,
					   .cnt = 1234 } },
			       .rows_cnt = 1 },
	};
}

/* A stream into memory, and what was written to it once it is closed. */
struct sample_stream {
	FILE *file;
	char *text;
	size_t len;
};

static inline struct sample_stream *sample_open(struct sample_stream *s)
{
	s->file = open_memstream(&s->text, &s->len);
	assert_non_null(s->file);
	return s;
}

static inline char *sample_text(struct sample_stream *s)
{
	assert_int_equal(fclose(s->file), 0);
	return s->text;
}

#endif
