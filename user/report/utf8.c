/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/utf8.h"

/* Continuation bytes that a first byte announces; 0 for one that cannot be first. */
static size_t tail_len(uint8_t first)
{
	if (first < 0xc2 || first > 0xf4) /* a continuation, an overlong form, or too large */
		return 0;
	return first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
}

size_t utf8_decode(const uint8_t *p, size_t left, uint32_t *c)
{
	/* The smallest character that needs so many continuation bytes. */
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	size_t tail;

	if (p[0] < 0x80) {
		*c = p[0];
		return 1;
	}
	tail = tail_len(p[0]);
	if (!tail || tail >= left)
		return 0;
	*c = p[0] & (0x3fu >> tail);
	for (size_t i = 1; i <= tail; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (p[i] & 0x3fu);
	}
	if (*c < least[tail] || *c > 0x10ffff || (*c >= 0xd800 && *c <= 0xdfff))
		return 0;
	return tail + 1;
}

bool utf8_is_valid(struct span s)
{
	uint32_t c;

	for (size_t i = 0, n; i < s.len; i += n) {
		n = utf8_decode(s.ptr + i, s.len - i, &c);
		if (!n)
			return false;
	}
	return true;
}
