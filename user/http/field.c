/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/field.h"

#define NAME_TEXT(id, text) [HTTP_NAME_##id] = text,
static const char *const name_texts[HTTP_NAME_CNT] = { HTTP_NAMES(NAME_TEXT) };

/*
 * The kept names have lower-case letters, digits and "-". Of these only letters have the bit
 * 0x40, so (text & 0x40) >> 1 is 0x20 exactly where case is to be folded; and (x | 0x20) equals
 * a lower-case letter for its two cases and for nothing else. So words compare exactly.
 */
static inline __attribute__((always_inline)) bool word8_is(const uint8_t *p, const char *text)
{
	uint64_t x, t;

	memcpy(&x, p, sizeof(x));
	memcpy(&t, text, sizeof(t));
	return (x | (t & 0x4040404040404040u) >> 1) == t;
}

/* The same for the names shorter than a word. */
static inline __attribute__((always_inline)) bool word4_is(const uint8_t *p, const char *text)
{
	uint32_t x, t;

	memcpy(&x, p, sizeof(x));
	memcpy(&t, text, sizeof(t));
	return (x | (t & 0x40404040u) >> 1) == t;
}

/* n is a constant in every use, and text a literal: what is left is a comparison of words with
 * constants, the last of which overlaps the one before. */
static inline __attribute__((always_inline)) bool name_is(const uint8_t *p, const char *text,
							  size_t n)
{
	if (n < 4) {
		for (size_t i = 0; i < n; i++) {
			if ((p[i] | 0x20) != text[i])
				return false;
		}
		return true;
	}
	if (n < 8)
		return word4_is(p, text) && word4_is(p + n - 4, text + n - 4);
	for (size_t i = 0; i + 8 < n; i += 8) {
		if (!word8_is(p + i, text + i))
			return false;
	}
	return word8_is(p + n - 8, text + n - 8);
}

/* Of all names only those of this length are left when n is a constant. */
#define NAME_TRY(id, text)                                                                         \
	if (sizeof(text) - 1 == n && name_is(p, text, n))                                          \
		return HTTP_NAME_##id;

static inline __attribute__((always_inline)) enum http_name name_find(const uint8_t *p, size_t n)
{
	HTTP_NAMES(NAME_TRY)
	return HTTP_NAME_NONE;
}

#define NAME_LEN(n)                                                                                \
	case n: return name_find(name.ptr, n);

/* A switch over lengths: each arm is generated from the list of names. */
enum http_name http_name_of(struct span name)
{
	switch (name.len) {
		NAME_LEN(3)
		NAME_LEN(4)
		NAME_LEN(5)
		NAME_LEN(6)
		NAME_LEN(7)
		NAME_LEN(8)
		NAME_LEN(9)
		NAME_LEN(10)
		NAME_LEN(11)
		NAME_LEN(12)
		NAME_LEN(13)
		NAME_LEN(14)
		NAME_LEN(15)
		NAME_LEN(16)
		NAME_LEN(17)
		NAME_LEN(18)
		NAME_LEN(19)
		NAME_LEN(20)
		NAME_LEN(21)
		NAME_LEN(22)
		NAME_LEN(23)
		NAME_LEN(24)
		NAME_LEN(25)
		NAME_LEN(26)
		NAME_LEN(27)
		NAME_LEN(28)
		NAME_LEN(29)
		NAME_LEN(30)
		NAME_LEN(31)
		NAME_LEN(32)
		NAME_LEN(33)
		NAME_LEN(34)
		NAME_LEN(35)
		NAME_LEN(36)
		NAME_LEN(37)
		NAME_LEN(38)
	default: return HTTP_NAME_NONE;
	}
}

/* A name longer than the switch knows would never be found. */
#define NAME_FITS(id, text)                                                                        \
	_Static_assert(sizeof(text) - 1 >= 3 && sizeof(text) - 1 <= 38, "length of " text);
HTTP_NAMES(NAME_FITS)

const char *http_name_text(enum http_name id)
{
	return id > HTTP_NAME_NONE && id < HTTP_NAME_CNT ? name_texts[id] : NULL;
}
