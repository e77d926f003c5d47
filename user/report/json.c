/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/json.h"

#include "base/number.h"
#include "report/format.h"
#include "report/utf8.h"

#define EACH_BYTE 0x0101010101010101ull

/* True for the bytes that a JSON string holds as they are, whatever stands around them. */
static inline bool is_plain(uint8_t c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

/* The top bit of each byte of w that is 0; perhaps of one above such a byte too. */
static inline uint64_t zero_bytes(uint64_t w)
{
	return (w - EACH_BYTE) & ~w & EACH_BYTE * 0x80;
}

/* True when all eight bytes of w are plain. Plain bytes neither carry into the next one nor borrow
 * from it, so the first that is not plain is always found out. */
static inline bool is_all_plain(uint64_t w)
{
	uint64_t below_20 = (w - EACH_BYTE * 0x20) & ~w;

	return !((w | (w + EACH_BYTE) | below_20) & EACH_BYTE * 0x80) &&
	       !zero_bytes(w ^ EACH_BYTE * '"') && !zero_bytes(w ^ EACH_BYTE * '\\');
}

/* How many bytes at the beginning of s are plain. Nearly all text is, so eight at a time. */
static inline size_t plain_len(struct span s)
{
	size_t n = 0;
	uint64_t w;

	for (; s.len - n >= sizeof(w); n += sizeof(w)) {
		memcpy(&w, s.ptr + n, sizeof(w));
		if (!is_all_plain(w))
			break;
	}
	while (n < s.len && is_plain(s.ptr[n]))
		n++;
	return n;
}

static void put_escape(struct out *o, uint8_t c)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	if (c == '"' || c == '\\') {
		text[1] = (char)c;
		out_bytes(o, text, 2);
		return;
	}
	out_bytes(o, text, sizeof(text));
}

/* One byte of 0x80 and above that stands for the character of its number. */
static void put_latin1(struct out *o, uint8_t c)
{
	char text[2] = { (char)(0xc0 | c >> 6), (char)(0x80 | (c & 0x3f)) };

	if (c < 0xa0)
		put_escape(o, c);
	else
		out_bytes(o, text, 2);
}

/* What is not plain at s.ptr[0]. Returns how many bytes it was. */
static size_t put_special(struct out *o, struct span s, bool is_utf8)
{
	uint32_t c;
	size_t n;

	if (s.ptr[0] < 0x80) {
		put_escape(o, s.ptr[0]);
		return 1;
	}
	if (!is_utf8) {
		put_latin1(o, s.ptr[0]);
		return 1;
	}
	n = utf8_decode(s.ptr, s.len, &c);
	if (c < 0xa0)
		put_escape(o, (uint8_t)c);
	else
		out_bytes(o, s.ptr, n);
	return n;
}

/* The rest of a string from its first byte that is not plain. */
static void put_mixed(struct out *o, struct span s)
{
	bool is_utf8 = utf8_is_valid(s);

	while (s.len) {
		size_t n = plain_len(s);

		out_bytes(o, s.ptr, n);
		s = span_from(s, n);
		if (s.len)
			s = span_from(s, put_special(o, s, is_utf8));
	}
}

void json_span(struct out *o, struct span s)
{
	size_t n;

	if (!span_is_present(s)) {
		out_lit(o, "null");
		return;
	}
	out_char(o, '"');
	n = plain_len(s);
	out_bytes(o, s.ptr, n);
	if (n < s.len)
		put_mixed(o, span_from(s, n));
	out_char(o, '"');
}

void json_text(struct out *o, const char *text)
{
	json_span(o, text ? span_text(text) : span_make(NULL, 0));
}

void json_time(struct out *o, uint64_t time_ns)
{
	char text[FORMAT_TIME_CAP];

	if (!time_ns) {
		out_lit(o, "null");
		return;
	}
	out_char(o, '"');
	out_bytes(o, text, format_time(time_ns, text));
	out_char(o, '"');
}

void json_ms(struct out *o, uint64_t ns)
{
	uint64_t us = ns / 1000 % 1000;
	char text[4] = { '.', (char)('0' + us / 100), (char)('0' + us / 10 % 10),
			 (char)('0' + us % 10) };

	out_u64(o, ns / 1000000);
	out_bytes(o, text, sizeof(text));
}

void json_endpoint(struct out *o, const struct endpoint *e)
{
	char text[FORMAT_ENDPOINT_CAP];

	out_char(o, '"');
	out_bytes(o, text, format_endpoint(e, text));
	out_char(o, '"');
}

void json_packet(struct out *o, uint64_t number)
{
	if (!number_is_packet(number)) {
		out_lit(o, "null");
		return;
	}
	out_lit(o, "\"#");
	out_u64(o, number);
	out_char(o, '"');
}

void json_connection(struct out *o, uint64_t number)
{
	if (number <= NUMBER_PROBED) {
		json_packet(o, number);
		return;
	}
	out_lit(o, "\"probe-");
	out_u64(o, number - NUMBER_PROBED);
	out_char(o, '"');
}
