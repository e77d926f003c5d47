/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/number.h"
#include "report/format.h"
#include "report/text_part.h"

/* "error acao-port: The allowed origin has another port". */
static void put_head(struct text *t, const struct rule *r)
{
	text_painted(t, paint_of_severity(r->severity), severity_text(r->severity));
	out_char(&t->out, ' ');
	text_painted(t, PAINT_TITLE, r->id);
	out_lit(&t->out, ": ");
	out_text(&t->out, r->title);
	out_char(&t->out, '\n');
}

/* How often, where, how sure, when. */
static void put_seen(struct text *t, const struct cause *c)
{
	char name[CAUSE_NAME_CAP];

	text_label(t, "seen");
	if (c->cnt == 1)
		out_lit(&t->out, "once");
	else
		text_counted(t, c->cnt, "time", "times");
	if (*c->host) {
		out_lit(&t->out, " on ");
		text_safe(t, c->host);
	}
	if (c->first_ns) {
		out_lit(&t->out, ", ");
		text_times(t, c->first_ns, c->last_ns);
	}
	out_lit(&t->out, ", ");
	out_text(&t->out, confidence_text(c->confidence));
	cause_name(c->id, name);
	out_lit(&t->out, ", ");
	text_painted(t, PAINT_DIM, name);
	if (baseline_has(t->config.known, c->id))
		out_lit(&t->out, ", in the baseline");
	out_char(&t->out, '\n');
}

/* A label and one line. NULL and "" show nothing. */
static void put_line(struct text *t, const char *label, const char *value)
{
	if (!value || !*value)
		return;
	text_label(t, label);
	text_safe(t, value);
	out_char(&t->out, '\n');
}

/* One line of a block. Its tabs are blanks here, so that it looks the same wherever it stands. */
static void put_block_line(struct text *t, struct span line)
{
	while (line.len) {
		size_t n = span_find(line, '\t');

		out_safe(&t->out, span_first(line, n));
		if (n < line.len)
			out_blanks(&t->out, 8);
		line = span_from(line, n + 1);
	}
	out_char(&t->out, '\n');
}

/* Lines below each other, all at TEXT_INDENT: what is to be copied keeps its shape. */
static void put_block(struct text *t, const char *label, const char *value)
{
	struct span rest = span_text(value ? value : "");

	for (; rest.len; label = "") {
		struct span line = span_first(rest, span_find(rest, '\n'));

		text_label(t, label);
		put_block_line(t, line);
		rest = span_from(rest, line.len + 1);
	}
}

/* "value (12)", a comma before it, on the next line where this one is full. Returns the
 * column after it. */
static size_t put_item(struct text *t, size_t column, const char *value, uint64_t cnt)
{
	char count[FORMAT_COUNT_CAP];
	size_t width = out_safe_width(span_text(value)) + format_count(cnt, count) + 3;

	if (column == 0) {
		column = TEXT_INDENT;
	} else if (column + 2 + width > TEXT_COLUMNS) {
		out_lit(&t->out, ",\n");
		text_label(t, "");
		column = TEXT_INDENT;
	} else {
		out_lit(&t->out, ", ");
		column += 2;
	}
	text_safe(t, value);
	out_lit(&t->out, " (");
	out_text(&t->out, count);
	out_char(&t->out, ')');
	return column + width;
}

/* The samples with their counts, as many on a line as fit. */
static void put_samples(struct text *t, const char *label, const struct cause_samples *s)
{
	size_t column = 0;

	if (!s->rows_cnt)
		return;
	text_label(t, label);
	for (unsigned i = 0; i < s->rows_cnt; i++)
		column = put_item(t, column, s->rows[i].text, s->rows[i].cnt);
	if (s->others)
		put_item(t, column, "others", s->others);
	out_char(&t->out, '\n');
}

/* ", in nginx (pid 71) of container 0123456789ab". */
static void put_process(struct text *t, const struct process *p)
{
	if (!p->pid)
		return;
	out_lit(&t->out, ", in ");
	text_safe(t, p->command);
	out_lit(&t->out, " (pid ");
	out_u64(&t->out, p->pid);
	out_char(&t->out, ')');
	if (*p->container) {
		out_lit(&t->out, " of container ");
		text_safe(t, p->container);
	}
}

static void put_example(struct text *t, const struct cause *c)
{
	if (!*c->example)
		return;
	text_label(t, "example");
	text_safe(t, c->example);
	if (number_is_packet(c->first_packet)) {
		out_lit(&t->out, ", packet #");
		out_u64(&t->out, c->first_packet);
	}
	put_process(t, &c->first_process);
	out_char(&t->out, '\n');
}

void text_cause_again(struct text *t, const struct cause *c)
{
	put_head(t, c->rule);
	put_seen(t, c);
	put_samples(t, "origins", &c->origins);
	put_samples(t, "endpoints", &c->endpoints);
	out_char(&t->out, '\n');
}

void text_cause(struct text *t, const struct cause *c)
{
	put_head(t, c->rule);
	put_seen(t, c);
	put_line(t, "what", c->detail);
	put_line(t, "browser", c->console);
	put_example(t, c);
	put_samples(t, "origins", &c->origins);
	put_samples(t, "endpoints", &c->endpoints);
	put_line(t, "server", c->platform);
	put_block(t, "change", c->fix);
	put_block(t, "check", c->curl);
	out_char(&t->out, '\n');
}

void text_cause_gone(struct text *t, const struct takeback_finding *f)
{
	char name[CAUSE_NAME_CAP];

	put_head(t, f->rule);
	cause_name(f->cause, name);
	text_label(t, "taken back");
	out_text(&t->out, name);
	out_lit(&t->out,
		" was seen behind a proxy only; what the browser got is judged instead\n\n");
}
