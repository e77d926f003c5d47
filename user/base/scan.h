/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * scan: find where a line or its name ends, sixteen bytes at a time where the processor can (every
 * x86-64 has SSE2), else byte by byte. Headers are most of what is read, and their lines are short:
 * a call of memchr() for each of CR, LF, NUL and ':' costs more than the search.
 */
#ifndef BASE_SCAN_H
#define BASE_SCAN_H

#include <stdint.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* The first byte that is max or less in [p, end), or end. Nothing past end is read. */
static inline const uint8_t *scan_low(const uint8_t *p, const uint8_t *end, uint8_t max)
{
#ifdef __SSE2__
	const __m128i highest = _mm_set1_epi8((char)max);

	for (; end - p >= 16; p += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(bytes, highest), bytes));

		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && max < *p)
		p++;
	return p;
}

/* The same for the first byte that is c, or max or less. */
static inline const uint8_t *scan_byte_or_low(const uint8_t *p, const uint8_t *end, uint8_t c,
					      uint8_t max)
{
#ifdef __SSE2__
	const __m128i wanted = _mm_set1_epi8((char)c), highest = _mm_set1_epi8((char)max);

	for (; end - p >= 16; p += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, highest), bytes);
		int mask = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, wanted)));

		if (mask)
			return p + __builtin_ctz((unsigned)mask);
	}
#endif
	while (p < end && max < *p && *p != c)
		p++;
	return p;
}

#endif
