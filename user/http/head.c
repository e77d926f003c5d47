/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/head.h"

#include <stdlib.h>

#include "base/scan.h"
#include "http/startline.h"

/* Values that are not to be kept stand as this. */
static const char value_private[] = "(present)";

struct scan {
	const uint8_t *ptr, *end;
	bool is_after_lf;        /* the line before was ended by LF: an empty one ends the block */
	struct habit_name *last; /* the last usual line's, or what stands for it at first */
};

enum line {
	LINE_OK,
	LINE_EMPTY, /* the one that ends the block */
	LINE_MORE,  /* its end is not there */
};

void head_init(struct head *h)
{
	memset(h, 0, sizeof(*h));
}

/* The span is const for its readers; here is its owner. */
void head_fini(struct head *h)
{
	free((void *)(uintptr_t)h->fold.ptr);
}

/* The fields[] array, which is most of the struct, need not be cleared. */
void head_clear(struct head *h)
{
	h->is_request = false;
	h->has_start = false;
	h->len = 0;
	h->flaws = 0;
	h->method = h->target = h->host = (struct span){ 0 };
	h->status = 0;
	h->auth = HTTP_AUTH_NONE;
	h->coding = HEAD_CODING_NONE;
	h->has_length = false;
	h->length = 0;
	h->has_h2c = false;
	h->has_upgrade = false;
	h->has_expect = false;
	h->scheme = HTTP_SCHEME_NONE;
	h->is_websocket = false;
	h->fields_cnt = 0;
	h->values_cut = 0;
	h->fold.len = 0;
	h->is_fold_failed = false;
}

/* Where the line at p ends: at its CR or LF, or at end. A NUL on the way is a flaw. */
static const uint8_t *line_end(const uint8_t *p, const uint8_t *end, unsigned *flaws)
{
	for (;; p++) {
		p = scan_low(p, end, '\r');
		if (p == end || *p == '\r' || *p == '\n')
			return p;
		*flaws |= *p == 0 ? HTTP_FLAW_NUL : 0;
	}
}

/* The next line without its end. CR alone ends a line too, as in Chromium. */
static enum line line_next(struct head *h, struct scan *s, struct span *line)
{
	unsigned flaws = 0;
	const uint8_t *end = line_end(s->ptr, s->end, &flaws);
	bool is_empty_end;

	/* A CR at the very end may be the first half of CR LF. */
	if (end == s->end || (*end == '\r' && end + 1 == s->end))
		return LINE_MORE;
	*line = span_make(s->ptr, (size_t)(end - s->ptr));
	if (*end == '\r' && end[1] != '\n') {
		/* Without any LF to come, nothing is certain. */
		if (!memchr(end, '\n', (size_t)(s->end - end)))
			return LINE_MORE;
		/* Chromium breaks the line there, so that a field behind it counts. */
		h->flaws |= flaws;
		s->ptr = end + 1;
		s->is_after_lf = false;
		return LINE_OK;
	}
	if (*end == '\n')
		flaws |= HTTP_FLAW_BARE_LF;
	else
		end++;
	h->flaws |= flaws;
	s->ptr = end + 1;
	is_empty_end = line->len == 0 && s->is_after_lf;
	s->is_after_lf = true;
	return is_empty_end ? LINE_EMPTY : LINE_OK;
}

/* White space of HTTP; VT and FF are not (RFC 9110, 5.6.3). */
static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

