/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * look: how the programs read the bytes that they decide upon, whatever these are of.
 *
 * In:   a function of the includer's that copies bytes.
 * Out:  numbers in network order, for startline.h and others.
 */
#ifndef BPF_LOOK_H
#define BPF_LOOK_H

#include <linux/types.h>

#define PREFILTER_INLINE static inline __attribute__((always_inline, unused))

/* Kernels before 5.3 know no loops. */
#ifdef __bpf__
#define PREFILTER_UNROLL _Pragma("unroll")
#else
#define PREFILTER_UNROLL
#endif

/* Bytes that are looked at to tell a start line: the longest registered method has 17 letters, and
 * the first 16 capitals of it will do. */
#define PREFILTER_LOOK 16

struct prefilter_env; /* the includer's own */

/* Copy len bytes at off. Not 0 when there are fewer. */
PREFILTER_INLINE long prefilter_load(struct prefilter_env *env, __u32 off, void *to, __u32 len);

PREFILTER_INLINE __u16 prefilter_be16(const __u8 *p)
{
	return (__u16)(p[0] << 8 | p[1]);
}

PREFILTER_INLINE __u32 prefilter_be32(const __u8 *p)
{
	return (__u32)p[0] << 24 | (__u32)p[1] << 16 | (__u32)p[2] << 8 | p[3];
}

#endif
