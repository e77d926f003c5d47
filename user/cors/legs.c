/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/legs.h"

#include "base/hash.h"
#include "cors/place.h"

/* The target behind the last slash of its path: what proxies leave alone. */
static struct span tail_of(struct span target, struct span path)
{
	const uint8_t *slash = path.len ? memrchr(path.ptr, '/', path.len) : NULL;

	return span_from(target, slash ? (size_t)(slash + 1 - path.ptr) : 0);
}

uint64_t legs_key(const struct scene *s)
{
	const struct http_request *r = &s->x->request;

	/* The origin's word is a hash that nobody outside can choose. */
	return hash_span(tail_of(r->path, s->path), hash_span(r->method, s->origin_word));
}

/* The address that the proxy added: the last one (X-Forwarded-For grows at its end). */
static uint64_t forwarded_hash(const struct fieldget *g)
{
	struct span list = fieldget_first(g, HTTP_NAME_X_FORWARDED_FOR), member, last = { 0 };

	while (fieldget_member(&list, &member))
		last = member;
	return last.len ? hash_span(last, 0) | 1 : 0;
}

/* The same of an address, which proxies write without brackets. */
static uint64_t address_hash(const struct address *a)
{
	char buf[64];
	struct text t = text_init(buf, sizeof(buf));
	struct span s;

	place_address(&t, a);
	s = text_get(&t);
	if (!address_is_v4(a))
		s = span_make(s.ptr + 1, s.len - 2);
	return hash_span(s, 0) | 1;
}

static bool is_same_address(const struct address *a, const struct address *b)
{
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}

/* 127.0.0.0/8 or ::1. */
static bool is_loopback(const struct address *a)
{
	static const struct address v6 = { .bytes = { [15] = 1 } };

	return address_is_v4(a) ? a->bytes[12] == 127 : is_same_address(a, &v6);
}

/* Whether who asked on the inner leg is who was asked on the outer one. */
static bool is_behind(const struct leg *inner, const struct exchange *outer)
{
	if (inner->process.pid && inner->process.pid == outer->process.pid)
		return true;
	if (!outer->is_client_known || !inner->told.is_client_known)
		return false;
	/* A copy of the leg itself, or another request of the same client. */
	if (inner->told.server.port == outer->server.port &&
	    is_same_address(&inner->told.server.addr, &outer->server.addr))
		return false;
	/* What a proxy asks of its own machine, it asks from there. */
	return is_same_address(&inner->told.client.addr, &outer->server.addr) ||
	       (is_loopback(&inner->told.client.addr) && !is_loopback(&outer->client.addr)) ||
	       (inner->forwarded_for && inner->forwarded_for == address_hash(&outer->client.addr));
}

struct leg *legs_inner(struct memory *legs, const struct scene *s)
{
	struct leg *inner = memory_find(legs, s->leg);

	if (!inner || !inner->told.connection || inner->told.connection == s->x->connection)
		return NULL;
	if (inner->told.begin_ns < s->x->request.m.time_ns || inner->told.end_ns > s->x->end_ns)
		return NULL;
	return is_behind(inner, s->x) ? inner : NULL;
}

/* A server as people know it: by its program, where that was seen, and its address. */
static struct span told(const struct endpoint *e, bool is_known, const struct process *p,
			struct clues *out)
{
	struct text t;

	if (is_known && !p->pid)
		return place_server(e, out);
	t = clues_open(out);
	text_wire(&t, span_text(p->pid ? p->command : "of unknown address"));
	if (is_known) {
		text_add(&t, " at ");
		place_address(&t, &e->addr);
		text_char(&t, ':');
		text_u64(&t, e->port);
	}
	return clues_close(out, &t);
}

/* One header on both legs. */
struct both {
	const char *name;
	struct span outer, inner; /* combined values; absent: not sent, or forgotten */
	unsigned outer_lines, inner_lines;
};

/* The header that the block is about. */
static struct both both_of(const struct leg *inner, const struct scene *s, struct words *words)
{
	if (s->check.code == RULE_ACAC_MISSING || s->check.code == RULE_ACAC_INVALID)
		return (struct both){ "Access-Control-Allow-Credentials", s->input.acac.value,
				      words_get(words, inner->acac), s->input.acac.lines,
				      inner->acac_lines };
	return (struct both){ "Access-Control-Allow-Origin", s->input.acao.value,
			      words_get(words, inner->acao), s->input.acao.lines,
			      inner->acao_lines };
}

