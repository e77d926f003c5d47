/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/elffile.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#if defined(__aarch64__)
#define ELF_MACHINE EM_AARCH64
#else
#define ELF_MACHINE EM_X86_64
#endif

/* Bytes of a section that are looked at together, to find a string. */
#define SEARCH_WINDOW (1u << 20)

struct segment {
	uint64_t addr, off, size;
};

struct elf {
	struct elf_input in;
	struct elf_section *sections;
	size_t sections_cnt;
	struct segment *segments; /* those that are executable */
	size_t segments_cnt;
	char *names; /* of sections, with a NUL behind the last */
};

bool elf_bytes(const struct elf *e, uint64_t off, void *to, size_t len)
{
	return off <= UINT64_MAX - len && e->in.read(e->in.ctx, off, to, len);
}

/* A copy of cnt entries of a table in the file. */
static void *table_read(const struct elf *e, uint64_t off, size_t entry, size_t cnt)
{
	void *table = calloc(cnt ? cnt : 1, entry);

	if (table && !elf_bytes(e, off, table, entry * cnt)) {
		free(table);
		return NULL;
	}
	return table;
}

static enum elf_result segments_read(struct elf *e, const Elf64_Ehdr *h)
{
	Elf64_Phdr *table;

	if (h->e_phentsize != sizeof(*table) || h->e_phnum > ELF_SEGMENTS_MAX)
		return ELF_DAMAGED;
	table = table_read(e, h->e_phoff, sizeof(*table), h->e_phnum);
	e->segments = calloc(h->e_phnum + 1u, sizeof(*e->segments));
	for (size_t i = 0; table && e->segments && i < h->e_phnum; i++) {
		if (table[i].p_type == PT_LOAD && table[i].p_flags & PF_X)
			e->segments[e->segments_cnt++] =
				(struct segment){ table[i].p_vaddr, table[i].p_offset,
						  table[i].p_filesz };
	}
	free(table);
	if (!table)
		return ELF_DAMAGED;
	return e->segments ? ELF_OK : ELF_NO_MEMORY;
}

/* The names' section, as a string that ends with its last byte at the latest. */
static size_t names_read(struct elf *e, const Elf64_Shdr *s)
{
	if (s->sh_type != SHT_STRTAB || s->sh_size > ELF_NAMES_MAX)
		return 0;
	e->names = calloc(1, s->sh_size + 1);
	return e->names && elf_bytes(e, s->sh_offset, e->names, s->sh_size) ? s->sh_size : 0;
}

static enum elf_result sections_read(struct elf *e, const Elf64_Ehdr *h)
{
	Elf64_Shdr *table;
	size_t names_len;

	/* A file without sections runs, and tells nothing. */
	if (!h->e_shnum)
		return ELF_OK;
	if (h->e_shentsize != sizeof(*table) || h->e_shstrndx >= h->e_shnum)
		return ELF_DAMAGED;
	table = table_read(e, h->e_shoff, sizeof(*table), h->e_shnum);
	if (!table)
		return ELF_DAMAGED;
	names_len = names_read(e, &table[h->e_shstrndx]);
	e->sections = calloc(h->e_shnum, sizeof(*e->sections));
	for (size_t i = 0; names_len && e->sections && i < h->e_shnum; i++)
		e->sections[e->sections_cnt++] = (struct elf_section){
			.name = table[i].sh_name < names_len ? e->names + table[i].sh_name : "",
			.type = table[i].sh_type,
			.link = table[i].sh_link,
			.addr = table[i].sh_addr,
			.off = table[i].sh_offset,
			.size = table[i].sh_size,
		};
	free(table);
	if (!e->names || !e->sections)
		return ELF_NO_MEMORY;
	return names_len ? ELF_OK : ELF_DAMAGED;
}

static bool is_of_this_machine(const Elf64_Ehdr *h)
{
	return memcmp(h->e_ident, ELFMAG, SELFMAG) == 0 && h->e_ident[EI_CLASS] == ELFCLASS64 &&
	       h->e_ident[EI_DATA] == ELFDATA2LSB && h->e_machine == ELF_MACHINE &&
	       (h->e_type == ET_EXEC || h->e_type == ET_DYN);
}

enum elf_result elf_open(const struct elf_input *in, struct elf **out)
{
	struct elf *e = calloc(1, sizeof(*e));
	Elf64_Ehdr h;
	enum elf_result r = ELF_OTHER;

	*out = NULL;
	if (!e)
		return ELF_NO_MEMORY;
	e->in = *in;
	if (elf_bytes(e, 0, &h, sizeof(h)) && is_of_this_machine(&h)) {
		r = segments_read(e, &h);
		if (r == ELF_OK)
			r = sections_read(e, &h);
	}
	if (r == ELF_OK)
		*out = e;
	else
		elf_close(e);
	return r;
}

