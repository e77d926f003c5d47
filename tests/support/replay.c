/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/replay.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define ROOM (4u << 20)

/* The end of a room that is followed by an unreadable page. */
static uint8_t *room_end(void)
{
	static uint8_t *end;

	if (!end) {
		uint8_t *map = mmap(NULL, ROOM + (size_t)getpagesize(), PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED || mprotect(map + ROOM, (size_t)getpagesize(), PROT_NONE))
			abort();
		end = map + ROOM;
	}
	return end;
}

void replay_init(struct replay *r, chunk_fn consume, void *ctx)
{
	const uint8_t client[4] = { 10, 0, 0, 1 }, server[4] = { 10, 0, 0, 2 };

	memset(r, 0, sizeof(*r));
	r->consume = consume;
	r->ctx = ctx;
	r->conn.ends[0] = (struct endpoint){ address_from_v4(client), 50000 };
	r->conn.ends[1] = (struct endpoint){ address_from_v4(server), 80 };
	r->conn.is_from_start = true;
	r->conn.source = "test";
	r->conn.first_packet = 1;
}

static void deliver(struct replay *r, const struct chunk *c)
{
	uint64_t skip = r->consume(r->ctx, &r->conn, c);

	r->chunks++;
	if (c->kind == CHUNK_DATA || c->kind == CHUNK_GAP)
		r->skip[c->dir] = skip;
}

static struct chunk chunk_make(struct replay *r, enum chunk_kind kind, uint8_t dir)
{
	r->packet++;
	return (struct chunk){
		.kind = kind, .dir = dir, .packet = r->packet, .time_ns = r->packet * 1000
	};
}

/* What of n bytes is left after what the consumer skips. */
static size_t skip_some(struct replay *r, uint8_t dir, size_t n)
{
	if (r->skip[dir] == CHUNK_SKIP_ALL)
		return 0;
	if (r->skip[dir] >= n) {
		r->skip[dir] -= n;
		return 0;
	}
	n -= (size_t)r->skip[dir];
	r->skip[dir] = 0;
	return n;
}

static void send_data(struct replay *r, uint8_t dir, const char *ptr, size_t len)
{
	size_t left = skip_some(r, dir, len);
	struct chunk c = chunk_make(r, CHUNK_DATA, dir);
	uint8_t *copy = room_end() - left;

	if (!left)
		return;
	memcpy(copy, ptr + len - left, left);
	c.data = span_make(copy, left);
	deliver(r, &c);
	memset(copy, 0xdd, left);
}

static void send_gap(struct replay *r, uint8_t dir, size_t len, bool is_unknown)
{
	size_t left = skip_some(r, dir, len);
	struct chunk c = chunk_make(r, CHUNK_GAP, dir);

	if (!left && !is_unknown)
		return;
	c.gap_len = is_unknown ? 0 : left;
	deliver(r, &c);
}

static size_t step_len(const struct replay_step *s)
{
	if (s->kind != CHUNK_DATA)
		return 0;
	return s->len || !s->text ? s->len : strlen(s->text);
}

size_t replay_size(const struct replay_step *steps, size_t n)
{
	size_t size = 0;

	for (size_t i = 0; i < n; i++)
		size += step_len(&steps[i]);
	return size;
}

/* The end of the piece that begins at from: the next cut, or the step's end. */
static size_t piece_end(const struct replay_plan *plan, unsigned *seed, size_t from, size_t end)
{
	if (plan->seed) {
		size_t n = 1 + (size_t)rand_r(seed) % plan->piece_max;

		if (from + n < end)
			end = from + n;
	}
	if (plan->split > from && plan->split < end)
		end = plan->split;
	if (plan->gap_len && plan->gap_at > from && plan->gap_at < end)
		end = plan->gap_at;
	return end;
}

void replay_run(struct replay *r, const struct replay_step *steps, size_t n,
		const struct replay_plan *plan)
{
	static const struct replay_plan none;
	unsigned seed;
	size_t at = 0;

	plan = plan ? plan : &none;
	seed = plan->seed;
	for (size_t i = 0; i < n; i++) {
		const struct replay_step *s = &steps[i];
		size_t begin = at, end = at + step_len(s);

		if (s->kind == CHUNK_GAP) {
			send_gap(r, s->dir, s->len, s->len == 0);
		} else if (s->kind != CHUNK_DATA) {
			struct chunk c = chunk_make(r, s->kind, s->dir);

			deliver(r, &c);
		}
		while (at < end) {
			size_t to;

			if (plan->gap_len && at == plan->gap_at) {
				to = at + plan->gap_len < end ? at + plan->gap_len : end;
				send_gap(r, s->dir, to - at, plan->is_gap_unknown);
			} else {
				to = piece_end(plan, &seed, at, end);
				send_data(r, s->dir, s->text + (at - begin), to - at);
			}
			at = to;
		}
	}
}

static void add(struct replay_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void add(struct replay_log *log, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(log->text + log->len, sizeof(log->text) - log->len, format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(log->text) - log->len)
		abort();
	log->len += (size_t)n;
}

static void add_span(struct replay_log *log, struct span s)
{
	if (!span_is_present(s)) {
		add(log, "-");
		return;
	}
	for (size_t i = 0; i < s.len; i++) {
		if (s.ptr[i] >= ' ' && s.ptr[i] < 127)
			add(log, "%c", s.ptr[i]);
		else
			add(log, "\\x%02x", s.ptr[i]);
	}
}

static void add_message(struct replay_log *log, const struct http_message *m)
{
	add(log, " v%d [", m->version);
	for (size_t i = 0; i < m->fields_cnt; i++) {
		add(log, "%s", i ? "|" : "");
		add_span(log, m->fields[i].name);
		add(log, ":");
		add_span(log, m->fields[i].value);
		add(log, "%s", m->fields[i].is_cut ? "~" : "");
	}
	add(log, "]");
	if (m->flaws)
		add(log, " flaws=%#x", m->flaws);
}

void replay_log_exchange(void *ctx, const struct exchange *x)
{
	static const char *const outcomes[] = { "response", "reset", "closed",  "timeout",
						"refused",  "lost",  "pending", "invalid" };
	struct replay_log *log = ctx;

	log->lines++;
	if (x->has_request) {
		add_span(log, x->request.method);
		add(log, " ");
		add_span(log, x->request.target);
		add(log, "%s {", x->request.is_target_cut ? "~" : "");
		add_span(log, x->request.host);
		add(log, " ");
		add_span(log, x->request.path);
		add(log, "}");
		add_message(log, &x->request.m);
		if (x->request.auth)
			add(log, " auth=%d", x->request.auth);
		if (x->request.is_websocket)
			add(log, " websocket");
	} else {
		add(log, "?");
	}
	add(log, " > ");
	if (x->has_response) {
		add(log, "%u", x->response.status);
		add_message(log, &x->response.m);
		if (x->response.informational_cnt)
			add(log, " after=%u", x->response.informational_cnt);
	} else {
		add(log, "?");
	}
	add(log, " = %s%s", outcomes[x->outcome], x->is_pairing_unsure ? " unsure" : "");
	if (x->stream)
		add(log, " #%u", x->stream);
	if (x->has_error_code)
		add(log, " code=%u", x->error_code);
	add(log, "%s\n", x->is_reset_by_client ? " by client" : "");
}
