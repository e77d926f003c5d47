/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * startline: whether a segment may begin with a start line; a part of prefilter.h.
 *
 * In:   the payload's first bytes.
 * Out:  enum prefilter_start. NO is certain: whatever follows, user space would see no head here
 *       that is worth a window. The others may be wrong, which costs copies.
 * Spec: RFC 9112, 2.1, 2.2, 3 and 4; 9110, 5.6.2; 9113, 3.4.
 *
 * A response begins with HTTP in either case. A request begins with a token and SP, and a target
 * that is a path, an asterisk or a URL, or anything after a method of capitals: a browser sends
 * "patch" as the page wrote it. Empty lines may stand before either. A payload that ends before
 * this can be told is the first part of a line that was split.
 */
#ifndef BPF_STARTLINE_H
#define BPF_STARTLINE_H

enum prefilter_start {
	PREFILTER_START_NO,
	PREFILTER_START_HTTP1,
	PREFILTER_START_HTTP2, /* the client's preface */
};

/* Up to 16 bytes, read from the front by shifting: older kernels know no variable place on the
 * stack. */
struct prefilter_bytes {
	__u64 head, tail; /* the first byte is the highest */
	__u32 len;        /* bytes left */
	__u8 is_all;      /* nothing follows them in the segment */
};

PREFILTER_INLINE __u8 prefilter_peek(const struct prefilter_bytes *b)
{
	return (__u8)(b->head >> 56);
}

PREFILTER_INLINE void prefilter_shift(struct prefilter_bytes *b)
{
	b->head = b->head << 8 | b->tail >> 56;
	b->tail <<= 8;
	b->len--;
}

#define PREFILTER_CLASS_TOKEN  1 /* may stand in a method */
#define PREFILTER_CLASS_USUAL  2 /* and usually does */
#define PREFILTER_CLASS_LETTER 4

PREFILTER_INLINE __u8 prefilter_class(__u8 c)
{
	static const __u8 table[256] = {
		['!'] = 1, ['#' ... '\''] = 1, ['*'] = 1,         ['+'] = 1, ['-'] = 3,
		['.'] = 1, ['0' ... '9'] = 1,  ['A' ... 'Z'] = 7, ['^'] = 1, ['_'] = 3,
		['`'] = 1, ['a' ... 'z'] = 5,  ['|'] = 1,         ['~'] = 1,
	};

	return table[c];
}

/* "HTTP" in either case, or as much of it as there is. */
PREFILTER_INLINE int prefilter_is_http(const struct prefilter_bytes *b)
{
	__u32 word = (__u32)(b->head >> 32) | 0x20202020;
	__u32 missing = b->len < 4 ? (4 - b->len) * 8 : 0;

	return b->len && (word ^ 0x68747470) >> missing == 0;
}

/* "PRI *" */
PREFILTER_INLINE int prefilter_is_preface(const struct prefilter_bytes *b)
{
	return b->len > 4 && b->head >> 24 == 0x505249202a;
}

/* A token, SP and a target. */
PREFILTER_INLINE int prefilter_is_request(struct prefilter_bytes *b)
{
	__u8 all = PREFILTER_CLASS_USUAL, class;
	__u32 letters = 0;

	if (!b->len || !(prefilter_class(prefilter_peek(b)) & PREFILTER_CLASS_LETTER))
		return 0;
	PREFILTER_UNROLL
	for (int i = 0; i < PREFILTER_LOOK; i++) {
		if (!b->len)
			return b->is_all || all;
		class = prefilter_class(prefilter_peek(b));
		if (!class)
			break;
		all &= class;
		letters++;
		prefilter_shift(b);
	}
	if (!b->len)
		return b->is_all || all;
	if (prefilter_peek(b) != ' ')
		return 0;
	prefilter_shift(b);
	if (!b->len || (all && letters >= 3))
		return 1;
	return prefilter_peek(b) == '/' || prefilter_peek(b) == '*' || prefilter_is_http(b);
}

/* The first len bytes of a payload, or the 16 that count. */
PREFILTER_INLINE int prefilter_fetch(struct prefilter_env *env, __u32 off, __u32 len,
				     struct prefilter_bytes *b)
{
	__u8 bytes[PREFILTER_LOOK] = { 0 };
	__u64 words[2];
	__u32 n = len < PREFILTER_LOOK ? len : PREFILTER_LOOK;

	/* To the verifier: 1 to 16. */
	n = ((n - 1) & (PREFILTER_LOOK - 1)) + 1;
	__asm__ volatile("" : "+r"(n));
	if (n > PREFILTER_LOOK || !n || prefilter_load(env, off, bytes, n))
		return -1;
	__builtin_memcpy(words, bytes, sizeof(words));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	words[0] = __builtin_bswap64(words[0]);
	words[1] = __builtin_bswap64(words[1]);
#endif
	*b = (struct prefilter_bytes){ words[0], words[1], n, len == n };
	return 0;
}

/* Whether the payload of len bytes at off, not 0, may begin with a start line. */
PREFILTER_INLINE enum prefilter_start prefilter_look(struct prefilter_env *env, __u32 off,
						     __u32 len)
{
	struct prefilter_bytes b;

	if (prefilter_fetch(env, off, len, &b))
		return PREFILTER_START_HTTP1;
	/* Empty lines; alone, they say nothing. */
	PREFILTER_UNROLL
	for (int i = 0; i < 4; i++) {
		if (b.len && (prefilter_peek(&b) == '\r' || prefilter_peek(&b) == '\n'))
			prefilter_shift(&b);
	}
	if (prefilter_is_preface(&b))
		return PREFILTER_START_HTTP2;
	return prefilter_is_http(&b) || prefilter_is_request(&b) ? PREFILTER_START_HTTP1
								 : PREFILTER_START_NO;
}

#endif