/* One member of a Content-Length, which may be a list of equal ones (RFC 9110, 8.6). */
static bool length_read(struct span s, uint64_t *out)
{
	uint64_t n = 0;

	if (!s.len)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned)s.ptr[i] - '0';

		if (digit > 9 || n > ((uint64_t)INT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	*out = n;
	return true;
}

/* The next member of a comma list, trimmed. False at its end. */
static bool member_next(struct span *list, struct span *member)
{
	size_t n;

	if (!span_is_present(*list))
		return false;
	n = span_find(*list, ',');
	*member = span_trim(span_first(*list, n));
	*list = n < list->len ? span_from(*list, n + 1) : (struct span){ 0 };
	return true;
}

/* Several lines or members are one length if they are equal, else a flaw. The first is kept. */
static void take_length(struct head *h, struct span value)
{
	struct span member;
	uint64_t n;

	while (member_next(&value, &member)) {
		if (!length_read(member, &n)) {
			h->flaws |= HTTP_FLAW_BAD_LENGTH;
		} else if (!h->has_length) {
			h->has_length = true;
			h->length = n;
		} else if (n != h->length) {
			h->flaws |= HTTP_FLAW_LENGTHS_DIFFER;
		}
	}
}

/* The last coding of the last line decides; "identity" (RFC 2616) is none. */
static void take_coding(struct head *h, struct span value)
{
	struct span member;

	while (member_next(&value, &member)) {
		member = span_trim(span_first(member, span_find(member, ';')));
		/* Empty members of a list count for nothing (RFC 9110, 5.6.1). */
		if (!member.len)
			continue;
		if (span_is_nocase(member, "chunked"))
			h->coding = HEAD_CODING_CHUNKED;
		else if (span_is_nocase(member, "identity"))
			h->coding = HEAD_CODING_NONE;
		else
			h->coding = HEAD_CODING_OTHER;
	}
}

/* Which kind of protocol an Upgrade may lead to. */
static void take_upgrade(struct head *h, struct span value)
{
	struct span member;

	while (member_next(&value, &member)) {
		if (span_is_nocase(member, "h2c"))
			h->has_h2c = true;
		else if (member.len)
			h->has_upgrade = true;
	}
}

/* Which scheme; the credentials behind it are read no further. */
static void take_auth(struct head *h, struct span value)
{
	static const struct {
		const char *scheme;
		enum http_auth auth;
	} table[] = {
		{ "basic", HTTP_AUTH_BASIC },         { "digest", HTTP_AUTH_DIGEST },
		{ "negotiate", HTTP_AUTH_NEGOTIATE }, { "ntlm", HTTP_AUTH_NTLM },
		{ "bearer", HTTP_AUTH_BEARER },
	};
	struct span scheme = span_first(value, span_find(value, ' '));

	h->auth = HTTP_AUTH_OTHER;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (span_is_nocase(scheme, table[i].scheme))
			h->auth = table[i].auth;
	}
}

/* Which fields field_use() is for: they tell the framer something, or are private. The others,
 * which are most, need but a look at this. */
static const bool is_used[HTTP_NAME_CNT] = {
	[HTTP_NAME_CONTENT_LENGTH] = true, [HTTP_NAME_TRANSFER_ENCODING] = true,
	[HTTP_NAME_EXPECT] = true,         [HTTP_NAME_UPGRADE] = true,
	[HTTP_NAME_HOST] = true,           [HTTP_NAME_AUTHORIZATION] = true,
	[HTTP_NAME_COOKIE] = true,         [HTTP_NAME_SET_COOKIE] = true,
};

/* What such a field tells; the value that is to be kept of it. */
static struct span field_use(struct head *h, enum http_name id, struct span value)
{
	switch (id) {
	case HTTP_NAME_CONTENT_LENGTH: take_length(h, value); return value;
	case HTTP_NAME_TRANSFER_ENCODING: take_coding(h, value); return value;
	case HTTP_NAME_EXPECT: h->has_expect |= span_is_nocase(value, "100-continue"); return value;
	case HTTP_NAME_UPGRADE: take_upgrade(h, value); return value;
	case HTTP_NAME_HOST:
		if (!span_is_present(h->host))
			h->host = value;
		return value;
	case HTTP_NAME_AUTHORIZATION: take_auth(h, value); break;
	/* Nothing is shown by mistake. */
	default: break;
	}
	return span_text(value_private);
}

/* What marks a field as it is kept. */
enum mark {
	MARK_BLANK = 1, /* between name and colon */
	MARK_CUT = 2,
};

/*
 * A field as it is kept. What frames the body is read even where there is no room to keep it.
 *
 * Its parts come in registers and go to where they stay one by one, spans half by half: a struct
 * put together first and copied as a whole then waits for its own stores, which took a tenth of
 * the time of reading a head.
 */
