/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * hpackwalk: read a block with two decoders, one of which came later, and compare what they tell.
 */
#ifndef SUPPORT_HPACKWALK_H
#define SUPPORT_HPACKWALK_H

#include "http/hpack.h"

struct hpackwalk {
	uint64_t known, unknown; /* fields that the late one told, and did not know */
};

enum hpackwalk_result {
	HPACKWALK_AGREE, /* each field is the same or unknown, and so many there are */
	HPACKWALK_BAD,   /* this is no block; both have told the same up to there */
	HPACKWALK_DIFFER,
};

/* full saw every block that late saw, and all before these. Adds to *tally. */
enum hpackwalk_result hpackwalk_block(struct hpack *full, struct hpack *late, struct span block,
				      struct hpackwalk *tally);

#endif
