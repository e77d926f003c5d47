/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/hpackwalk.h"

enum hpackwalk_result hpackwalk_block(struct hpack *full, struct hpack *late, struct span block,
				      struct hpackwalk *tally)
{
	struct span name[2], value[2];

	hpack_begin(full, block);
	hpack_begin(late, block);
	for (;;) {
		enum hpack_result truth = hpack_next(full, &name[0], &value[0]);
		enum hpack_result told;

		if (truth == HPACK_BAD || truth == HPACK_MEMORY)
			return HPACKWALK_BAD;
		told = hpack_next(late, &name[1], &value[1]);
		if (truth == HPACK_END)
			return told == HPACK_END ? HPACKWALK_AGREE : HPACKWALK_DIFFER;
		if (told == HPACK_UNKNOWN) {
			tally->unknown++;
			continue;
		}
		if (told != HPACK_FIELD || !span_eq(name[0], name[1]) ||
		    !span_eq(value[0], value[1]))
			return HPACKWALK_DIFFER;
		tally->known++;
	}
}
