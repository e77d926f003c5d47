/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * startline: whether a segment, or what a program reads or writes inside TLS, may begin with a
 * start line; a part of prefilter.h and of tlscut.h.
 *
 * In:   the payload's first bytes, through prefilter_load().
 * Out:  enum prefilter_start. NO is certain: whatever follows, no head begins here. The others may
 *       be wrong, which costs copies.
 * Spec: RFC 9112, 2.1, 2.2, 3 and 4; 9110, 5.6.2; 9113, 3.4.
 *
 * A response begins with HTTP in either case. A request begins with a token and SP, and a target
 * that is a path, an asterisk or a URL, or anything after a method of capitals: a browser sends
 * "patch" as the page wrote it. Two empty lines may stand before either. A payload that ends before
 * this can be told is the first part of a line that was split.
 */
#ifndef BPF_STARTLINE_H
#define BPF_STARTLINE_H

#include "bpf/look.h"

enum prefilter_start {
	PREFILTER_START_NO,
	PREFILTER_START_HTTP1,
	PREFILTER_START_HTTP2, /* the client's preface */
};

/*
 * What the bytes are, as masks: bit i of each speaks of byte i. They are looked up and added
 * without a condition, because the kernel's verifier follows every way through conditions.
 */
struct prefilter_masks {
	__u64 words; /* four masks of 16 bits: PREFILTER_TOKEN, ... */
	__u64 marks; /* the same: PREFILTER_LETTER, ... */
};

/* In words: may stand in a method; usually stands in one; ends it; begins most targets. */
#define PREFILTER_TOKEN 0
#define PREFILTER_USUAL 16
#define PREFILTER_SPACE 32
#define PREFILTER_PATH  48
/* In marks; H and T in either case. */
#define PREFILTER_LETTER 0
#define PREFILTER_H      16
#define PREFILTER_T      32
#define PREFILTER_EOL    48

#define PREFILTER_IS(what) (1ull << PREFILTER_##what)

#include "bpf/bytes.inc"

PREFILTER_INLINE __u32 prefilter_mask(__u64 masks, unsigned which)
{
	return (__u32)(masks >> which) & 0xffff;
}

/* The first of the low bits that is not set. */
PREFILTER_INLINE __u32 prefilter_first_unset(__u32 mask)
{
	return ~mask & (mask + 1);
}

/* How many empty lines' bytes stand in front, up to 4. */
PREFILTER_INLINE __u32 prefilter_eol_cnt(__u32 eol)
{
	__u32 before = prefilter_first_unset(eol & 15) - 1;

	return (before & 1) + (before >> 1 & 1) + (before >> 2 & 1) + (before >> 3 & 1);
}

/*
 * A start line of HTTP/1, or as much of it as there is: skip bytes of empty lines, then the rest
 * of n. is_all: nothing follows in the segment.
 */
PREFILTER_INLINE int prefilter_is_http1(const struct prefilter_masks *m, __u32 skip, __u32 n,
					int is_all)
{
	__u32 none = ~0u << (n - skip); /* bits of bytes that are not there */
	__u32 token = prefilter_mask(m->words, PREFILTER_TOKEN) >> skip & ~none;
	__u32 usual = prefilter_mask(m->words, PREFILTER_USUAL) >> skip & ~none;
	__u32 space = prefilter_mask(m->words, PREFILTER_SPACE) >> skip & ~none;
	__u32 path = prefilter_mask(m->words, PREFILTER_PATH) >> skip | none;
	__u32 letter = prefilter_mask(m->marks, PREFILTER_LETTER) >> skip & ~none;
	__u32 h = prefilter_mask(m->marks, PREFILTER_H) >> skip & ~none;
	__u32 t = prefilter_mask(m->marks, PREFILTER_T) >> skip | none;
	/* Where "HTT" begins, which is enough. */
	__u32 http = h & t >> 1 & t >> 2;
	__u32 end = prefilter_first_unset(token); /* of the method */
	int is_usual = ((end - 1) & ~usual) == 0;

	if (http & 1)
		return 1;
	if (!(letter & 1))
		return 0;
	if (end & none)
		return is_all || is_usual;
	if (!(end & space))
		return 0;
	return (is_usual && end >= 1u << 3) || (end << 1 & (path | http));
}

/* Whether the payload of len bytes at off, not 0, may begin with a start line. */
PREFILTER_INLINE enum prefilter_start prefilter_look(struct prefilter_env *env, __u32 off,
						     __u32 len)
{
	__u8 bytes[PREFILTER_LOOK] = { 0 };
	struct prefilter_masks m = { 0, 0 };
	__u32 n = len < PREFILTER_LOOK ? len : PREFILTER_LOOK, skip;
	__u64 head;

	/* To the verifier: 1 to 16. */
	n = ((n - 1) & (PREFILTER_LOOK - 1)) + 1;
	__asm__ volatile("" : "+r"(n));
	if (n > PREFILTER_LOOK || !n || prefilter_load(env, off, bytes, n))
		return PREFILTER_START_HTTP1;
	PREFILTER_UNROLL
	for (int i = 0; i < PREFILTER_LOOK; i++) {
		m.words |= prefilter_words(bytes[i]) << i;
		m.marks |= prefilter_marks(bytes[i]) << i;
	}
	/* Bytes that are not there are 0, and so no empty lines. */
	skip = prefilter_eol_cnt(prefilter_mask(m.marks, PREFILTER_EOL));
	head = (__u64)prefilter_be32(bytes) << 32 | prefilter_be32(bytes + 4);
	if ((head << skip * 8) >> 32 == 0x50524920) /* "PRI " */
		return PREFILTER_START_HTTP2;
	return prefilter_is_http1(&m, skip, n, len == n) ? PREFILTER_START_HTTP1
							 : PREFILTER_START_NO;
}

#endif
