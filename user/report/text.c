/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/text.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"
#include "report/format.h"
#include "report/text_part.h"

void text_painted(struct text *t, enum paint p, const char *words)
{
	paint_put(&t->out, t->config.is_colored, p);
	out_text(&t->out, words);
	paint_put(&t->out, t->config.is_colored, PAINT_PLAIN);
}

void text_label(struct text *t, const char *label)
{
	unsigned len = (unsigned)strlen(label);

	out_lit(&t->out, "  ");
	if (len)
		text_painted(t, PAINT_DIM, label);
	out_blanks(&t->out, len + 3 < TEXT_INDENT ? TEXT_INDENT - 2 - len : 1);
}

void text_safe(struct text *t, const char *value)
{
	out_safe(&t->out, span_text(value));
}

void text_count(struct text *t, uint64_t n)
{
	char text[FORMAT_COUNT_CAP];

	out_bytes(&t->out, text, format_count(n, text));
}

void text_counted(struct text *t, uint64_t n, const char *one, const char *many)
{
	text_count(t, n);
	out_char(&t->out, ' ');
	out_text(&t->out, n == 1 ? one : many);
}

/* The calendar's word on time_ns, in the zone that was asked for. */
static bool clock_of(const struct text *t, uint64_t time_ns, struct tm *out)
{
	time_t time_s = (time_t)(time_ns / NS_PER_S);

	return t->config.is_local_time ? localtime_r(&time_s, out) : gmtime_r(&time_s, out);
}

void text_times(struct text *t, uint64_t first_ns, uint64_t last_ns)
{
	struct tm first, last;
	char text[64];

	if (!clock_of(t, first_ns, &first) || !clock_of(t, last_ns, &last))
		return;
	strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &first);
	out_text(&t->out, text);
	if (first_ns / NS_PER_S != last_ns / NS_PER_S) {
		bool is_same_day = first.tm_yday == last.tm_yday && first.tm_year == last.tm_year;

		strftime(text, sizeof(text), is_same_day ? " to %H:%M:%S" : " to %Y-%m-%d %H:%M:%S",
			 &last);
		out_text(&t->out, text);
	}
	strftime(text, sizeof(text), " %Z", &last);
	out_text(&t->out, t->config.is_local_time ? text : " UTC");
}

static struct text *text_of(struct sink *s)
{
	return (struct text *)(void *)s;
}

static int text_judged(struct sink *s, const struct judgement *j)
{
	tally_add(&text_of(s)->tally, j);
	return 0;
}

/* What was told of a cause while somebody waited is unsaid once. */
static int text_taken_back(struct sink *s, const struct takeback *b)
{
	struct text *t = text_of(s);

	tally_take_back(&t->tally, b);
	if (!t->config.is_live || t->config.is_summary_only)
		return 0;
	for (unsigned i = 0; i < b->findings_cnt; i++) {
		if (b->findings[i].is_cause_gone)
			text_cause_gone(t, &b->findings[i]);
	}
	return out_flush(&t->out);
}

/* Unless somebody waits for it, a cause is told at the end, when its count is known. */
static int text_cause_opened(struct sink *s, const struct cause *c)
{
	struct text *t = text_of(s);

	if (!t->config.is_live || t->config.is_summary_only)
		return 0;
	text_cause(t, c);
	return out_flush(&t->out);
}

static int text_finish(struct sink *s, const struct summary *sum)
{
	struct text *t = text_of(s);

	if (sum->tally)
		t->tally = *sum->tally;
	for (size_t i = 0; i < sum->causes_cnt && !t->config.is_summary_only; i++) {
		if (t->config.is_live)
			text_cause_again(t, sum->causes[i]);
		else
			text_cause(t, sum->causes[i]);
	}
	if (!t->config.is_quiet) {
		if (!sum->causes_cnt)
			text_all_well(t, sum);
		text_summary(t, sum);
	}
	return out_flush(&t->out);
}

static void text_close(struct sink *s)
{
	struct text *t = text_of(s);

	out_fini(&t->out);
	free(t);
}

struct sink *text_new(const struct text_config *config)
{
	static const struct sink_ops ops = {
		.name = "text",
		.judged = text_judged,
		.taken_back = text_taken_back,
		.cause_opened = text_cause_opened,
		.finish = text_finish,
		.close = text_close,
	};
	struct text *t = calloc(1, sizeof(*t));

	if (!t || out_init(&t->out, config->file) != 0) {
		free(t);
		return NULL;
	}
	t->base.ops = &ops;
	t->config = *config;
	return &t->base;
}
