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

/* What lines can be blamed for. */
#define FLAWS                                                                                      \
	(HTTP_FLAW_NUL | HTTP_FLAW_BARE_LF | HTTP_FLAW_NO_COLON | HTTP_FLAW_BLANK_NAME |           \
	 HTTP_FLAW_FOLDED)

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
			     .flaws = head.flaws & FLAWS };

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
	struct span name, value;
	enum http_name id;

	while (colon < line.len && line.ptr[colon] != ':')
		colon++;
	if (!colon || colon == line.len || is_blank(line.ptr[0])) {
		u->r.flaws |= HTTP_FLAW_NO_COLON;
		return;
	}
	name = trim(span_first(line, colon));
	u->r.flaws |= name.len != colon ? HTTP_FLAW_BLANK_NAME : 0;
	value = trim(span_from(line, colon + 1));
	id = http_name_of(name);
	if (id == HTTP_NAME_COOKIE)
		value = span_text("(present)");
	if (id != HTTP_NAME_NONE)
		put_field(&u->r, name, name.len != colon, value);
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
	/* The start line is always a good one. */
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

/* Whatever came before: a head that has met none says the same of bytes as head does. */
static void check_fresh(struct span bytes, enum head_result result)
{
	static struct head fresh;

	head_init(&fresh);
	assert_int_equal(head_parse(&fresh, bytes, HEAD_ANY), result);
	assert_int_equal(head.flaws, fresh.flaws);
	assert_int_equal(head.has_length, fresh.has_length);
	assert_int_equal(head.length, fresh.length);
	assert_true(span_eq(head.host, fresh.host));
	assert_int_equal(head.fields_cnt, fresh.fields_cnt);
	for (size_t i = 0; i < head.fields_cnt; i++)
		assert_int_equal(head.fields[i].id, fresh.fields[i].id);
	head_fini(&fresh);
}

/* The first Host counts. */
static void check_host(void)
{
	struct span host = { 0 };

	for (size_t i = head.fields_cnt; i-- > 0;)
		host = head.fields[i].id == HTTP_NAME_HOST ? head.fields[i].value : host;
	assert_ptr_equal(head.host.ptr, host.ptr);
	assert_int_equal(head.host.len, host.len);
}

static void check(struct span bytes)
{
	struct reading a = read_head(bytes), b = read_by_rules(bytes);

	check_host();
	check_fresh(bytes, a.result);
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

/*
 * Heads that come again: names are expected in the order in which they came. Each is a block of a
 * start line and lines of short, usual and long names, of those that are kept and those that are
 * not, with a body behind it or none.
 */
static const char *const again[] = {
	(START "Age: 1\r\nVary: Origin\r\nX-A: b\r\nDate: Sat, 28 Nov 2026 13:11:05 GMT\r\n"
	       "Access-Control-Allow-Credentials: true\r\nContent-Length: 12\r\n"
	       "Access-Control-Allow-Private-Network: \r\nAge:\r\n\r\nVary: a body\r\n\r\n"),
	(START "Server: a\r\nX-Content-Type-Options: nosniff\r\nExpires:0\r\nVia: b\r\n\r\n"),
	("GET / HTTP/1.1\r\nHost: a.example\r\nsec-ch-ua-platform: \"a\"\r\nOrigin: null\r\n"
	 "Accept-Language: en\r\nUser-Agent: a b c\r\nCookie: a=b\r\nAccept: */*\r\n\r\n"),
};
#define AGAIN_CNT (sizeof(again) / sizeof(again[0]))

static size_t start_len(const char *text)
{
	return (size_t)(strchr(text, '\n') + 1 - text);
}

/* bytes right after text has come twice: what differs between them meets what is expected. */
static void check_after(const char *text, const char *bytes, size_t len)
{
	struct guard g = guard_copy(bytes, len);

	read_head(span_text(text));
	read_head(span_text(text));
	check(g.bytes);
	guard_free(&g);
}

static void names_are_expected_in_their_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < AGAIN_CNT; i++) {
		const char *p = again[i] + start_len(again[i]);
		const struct habit_name *last;

		read_head(span_text(again[i]));
		last = &head.habit.first[head.is_request];
		for (; *p != '\r'; p = strchr(p, '\n') + 1) {
			const struct habit_name *n = habit_next(&head.habit, last);
			size_t len = (size_t)(strchr(p, ':') + 1 - p);

			/* Of a line that comes twice the last follower is known. */
			if (last == &head.habit.all[HTTP_NAME_AGE])
				break;
			assert_int_equal(n->len, len);
			assert_memory_equal(n->text, p, len);
			last = n;
		}
	}
}

