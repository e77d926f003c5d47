/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/gotable.h"

#include <string.h>

/* The head: magic, two zeros, quantum and pointer size, then numbers of 8 bytes. */
#define HEAD_LEN  72
#define MAGIC_118 0xfffffff0u
#define MAGIC_120 0xfffffff1u
#define MAGIC_116 0xfffffffau
#define MAGIC_102 0xfffffffbu
/* An entry of the list of functions: where each begins, and where more of it is. */
#define ENTRY_LEN 8

/* 0 beyond the end. */
static uint64_t number(struct span s, size_t at, size_t len)
{
	uint64_t n = 0;

	if (at <= s.len && s.len - at >= len)
		memcpy(&n, s.ptr + at, len);
	return n;
}

enum gotable_result gotable_open(struct span bytes, struct gotable *out)
{
	uint32_t magic = (uint32_t)number(bytes, 0, 4);
	uint64_t cnt = number(bytes, 8, 8), names = number(bytes, 32, 8),
		 functions = number(bytes, 64, 8);

	if (magic == MAGIC_116 || magic == MAGIC_102)
		return GOTABLE_OLD;
	if (bytes.len < HEAD_LEN || (magic != MAGIC_118 && magic != MAGIC_120) ||
	    number(bytes, 4, 2) || bytes.ptr[7] != 8)
		return GOTABLE_BAD;
	/* The list ends with one more beginning. */
	if (names >= bytes.len || functions >= bytes.len || !cnt ||
	    cnt >= (bytes.len - functions) / ENTRY_LEN)
		return GOTABLE_BAD;
	*out = (struct gotable){ .bytes = bytes,
				 .text = number(bytes, 24, 8),
				 .functions_cnt = (size_t)cnt,
				 .names = (size_t)names,
				 .functions = (size_t)functions };
	return GOTABLE_OK;
}

/* The name of the i-th function; absent: damaged. */
static struct span name_of(const struct gotable *t, size_t i)
{
	uint64_t more = t->functions + number(t->bytes, t->functions + i * ENTRY_LEN + 4, 4);
	uint64_t at =
		more < t->bytes.len ? t->names + number(t->bytes, (size_t)more + 4, 4) : UINT64_MAX;
	const uint8_t *end;

	if (at >= t->bytes.len)
		return (struct span){ 0 };
	end = memchr(t->bytes.ptr + at, '\0', t->bytes.len - at);
	return end ? span_make(t->bytes.ptr + at, (size_t)(end - (t->bytes.ptr + at)))
		   : (struct span){ 0 };
}

size_t gotable_find(const struct gotable *t, const char *const *names, size_t cnt,
		    struct gotable_function *out)
{
	size_t found = 0;

	memset(out, 0, cnt * sizeof(*out));
	for (size_t i = 0; i < t->functions_cnt && found < cnt; i++) {
		struct span name = name_of(t, i);

		for (size_t n = 0; n < cnt; n++) {
			if (out[n].end || !span_is_present(name) || !span_is(name, names[n]))
				continue;
			out[n].begin = t->text + number(t->bytes, t->functions + i * ENTRY_LEN, 4);
			out[n].end =
				t->text + number(t->bytes, t->functions + (i + 1) * ENTRY_LEN, 4);
			found++;
		}
	}
	return found;
}
