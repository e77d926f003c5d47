/* SPDX-License-Identifier: BSD-2-Clause */

/* ELF files, whatever they hold, and the places in them that are probed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "probe/target.h"
#include "support/elfmaker.h"
#include "support/failmalloc.h"

static struct elf *open_bytes(struct span *bytes, enum elf_result expected)
{
	struct elf_input in = elfmaker_input(bytes);
	struct elf *e;

	assert_int_equal(elf_open(&in, &e), expected);
	assert_int_equal(e == NULL, expected != ELF_OK);
	return e;
}

static bool has_place(const struct target *t, enum probe probe, uint64_t off)
{
	for (size_t i = 0; i < t->places_cnt; i++) {
		if (t->places[i].probe == probe && t->places[i].off == ELFMAKER_CODE_OFF + off)
			return true;
	}
	return false;
}

static struct span openssl(struct elfmaker *m)
{
	elfmaker_begin(m);
	elfmaker_function(m, "SSL_read", 0x100, 20);
	elfmaker_function(m, "SSL_write", 0x200, 20);
	elfmaker_function(m, "SSL_free", 0x300, 20);
	elfmaker_section(m, ".rodata", SHT_PROGBITS, 0, span_text("OpenSSL 3.0.19"));
	return elfmaker_end(m);
}

static void openssl_is_probed_at_entry_and_return(void **state)
{
	struct elfmaker m;
	struct span bytes = openssl(&m);
	struct elf *e = open_bytes(&bytes, ELF_OK);
	struct target t;

	(void)state;
	target_find(e, false, &t);
	assert_int_equal(t.kind, TARGET_OPENSSL);
	assert_int_equal(t.places_cnt, 5);
	assert_true(has_place(&t, PROBE_READ, 0x100));
	assert_true(has_place(&t, PROBE_WRITE, 0x200));
	assert_true(has_place(&t, PROBE_RETURN, 0x100));
	assert_true(has_place(&t, PROBE_RETURN, 0x200));
	assert_true(has_place(&t, PROBE_FREE, 0x300));
	elf_close(e);
}

static void gnutls_is_known(void **state)
{
	struct elfmaker m;
	struct span bytes;
	struct elf *e;
	struct target t;

	(void)state;
	elfmaker_begin(&m);
	elfmaker_function(&m, "gnutls_record_send", 0x80, 4);
	elfmaker_function(&m, "gnutls_record_send2", 0x100, 20);
	elfmaker_function(&m, "gnutls_record_recv", 0x200, 20);
	bytes = elfmaker_end(&m);
	e = open_bytes(&bytes, ELF_OK);
	target_find(e, false, &t);
	assert_int_equal(t.kind, TARGET_GNUTLS);
	assert_true(has_place(&t, PROBE_WRITE_LONG, 0x100));
	assert_true(has_place(&t, PROBE_READ_LONG, 0x200));
	assert_false(has_place(&t, PROBE_WRITE_LONG, 0x80));
	elf_close(e);
}

static void half_a_library_is_none(void **state)
{
	struct elfmaker m;
	struct span bytes;
	struct elf *e;
	struct target t;

	(void)state;
	elfmaker_begin(&m);
	elfmaker_function(&m, "SSL_read", 0x100, 20);
	bytes = elfmaker_end(&m);
	e = open_bytes(&bytes, ELF_OK);
	target_find(e, true, &t);
	assert_int_equal(t.kind, TARGET_NONE);
	elf_close(e);
}

static void a_function_outside_the_code_is_not_probed(void **state)
{
	struct elfmaker m;
	struct span bytes;
	struct elf *e;
	struct target t;
	uint64_t off;

	(void)state;
	elfmaker_begin(&m);
	elfmaker_function(&m, "SSL_read", ELFMAKER_CODE_LEN, 20);
	elfmaker_function(&m, "SSL_write", ELFMAKER_CODE_LEN - 1, 20);
	bytes = elfmaker_end(&m);
	e = open_bytes(&bytes, ELF_OK);
	target_find(e, true, &t);
	assert_int_equal(t.places_cnt, 2);
	assert_false(elf_code_off(e, ELFMAKER_CODE - 1, &off));
	assert_false(elf_code_off(e, UINT64_MAX, &off));
	assert_true(elf_code_off(e, ELFMAKER_CODE, &off));
	assert_int_equal(off, ELFMAKER_CODE_OFF);
	elf_close(e);
}

static void what_cannot_be_seen_is_named(void **state)
{
	static const struct {
		const char *text, *name;
	} cases[] = { { "..BoringSSL..", "BoringSSL" },
		      { "rustls-0.21", "rustls" },
		      { "OpenSSL 1.1.1w", "OpenSSL" } };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct elfmaker m;
		struct span bytes;
		struct elf *e;
		struct target t;

		elfmaker_begin(&m);
		elfmaker_section(&m, ".rodata", SHT_PROGBITS, 0, span_text(cases[i].text));
		bytes = elfmaker_end(&m);
		e = open_bytes(&bytes, ELF_OK);
		target_find(e, true, &t);
		assert_int_equal(t.kind, TARGET_UNSEEN);
		assert_non_null(strstr(t.name, cases[i].name));
		/* Of a library this says nothing. */
		target_find(e, false, &t);
		assert_int_equal(t.kind, TARGET_NONE);
		elf_close(e);
	}
}

