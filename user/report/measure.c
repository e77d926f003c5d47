/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/measure.h"

#include <errno.h>

#include "report/format.h"

static const enum http_version protocols[MEASURE_PROTOCOLS] = { HTTP_0_9, HTTP_1_0, HTTP_1_1,
								HTTP_2 };
static const char *const label_names[MEASURE_LABELS] = { "origin", "host", "path" };

_Static_assert(TALLY_VERDICTS <= TOPLIST_COLUMNS, "a column for each verdict");

int measure_labels(struct measure *m, const unsigned max[static MEASURE_LABELS])
{
	for (unsigned i = 0; i < MEASURE_LABELS; i++) {
		if (!max[i])
			continue;
		m->labels[i] = toplist_new(max[i]);
		if (!m->labels[i])
			return -ENOMEM;
	}
	return 0;
}

void measure_fini(struct measure *m)
{
	for (unsigned i = 0; i < MEASURE_LABELS; i++) {
		toplist_free(m->labels[i]);
		m->labels[i] = NULL;
	}
}

bool measure_duration(const struct exchange *x, uint64_t *out_ns)
{
	/* Where the clock went back, nobody knows. */
	if (!x->has_request || !x->has_response || x->end_ns < x->request.m.time_ns)
		return false;
	*out_ns = x->end_ns - x->request.m.time_ns;
	return true;
}

size_t measure_rule(const struct rule *rule)
{
	return rule >= rules && rule < rules + rules_cnt ? (size_t)(rule - rules) : RULE_CNT;
}

bool measure_is_conflict(enum rule_index rule)
{
	return rule >= RULE_VARY_ORIGIN_POISONED && rule <= RULE_VARY_ORIGIN_IGNORED;
}

static void protocol_add(struct measure *m, const struct exchange *x)
{
	enum http_version version = x->has_request ? x->request.m.version : x->response.m.version;

	for (unsigned i = 0; i < MEASURE_PROTOCOLS; i++)
		m->protocols[i] += protocols[i] == version;
}

static struct span field_value(const struct http_message *m, enum http_name id)
{
	for (size_t i = 0; i < m->fields_cnt; i++) {
		if (m->fields[i].id == id)
			return m->fields[i].value;
	}
	return (struct span){ 0 };
}

static struct span label_value(const struct exchange *x, enum measure_label label)
{
	const struct http_request *r = &x->request;

	if (!x->has_request)
		return (struct span){ 0 };
	switch (label) {
	case MEASURE_ORIGIN: return field_value(&r->m, HTTP_NAME_ORIGIN);
	case MEASURE_HOST: return r->host;
	default: return span_first(r->path, span_find(r->path, '?'));
	}
}

static void labels_add(struct measure *m, const struct judgement *j)
{
	for (unsigned i = 0; i < MEASURE_LABELS; i++) {
		if (m->labels[i])
			toplist_count(m->labels[i], label_value(j->x, (enum measure_label)i),
				      (unsigned)j->verdict);
	}
}

void measure_add(struct measure *m, const struct judgement *j)
{
	uint64_t ns;

	tally_add(&m->tally, j);
	tally_add(&m->judged, j);
	protocol_add(m, j->x);
	if (j->kind == CORS_KIND_PREFLIGHT && measure_duration(j->x, &ns))
		durations_add(&m->preflights, ns);
	for (unsigned i = 0; i < j->findings_cnt; i++) {
		size_t rule = measure_rule(j->findings[i].rule);

		if (rule < RULE_CNT)
			m->marks[rule] =
				(struct measure_mark){ j->findings[i].cause, j->x->end_ns };
	}
	if (j->kind != CORS_KIND_NONE)
		labels_add(m, j);
}

void measure_take_back(struct measure *m, const struct takeback *b)
{
	tally_take_back(&m->tally, b);
	for (unsigned i = 0; i < b->findings_cnt; i++) {
		size_t rule = measure_rule(b->findings[i].rule);

		if (rule < RULE_CNT)
			m->taken_back[rule]++;
	}
}

void measure_told(struct measure *m, const struct summary *sum)
{
	if (sum->tally)
		m->tally = m->judged = *sum->tally;
}

const char *measure_protocol(unsigned i)
{
	return i < MEASURE_PROTOCOLS ? format_protocol(protocols[i]) : NULL;
}

const char *measure_label_text(enum measure_label label)
{
	return label_names[label];
}

enum measure_label measure_label_of(struct span text)
{
	unsigned i = 0;

	while (i < MEASURE_LABELS && !span_is(text, label_names[i]))
		i++;
	return (enum measure_label)i;
}
