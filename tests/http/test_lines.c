/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Field lines of whatever form: usual ones are read in a way of their own, which must say the same
 * as the rules do, byte by byte. What breaks off is right as far as it goes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/field.h"
#include "http/head.h"
#include "support/guard.h"

#define START     "HTTP/1.1 200\r\n"
#define TEXT_MAX  512
#define WORDS_MAX (TEXT_MAX / 16)

/* What was read of a block, in the form in which cases are written down: each kept field is
 * "Name=value;", or "Name!=value;" where blanks stood before the colon. */
struct reading {
	enum head_result result;
	bool has_start;
	unsigned flaws;
	size_t len; /* HEAD_OK */
	char fields[TEXT_MAX * 2];
	size_t fields_len;
};

static void put(struct reading *r, struct span s)
{
	assert_true(r->fields_len + s.len <= sizeof(r->fields));
	memcpy(r->fields + r->fields_len, s.ptr, s.len);
	r->fields_len += s.len;
}

static void put_field(struct reading *r, struct span name, bool has_blank, struct span value)
{
	put(r, name);
	put(r, span_text(has_blank ? "!=" : "="));
	put(r, value);
	put(r, span_text(";"));
}

static struct head head;

static struct reading read_head(struct span bytes)
{
	struct reading r = { .result = head_parse(&head, bytes, HEAD_ANY),
			     .has_start = head.has_start,
			     .flaws = head.flaws };

	if (r.result == HEAD_OK)
		r.len = head.len;
	for (size_t i = 0; i < head.fields_cnt; i++)
		put_field(&r, head.fields[i].name, head.fields[i].has_blank, head.fields[i].value);
	return r;
}

/* The rules once more, with no thought of time: lines are looked at byte by byte. */
struct rules {
	const uint8_t *p, *end;
	bool is_after_lf;
	struct reading r;
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static struct span trim(struct span s)
{
	while (s.len && is_blank(s.ptr[0]))
		s = span_from(s, 1);
	while (s.len && is_blank(s.ptr[s.len - 1]))
		s.len--;
	return s;
}

static bool has_byte(const uint8_t *p, const uint8_t *end, uint8_t c)
{
	while (p < end && *p != c)
		p++;
	return p < end;
}

/* The next line. False: its end is not there, or cannot be told. */
static bool rules_line(struct rules *u, struct span *line, bool *is_last)
{
	const uint8_t *e = u->p;

	while (e < u->end && *e != '\r' && *e != '\n')
		e++;
	if (e == u->end || (*e == '\r' && e + 1 == u->end))
		return false;
	*line = span_make(u->p, (size_t)(e - u->p));
	*is_last = !line->len && u->is_after_lf;
	if (*e == '\r' && e[1] != '\n') {
		if (!has_byte(e, u->end, '\n'))
			return false;
		*is_last = false;
		u->is_after_lf = false;
		u->p = e + 1;
	} else {
		u->r.flaws |= *e == '\n' ? HTTP_FLAW_BARE_LF : 0;
		u->is_after_lf = true;
		u->p = e + (*e == '\n' ? 1 : 2);
	}
	if (has_byte(line->ptr, line->ptr + line->len, 0))
		u->r.flaws |= HTTP_FLAW_NUL;
	return true;
}

static void rules_field(struct rules *u, struct span line)
{
	size_t colon = 0;
	struct span name;

	while (colon < line.len && line.ptr[colon] != ':')
		colon++;
	if (!colon || colon == line.len || is_blank(line.ptr[0])) {
		u->r.flaws |= HTTP_FLAW_NO_COLON;
		return;
	}
	name = trim(span_first(line, colon));
	u->r.flaws |= name.len != colon ? HTTP_FLAW_BLANK_NAME : 0;
	if (http_name_of(name) != HTTP_NAME_NONE)
		put_field(&u->r, name, name.len != colon, trim(span_from(line, colon + 1)));
}

/* A line, joined with those that continue it. False: where it ends is not there. */
static bool rules_fold(struct rules *u, struct span line)
{
	uint8_t joined[TEXT_MAX];
	size_t len = line.len;
	bool is_last;

	u->r.flaws |= HTTP_FLAW_FOLDED;
	memcpy(joined, line.ptr, line.len);
	while (is_blank(*u->p)) {
		if (!rules_line(u, &line, &is_last) || u->p == u->end)
			return false;
		while (line.len && is_blank(line.ptr[0]))
			line = span_from(line, 1);
		joined[len++] = ' ';
		memcpy(joined + len, line.ptr, line.len);
		len += line.len;
	}
	rules_field(u, span_make(joined, len));
	return true;
}

static struct reading read_by_rules(struct span bytes)
{
	struct rules u = { .p = bytes.ptr, .end = bytes.ptr + bytes.len };
	struct span line;
	bool is_last;

