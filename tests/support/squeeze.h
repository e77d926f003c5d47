/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * squeeze: bytes compressed in memory. Short of memory it aborts; it is for tests alone.
 */
#ifndef SUPPORT_SQUEEZE_H
#define SUPPORT_SQUEEZE_H

#include "base/span.h"

/* The caller frees .ptr with squeeze_free(). */
struct span squeeze_gzip(struct span bytes);
struct span squeeze_zstd(struct span bytes);
void squeeze_free(struct span squeezed);

#endif
