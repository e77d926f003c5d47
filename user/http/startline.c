/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/startline.h"

/* "HTTP/1.1" */
#define VERSION_LEN 8

static bool is_digit(uint8_t c)
{
	return c >= '0' && c <= '9';
}

/* RFC 9110, 5.6.2. */
static bool is_token_char(uint8_t c)
{
	static const bool table[256] = {
		['!'] = 1, ['#' ... '\''] = 1, ['*'] = 1,         ['+'] = 1, ['-'] = 1,
		['.'] = 1, ['0' ... '9'] = 1,  ['A' ... 'Z'] = 1, ['^'] = 1, ['_'] = 1,
		['`'] = 1, ['a' ... 'z'] = 1,  ['|'] = 1,         ['~'] = 1,
	};

	return table[c];
}

/* How many bytes of s fit "HTTP/", letters of either case. */
static size_t protocol_fit(struct span s)
{
	size_t n = 0;

	while (n < 4 && n < s.len && (s.ptr[n] | 0x20) == "http"[n])
		n++;
	return n == 4 && n < s.len && s.ptr[n] == '/' ? 5 : n;
}

/* Whether s begins with "HTTP/", letters of either case. */
static bool protocol_is(struct span s)
{
	uint32_t x, t;

	if (s.len < 5)
		return false;
	memcpy(&x, s.ptr, sizeof(x));
	memcpy(&t, "http", sizeof(t));
	/* A byte with the bit 0x20 set equals a letter for its two cases and nothing else. */
	return (x | 0x20202020u) == t && s.ptr[4] == '/';
}

/* "HTTP/d.d" of exactly s; 0 when it is not. Minor versions above 1 read as 1.1. */
static enum http_version version_read(struct span s)
{
	/* What nearly all say, in one comparison. */
	if (s.len == VERSION_LEN && memcmp(s.ptr, "HTTP/1.1", VERSION_LEN) == 0)
		return HTTP_1_1;
	if (s.len != VERSION_LEN || !protocol_is(s) || !is_digit(s.ptr[5]) || s.ptr[6] != '.' ||
	    !is_digit(s.ptr[7]))
		return 0;
	if (s.ptr[5] == '0' || (s.ptr[5] == '1' && s.ptr[7] == '0'))
		return HTTP_1_0;
	return HTTP_1_1;
}

/* "HTTP/1.1 200 OK". Blanks before the status and anything after its digits are tolerated. */
static bool response_read(struct head *h, struct span line)
{
	struct span s;

	h->version = version_read(span_first(line, VERSION_LEN));
	s = span_from(line, VERSION_LEN);
	if (!h->version || !s.len || s.ptr[0] != ' ')
		return false;
	while (s.len && s.ptr[0] == ' ')
		s = span_from(s, 1);
	/* Three digits: "2XX" is none, and neither is "2000". */
	if (s.len < 3 || !is_digit(s.ptr[0]) || !is_digit(s.ptr[1]) || !is_digit(s.ptr[2]) ||
	    (s.len > 3 && is_digit(s.ptr[3])))
		return false;
	h->status = (uint16_t)((s.ptr[0] - '0') * 100 + (s.ptr[1] - '0') * 10 + s.ptr[2] - '0');
	return h->status >= 100;
}

/* The length of the method and the SP after it; 0 when there is none. */
static size_t method_len(struct span line)
{
	size_t n = 0;

	while (n < line.len && n <= HTTP_METHOD_MAX && is_token_char(line.ptr[n]))
		n++;
	return n && n <= HTTP_METHOD_MAX && n < line.len && line.ptr[n] == ' ' ? n + 1 : 0;
}

/* Offset of the last SP, or s.len. */
static size_t last_space(struct span s)
{
	const uint8_t *p = s.len ? memrchr(s.ptr, ' ', s.len) : NULL;

	return p ? (size_t)(p - s.ptr) : s.len;
}

/* The target may hold SP: servers differ, and what stands before the version is the most that
 * can be said. */
static bool request_read(struct head *h, struct span line)
{
	size_t n = method_len(line);
	struct span rest;
	size_t space;

	if (!n)
		return false;
	h->is_request = true;
	h->method = span_first(line, n - 1);
	rest = span_trim(span_from(line, n));
	if (!rest.len || rest.ptr[0] < ' ')
		return false;
	space = last_space(rest);
	if (space < rest.len) {
		h->version = version_read(span_from(rest, space + 1));
		h->target = span_trim(span_first(rest, space));
		if (span_is(h->method, "PRI") && span_is(rest, "* HTTP/2.0"))
			h->version = HTTP_2;
		return h->version && h->target.len;
	}
	/* No version: the form of HTTP/0.9, which knows GET alone. */
	h->version = HTTP_0_9;
	h->target = rest;
	return span_is(h->method, "GET") && startline_is_usual(h);
}

