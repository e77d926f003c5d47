/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_hpack: any header blocks. A decoder that came late, at any block, tells each field as the
 * one does that saw all, or that it does not know it.
 *
 * Input: blocks, each with a byte before it for its length.
 */
#include <stdlib.h>

#include "support/hpackwalk.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define BLOCKS_MAX 32

static size_t blocks_read(struct span data, struct span *out)
{
	size_t n = 0;

	while (n < BLOCKS_MAX && data.len) {
		size_t len = data.ptr[0];

		data = span_from(data, 1);
		out[n] = span_first(data, len);
		data = span_from(data, out[n++].len);
	}
	return n;
}

static void walk(struct hpack_budget *budget, const struct span *blocks, size_t cnt, size_t from)
{
	struct hpackwalk tally = { 0 };
	struct hpack full, late;
	struct span name, value;
	enum hpack_result r = HPACK_END;

	hpack_init(&full, budget);
	hpack_init(&late, budget);
	hpack_lose(&late);
	for (size_t i = 0; i < from && r == HPACK_END; i++) {
		hpack_begin(&full, blocks[i]);
		while ((r = hpack_next(&full, &name, &value)) == HPACK_FIELD)
			;
	}
	for (size_t i = from; i < cnt && r == HPACK_END; i++) {
		switch (hpackwalk_block(&full, &late, blocks[i], &tally)) {
		case HPACKWALK_AGREE: break;
		case HPACKWALK_BAD: r = HPACK_BAD; break;
		default: abort();
		}
	}
	hpack_fini(&full);
	hpack_fini(&late);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span blocks[BLOCKS_MAX];
	struct hpack_budget budget;
	size_t cnt;

	if (size > 4096)
		return 0;
	hpack_budget_init(&budget);
	cnt = blocks_read(span_make(data, size), blocks);
	for (size_t from = 0; from < cnt; from++)
		walk(&budget, blocks, cnt, from);
	if (budget.held)
		abort();
	return 0;
}