static inline __attribute__((always_inline)) void
field_keep(struct head *h, enum http_name id, struct span name, struct span value, unsigned marks)
{
	struct http_field *f = &h->fields[h->fields_cnt];

	if (is_used[id])
		value = field_use(h, id, value);
	if (h->fields_cnt == HTTP_FIELDS_MAX) {
		h->flaws |= HTTP_FLAW_FIELDS_OVER;
		return;
	}
	if (value.len > HTTP_VALUE_MAX) {
		value.len = HTTP_VALUE_MAX;
		marks |= MARK_CUT;
	}
	f->id = id;
	f->has_blank = marks & MARK_BLANK;
	f->is_cut = marks & MARK_CUT;
	f->name.ptr = name.ptr;
	f->name.len = name.len;
	f->value.ptr = value.ptr;
	f->value.len = value.len;
	h->values_cut += f->is_cut;
	h->fields_cnt++;
}

void head_add(struct head *h, enum http_name id, struct span name, struct span value)
{
	field_keep(h, id, name, span_trim(value), 0);
}

/* One whole line, of whatever form. */
static void field_take(struct head *h, struct span line, unsigned marks)
{
	size_t colon = span_find(line, ':');
	struct span name = span_make(line.ptr, colon);
	enum http_name id;

	if (colon == line.len || !colon || is_blank(line.ptr[0])) {
		h->flaws |= HTTP_FLAW_NO_COLON;
		return;
	}
	if (is_blank(line.ptr[colon - 1])) {
		h->flaws |= HTTP_FLAW_BLANK_NAME;
		name = span_trim(name);
		marks |= MARK_BLANK;
	}
	id = http_name_of(name);
	if (id != HTTP_NAME_NONE)
		field_keep(h, id, name, span_trim(span_from(line, colon + 1)), marks);
}

/* Room for the joined lines of what is left of the block: joining never makes them longer. It
 * is taken once a block, for the spans of fields point into it. */
static bool fold_reserve(struct head *h, size_t size)
{
	uint8_t *bigger;

	if (h->fold.len || size <= h->fold_cap)
		return true;
	bigger = malloc(size);
	if (!bigger)
		return false;
	free((void *)(uintptr_t)h->fold.ptr);
	h->fold.ptr = bigger;
	h->fold_cap = size;
	return true;
}

/* Room was reserved for all of the block's values at once. */
static void fold_add(struct head *h, struct span s)
{
	memcpy((uint8_t *)(uintptr_t)h->fold.ptr + h->fold.len, s.ptr, s.len);
	h->fold.len += s.len;
}

/*
 * line is continued by the line at s (RFC 9112, 5.2). Join them and take the whole.
 * LINE_MORE: the folded line's end is not known; nothing was taken.
 */
static enum line folded_take(struct head *h, struct scan *s, struct span line)
{
	bool has_room = fold_reserve(h, line.len + (size_t)(s->end - s->ptr));
	size_t begin = h->fold.len;
	struct span next = line;

	h->flaws |= HTTP_FLAW_FOLDED;
	if (!has_room)
		h->is_fold_failed = true;
	else
		fold_add(h, line);
	while (is_blank(*s->ptr)) {
		if (line_next(h, s, &next) != LINE_OK || s->ptr == s->end)
			return LINE_MORE;
		if (!has_room)
			continue;
		fold_add(h, span_text(" "));
		/* All blanks at the fold become the one SP. */
		while (next.len && is_blank(next.ptr[0]))
			next = span_from(next, 1);
		fold_add(h, next);
	}
	if (has_room)
		line = span_make(h->fold.ptr + begin, h->fold.len - begin);
	field_take(h, line, has_room ? 0 : MARK_CUT);
	return LINE_OK;
}

/* Only a line that has a name can be continued. */
static bool line_is_open(struct span line)
{
	size_t colon = span_find(line, ':');

	return colon && colon < line.len && !is_blank(line.ptr[0]);
}

/*
 * The usual lines at s: name, colon, value, CR LF, and a byte behind it that does not continue it;
 * and the empty one. Nearly all are, and one look at each byte reads them, most names as they are
 * expected. LINE_MORE: something else is at s, or not all of it is there.
 */
static enum line usual_take(struct head *h, struct scan *s)
{
	const uint8_t *p = s->ptr, *const stop = s->end;
	struct habit_name *last = s->last;

