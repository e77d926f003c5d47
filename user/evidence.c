/* SPDX-License-Identifier: BSD-2-Clause */
#include "evidence.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "base/names.h"
#include "base/text.h"
#include "capture/file.h"
#include "capture/recent.h"
#include "capture/source.h"
#include "capture/writer.h"
#include "net/decode.h"
#include "report/sink.h"

/* Bytes of a comment; a packet of many exchanges ends in "...". */
#define COMMENT_CAP 512

static const struct counter counters[] = {
#define ROW(name, class, help) COUNTER_ROW(evidence_stats, name, class, help)
	EVIDENCE_COUNTERS(ROW)
#undef ROW
};

/* A packet to be looked for in the second reading; several rows may name one. */
struct want {
	uint64_t number;
	const char *comment;
	uint32_t order; /* in which it was asked for */
	uint32_t ends;  /* plus 1: only if it is of this connection; 0: whatever it is */
};

struct ends {
	struct endpoint client, server;
};

struct evidence {
	struct sink base;
	struct evidence_config config;
	struct evidence_stats stats;
	struct counter_group group;
	struct writer *writer;
	struct decoder *decoder;
	struct names *names;   /* comments; and sources, in the second reading */
	struct recent *recent; /* NULL: files are read again */
	pthread_mutex_t lock;  /* over recent and writer, which lanes fill meanwhile */
	struct want *wants;
	size_t wants_cnt, wants_cap;
	struct ends *ends; /* of connections with a head in more than two packets */
	size_t ends_cnt, ends_cap;
	int err; /* of the writer */
};

static struct evidence *evidence_of(struct sink *s)
{
	return (struct evidence *)(void *)s;
}

/* "cors-sniff block: acao-port (error), vary-origin-missing (warning)". */
static const char *comment_of(struct evidence *e, const struct judgement *j)
{
	char buf[COMMENT_CAP];
	struct text t = text_init(buf, sizeof(buf));
	const char *kept;

	text_add(&t, "cors-sniff ");
	text_add(&t, cors_verdict_text(j->verdict));
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		text_add(&t, i ? ", " : ": ");
		text_add(&t, j->findings[i].rule->id);
		text_add(&t, " (");
		text_add(&t, severity_text(j->findings[i].rule->severity));
		text_char(&t, ')');
	}
	kept = names_keep(e->names, text_get(&t));
	/* There are fewer words for it than rules. */
	return kept ? kept : j->findings[0].rule->id;
}

/* Two comments on one packet, as one. */
static const char *join(struct evidence *e, const char *a, const char *b)
{
	char buf[COMMENT_CAP];
	struct text t = text_init(buf, sizeof(buf));
	const char *kept;

	if (!a || strstr(a, b))
		return a ? a : b;
	text_add(&t, a);
	if (t.len + strlen(b) + 2 < sizeof(buf)) {
		text_add(&t, "; ");
		text_add(&t, b);
	} else if (t.len < 3 || strcmp(buf + t.len - 3, "...") != 0) {
		text_add(&t, "...");
	}
	kept = names_keep(e->names, text_get(&t));
	return kept ? kept : a;
}

static void write_packet(void *ctx, const struct packet *p, const char *comment)
{
	struct evidence *e = ctx;
	struct packet told = *p;

	told.comment = span_text(comment);
	if (!e->err)
		e->err = writer_packet(e->writer, &told);
	if (!e->err)
		e->stats.packets++;
}

static bool is_same(const struct endpoint *a, const struct endpoint *b)
{
	return a->port == b->port && memcmp(&a->addr, &b->addr, sizeof(a->addr)) == 0;
}

/* Whether a packet belongs to the connection between these. */
static bool is_between(struct evidence *e, const struct packet *p, const struct ends *ends)
{
	struct segment s;

	if (decoder_packet(e->decoder, p, &s) != DECODE_TCP)
		return false;
	return (is_same(&s.src, &ends->client) && is_same(&s.dst, &ends->server)) ||
	       (is_same(&s.src, &ends->server) && is_same(&s.dst, &ends->client));
}

/* Twice the room for an array, up to max rows. False when there is none. */
static bool grow(void **rows, size_t *cap, size_t cnt, size_t max, size_t size)
{
	size_t more = *cap ? *cap * 2 : 256;
	void *grown;

	if (cnt < *cap)
		return true;
	if (cnt >= max)
		return false;
	grown = realloc(*rows, more * size);
	if (!grown)
		return false;
	*rows = grown;
	*cap = more;
	return true;
}