bool startline_read(struct head *h, struct span line, enum head_role role)
{
	if (protocol_is(line))
		return role != HEAD_REQUEST && response_read(h, line);
	return role != HEAD_RESPONSE && request_read(h, line);
}

/* Methods of browsers, APIs and WebDAV. A hole may end inside a method: so none is here that is
 * the end of another, but PATCH (of PROPPATCH), which is too common to be left out. */
static const char *const usual_methods[] = { "GET",    "POST",     "OPTIONS", "HEAD",     "PUT",
					     "DELETE", "PATCH",    "CONNECT", "TRACE",    "QUERY",
					     "COPY",   "MOVE",     "MKCOL",   "PROPFIND", "REPORT",
					     "UNLOCK", "PROPPATCH" };
#define USUAL_METHODS_CNT (sizeof(usual_methods) / sizeof(usual_methods[0]))

static bool is_usual_method(struct span method)
{
	for (size_t i = 0; i < USUAL_METHODS_CNT; i++) {
		if (span_is(method, usual_methods[i]))
			return true;
	}
	return false;
}

static bool may_be_usual_method(struct span part)
{
	for (size_t i = 0; i < USUAL_METHODS_CNT; i++) {
		if (span_eq(part, span_first(span_text(usual_methods[i]), part.len)))
			return true;
	}
	return false;
}

enum head_result startline_peek(struct span bytes, enum head_role role)
{
	static const char response[] = "HTTP/1.";
	size_t n = sizeof(response) - 1;

	if (role == HEAD_RESPONSE) {
		n = n < bytes.len ? n : bytes.len;
		if (memcmp(bytes.ptr, response, n) != 0)
			return HEAD_BAD;
		return n == sizeof(response) - 1 ? HEAD_OK : HEAD_MORE;
	}
	n = span_find(bytes, ' ');
	if (n == bytes.len)
		return may_be_usual_method(bytes) ? HEAD_MORE : HEAD_BAD;
	if (!is_usual_method(span_first(bytes, n)))
		return HEAD_BAD;
	if (n + 1 == bytes.len)
		return HEAD_MORE;
	return bytes.ptr[n + 1] == '/' || bytes.ptr[n + 1] == '*' ? HEAD_OK : HEAD_BAD;
}

bool startline_is_usual(const struct head *h)
{
	struct span t = h->target;

	if (!is_usual_method(h->method))
		return false;
	return t.ptr[0] == '/' || t.ptr[0] == '*' || span_is(h->method, "CONNECT") ||
	       protocol_fit(t) == 4;
}

bool head_may_start(struct span bytes, enum head_role role)
{
	size_t n = protocol_fit(bytes);

	if (n == 5 || n == bytes.len)
		return role != HEAD_REQUEST || n < 5;
	if (role == HEAD_RESPONSE)
		return false;
	for (n = 0; n < bytes.len && is_token_char(bytes.ptr[n]); n++) {
		if (n == HTTP_METHOD_MAX)
			return false;
	}
	if (n == bytes.len)
		return true;
	/* After the method come SP and a target, which has no control characters. */
	return n && bytes.ptr[n] == ' ' &&
	       (n + 1 == bytes.len || bytes.ptr[n + 1] >= ' ' || bytes.ptr[n + 1] == '\t');
}

struct startline_target startline_split(struct span method, struct span target)
{
	struct startline_target t = { .path = target };
	struct span rest = target;
	size_t n = 0;

	/* An extended CONNECT of HTTP/2 has a path (RFC 8441, 4). */
	if (span_is(method, "CONNECT") && !span_starts(target, "/")) {
		t.authority = target;
		t.path = span_from(target, target.len);
		return t;
	}
	/* The query may hold a URL: only what stands at the front is a scheme. */
	/* A scheme: letters up to "://". A path begins with "/" and so has none. */
	while (n < rest.len && is_token_char(rest.ptr[n]))
		n++;
	if (!n || !span_starts(span_from(rest, n), "://"))
		return t;
	rest = span_from(rest, n + 3);
	for (n = 0; n < rest.len && rest.ptr[n] != '/' && rest.ptr[n] != '?';)
		n++;
	t.path = span_from(rest, n);
	if (!t.path.len)
		t.path = span_text("/");
	t.authority = span_first(rest, n);
	/* User information is no part of the host, and private. */
	n = span_find(t.authority, '@');
	if (n < t.authority.len)
		t.authority = span_from(t.authority, n + 1);
	return t;
}
