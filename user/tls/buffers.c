/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/buffers.h"

#include <stdlib.h>

#include "base/limits.h"

void buffers_fini(struct buffers *b)
{
	while (b->free) {
		struct buffer *one = b->free;

		b->free = one->next;
		free(one);
	}
}

struct buffer *buffers_take(struct buffers *b)
{
	struct buffer *one = b->free;

	if (b->taken_cnt == TLS_BUFFERS_MAX)
		return NULL;
	if (one) {
		b->free = one->next;
		b->free_cnt--;
	} else {
		one = malloc(sizeof(*one));
	}
	b->taken_cnt += one != NULL;
	return one;
}

void buffers_give(struct buffers *b, struct buffer *one)
{
	if (!one)
		return;
	b->taken_cnt--;
	if (b->free_cnt == TLS_BUFFERS_FREE_MAX) {
		free(one);
		return;
	}
	one->next = b->free;
	b->free = one;
	b->free_cnt++;
}