static void want(struct evidence *e, uint64_t number, const char *comment, size_t ends)
{
	void *rows = e->wants;

	if (!grow(&rows, &e->wants_cap, e->wants_cnt, EVIDENCE_PACKETS_MAX, sizeof(*e->wants))) {
		e->stats.packets_over_limit++;
		return;
	}
	e->wants = rows;
	e->wants[e->wants_cnt] =
		(struct want){ number, comment, (uint32_t)e->wants_cnt, (uint32_t)ends };
	e->wants_cnt++;
}

/* One packet, by its number; 0 is none. */
static void mark(struct evidence *e, uint64_t number, const char *comment)
{
	const char **kept;

	if (!number)
		return;
	if (!e->recent) {
		want(e, number, comment, 0);
		return;
	}
	kept = recent_comment(e->recent, number);
	if (kept)
		*kept = join(e, *kept, comment);
	else
		e->stats.packets_gone++;
}

/* The packets between the first and the last of a head are not named one by one: those of the same
 * connection belong to it. */
static void mark_between(struct evidence *e, const struct http_message *m, const struct exchange *x,
			 const char *comment)
{
	const struct ends ends = { x->client, x->server };
	void *rows = e->ends;

	if (!x->is_client_known || m->packet_last <= m->packet + 1 ||
	    m->packet_last - m->packet > EVIDENCE_HEAD_PACKETS_MAX)
		return;
	if (!e->recent &&
	    !grow(&rows, &e->ends_cap, e->ends_cnt, EVIDENCE_PACKETS_MAX, sizeof(*e->ends)))
		return;
	if (!e->recent) {
		e->ends = rows;
		e->ends[e->ends_cnt++] = ends;
	}
	for (uint64_t n = m->packet + 1; n < m->packet_last; n++) {
		const struct packet *p = e->recent ? recent_find(e->recent, n) : NULL;

		if (!e->recent)
			want(e, n, comment, e->ends_cnt);
		else if (p && is_between(e, p, &ends))
			mark(e, n, comment);
	}
}

static void mark_message(struct evidence *e, const struct http_message *m, const struct exchange *x,
			 const char *comment)
{
	mark(e, m->packet, comment);
	mark_between(e, m, x, comment);
	if (m->packet_last != m->packet)
		mark(e, m->packet_last, comment);
}

static bool is_of(const struct http_message *m, uint64_t number)
{
	return number == m->packet || number == m->packet_last;
}

/* The connection's first packet: without it, who reads the file again cannot know that the first
 * response there is the first request's. */
static void mark_begin(struct evidence *e, const struct exchange *x, const char *comment)
{
	if (!e->recent || recent_find(e->recent, x->connection))
		mark(e, x->connection, comment);
}

/* All that shows what was found in an exchange. */
static void mark_exchange(struct evidence *e, const struct judgement *j)
{
	const struct exchange *x = j->x;
	const char *comment = comment_of(e, j);

	if (x->is_client_known)
		mark_begin(e, x, comment);
	if (x->has_request)
		mark_message(e, &x->request.m, x, comment);
	if (x->has_response)
		mark_message(e, &x->response.m, x, comment);
	else
		mark(e, x->end_packet, comment); /* a reset, say */
	/* Packets of other exchanges that prove it. */
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		const struct finding *f = &j->findings[i];

		for (unsigned k = 0; k < f->evidence_cnt; k++) {
			if (!is_of(&x->request.m, f->evidence[k]) &&
			    !is_of(&x->response.m, f->evidence[k]))
				mark(e, f->evidence[k], comment);
		}
	}
}

static int evidence_judged(struct sink *s, const struct judgement *j)
{
	struct evidence *e = evidence_of(s);
	int err;

	if (!j->findings_cnt)
		return 0;
	pthread_mutex_lock(&e->lock);
	mark_exchange(e, j);
	err = e->err;
	pthread_mutex_unlock(&e->lock);
	return err;
}

/* False when it was written. */
static bool unmark(struct evidence *e, uint64_t number)
{
	const char **kept = recent_comment(e->recent, number);

	/* It may be of another exchange, too. */
	if (kept && *kept && !strstr(*kept, "; "))
		*kept = NULL;
	return kept != NULL;
}

/* What is to be looked for in files is told late enough (user/later.h). */
static int evidence_taken_back(struct sink *s, const struct takeback *t)
{
	struct evidence *e = evidence_of(s);
	bool is_late = !e->recent;

	if (!t->findings_cnt)
		return 0;
	pthread_mutex_lock(&e->lock);
	if (e->recent)
		(void)unmark(e, t->connection);
	for (unsigned i = 0; e->recent && i < sizeof(t->packets) / sizeof(t->packets[0]); i++)
		is_late |= !unmark(e, t->packets[i]);
	e->stats.taken_back_late += is_late;
	pthread_mutex_unlock(&e->lock);
	return 0;
}

