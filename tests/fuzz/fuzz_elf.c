/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_elf: any bytes as a program. What is to be probed must lie in its code.
 */
#include <stdlib.h>

#include "probe/target.h"
#include "support/elfmaker.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span bytes = span_make(data, size);
	struct elf_input in = elfmaker_input(&bytes);
	struct elf *e;
	struct target t;

	if (elf_open(&in, &e) != ELF_OK)
		return 0;
	for (int is_program = 0; is_program < 2; is_program++) {
		target_find(e, is_program, &t);
		if (t.places_cnt > TARGET_PLACES_MAX)
			abort();
		if (t.places_cnt && (t.kind == TARGET_NONE || t.kind == TARGET_UNSEEN))
			abort();
	}
	elf_close(e);
	return 0;
}
