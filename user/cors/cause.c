/* SPDX-License-Identifier: BSD-2-Clause */
#include "cors/cause.h"

#include "base/text.h"

void cause_name(uint64_t id, char out[static CAUSE_NAME_CAP])
{
	struct text t = text_init(out, CAUSE_NAME_CAP);

	text_add(&t, "c-");
	text_hex(&t, id >> 32, 8);
}
