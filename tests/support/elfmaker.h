/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * elfmaker: small ELF files of this machine, made in memory.
 *
 *	struct elfmaker m;
 *
 *	elfmaker_begin(&m);
 *	elfmaker_function(&m, "SSL_read", 0x1000, 40);
 *	elfmaker_section(&m, ".rodata", ELFMAKER_BYTES, 0, span_text("text"));
 *	bytes = elfmaker_end(&m);
 *
 * Code is one segment: address ELFMAKER_CODE lies at file offset ELFMAKER_CODE_OFF.
 */
#ifndef SUPPORT_ELFMAKER_H
#define SUPPORT_ELFMAKER_H

#include <elf.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "probe/elffile.h"

#define ELFMAKER_CAP      16384
#define ELFMAKER_CODE     0x400000u
#define ELFMAKER_CODE_OFF 0x100u
#define ELFMAKER_CODE_LEN 0x400u

struct elfmaker {
	uint8_t bytes[ELFMAKER_CAP];
	size_t len;
	Elf64_Sym symbols[16];
	size_t symbols_cnt;
	char names[1024]; /* of symbols */
	size_t names_len;
	Elf64_Shdr sections[12];
	size_t sections_cnt;
	char section_names[256];
	size_t section_names_len;
};

void elfmaker_begin(struct elfmaker *m);
/* A function in .dynsym, off bytes into the code. */
void elfmaker_function(struct elfmaker *m, const char *name, uint64_t off, uint64_t size);
/* Code, off bytes into it. */
void elfmaker_code(struct elfmaker *m, uint64_t off, struct span code);
/* Any section. */
void elfmaker_section(struct elfmaker *m, const char *name, uint32_t type, uint64_t addr,
		      struct span bytes);
/* The whole file, borrowed from m. */
struct span elfmaker_end(struct elfmaker *m);

/* An elf_input over bytes; in borrows *bytes. */
struct elf_input elfmaker_input(struct span *bytes);

#endif
