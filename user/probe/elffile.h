/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * elffile: where functions lie in a program or a library.
 *
 * In:   the bytes of a file, a stretch at a time. They may be anybody's and hold anything.
 * Out:  sections, and the file offsets of symbols.
 * Spec: System V ABI, 4 (ELF-64, little endian).
 */
#ifndef PROBE_ELFFILE_H
#define PROBE_ELFFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Where the bytes come from. */
struct elf_input {
	/* Copy len bytes at off. False when there are fewer. */
	bool (*read)(void *ctx, uint64_t off, void *to, size_t len);
	void *ctx;
};

struct elf_section {
	const char *name; /* borrowed from the elf */
	uint32_t type;    /* SHT_* */
	uint32_t link;    /* index of another section */
	uint64_t addr, off, size;
};

struct elf;

enum elf_result {
	ELF_OK,
	ELF_OTHER,     /* no ELF file of this machine */
	ELF_DAMAGED,   /* it says what cannot be */
	ELF_NO_MEMORY, /* or more of it than a limit allows */
};

/* Read the headers. *out is to be freed with elf_close() after ELF_OK, else NULL. */
enum elf_result elf_open(const struct elf_input *in, struct elf **out);
/* Takes NULL. */
void elf_close(struct elf *e);

/* The section of this name, or of this index; NULL: there is none. */
const struct elf_section *elf_section(const struct elf *e, const char *name);
const struct elf_section *elf_section_at(const struct elf *e, size_t i);

/* A copy of a section's bytes, to be given to free(). NULL: it has none, or too many, or memory is
 * short. */
uint8_t *elf_load(const struct elf *e, const struct elf_section *s, size_t *len);

/* Copy bytes of the file. False: there are fewer. */
bool elf_bytes(const struct elf *e, uint64_t off, void *to, size_t len);

/* Whether a section holds one of these strings; the index of the first that is found, else cnt. */
size_t elf_search(const struct elf *e, const struct elf_section *s, const char *const *texts,
		  size_t cnt);

/* Where in the file the byte with this address is. False: in no executable segment. */
bool elf_code_off(const struct elf *e, uint64_t addr, uint64_t *off);

struct elf_symbol {
	const char *name; /* as wanted; borrowed from the caller */
	uint64_t addr;    /* 0: not found */
	uint64_t size;    /* bytes; 0: not told */
};

/* Find functions by name, in the dynamic symbols and then in the others; those whose addr is not 0
 * are left as they are. How many are found in all. */
size_t elf_symbols(const struct elf *e, struct elf_symbol *wanted, size_t cnt);

#endif