/* What is not a usual line is not expected, and stands between no two that are. */
static void an_odd_line_is_passed_over(void **state)
{
	static const char text[] = START "Age: 1\r\nVary: a\r\n b\r\nodd\r\nVia: a\r\n\r\n";
	const struct habit_name *age;

	(void)state;
	read_head(span_text(text));
	age = habit_next(&head.habit, &head.habit.first[0]);
	assert_int_equal(age->id, HTTP_NAME_AGE);
	assert_int_equal(habit_next(&head.habit, age)->id, HTTP_NAME_VIA);
}

/* What is secret is not there any more when the head is read. */
static void no_value_is_remembered(void **state)
{
	static const char text[] = "GET / HTTP/1.1\r\nHost: a.example\r\nCookie: secret\r\n"
				   "X-Key: secret\r\nAuthorization: secret\r\n\r\n";

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		read_head(span_text(text));
		assert_null(memmem(&head.habit, sizeof(head.habit), "secret", 6));
		assert_null(memmem(&head.habit, sizeof(head.habit), "a.example", 9));
	}
}

static void heads_that_come_again_are_read_by_the_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < AGAIN_CNT * AGAIN_CNT; i++) {
		const char *text = again[i / AGAIN_CNT];

		/* After itself, and after each of the others. */
		check_after(again[i % AGAIN_CNT], text, strlen(text));
		for (size_t n = start_len(text); n < strlen(text); n++)
			check_after(again[i % AGAIN_CNT], text, n);
	}
}

static void one_byte_differs_in_a_head_that_comes_again(void **state)
{
	static const char bytes[] = { 0, '\t', '\n', '\v', '\r', ' ', ':', 'x', '\x80' };
	char text[TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < AGAIN_CNT; i++) {
		size_t len = strlen(again[i]);

		for (size_t k = start_len(again[i]); k < len; k++) {
			for (size_t b = 0; b < sizeof(bytes); b++) {
				memcpy(text, again[i], len);
				text[k] = bytes[b];
				check_after(again[i], text, len);
				/* One more. */
				memcpy(text + k + 1, again[i] + k, len - k);
				check_after(again[i], text, len + 1);
			}
			/* The same letter of the other case; and one less. */
			memcpy(text, again[i], len);
			text[k] ^= 0x20;
			check_after(again[i], text, len);
			memcpy(text + k, again[i] + k + 1, len - k - 1);
			check_after(again[i], text, len - 1);
		}
	}
}

/* Any line of one head may come after any of the other. */
static void lines_of_heads_that_came_are_mixed(void **state)
{
	enum { HEADS = 20000 };
	char text[TEXT_MAX * 2];
	unsigned seed = 1;

	(void)state;
	for (unsigned i = 0; i < HEADS; i++) {
		size_t len = strlen(START);

		memcpy(text, START, len);
		while (rand_r(&seed) % 8) {
			const char *from = again[(unsigned)rand_r(&seed) % AGAIN_CNT];
			const char *p = from + (unsigned)rand_r(&seed) % strlen(from);
			const char *lf = strchr(p, '\n');
			size_t n = lf ? (size_t)(lf + 1 - p) : strlen(p);

			/* From within a line, too: rarely, so that most are usual. */
			for (bool is_whole = rand_r(&seed) % 8;
			     is_whole && p > from && p[-1] != '\n'; n++)
				p--;
			if (len + n > TEXT_MAX - 2)
				break;
			memcpy(text + len, p, n);
			len += n;
		}
		memcpy(text + len, "\r\n", 2);
		check(span_make(text, len + 2));
		check(span_make(text, (unsigned)rand_r(&seed) % (len + 2)));
	}
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
		cmocka_unit_test(names_are_expected_in_their_order),
		cmocka_unit_test(an_odd_line_is_passed_over),
		cmocka_unit_test(no_value_is_remembered),
		cmocka_unit_test(heads_that_come_again_are_read_by_the_rules),
		cmocka_unit_test(one_byte_differs_in_a_head_that_comes_again),
		cmocka_unit_test(lines_of_heads_that_came_are_mixed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
