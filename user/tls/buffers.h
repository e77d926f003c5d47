/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * buffers: room for records that lie in several chunks, bounded in all and used again.
 */
#ifndef TLS_BUFFERS_H
#define TLS_BUFFERS_H

#include <stdint.h>

#include "tls/cipher.h"

struct buffer {
	struct buffer *next; /* in the free list */
	uint8_t bytes[RECORD_BODY_MAX];
};

/* All zeros at first. */
struct buffers {
	struct buffer *free;
	uint32_t free_cnt;
	uint32_t taken_cnt; /* at most TLS_BUFFERS_MAX */
};

/* Give what is free back to malloc. What is taken must have been given first. */
void buffers_fini(struct buffers *b);

/* NULL at the limit, or when memory is short. */
struct buffer *buffers_take(struct buffers *b);

/* Takes NULL. */
void buffers_give(struct buffers *b, struct buffer *one);

#endif