	for (;;) {
		struct habit_name *n = habit_next(&h->habit, last);
		const uint8_t *name = p, *colon, *value, *end;

		if (habit_is_at(n, name, stop)) {
			/* It was a usual line's name when it was met, and still is. */
			colon = name + n->len - 1;
		} else {
			colon = scan_byte_or_low(name, stop, ':', '\r');
			/* Up to here there is no HT: what is blank is SP. */
			if (colon == stop || *colon != ':' || colon == name || name[0] == ' ' ||
			    colon[-1] == ' ')
				break;
			n = habit_meet(&h->habit, last, span_make(name, (size_t)(colon - name)));
		}
		value = colon + 1;
		end = scan_low(value, stop, '\r');
		if (stop - end < 3 || memcmp(end, "\r\n", 2) != 0 || is_blank(end[2]))
			break;
		p = end + 2;
		last = n;
		/* Most lines end here: nobody reads them. */
		if (n->id == HTTP_NAME_NONE)
			continue;
		while (*value == ' ')
			value++;
		while (end > value && end[-1] == ' ')
			end--;
		field_keep(h, n->id, span_make(name, (size_t)(colon - name)),
			   span_make(value, (size_t)(end - value)), 0);
	}
	s->is_after_lf |= p != s->ptr;
	s->ptr = p;
	s->last = last;
	if (stop - p < 2 || memcmp(p, "\r\n", 2) != 0 || !s->is_after_lf)
		return LINE_MORE;
	s->ptr = p + 2;
	return LINE_EMPTY;
}

/* Lines up to the empty one, or as far as they can be told. */
static enum line fields_parse(struct head *h, struct scan *s)
{
	struct span line;
	enum line r;

	for (;;) {
		if (usual_take(h, s) == LINE_EMPTY)
			return LINE_EMPTY;
		r = line_next(h, s, &line);
		if (r != LINE_OK)
			return r;
		/* The next byte decides whether the line is complete. */
		if (s->ptr == s->end)
			return LINE_MORE;
		if (is_blank(*s->ptr) && line_is_open(line)) {
			if (folded_take(h, s, line) == LINE_MORE)
				return LINE_MORE;
		} else if (line.len) {
			field_take(h, line, 0);
		}
	}
}

enum head_result head_parse(struct head *h, struct span bytes, enum head_role role)
{
	struct scan s = { .ptr = bytes.ptr, .end = bytes.ptr + bytes.len };
	struct span line;
	enum line r;

	head_clear(h);
	if (line_next(h, &s, &line) == LINE_MORE)
		return HEAD_MORE;
	if (!startline_read(h, line, role))
		return HEAD_BAD;
	h->has_start = true;
	/* There are no fields: what follows is not this head's. */
	if (h->version == HTTP_0_9) {
		h->len = (size_t)(s.ptr - bytes.ptr);
		return HEAD_OK;
	}
	s.last = &h->habit.first[h->is_request];
	r = fields_parse(h, &s);
	h->len = (size_t)(s.ptr - bytes.ptr);
	if (h->coding != HEAD_CODING_NONE && (h->has_length || h->flaws & HTTP_FLAW_BAD_LENGTH))
		h->flaws |= HTTP_FLAW_LENGTH_AND_TE;
	return r == LINE_EMPTY ? HEAD_OK : HEAD_MORE;
}

size_t head_end(struct span bytes, size_t from)
{
	const uint8_t *end = bytes.ptr + bytes.len;
	const uint8_t *p = bytes.ptr + from;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p)))) {
		p++;
		if (p < end && *p == '\n')
			return (size_t)(p + 1 - bytes.ptr);
		if (p + 1 < end && p[0] == '\r' && p[1] == '\n')
			return (size_t)(p + 2 - bytes.ptr);
	}
	return 0;
}

bool head_is_proof(const struct head *h, bool is_whole)
{
	if (h->flaws & (HTTP_FLAW_NO_COLON | HTTP_FLAW_BLANK_NAME | HTTP_FLAW_NUL))
		return false;
	if (!h->is_request)
		return true;
	/* The preface of HTTP/2 is like nothing else. */
	if (h->version == HTTP_2)
		return is_whole;
	if (is_whole && h->version == HTTP_1_1 && !span_is_present(h->host))
		return false;
	return startline_is_usual(h);
}
