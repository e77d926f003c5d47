/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/codec.h"

const struct codec_ops *codec_find(struct span head)
{
	static const uint8_t zstd[] = { 0x28, 0xb5, 0x2f, 0xfd };
	/* A frame to be skipped, which the parallel compressors put first; its first byte has
	 * 16 values (RFC 8878, 3.1.2). */
	static const uint8_t skippable[] = { 0x2a, 0x4d, 0x18 };

	if (head.len == 0)
		return NULL;
	/* No capture begins with 1f, so that a file cut after its first byte is told as gzip. */
	if (head.ptr[0] == 0x1f && (head.len < 2 || head.ptr[1] == 0x8b))
		return &codec_gzip;
	if (span_eq(span_first(head, 4), span_first(span_make(zstd, 4), head.len)))
		return &codec_zstd;
	if (head.len >= 4 && (head.ptr[0] & 0xf0) == 0x50 &&
	    memcmp(head.ptr + 1, skippable, 3) == 0)
		return &codec_zstd;
	return NULL;
}