/* Who did what, as a rule and a sentence: {0} is the proxy, {1} what is behind it, {2} the header,
 * {3} its value on the inner leg, {4} on the outer one. */
static const char *deed(const struct both *p, enum rule_index *rule)
{
	if (!p->inner_lines && !p->outer_lines) {
		*rule = RULE_HOP_PASSED;
		return "neither {1} nor the proxy {0} in front of it sends {2}";
	}
	if (!p->inner_lines) {
		*rule = RULE_HOP_ADDED;
		return "{2}: {4} is written by the proxy {0}; {1} behind it sends none";
	}
	if (!p->outer_lines) {
		*rule = RULE_HOP_DROPPED;
		return "{1} sends {2}: {3}, and the proxy {0} in front of it drops it";
	}
	if (p->outer_lines > p->inner_lines) {
		*rule = RULE_HOP_DOUBLED;
		return "{1} sends {2}: {3}, and the proxy {0} in front of it adds another: {4}";
	}
	if (p->outer_lines < p->inner_lines || !span_eq(p->outer, p->inner)) {
		*rule = RULE_HOP_CHANGED;
		return "{1} sends {2}: {3}, and the proxy {0} in front of it makes it {4}";
	}
	*rule = RULE_HOP_PASSED;
	return "{2}: {4} comes from {1}; the proxy {0} in front of it passes it on";
}

void legs_look(const struct leg *inner, const struct scene *s, struct words *words,
	       struct clues *out)
{
	struct both p = both_of(inner, s, words);
	enum rule_index rule;
	const char *detail = deed(&p, &rule);
	struct clue *k;

	/* A word that was forgotten leaves nothing to compare. */
	if (p.inner_lines && !span_is_present(p.inner))
		return;
	k = clues_add(out, rule, CONFIDENCE_LIKELY, detail);
	k->args[0] = told(&s->x->server, s->x->is_client_known, &s->x->process, out);
	/* In the proxy's own process the one behind it is another program. */
	k->args[1] = told(&inner->told.server, inner->told.is_client_known,
			  inner->process.pid == s->x->process.pid ? &(struct process){ 0 }
								  : &inner->process,
			  out);
	k->args[2] = span_text(p.name);
	k->args[3] = p.inner;
	k->args[4] = p.outer;
	k->subject = k->about = k->args[1];
	clue_evidence(k, inner->packet);
	clue_evidence(k, s->packet);
}

/* What is said to those who heard of j, should it have to be taken back. */
static void told_keep(struct takeback *t, const struct judgement *j)
{
	const struct exchange *x = j->x;

	t->connection = x->connection;
	t->stream = x->stream;
	t->index = x->index;
	t->client = x->client;
	t->server = x->server;
	t->is_client_known = x->is_client_known;
	t->begin_ns = x->request.m.time_ns;
	t->end_ns = x->end_ns;
	t->packets[0] = x->request.m.packet;
	t->packets[1] = x->request.m.packet_last;
	t->packets[2] = x->response.m.packet;
	t->packets[3] = x->response.m.packet_last;
	t->kind = j->kind;
	t->verdict = j->verdict;
	t->unknown = j->unknown;
	t->is_browser = j->is_browser;
	t->findings_cnt = j->findings_cnt;
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		t->findings[i].rule = j->findings[i].rule;
		t->findings[i].cause = j->findings[i].cause;
		t->findings[i].is_cause_gone = false;
	}
}

/* Part by part where it stays: nearly every exchange with an Origin comes here, and most of a leg
 * is room for findings that it does not have. */
void legs_keep(struct memory *legs, const struct scene *s, struct words *words,
	       const struct judgement *j)
{
	struct leg *l = memory_add(legs, s->leg);

	told_keep(&l->told, j);
	l->process = s->x->process;
	l->packet = s->packet;
	l->forwarded_for = forwarded_hash(&s->request);
	l->path = j->findings_cnt ? words_put(words, s->path) : 0;
	l->acao = s->acao_word;
	l->acac = s->acac_word;
	l->acao_lines = s->response.lines[HTTP_NAME_ACAO];
	l->acac_lines = s->response.lines[HTTP_NAME_ACAC];
}