void elf_close(struct elf *e)
{
	if (!e)
		return;
	free(e->sections);
	free(e->segments);
	free(e->names);
	free(e);
}

const struct elf_section *elf_section(const struct elf *e, const char *name)
{
	for (size_t i = 0; i < e->sections_cnt; i++) {
		if (strcmp(e->sections[i].name, name) == 0)
			return &e->sections[i];
	}
	return NULL;
}

const struct elf_section *elf_section_at(const struct elf *e, size_t i)
{
	return i < e->sections_cnt ? &e->sections[i] : NULL;
}

uint8_t *elf_load(const struct elf *e, const struct elf_section *s, size_t *len)
{
	uint8_t *bytes;

	*len = 0;
	if (!s || s->type == SHT_NOBITS || !s->size || s->size > ELF_SECTION_MAX)
		return NULL;
	bytes = malloc(s->size);
	if (bytes && !elf_bytes(e, s->off, bytes, s->size)) {
		free(bytes);
		return NULL;
	}
	*len = bytes ? s->size : 0;
	return bytes;
}

/* The first text that lies in bytes whole; cnt for none. */
static size_t texts_find(struct span bytes, const char *const *texts, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++) {
		if (memmem(bytes.ptr, bytes.len, texts[i], strlen(texts[i])))
			return i;
	}
	return cnt;
}

size_t elf_search(const struct elf *e, const struct elf_section *s, const char *const *texts,
		  size_t cnt)
{
	uint64_t end = !s || s->type == SHT_NOBITS ? 0
		       : s->size < ELF_SECTION_MAX ? s->size
						   : ELF_SECTION_MAX;
	uint8_t *window = end ? malloc(SEARCH_WINDOW) : NULL;
	size_t found = cnt;

	/* The windows overlap by more than a text's length. */
	for (uint64_t at = 0; window && at < end && found == cnt;
	     at += SEARCH_WINDOW - ELF_TEXT_MAX) {
		size_t n = end - at < SEARCH_WINDOW ? (size_t)(end - at) : SEARCH_WINDOW;

		if (s->off > UINT64_MAX - at || !elf_bytes(e, s->off + at, window, n))
			break;
		found = texts_find(span_make(window, n), texts, cnt);
	}
	free(window);
	return found;
}

bool elf_code_off(const struct elf *e, uint64_t addr, uint64_t *off)
{
	for (size_t i = 0; i < e->segments_cnt; i++) {
		const struct segment *s = &e->segments[i];

		if (addr < s->addr || addr - s->addr >= s->size)
			continue;
		*off = addr - s->addr + s->off;
		return *off >= s->off;
	}
	return false;
}

/* Look at one symbol. names ends with a NUL. */
static size_t symbol_match(const Elf64_Sym *sym, const char *names, size_t names_len,
			   struct elf_symbol *wanted, size_t cnt)
{
	const char *name = names + sym->st_name;

	if (sym->st_name >= names_len || sym->st_shndx == SHN_UNDEF || !sym->st_value ||
	    ELF64_ST_TYPE(sym->st_info) != STT_FUNC)
		return 0;
	for (size_t i = 0; i < cnt; i++) {
		if (wanted[i].addr || strcmp(name, wanted[i].name) != 0)
			continue;
		wanted[i].addr = sym->st_value;
		wanted[i].size = sym->st_size;
		return 1;
	}
	return 0;
}

static size_t table_match(const struct elf *e, const char *section, struct elf_symbol *wanted,
			  size_t cnt)
{
	const struct elf_section *s = elf_section(e, section);
	size_t len = 0, names_len = 0, found = 0;
	uint8_t *table = elf_load(e, s, &len);
	uint8_t *names = table ? elf_load(e, elf_section_at(e, s->link), &names_len) : NULL;

	if (names)
		names[names_len - 1] = '\0';
	for (size_t i = 0; names && i < len / sizeof(Elf64_Sym) && found < cnt; i++) {
		Elf64_Sym sym;

		memcpy(&sym, table + i * sizeof(sym), sizeof(sym));
		found += symbol_match(&sym, (const char *)names, names_len, wanted, cnt);
	}
	free(names);
	free(table);
	return found;
}

size_t elf_symbols(const struct elf *e, struct elf_symbol *wanted, size_t cnt)
{
	size_t found = 0;

	for (size_t i = 0; i < cnt; i++)
		found += wanted[i].addr != 0;
	if (found < cnt)
		found += table_match(e, ".dynsym", wanted, cnt);
	if (found < cnt)
		found += table_match(e, ".symtab", wanted, cnt);
	return found;
}