static int compare_wants(const void *a, const void *b)
{
	const struct want *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

/* All that is wanted of one packet; *i is left after it. NULL: it was of another connection. */
static const char *wanted(struct evidence *e, const struct packet *p, size_t *i)
{
	const char *comment = NULL;

	for (; *i < e->wants_cnt && e->wants[*i].number == p->number; ++*i) {
		const struct want *w = &e->wants[*i];

		if (!w->ends || is_between(e, p, &e->ends[w->ends - 1]))
			comment = join(e, comment, w->comment);
	}
	return comment;
}

static void read_again(struct evidence *e)
{
	uint64_t number = 0;
	size_t at = 0;

	if (e->wants_cnt)
		qsort(e->wants, e->wants_cnt, sizeof(*e->wants), compare_wants);
	for (size_t i = 0; i < e->config.files_cnt && at < e->wants_cnt && !e->err; i++) {
		char why[COMMENT_CAP];
		struct source *s;
		struct packet p;

		if (file_open(e->config.files[i], e->names, NULL, &s, why, sizeof(why)))
			continue; /* as in the first reading */
		while (at < e->wants_cnt && !e->err && source_next(s, &p) == SOURCE_PACKET) {
			const char *comment;

			p.number = ++number;
			comment = wanted(e, &p, &at);
			if (comment)
				write_packet(e, &p, comment);
		}
		source_close(s);
	}
	/* A file that was changed meanwhile. */
	e->stats.packets_gone += e->wants_cnt - at;
	e->wants_cnt = 0;
}

static int evidence_finish(struct sink *s, const struct summary *sum)
{
	struct evidence *e = evidence_of(s);

	/* At the end no lane fills it any more. */
	if (!sum->is_final)
		return 0;
	if (e->recent)
		recent_flush(e->recent);
	else
		read_again(e);
	if (!e->err)
		e->err = writer_flush(e->writer);
	return e->err;
}

static void evidence_close(struct sink *s)
{
	struct evidence *e = evidence_of(s);

	(void)writer_close(e->writer);
	pthread_mutex_destroy(&e->lock);
	recent_free(e->recent);
	decoder_free(e->decoder);
	names_free(e->names);
	free(e->wants);
	free(e->ends);
	free(e);
}

bool evidence_hears(struct sink *s)
{
	return evidence_of(s)->recent != NULL;
}

void evidence_packet(struct sink *s, const struct packet *p)
{
	struct evidence *e = evidence_of(s);

	if (!e->recent)
		return;
	pthread_mutex_lock(&e->lock);
	recent_add(e->recent, p);
	pthread_mutex_unlock(&e->lock);
}

static int evidence_init(struct evidence *e, char *why, size_t why_cap)
{
	struct recent_config recent = { .bytes = EVIDENCE_BYTES,
					.rows_max = EVIDENCE_HELD_MAX,
					.leave = write_packet,
					.ctx = e };
	struct writer_config writer = { .path = e->config.path, .snaplen = CAPTURE_SNAPLEN };
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	e->names = names_new();
	e->decoder = decoder_new(0);
	e->recent = e->config.files ? NULL : recent_new(&recent);
	if (!e->names || !e->decoder || (!e->config.files && !e->recent)) {
		snprintf(why, why_cap, "memory is short");
		return -ENOMEM;
	}
	return writer_open(&writer, (uint64_t)now.tv_sec * NS_PER_S, &e->writer, why, why_cap);
}

int evidence_open(const struct evidence_config *config, struct sink **out, char *why,
		  size_t why_cap)
{
	static const struct sink_ops ops = {
		.name = "evidence",
		.judged = evidence_judged,
		.taken_back = evidence_taken_back,
		.cause_opened = sink_ignore_cause,
		.finish = evidence_finish,
		.close = evidence_close,
	};
	struct evidence *e = calloc(1, sizeof(*e));
	char line[COMMENT_CAP] = "";
	int err;

	if (!e)
		return -ENOMEM;
	pthread_mutex_init(&e->lock, NULL);
	e->base.ops = &ops;
	e->config = *config;
	e->group = (struct counter_group){ "evidence", counters,
					   sizeof(counters) / sizeof(counters[0]), &e->stats };
	e->base.counters = &e->group;
	err = evidence_init(e, line, sizeof(line));
	if (err) {
		snprintf(why, why_cap, "%s: %s", config->path, line);
		evidence_close(&e->base);
		return err;
	}
	*out = &e->base;
	return 0;
}
