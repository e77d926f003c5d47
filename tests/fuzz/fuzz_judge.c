/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_judge: any exchanges in a row, judged twice, with different seeds.
 *
 * Input: blocks with an empty line after each. A block is a line "METHOD path", field lines of
 * the request, a line "<" with the status (or a letter for the outcome), field lines of
 * the response. A field line is one byte (its name, modulo how many there are) and the value.
 */
#include <stdlib.h>

#include "base/hash.h"
#include "cors/fieldget.h"
#include "cors/judge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define EXCHANGES_MAX 24
#define LINES_MAX     20

static void require(bool fact)
{
	if (!fact)
		abort();
}

struct run {
	uint64_t digest; /* of everything that was said */
	uint64_t opened;
};

static void mix(struct run *r, const void *ptr, size_t len)
{
	r->digest = hash_bytes(ptr, len, r->digest);
}

static void mix_text(struct run *r, const char *s)
{
	if (s)
		mix(r, s, strlen(s) + 1);
}

/* What a pass must rest on, read without the judge's own code for it. */
static void check_pass(const struct judgement *j)
{
	const struct http_message *m = &j->x->response.m;
	struct span origin = { 0 }, acao = { 0 };
	unsigned lines = 0;

	for (size_t i = 0; i < j->x->request.m.fields_cnt && !origin.ptr; i++)
		if (j->x->request.m.fields[i].id == HTTP_NAME_ORIGIN)
			origin = j->x->request.m.fields[i].value;
	for (size_t i = 0; i < m->fields_cnt; i++) {
		if (m->fields[i].id != HTTP_NAME_ACAO)
			continue;
		acao = m->fields[i].value;
		lines++;
	}
	require(span_is_present(origin));
	require(j->x->outcome == HTTP_RESPONSE && j->x->has_response);
	require(!(m->flaws & (HTTP_FLAWS_INCOMPLETE | HTTP_FLAW_NUL)));
	/* An Origin with a comma, which no browser sends, can be like two lines that were joined.
	 */
	if (j->x->response.status != 304 && span_find(origin, ',') == origin.len)
		require(lines == 1 && (span_is(acao, "*") || span_eq(acao, origin)));
}

static void judged(void *ctx, const struct judgement *j)
{
	struct run *r = ctx;

	require(j->findings_cnt <= CORS_FINDINGS_MAX);
	require((j->verdict == CORS_VERDICT_BLOCK) == (j->error != NULL));
	require((j->verdict == CORS_VERDICT_BLOCK) == (j->code != NULL));
	require((j->verdict == CORS_VERDICT_UNKNOWN) == (j->unknown != NULL));
	require((j->kind == CORS_KIND_NONE) == (j->verdict == CORS_VERDICT_NONE));
	require(j->verdict != CORS_VERDICT_BLOCK || j->findings_cnt);
	if (j->verdict == CORS_VERDICT_PASS)
		check_pass(j);
	mix_text(r, cors_kind_text(j->kind));
	mix_text(r, cors_verdict_text(j->verdict));
	mix_text(r, j->error);
	mix_text(r, j->unknown);
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		const struct finding *f = &j->findings[i];

		require(f->confidence <= f->rule->confidence || f->rule == j->code);
		require(f->evidence_cnt <= FINDING_EVIDENCE_MAX);
		for (unsigned k = 0; k < f->evidence_cnt; k++)
			require(f->evidence[k] != 0);
		mix_text(r, f->rule->id);
		mix(r, &f->cause, sizeof(f->cause));
		mix(r, f->subject.ptr, f->subject.len);
	}
}

static void opened(void *ctx, const struct cause *c)
{
	struct run *r = ctx;

	r->opened++;
	require(c->cnt >= 1 && c->rule && *c->detail && *c->fix && *c->example);
	mix_text(r, c->detail);
	mix_text(r, c->console);
	mix_text(r, c->fix);
	mix_text(r, c->curl);
	mix_text(r, c->example);
}

static struct span line_take(struct span *rest)
{
	size_t n = span_find(*rest, '\n');
	struct span line = span_first(*rest, n);

	*rest = span_from(*rest, n + 1);
	return line;
}

/* Field lines until an empty line (false) or one that begins with "<", the status or outcome
 * (true), which is put into *last. */
static bool fields_take(struct span *rest, struct http_message *m, struct http_field *fields,
			struct span *last)
{
	m->fields = fields;
	m->fields_cnt = 0;
	while (rest->len) {
		struct span line = line_take(rest);

		if (line.len == 0)
			return false;
		*last = line;
		if (line.ptr[0] == '<')
			return true;
		if (m->fields_cnt == LINES_MAX)
			continue;
		fields[m->fields_cnt++] = (struct http_field){
			.id = 1 + (enum http_name)(line.ptr[0] % (HTTP_NAME_CNT - 1)),
			.value = span_trim(span_from(line, 1)),
		};
	}
	return false;
}

static void exchange_take(struct judge *j, struct span *rest, uint64_t n)
{
	struct http_field q[LINES_MAX], a[LINES_MAX];
	struct exchange x = { .has_request = true, .outcome = HTTP_PENDING };
	struct span line = line_take(rest), last = { 0 };
	size_t sp = span_find(line, ' ');

	x.request.method = span_first(line, sp);
	x.request.path = x.request.target = span_from(line, sp + 1);
	x.client.addr.bytes[15] = (uint8_t)(n % 3);
	x.request.m.packet = 2 * n + 1;
	x.request.m.time_ns = n * NS_PER_S / 2;
	x.end_ns = x.request.m.time_ns + 1000;
	if (fields_take(rest, &x.request.m, q, &last)) {
		unsigned status = 0;

		for (size_t i = 1; i < last.len && last.ptr[i] >= '0' && last.ptr[i] <= '9'; i++)
			status = (status * 10 + (last.ptr[i] - '0')) % 1000;
		x.outcome = status ? HTTP_RESPONSE : last.ptr[last.len - 1] % (HTTP_INVALID + 1);
		x.has_response = x.outcome == HTTP_RESPONSE;
		x.response.status = (uint16_t)status;
		x.response.m.packet = 2 * n + 2;
		if (last.len > 4)
			x.response.m.flaws = last.ptr[4];
		(void)fields_take(rest, &x.response.m, a, &last);
	}
	for (size_t i = 0; i < x.request.m.fields_cnt; i++)
		if (q[i].id == HTTP_NAME_HOST)
			x.request.host = q[i].value;
	judge_exchange(j, &x);
}

static struct run play(const uint8_t *data, size_t size, uint64_t seed)
{
	struct run r = { 0, 0 };
	const struct judge_config config = { .seed = seed,
					     .resources_max = 4,
					     .policies_max = 4,
					     .preflights_max = 4,
					     .endpoints_max = 4,
					     .words_max = 64,
					     .causes_max = 16,
					     .judged = judged,
					     .cause_opened = opened,
					     .ctx = &r };
	struct judge *j = judge_new(&config);
	struct span rest = span_make(data, size);
	size_t cnt;

	require(j != NULL);
	for (uint64_t n = 0; rest.len && n < EXCHANGES_MAX; n++)
		exchange_take(j, &rest, n);
	(void)judge_causes(j, &cnt);
	require(cnt == r.opened && cnt == judge_stats(j)->causes);
	judge_free(j);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct run a = play(data, size, 1), b = play(data, size, 2);

	/* What is said does not depend on the seed that keys the memories. */
	require(a.digest == b.digest && a.opened == b.opened);
	return 0;
}
