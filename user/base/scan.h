/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * scan: find where a line ends, sixteen bytes at a time where the processor can (every x86-64
 * has SSE2), else byte by byte. Headers are most of what is read, and their lines are short: a
 * call of memchr() for each of CR, LF and ':' costs more than the search.
 */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first byte that is a or b in [p, end), or end. Nothing past end is read. */
static inline const uint8_t *scan_either(const uint8_t *p, const uint8_t *end, uint8_t a, uint8_t b)
{
#ifdef __SSE2__
	const __m128i wide_a = _mm_set1_epi8((char)a), wide_b = _mm_set1_epi8((char)b);

	for (; end - p >= 16; p += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i found =
			_mm_or_si128(_mm_cmpeq_epi8(bytes, wide_a), _mm_cmpeq_epi8(bytes, wide_b));
		int mask = _mm_movemask_epi8(found);

		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && *p != a && *p != b)
		p++;
	return p;
}

#endif
