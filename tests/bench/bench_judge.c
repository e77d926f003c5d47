/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * bench_judge: what the judge costs per exchange, with its memories full.
 *
 * Prints nanoseconds per exchange for a few mixes; the first pass over each mix fills the
 * memories and is not timed.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cors/judge.h"

/* More URLs than CORS_RESOURCES_MAX, so that every memory is full and evicts. */
#define URLS   100000
#define ROUNDS 1000000u

struct mix {
	const char *name;
	bool has_origin, is_preflight, is_blocked, is_storable;
	unsigned urls; /* of the set that is asked */
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static void add(struct http_field *f, size_t *n, enum http_name id, const char *value)
{
	f[(*n)++] = (struct http_field){ .id = id,
					 .name = span_text(http_name_text(id)),
					 .value = span_text(value) };
}

/* Fill one exchange as an ordinary browser and server would. */
static void fill(struct exchange *x, struct http_field *q, struct http_field *r,
		 const struct mix *m)
{
	size_t qn = 0, rn = 0;

	*x = (struct exchange){ .outcome = HTTP_RESPONSE,
				.has_request = true,
				.has_response = true };
	x->request.method = span_text(m->is_preflight ? "OPTIONS" : "GET");
	x->request.host = span_text("api.example.com");
	add(q, &qn, HTTP_NAME_HOST, "api.example.com");
	add(q, &qn, HTTP_NAME_CONNECTION, "keep-alive");
	add(q, &qn, HTTP_NAME_USER_AGENT,
	    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
	    "Chrome/156.0.0.0 Safari/537.36");
	add(q, &qn, HTTP_NAME_ACCEPT, "*/*");
	if (m->has_origin)
		add(q, &qn, HTTP_NAME_ORIGIN, "https://app.example.com");
	if (m->is_preflight) {
		add(q, &qn, HTTP_NAME_ACRM, "PUT");
		add(q, &qn, HTTP_NAME_ACRH, "authorization,content-type");
	}
	add(q, &qn, HTTP_NAME_SEC_FETCH_SITE, "cross-site");
	add(q, &qn, HTTP_NAME_SEC_FETCH_MODE, m->has_origin ? "cors" : "no-cors");
	add(q, &qn, HTTP_NAME_SEC_FETCH_DEST, "empty");
	add(r, &rn, HTTP_NAME_SERVER, "nginx/1.22.1");
	add(r, &rn, HTTP_NAME_DATE, "Mon, 23 Nov 2026 14:46:14 GMT");
	add(r, &rn, HTTP_NAME_CONTENT_TYPE, "application/json");
	add(r, &rn, HTTP_NAME_CONTENT_LENGTH, "1234");
	add(r, &rn, HTTP_NAME_CACHE_CONTROL, m->is_storable ? "max-age=60" : "no-store");
	add(r, &rn, HTTP_NAME_ETAG, "\"5f3c-1a2b\"");
	add(r, &rn, HTTP_NAME_VARY, "Accept-Encoding, Origin");
	if (m->has_origin)
		add(r, &rn, HTTP_NAME_ACAO,
		    m->is_blocked ? "https://localhost:3000" : "https://app.example.com");
	if (m->is_preflight) {
		add(r, &rn, HTTP_NAME_ACAM, "GET, POST, PUT");
		add(r, &rn, HTTP_NAME_ACAH, "Authorization, Content-Type");
		add(r, &rn, HTTP_NAME_ACMA, "600");
	}
	x->request.m.fields = q;
	x->request.m.fields_cnt = qn;
	x->response.m.fields = r;
	x->response.m.fields_cnt = rn;
	x->response.status = m->is_preflight ? 204 : 200;
}

static void run(struct judge *j, const struct mix *m, char (*paths)[32])
{
	struct http_field q[16], r[16];
	struct exchange x;
	uint64_t start = 0, packet = 1;
	size_t heap = 0;

	fill(&x, q, r, m);
	for (unsigned i = 0; i < ROUNDS + m->urls; i++) {
		if (i == m->urls) {
			start = now_ns();
			heap = mallinfo2().uordblks;
		}
		x.request.target = x.request.path = span_text(paths[i * 7919u % m->urls]);
		x.client.port = (uint16_t)i;
		x.client.addr.bytes[15] = (uint8_t)(i >> 4);
		x.request.m.packet = packet++;
		x.response.m.packet = packet++;
		x.request.m.time_ns = packet * 1000;
		x.response.m.time_ns = x.end_ns = packet * 1000 + 500;
		judge_exchange(j, &x);
	}
	printf("%-44s %5.0f ns per exchange, heap %+ld bytes\n", m->name,
	       (double)(now_ns() - start) / ROUNDS, (long)(mallinfo2().uordblks - heap));
}

int main(void)
{
	static const struct mix mixes[] = {
		{ "not CORS, not storable, memories full", false, false, false, false, URLS },
		{ "not CORS, storable, memories full", false, false, false, true, URLS },
		{ "not CORS, storable, 1000 URLs", false, false, false, true, 1000 },
		{ "CORS, passes, memories full", true, false, false, true, URLS },
		{ "CORS, passes, 1000 URLs", true, false, false, true, 1000 },
		{ "CORS, blocked, memories full", true, false, true, true, URLS },
		{ "preflight, passes, memories full", true, true, false, false, URLS },
	};
	static char paths[URLS][32];
	struct judge *j = judge_new(&(struct judge_config){ .seed = 1 });

	if (!j)
		return 1;
	for (unsigned i = 0; i < URLS; i++)
		snprintf(paths[i], sizeof(paths[i]), "/v1/items/%u?page=%u", i, i % 7);
	for (size_t i = 0; i < sizeof(mixes) / sizeof(mixes[0]); i++)
		run(j, &mixes[i], paths);
	judge_free(j);
	return 0;
}
