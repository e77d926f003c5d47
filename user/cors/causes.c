/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A cause is opened by its first finding and never closed, so that its id, its texts and its
 * place in memory stay. Ids are hashed with a fixed seed, for people to compare between runs; an
 * attacker who makes ids collide only mixes up his own findings.
 */
#include "cors/causes.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/limits.h"

struct causes {
	struct cause **rows; /* in the order in which they were opened */
	size_t cnt, max;
	uint32_t *index; /* open addressing by id: row plus 1; 0 empty */
	size_t mask;
	const struct cause **sorted; /* made by causes_sorted() */
};

/* An empty text for those that nobody filled in, so that readers need no test for NULL. */
static const char nothing[] = "";

struct causes *causes_new(size_t max)
{
	struct causes *t = calloc(1, sizeof(*t));
	size_t cap = 4;

	if (!t)
		return NULL;
	while (cap < 2 * max)
		cap *= 2;
	t->max = max;
	t->mask = cap - 1;
	t->rows = calloc(max, sizeof(struct cause *));
	t->sorted = calloc(max, sizeof(struct cause *));
	t->index = calloc(cap, sizeof(*t->index));
	if (!t->rows || !t->index || !t->sorted) {
		causes_free(t);
		return NULL;
	}
	return t;
}

/* Texts are const for readers; the table owns those that are not the shared empty one. */
static void text_free(const char *s)
{
	if (s != nothing)
		free((void *)(uintptr_t)s);
}

/* Only rows in use have a text. */
static void samples_free(struct cause_samples *s)
{
	for (unsigned i = 0; i < s->rows_cnt; i++)
		free(s->rows[i].text);
}

/* A cause may be half filled when memory was short; what is missing is NULL or the shared empty
 * text. */
static void cause_free(struct cause *c)
{
	text_free(c->host);
	text_free(c->detail);
	text_free(c->console);
	text_free(c->fix);
	text_free(c->platform);
	text_free(c->curl);
	text_free(c->example);
	samples_free(&c->origins);
	samples_free(&c->endpoints);
	free(c);
}

void causes_free(struct causes *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->cnt; i++)
		cause_free(t->rows[i]);
	free(t->rows);
	free(t->index);
	free(t->sorted);
	free(t);
}

uint64_t causes_id(const struct rule *rule, struct span host, struct span about,
		   const struct rule *explained_by)
{
	uint64_t h;

	/* Chained seeds, so that "ab" + "c" is not "a" + "bc". */
	h = hash_span(span_text(rule->id), 0);
	h = hash_folded(host, h);
	h = hash_span(about, h);
	return explained_by ? hash_span(span_text(explained_by->id), h) : h;
}

/* Position in the index of the id, or of the empty place where it would go. Nothing is ever
 * removed, so that probing needs no marks of deleted rows. */
static size_t probe(const struct causes *t, uint64_t id)
{
	size_t at = (size_t)id & t->mask;

	while (t->index[at] && t->rows[t->index[at] - 1]->id != id)
		at = (at + 1) & t->mask;
	return at;
}

struct cause *causes_find(const struct causes *t, uint64_t id)
{
	uint32_t i = t->index[probe(t, id)];

	return i ? t->rows[i - 1] : NULL;
}

bool causes_is_full(const struct causes *t)
{
	return t->cnt == t->max;
}

struct cause *causes_open(struct causes *t, uint64_t id, const struct rule *rule,
			  const struct rule *explained_by)
{
	struct cause *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->id = id;
	c->rule = rule;
	c->explained_by = explained_by;
	c->host = c->detail = c->fix = c->platform = c->curl = c->example = nothing;
	t->index[probe(t, id)] = (uint32_t)t->cnt + 1;
	t->rows[t->cnt++] = c;
	return c;
}

/* Keep a copy of t in *to; false when memory is short. */
static bool keep(const char **to, const struct text *t)
{
	char *copy;

	if (!t || (t->len == 0 && *to == nothing))
		return true;
	copy = text_dup(t);
	if (copy)
		*to = copy;
	return copy != NULL;
}

bool causes_tell(struct cause *c, const struct cause_texts *texts)
{
	char buf[64];
	struct text platform = text_init(buf, sizeof(buf));
	bool ok = true;

	text_add(&platform, texts->platform);
	ok &= keep(&c->host, texts->host);
	ok &= keep(&c->detail, texts->detail);
	ok &= keep(&c->console, texts->console);
	ok &= keep(&c->fix, texts->fix);
	ok &= keep(&c->curl, texts->curl);
	ok &= keep(&c->example, texts->example);
	ok &= keep(&c->platform, &platform);
	return ok;
}

