/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/explain.h"

#include "base/nearest.h"
#include "report/out.h"

/* Paragraphs are broken before this column: a comfortable line, and terminals have it. */
#define EXPLAIN_COLUMNS 80

/* Flush, and let go of the buffer. */
static int explain_end(struct out *o)
{
	int err = out_flush(o);

	out_fini(o);
	return err;
}

static size_t id_width(void)
{
	size_t width = 0;

	for (size_t i = 0; i < rules_cnt; i++) {
		size_t n = strlen(rules[i].id);

		width = n > width ? n : width;
	}
	return width;
}

/* text, and blanks up to width. */
static void put_column(struct out *o, const char *text, size_t width)
{
	size_t n = strlen(text);

	out_text(o, text);
	out_blanks(o, n < width ? (unsigned)(width - n) : 0);
	out_lit(o, "  ");
}

int explain_list(FILE *file)
{
	size_t width = id_width();
	struct out o;
	int err = out_init(&o, file);

	if (err)
		return err;
	for (size_t i = 0; i < rules_cnt; i++) {
		put_column(&o, rules[i].id, width);
		put_column(&o, severity_text(rules[i].severity), strlen("warning"));
		out_text(&o, rules[i].title);
		out_char(&o, '\n');
	}
	return explain_end(&o);
}

/* A heading and a text below it, broken between words; the text's own line ends stay. */
static void put_paragraph(struct out *o, const char *heading, const char *text)
{
	struct span rest = span_text(text);
	size_t column = 0; /* 0: at the beginning of a line */

	out_char(o, '\n');
	out_text(o, heading);
	out_char(o, '\n');
	while (rest.len) {
		struct span word = span_first(rest, strcspn((const char *)rest.ptr, " \n"));
		bool is_line_end = word.len < rest.len && rest.ptr[word.len] == '\n';

		if (column && column + 1 + word.len > EXPLAIN_COLUMNS) {
			out_char(o, '\n');
			column = 0;
		}
		out_blanks(o, column ? 1 : 2);
		out_bytes(o, word.ptr, word.len);
		column += (column ? 1 : 2) + word.len;
		if (is_line_end) {
			out_char(o, '\n');
			column = 0;
		}
		rest = span_from(rest, word.len + 1);
	}
	if (column)
		out_char(o, '\n');
}

/* "Chromium    MissingAllowOriginHeader"; "none" where it has no name for it. */
static void put_name(struct out *o, const char *label, const char *name)
{
	put_column(o, label, strlen("Confidence"));
	out_text(o, name ? name : "none");
	out_char(o, '\n');
}

int explain_rule(FILE *file, const struct rule *rule)
{
	struct out o;
	int err = out_init(&o, file);

	if (err)
		return err;
	out_text(&o, rule->id);
	out_lit(&o, ": ");
	out_text(&o, rule->title);
	out_lit(&o, "\n\n");
	put_name(&o, "Severity", severity_text(rule->severity));
	put_name(&o, "Confidence", confidence_text(rule->confidence));
	put_name(&o, "Standard", rule->anchor);
	put_name(&o, "Chromium", rule->chromium);
	put_name(&o, "Firefox", rule->firefox);
	put_paragraph(&o, "What it means", rule->explanation);
	if (rule->console)
		put_paragraph(&o, "What the browser's console says (Chromium)", rule->console);
	put_paragraph(&o, "What to change", rule->fix);
	return explain_end(&o);
}

void explain_unknown(const char *id, char *why, size_t why_cap)
{
	struct nearest n = nearest_make(id);

	for (size_t i = 0; i < rules_cnt; i++)
		nearest_offer(&n, rules[i].id);
	if (n.name)
		snprintf(why, why_cap, "no rule is called '%s': did you mean %s?", id, n.name);
	else
		snprintf(why, why_cap, "no rule is called '%s' (cors-sniff --list-rules has them)",
			 id);
}
