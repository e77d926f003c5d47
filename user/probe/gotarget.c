/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/gotarget.h"

bool gotarget_find(const struct elf *e, struct target *out)
{
	if (!elf_section(e, ".go.buildinfo") && !elf_section(e, ".gopclntab"))
		return false;
	out->kind = TARGET_UNSEEN;
	out->name = "Go, which is not probed yet";
	return true;
}
