/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/h2text.h"

#define ONES  0x0101010101010101u
#define HIGHS (ONES * 0x80)

/* In these, a high bit is set when some byte of x is so; which one it is they do not tell. */
static inline uint64_t any_below(uint64_t x, uint8_t c)
{
	return (x - ONES * c) & ~x & HIGHS;
}

static inline uint64_t any_equal(uint64_t x, uint8_t c)
{
	return any_below(x ^ ONES * c, 1);
}

/* Of bytes in ASCII: 'A' to 'Z' reach the high bit with the first addend, not with the second. */
static inline uint64_t any_upper(uint64_t x)
{
	uint64_t low = x & ~HIGHS;

	return (low + ONES * (0x80 - 'A')) & ~(low + ONES * (0x80 - 'Z' - 1)) & ~x & HIGHS;
}

static inline uint64_t bad_in_name(uint64_t x)
{
	return any_below(x, ' ' + 1) | any_equal(x, 0x7f) | any_equal(x, ':') | any_upper(x) |
	       (x & HIGHS);
}

static inline uint64_t bad_in_value(uint64_t x)
{
	return any_below(x, ' ') | any_equal(x, 0x7f);
}

/* The i-th word of s; the last one reaches back. Less than a word is filled up with good bytes. */
static inline uint64_t word_at(struct span s, size_t i)
{
	uint64_t x = ONES * 'a';

	if (s.len >= sizeof(x)) {
		memcpy(&x, s.ptr + (i + sizeof(x) <= s.len ? i : s.len - sizeof(x)), sizeof(x));
		return x;
	}
	if (s.len >= sizeof(uint32_t)) {
		uint32_t begin, end;

		memcpy(&begin, s.ptr, sizeof(begin));
		memcpy(&end, s.ptr + s.len - sizeof(end), sizeof(end));
		return (uint64_t)begin << 32 | end;
	}
	for (size_t k = 0; k < s.len; k++)
		x = x << 8 | s.ptr[k];
	return x;
}

bool h2text_is_name(struct span name)
{
	uint64_t bad = 0;

	if (!name.len)
		return false;
	if (name.ptr[0] == ':')
		name = span_from(name, 1);
	for (size_t i = 0; i < name.len; i += sizeof(bad))
		bad |= bad_in_name(word_at(name, i));
	return !bad;
}

bool h2text_is_value(struct span value)
{
	uint64_t bad = 0;

	for (size_t i = 0; i < value.len; i += sizeof(bad))
		bad |= bad_in_value(word_at(value, i));
	if (!bad)
		return true;
	/* It may be a tabulator. */
	for (size_t i = 0; i < value.len; i++) {
		if ((value.ptr[i] < ' ' && value.ptr[i] != '\t') || value.ptr[i] == 0x7f)
			return false;
	}
	return true;
}