	u.r.result = HEAD_MORE;
	/* The start line is always the same one. */
	u.r.has_start = rules_line(&u, &line, &is_last);
	while (u.r.has_start && rules_line(&u, &line, &is_last)) {
		size_t colon = 0;

		if (is_last) {
			u.r.result = HEAD_OK;
			u.r.len = (size_t)(u.p - bytes.ptr);
			break;
		}
		/* The next byte might continue it. */
		if (u.p == u.end)
			break;
		while (colon < line.len && line.ptr[colon] != ':')
			colon++;
		if (is_blank(*u.p) && colon && colon < line.len && !is_blank(line.ptr[0])) {
			if (!rules_fold(&u, line))
				break;
		} else if (line.len) {
			rules_field(&u, line);
		}
	}
	return u.r;
}

static bool is_same(const struct reading *a, const struct reading *b)
{
	return a->result == b->result && a->has_start == b->has_start && a->flaws == b->flaws &&
	       a->len == b->len && a->fields_len == b->fields_len &&
	       memcmp(a->fields, b->fields, a->fields_len) == 0;
}

static void check(struct span bytes)
{
	struct reading a = read_head(bytes), b = read_by_rules(bytes);

	if (is_same(&a, &b))
		return;
	for (size_t i = 0; i < bytes.len; i++)
		fprintf(stderr, bytes.ptr[i] < ' ' ? "\\x%02x" : "%c", bytes.ptr[i]);
	fail_msg("\n%d %x %zu %.*s\n%d %x %zu %.*s", a.result, a.flaws, a.len, (int)a.fields_len,
		 a.fields, b.result, b.flaws, b.len, (int)b.fields_len, b.fields);
}

/* Lines behind the start line, with their NULs. */
struct lines {
	const char *text;
	size_t len;
	enum head_result result;
	unsigned flaws;
	const char *fields;
};
#define LINES(text) text, sizeof(text) - 1

static const struct lines cases[] = {
	{ LINES("Vary: a\r\n\r\n"), HEAD_OK, 0, "Vary=a;" },
	{ LINES("Vary:a\r\nX: y\r\nAge:1\r\n\r\n"), HEAD_OK, 0, "Vary=a;Age=1;" },
	{ LINES("Vary:\r\nAge: \r\n\r\n"), HEAD_OK, 0, "Vary=;Age=;" },
	{ LINES("Vary: a:b: c\r\n\r\n"), HEAD_OK, 0, "Vary=a:b: c;" },
	/* NUL: in a name, in a value, in a line that nobody reads, in one without a colon, ... */
	{ LINES("Va\0ry: a\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NUL, "Age=1;" },
	{ LINES("Vary: a\0b\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NUL, NULL },
	{ LINES("X: \0\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NUL, "Age=1;" },
	{ LINES("\0\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NUL | HTTP_FLAW_NO_COLON, "Age=1;" },
	{ LINES("Vary: a\0\nAge: 1\n\n"), HEAD_OK, HTTP_FLAW_NUL | HTTP_FLAW_BARE_LF, NULL },
	{ LINES("Vary: a\r\n \0b\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NUL | HTTP_FLAW_FOLDED,
	  NULL },
	{ LINES("X: \0\rAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NUL, "Age=1;" },
	/* ... but not behind the head, and not in a line whose end is not there. */
	{ LINES("Vary: a\r\n\r\n\0\0: \0\r\n"), HEAD_OK, 0, "Vary=a;" },
	{ LINES("Vary: a\r\nAge: \0"), HEAD_MORE, 0, "Vary=a;" },
	{ LINES("Vary: a\r\nAge: \0\r"), HEAD_MORE, 0, "Vary=a;" },
	{ LINES("Vary: a\r\nAge: \0\rx"), HEAD_MORE, 0, "Vary=a;" },
	/* It counts with its line, though the line waits for the byte behind it. */
	{ LINES("Vary: a\r\nAge: \0\r\n"), HEAD_MORE, HTTP_FLAW_NUL, "Vary=a;" },
	/* HT is white space around a value, and a byte like others inside. */
	{ LINES("Vary:\t a\t \r\n\r\n"), HEAD_OK, 0, "Vary=a;" },
	{ LINES("Vary: a\tb\r\nAge: 1\r\n\r\n"), HEAD_OK, 0, "Vary=a\tb;Age=1;" },
	{ LINES("Vary\t: a\r\n\r\n"), HEAD_OK, HTTP_FLAW_BLANK_NAME, "Vary!=a;" },
	{ LINES("Vary : a\r\n\r\n"), HEAD_OK, HTTP_FLAW_BLANK_NAME, "Vary!=a;" },
	{ LINES("Va ry: a\r\nAge: 1\r\n\r\n"), HEAD_OK, 0, "Age=1;" },
	{ LINES("Vary: \x01 \x7f \x80\xff\r\n\r\n"), HEAD_OK, 0, "Vary=\x01 \x7f \x80\xff;" },
	/* No name. */
	{ LINES("no colon\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NO_COLON, "Age=1;" },
	{ LINES(": a\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NO_COLON, "Age=1;" },
	{ LINES(":\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NO_COLON, "Age=1;" },
	{ LINES(" : a\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NO_COLON, "Age=1;" },
	/* A colon of the next line is none of this one. */
	{ LINES("Vary\r\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NO_COLON, "Age=1;" },
	{ LINES("Vary\rAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_NO_COLON, "Age=1;" },
	/* A fold behind a usual line, of which the next byte alone tells. */
	{ LINES("Age: 1\r\nVary: a\r\n b\r\n\r\n"), HEAD_OK, HTTP_FLAW_FOLDED, "Age=1;Vary=a b;" },
	{ LINES("Age: 1\r\nVary: a\r\n\tb\r\nX: y\r\n\r\n"), HEAD_OK, HTTP_FLAW_FOLDED,
	  "Age=1;Vary=a b;" },
	{ LINES("Vary: a\r\n b"), HEAD_MORE, HTTP_FLAW_FOLDED, "" },
	{ LINES("Vary: a\r\n"), HEAD_MORE, 0, "" },
	{ LINES("Vary: a\r\nX"), HEAD_MORE, 0, "Vary=a;" },
	{ LINES("Vary: a\r\n\r"), HEAD_MORE, 0, "Vary=a;" },
	/* CR alone ends a line once there is an LF, but never the block. */
	{ LINES("Vary: a\rAge: 1\r\n\r\n"), HEAD_OK, 0, "Vary=a;Age=1;" },
	{ LINES("Vary: a\r\rAge: 1\r\n\r\n"), HEAD_OK, 0, "Vary=a;Age=1;" },
	{ LINES("Vary: a\r\n\rAge: 1\r\n\r\n"), HEAD_OK, 0, "Vary=a;Age=1;" },
	{ LINES("Vary: a\r\r\nAge: 1\r\n\r\n"), HEAD_OK, 0, "Vary=a;Age=1;" },
	{ LINES("Vary: a\rAge: 1"), HEAD_MORE, 0, "" },
	/* LF alone ends it. */
	{ LINES("Vary: a\nAge: 1\r\n\r\n"), HEAD_OK, HTTP_FLAW_BARE_LF, "Vary=a;Age=1;" },
	{ LINES("Vary: a\r\nAge: 1\n\r\n"), HEAD_OK, HTTP_FLAW_BARE_LF, "Vary=a;Age=1;" },
	{ LINES("Vary: a\r\n\nAge: 1\r\n"), HEAD_OK, HTTP_FLAW_BARE_LF, "Vary=a;" },
};

static struct span text_of(const struct lines *c, char text[TEXT_MAX])
{
	memcpy(text, START, strlen(START));
	memcpy(text + strlen(START), c->text, c->len);
	return span_make(text, strlen(START) + c->len);
}

static void lines_are_read_by_the_rules(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct lines *c = &cases[i];
		struct guard g = guard_copy(text, text_of(c, text).len);
		struct reading r = read_head(g.bytes);

		check(g.bytes);
		if (r.result != c->result || r.flaws != c->flaws)
			fail_msg("case %zu: %d, flaws %x", i, r.result, r.flaws);
		if (c->fields && (r.fields_len != strlen(c->fields) ||
				  memcmp(r.fields, c->fields, r.fields_len) != 0))
			fail_msg("case %zu: %.*s", i, (int)r.fields_len, r.fields);
		guard_free(&g);
	}
}

static void every_prefix_is_read_by_the_rules(void **state)
{
	char text[TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = text_of(&cases[i], text).len;
		struct reading whole = read_head(span_make(text, len));

		for (size_t n = 0; n < len; n++) {
			struct guard g = guard_copy(text, n);
			struct reading r = read_head(g.bytes);

			check(g.bytes);
			/* Cut before its end, it has none, and what was read is right. */
			if (whole.result == HEAD_OK)
				assert_int_equal(r.result, n < whole.len ? HEAD_MORE : HEAD_OK);
			assert_true(r.fields_len <= whole.fields_len);
			assert_memory_equal(r.fields, whole.fields, r.fields_len);
			assert_int_equal(r.flaws & ~whole.flaws, 0);
			guard_free(&g);
		}
	}
}

/* With LF alone for each line's end the same is said, but for that, whichever way reads it. */
static void the_end_of_lines_changes_nothing_else(void **state)
{
	char text[TEXT_MAX], other[TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = text_of(&cases[i], text).len, other_len = 0;
		struct reading a = read_head(span_make(text, len)), b;

		if (a.result != HEAD_OK)
			continue;
		for (size_t k = 0; k < a.len; k++) {
			if (text[k] != '\r' || text[k + 1] != '\n')
				other[other_len++] = text[k];
		}
		b = read_head(span_make(other, other_len));
		a.flaws |= HTTP_FLAW_BARE_LF;
		a.len = other_len;
		/* Where CR alone ended a line before, an empty line is now one that ends the block.
		 */
		if (!memmem(text, len, "\r\r\n", 3))
			assert_true(is_same(&a, &b));
	}
}

static void nul_in_the_start_line_counts(void **state)
{
	static const char response[] = "HTTP/1.1 200 \0\r\nAge: 1\r\n\r\n";
	static const char request[] = "GET /\0a HTTP/1.1\r\nAge: 1\r\n\r\n";

	(void)state;
	assert_int_equal(head_parse(&head, span_make(response, sizeof(response) - 1), HEAD_ANY),
			 HEAD_OK);
	assert_int_equal(head.flaws, HTTP_FLAW_NUL);
	assert_int_equal(head_parse(&head, span_make(request, sizeof(request) - 1), HEAD_ANY),
			 HEAD_OK);
	assert_int_equal(head.flaws, HTTP_FLAW_NUL);
	assert_int_equal(head.target.len, 3);
	/* Its flaws end with a head. */
	assert_int_equal(head_parse(&head, span_text(START "\r\n"), HEAD_ANY), HEAD_OK);
	assert_int_equal(head.flaws, 0);
}

/* Lines put together by chance, of what may matter. */
static size_t noise(char text[TEXT_MAX], unsigned *seed)
{
	static const struct {
		const char *ptr;
		size_t len;
	} words[] = {
		{ LINES("\r\n") },       { LINES("\r\n") },     { LINES("\r\nVary: a") },
		{ LINES("\r\nAge: 1") }, { LINES("Vary") },     { LINES("Age") },
		{ LINES("X-Other") },    { LINES(":") },        { LINES(": ") },
		{ LINES(" ") },          { LINES("\t") },       { LINES("\n") },
		{ LINES("\r") },         { LINES("\0") },       { LINES("a") },
		{ LINES("\v") },         { LINES("\x8d\xff") }, { LINES("fifteen letters") },
	};
	size_t len = strlen(START), cnt = 1 + (unsigned)rand_r(seed) % WORDS_MAX;

	memcpy(text, START, len);
	for (size_t i = 0; i < cnt; i++) {
		size_t w = (unsigned)rand_r(seed) % (sizeof(words) / sizeof(words[0]));

		memcpy(text + len, words[w].ptr, words[w].len);
		len += words[w].len;
	}
	return len;
}

static void noise_is_read_by_the_rules(void **state)
{
	enum { HEADS = 100000 };
	char text[TEXT_MAX];
	unsigned seed = 1, whole = 0;

	(void)state;
	for (unsigned i = 0; i < HEADS; i++) {
		size_t len = noise(text, &seed);

		check(span_make(text, len));
		whole += read_head(span_make(text, len)).result == HEAD_OK;
		check(span_make(text, (unsigned)rand_r(&seed) % len));
	}
	assert_true(whole > HEADS / 4 && whole < HEADS * 3 / 4);
}

static int setup(void **state)
{
	(void)state;
	head_init(&head);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	head_fini(&head);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_read_by_the_rules),
		cmocka_unit_test(every_prefix_is_read_by_the_rules),
		cmocka_unit_test(the_end_of_lines_changes_nothing_else),
		cmocka_unit_test(nul_in_the_start_line_counts),
		cmocka_unit_test(noise_is_read_by_the_rules),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