/* Count a value among the samples; one more row while there is room. */
static void sample(struct cause_samples *s, struct span value)
{
	char buf[CORS_SAMPLE_MAX];
	struct text t;
	char *copy;

	if (!span_is_present(value))
		return;
	/* What is clean and short is kept as it is, and need not be written to be compared. */
	for (unsigned i = 0; i < s->rows_cnt; i++) {
		if (span_eq(value, span_make(s->rows[i].text, s->rows[i].len))) {
			s->rows[i].cnt++;
			return;
		}
	}
	t = text_init(buf, sizeof(buf));
	text_wire(&t, value);
	for (unsigned i = 0; i < s->rows_cnt; i++) {
		if (strcmp(s->rows[i].text, buf) == 0) {
			s->rows[i].cnt++;
			return;
		}
	}
	copy = s->rows_cnt < CAUSE_SAMPLES_MAX ? text_dup(&t) : NULL;
	if (!copy) {
		s->others++;
		return;
	}
	s->rows[s->rows_cnt++] = (struct cause_sample){ .text = copy, .len = t.len, .cnt = 1 };
}

void causes_count(struct cause *c, uint64_t time_ns, enum confidence confidence, struct span origin,
		  struct span endpoint)
{
	if (c->cnt++ == 0 || time_ns < c->first_ns)
		c->first_ns = time_ns;
	if (time_ns > c->last_ns)
		c->last_ns = time_ns;
	if (confidence > c->confidence)
		c->confidence = confidence;
	sample(&c->origins, origin);
	sample(&c->endpoints, endpoint);
}

/* One less of a value among the samples. */
static void unsample(struct cause_samples *s, struct span value)
{
	char buf[CORS_SAMPLE_MAX];
	struct text t = text_init(buf, sizeof(buf));
	unsigned i = 0;

	if (!span_is_present(value))
		return;
	text_wire(&t, value);
	while (i < s->rows_cnt && strcmp(s->rows[i].text, buf) != 0)
		i++;
	if (i == s->rows_cnt) {
		s->others -= s->others != 0;
		return;
	}
	if (--s->rows[i].cnt)
		return;
	free(s->rows[i].text);
	s->rows_cnt--;
	memmove(&s->rows[i], &s->rows[i + 1], (s->rows_cnt - i) * sizeof(s->rows[0]));
}

void causes_take_back(struct cause *c, struct span origin, struct span endpoint)
{
	c->cnt--;
	unsample(&c->origins, origin);
	unsample(&c->endpoints, endpoint);
}

/* An explained block is no worse than what explains it, so that it comes after that. */
static enum severity severity_of(const struct cause *c)
{
	const struct rule *why = c->explained_by;

	return why && why->severity < c->rule->severity ? why->severity : c->rule->severity;
}

/* Whether a is to be told before b; total, so that the order is the same in every run. */
static bool is_worse(const struct cause *a, const struct cause *b)
{
	if (severity_of(a) != severity_of(b))
		return severity_of(a) > severity_of(b);
	if (!a->explained_by != !b->explained_by)
		return !a->explained_by;
	if (rule_is_not_cors(a->rule) != rule_is_not_cors(b->rule))
		return rule_is_not_cors(a->rule);
	if (a->confidence != b->confidence)
		return a->confidence > b->confidence;
	if (a->cnt != b->cnt)
		return a->cnt > b->cnt;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns;
	return a->id < b->id;
}

/* Let the row at i sink to its place in a heap whose top is the row to be told last. */
static void sift(const struct cause **rows, size_t i, size_t cnt)
{
	const struct cause *row = rows[i];
	size_t child;

	while ((child = 2 * i + 1) < cnt) {
		if (child + 1 < cnt && is_worse(rows[child], rows[child + 1]))
			child++;
		if (!is_worse(row, rows[child]))
			break;
		rows[i] = rows[child];
		i = child;
	}
	rows[i] = row;
}

const struct cause *const *causes_sorted(struct causes *t, size_t *cnt)
{
	const struct cause **rows = t->sorted;

	*cnt = 0;
	for (size_t i = 0; i < t->cnt; i++) {
		if (t->rows[i]->cnt)
			rows[(*cnt)++] = t->rows[i];
	}
	/* Heapsort: the core may not ask for qsort(). */
	for (size_t i = *cnt / 2; i-- > 0;)
		sift(rows, i, *cnt);
	for (size_t n = *cnt; n > 1; n--) {
		const struct cause *top = rows[0];

		rows[0] = rows[n - 1];
		rows[n - 1] = top;
		sift(rows, 0, n - 1);
	}
	return rows;
}
