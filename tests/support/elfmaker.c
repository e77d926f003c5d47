/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/elfmaker.h"

#include <stdlib.h>
#include <string.h>

#if defined(__aarch64__)
#define MACHINE EM_AARCH64
#else
#define MACHINE EM_X86_64
#endif

static size_t append(struct elfmaker *m, const void *bytes, size_t len)
{
	size_t at = (m->len + 7) / 8 * 8;

	if (at + len > sizeof(m->bytes))
		abort();
	if (len)
		memcpy(m->bytes + at, bytes, len);
	m->len = at + len;
	return at;
}

static uint32_t name_add(char *names, size_t cap, size_t *len, const char *name)
{
	size_t n = strlen(name) + 1, at = *len;

	if (at + n > cap)
		abort();
	memcpy(names + at, name, n);
	*len += n;
	return (uint32_t)at;
}

void elfmaker_begin(struct elfmaker *m)
{
	memset(m, 0, sizeof(*m));
	m->len = ELFMAKER_CODE_OFF + ELFMAKER_CODE_LEN;
	/* Index 0 of everything is empty. */
	m->symbols_cnt = m->sections_cnt = 1;
	m->names_len = m->section_names_len = 1;
}

void elfmaker_function(struct elfmaker *m, const char *name, uint64_t off, uint64_t size)
{
	m->symbols[m->symbols_cnt++] = (Elf64_Sym){
		.st_name = name_add(m->names, sizeof(m->names), &m->names_len, name),
		.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
		.st_shndx = 1,
		.st_value = ELFMAKER_CODE + off,
		.st_size = size,
	};
}

void elfmaker_code(struct elfmaker *m, uint64_t off, struct span code)
{
	memcpy(m->bytes + ELFMAKER_CODE_OFF + off, code.ptr, code.len);
}

void elfmaker_section(struct elfmaker *m, const char *name, uint32_t type, uint64_t addr,
		      struct span bytes)
{
	m->sections[m->sections_cnt++] = (Elf64_Shdr){
		.sh_name = name_add(m->section_names, sizeof(m->section_names),
				    &m->section_names_len, name),
		.sh_type = type,
		.sh_addr = addr,
		.sh_offset = append(m, bytes.ptr, bytes.len),
		.sh_size = bytes.len,
	};
}

struct span elfmaker_end(struct elfmaker *m)
{
	Elf64_Phdr code = { .p_type = PT_LOAD,
			    .p_flags = PF_R | PF_X,
			    .p_offset = ELFMAKER_CODE_OFF,
			    .p_vaddr = ELFMAKER_CODE,
			    .p_filesz = ELFMAKER_CODE_LEN,
			    .p_memsz = ELFMAKER_CODE_LEN };
	Elf64_Ehdr h = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
			 .e_type = ET_DYN,
			 .e_machine = MACHINE,
			 .e_ehsize = sizeof(h),
			 .e_phentsize = sizeof(code),
			 .e_phnum = 1,
			 .e_shentsize = sizeof(Elf64_Shdr) };

	elfmaker_section(m, ".dynsym", SHT_DYNSYM, 0,
			 span_make(m->symbols, m->symbols_cnt * sizeof(*m->symbols)));
	m->sections[m->sections_cnt - 1].sh_link = (uint32_t)m->sections_cnt;
	elfmaker_section(m, ".dynstr", SHT_STRTAB, 0, span_make(m->names, m->names_len));
	name_add(m->section_names, sizeof(m->section_names), &m->section_names_len, ".shstrtab");
	m->section_names_len -= sizeof(".shstrtab");
	elfmaker_section(m, ".shstrtab", SHT_STRTAB, 0,
			 span_make(m->section_names, m->section_names_len + sizeof(".shstrtab")));
	h.e_phoff = append(m, &code, sizeof(code));
	h.e_shnum = (uint16_t)m->sections_cnt;
	h.e_shstrndx = (uint16_t)(m->sections_cnt - 1);
	h.e_shoff = append(m, m->sections, m->sections_cnt * sizeof(*m->sections));
	memcpy(m->bytes, &h, sizeof(h));
	return span_make(m->bytes, m->len);
}

static bool read_span(void *ctx, uint64_t off, void *to, size_t len)
{
	const struct span *s = ctx;

	if (off > s->len || len > s->len - off)
		return false;
	if (len)
		memcpy(to, s->ptr + off, len);
	return true;
}

struct elf_input elfmaker_input(struct span *bytes)
{
	return (struct elf_input){ read_span, bytes };
}
