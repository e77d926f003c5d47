/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/squeeze.h"

#include <stdlib.h>
#include <zlib.h>
#include <zstd.h>

struct span squeeze_gzip(struct span bytes)
{
	z_stream z = { .next_in = (Bytef *)(uintptr_t)bytes.ptr, .avail_in = (uInt)bytes.len };
	size_t cap;

	if (deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		abort();
	cap = deflateBound(&z, bytes.len);
	z.next_out = malloc(cap);
	z.avail_out = (uInt)cap;
	if (!z.next_out || deflate(&z, Z_FINISH) != Z_STREAM_END)
		abort();
	deflateEnd(&z);
	return span_make(z.next_out - z.total_out, z.total_out);
}

struct span squeeze_zstd(struct span bytes)
{
	size_t cap = ZSTD_compressBound(bytes.len), len;
	void *out = malloc(cap);

	if (!out)
		abort();
	len = ZSTD_compress(out, cap, bytes.ptr, bytes.len, 3);
	if (ZSTD_isError(len))
		abort();
	return span_make(out, len);
}

void squeeze_free(struct span squeezed)
{
	free((void *)(uintptr_t)squeezed.ptr);
}