static void a_text_is_found_across_the_windows_of_a_search(void **state)
{
	enum { LEN = (1 << 20) + 256 };
	static struct elfmaker m;
	const char *const texts[] = { "needle" };
	struct elf_section s = { .type = SHT_PROGBITS, .size = LEN };
	uint8_t *bytes = calloc(1, LEN);
	struct span small, large;
	struct elf *e, *whole;
	struct elf_input in;

	(void)state;
	assert_non_null(bytes);
	elfmaker_begin(&m);
	small = elfmaker_end(&m);
	memcpy(bytes, small.ptr, small.len);
	large = span_make(bytes, LEN);
	in = elfmaker_input(&large);
	assert_int_equal(elf_open(&in, &whole), ELF_OK);
	for (size_t at = (1 << 20) - 80; at < (1 << 20) + 16; at++) {
		memcpy(bytes + at, "needle", 6);
		assert_int_equal(elf_search(whole, &s, texts, 1), 0);
		memset(bytes + at, 0, 6);
	}
	assert_int_equal(elf_search(whole, &s, texts, 1), 1);
	elf_close(whole);
	e = open_bytes(&small, ELF_OK);
	/* A section that goes beyond the file holds nothing. */
	s.size = ELFMAKER_CAP * 2;
	assert_int_equal(elf_search(e, &s, texts, 1), 1);
	elf_close(e);
	free(bytes);
}

/* No part of a file is more than a refusal, or has less in it. */
static void every_cut_is_survived(void **state)
{
	struct elfmaker m;
	struct span bytes = openssl(&m);

	(void)state;
	for (size_t n = 0; n < bytes.len; n++) {
		struct span part = span_first(bytes, n);
		struct elf_input in = elfmaker_input(&part);
		struct elf *e;
		struct target t;
		enum elf_result r = elf_open(&in, &e);

		assert_int_not_equal(r, ELF_NO_MEMORY);
		if (r != ELF_OK)
			continue;
		target_find(e, true, &t);
		elf_close(e);
	}
}

static void other_files_are_told_apart_from_damaged_ones(void **state)
{
	struct elfmaker m;
	struct span bytes = openssl(&m);
	Elf64_Ehdr *h = (Elf64_Ehdr *)(void *)m.bytes;

	(void)state;
	h->e_machine = EM_386;
	open_bytes(&bytes, ELF_OTHER);
	bytes = openssl(&m);
	h->e_ident[EI_CLASS] = ELFCLASS32;
	open_bytes(&bytes, ELF_OTHER);
	bytes = openssl(&m);
	h->e_shstrndx = h->e_shnum;
	open_bytes(&bytes, ELF_DAMAGED);
	bytes = openssl(&m);
	h->e_phnum = 129;
	open_bytes(&bytes, ELF_DAMAGED);
	bytes = openssl(&m);
	h->e_shoff = UINT64_MAX - 8;
	open_bytes(&bytes, ELF_DAMAGED);
	/* A file whose sections were stripped away tells nothing, and is no error. */
	bytes = openssl(&m);
	h->e_shnum = 0;
	elf_close(open_bytes(&bytes, ELF_OK));
}

static void short_memory_is_an_answer(void **state)
{
	struct elfmaker m;
	struct span bytes = openssl(&m);

	(void)state;
	for (unsigned n = 1;; n++) {
		struct elf_input in = elfmaker_input(&bytes);
		struct elf *e;
		struct target t;

		failmalloc_arm(n);
		if (elf_open(&in, &e) == ELF_OK)
			target_find(e, true, &t);
		elf_close(e);
		if (!failmalloc_disarm())
			break;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(openssl_is_probed_at_entry_and_return),
		cmocka_unit_test(gnutls_is_known),
		cmocka_unit_test(half_a_library_is_none),
		cmocka_unit_test(a_function_outside_the_code_is_not_probed),
		cmocka_unit_test(what_cannot_be_seen_is_named),
		cmocka_unit_test(a_text_is_found_across_the_windows_of_a_search),
		cmocka_unit_test(every_cut_is_survived),
		cmocka_unit_test(other_files_are_told_apart_from_damaged_ones),
		cmocka_unit_test(short_memory_is_an_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
