/* SPDX-License-Identifier: BSD-2-Clause */

/* Lengths of instructions, and Go's table of functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe/gotable.h"
#include "probe/insn.h"
#include "probe/target.h"
#include "support/elfmaker.h"
#include "support/guard.h"

struct row {
	uint8_t len; /* 0: to be refused */
	uint8_t code[15];
};

/* Made with as, and looked up in the manual. */
static const struct row rows[] = {
	{ 1, { 0xc3 } },
	{ 1, { 0x90 } },
	{ 1, { 0x55 } },
	{ 2, { 0x41, 0x57 } },
	{ 3, { 0x48, 0x89, 0xe5 } },
	{ 4, { 0x48, 0x83, 0xec, 0x18 } },
	{ 7, { 0x48, 0x81, 0xec, 0x88, 0x00, 0x00, 0x00 } },
	{ 5, { 0xe8, 0xc3, 0xc3, 0xc3, 0xc3 } }, /* c3 that is no return */
	{ 10, { 0x48, 0xb8, 1, 2, 3, 4, 5, 6, 7, 0xc3 } },
	{ 5, { 0xb8, 1, 2, 3, 4 } },
	{ 4, { 0x66, 0xb8, 1, 2 } },
	{ 5, { 0x48, 0x8b, 0x44, 0x24, 0x08 } },
	{ 8, { 0x48, 0x8b, 0x84, 0x24, 0x98, 0, 0, 0 } },
	{ 8, { 0x48, 0x8b, 0x04, 0xc5, 0, 0, 0, 0 } }, /* SIB without a base */
	{ 7, { 0x48, 0x8d, 0x05, 1, 2, 3, 4 } },       /* relative to the next instruction */
	{ 4, { 0x8b, 0x44, 0x98, 0x04 } },
	{ 6, { 0x0f, 0x84, 1, 2, 3, 4 } },
	{ 2, { 0x74, 0x10 } },
	{ 3, { 0xf6, 0xc3, 0x01 } }, /* test bl, 1 */
	{ 2, { 0xf6, 0xd3 } },       /* not bl */
	{ 6, { 0xf7, 0xc3, 1, 2, 3, 4 } },
	{ 5, { 0x66, 0xf7, 0xc3, 1, 2 } },
	{ 10, { 0x66, 0x2e, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0 } },
	{ 4, { 0xf3, 0x0f, 0x1e, 0xfa } },
	{ 5, { 0xf3, 0x48, 0x0f, 0x1e, 0xc8 } },
	{ 5, { 0xf0, 0x48, 0x0f, 0xb1, 0x11 } },
	{ 5, { 0x66, 0x0f, 0x38, 0x00, 0xc1 } },
	{ 6, { 0x66, 0x0f, 0x3a, 0x0f, 0xc1, 0x08 } },
	{ 4, { 0xc5, 0xf9, 0x6f, 0x07 } },
	{ 5, { 0xc4, 0xe2, 0x7d, 0x00, 0xc1 } },
	{ 6, { 0xc4, 0xe3, 0x7d, 0x39, 0xc1, 0x01 } },
	{ 6, { 0x62, 0xf1, 0xfd, 0x48, 0x6f, 0x07 } },
	{ 4, { 0xc8, 1, 2, 3 } },
	{ 3, { 0xc2, 1, 2 } },
	{ 9, { 0xa1, 1, 2, 3, 4, 5, 6, 7, 8 } },
	{ 6, { 0x67, 0xa1, 1, 2, 3, 4 } },
	{ 2, { 0x0f, 0x05 } },
	{ 0, { 0x06 } },
	{ 0, { 0x8f, 0xe8, 0x78, 0xc2, 0xec, 0x0e } }, /* XOP */
	{ 0, { 0x66, 0xe9, 1, 2, 3, 4 } },
	{ 0, { 0x48, 0x48, 0x89, 0xe5 } },
	{ 0,
	  { 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66,
	    0x66 } },
};

static void instructions_have_their_lengths(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct guard g = guard_copy(rows[i].code, sizeof(rows[i].code));

		if (insn_len_x86(g.bytes) != rows[i].len)
			fail_msg("row %zu: %zu, not %u", i, insn_len_x86(g.bytes), rows[i].len);
		guard_free(&g);
		/* Cut anywhere, it is refused, and nothing behind the cut is read. */
		for (size_t n = 0; n < rows[i].len; n++) {
			g = guard_copy(rows[i].code, n);
			assert_int_equal(insn_len_x86(g.bytes), 0);
			guard_free(&g);
		}
	}
	assert_int_equal(insn_len_arm64(span_make("abcd", 4)), 4);
	assert_int_equal(insn_len_arm64(span_make("abc", 3)), 0);
}

#if defined(__x86_64__)
/* This program's own functions, from their entries, end where they end. */
static void functions_end_where_they_end(void **state)
{
	FILE *f = popen("objdump -d --no-show-raw-insn -w -j .text /proc/$PPID/exe 2>/dev/null | "
			"sed -n 's/^ *\\([0-9a-f]*\\):.*/\\1/p'",
			"r");
	struct elf_section const *text;
	struct span bytes;
	static uint8_t self[64 << 20];
	struct elf_input in = elfmaker_input(&bytes);
	struct elf *e;
	FILE *exe = fopen("/proc/self/exe", "re");
	uint64_t at, next;
	size_t cnt = 0, len;
	uint8_t *code;

	(void)state;
	assert_true(f && exe);
	bytes = span_make(self, fread(self, 1, sizeof(self), exe));
	fclose(exe);
	assert_int_equal(elf_open(&in, &e), ELF_OK);
	text = elf_section(e, ".text");
	code = elf_load(e, text, &len);
	assert_non_null(code);
	if (fscanf(f, "%lx", &at) == 1) {
		while (fscanf(f, "%lx", &next) == 1) {
			size_t off = (size_t)(at - text->addr);

			if (insn_len_x86(span_make(code + off, len - off)) != next - at)
				fail_msg("at %lx", at);
			at = next;
			cnt++;
		}
	}
	pclose(f);
	free(code);
	elf_close(e);
	if (!cnt) {
		print_message("SKIP: lacks binutils\n");
		skip();
	}
	assert_true(cnt > 1000);
}
#endif

/* A table with functions of these names, each 64 bytes long. */
static struct span table_make(uint8_t room[static 4096], uint32_t magic, uint64_t text,
			      const char *const *names, size_t cnt)
{
	const size_t names_at = 72, functions_at = 1024;
	size_t more_at = functions_at + (cnt + 1) * 8, name_at = 1;

	memset(room, 0, 4096);
	memcpy(room, &magic, 4);
	room[6] = 1;
	room[7] = 8;
	memcpy(room + 8, &(uint64_t){ cnt }, 8);
	memcpy(room + 24, &text, 8);
	memcpy(room + 32, &(uint64_t){ names_at }, 8);
	memcpy(room + 64, &(uint64_t){ functions_at }, 8);
	for (size_t i = 0; i <= cnt; i++) {
		uint32_t entry[2] = { (uint32_t)i * 64, (uint32_t)(more_at - functions_at) };

		memcpy(room + functions_at + i * 8, entry, i < cnt ? 8 : 4);
		if (i == cnt)
			break;
		memcpy(room + more_at + 4, &(uint32_t){ (uint32_t)name_at }, 4);
		memcpy(room + names_at + name_at, names[i], strlen(names[i]) + 1);
		name_at += strlen(names[i]) + 1;
		more_at += 16;
	}
	return span_make(room, more_at);
}

static const char *const go_names[] = { "main.main", "crypto/tls.(*Conn).Write", "runtime.x",
					"crypto/tls.(*Conn).Read", "crypto/tls.(*Conn).Close" };

static void functions_are_found_by_name(void **state)
{
	uint8_t room[4096];
	struct span bytes = table_make(room, 0xfffffff1, 0x400000, go_names, 5);
	const char *const wanted[] = { "crypto/tls.(*Conn).Read", "no.such", "main.main" };
	struct gotable_function found[3];
	struct gotable t;

	(void)state;
	assert_int_equal(gotable_open(bytes, &t), GOTABLE_OK);
	assert_int_equal(gotable_find(&t, wanted, 3, found), 2);
	assert_int_equal(found[0].begin, 0x400000 + 3 * 64);
	assert_int_equal(found[0].end, 0x400000 + 4 * 64);
	assert_int_equal(found[1].end, 0);
	assert_int_equal(found[2].begin, 0x400000);
	assert_int_equal(found[2].end, 0x400040);
}

static void every_cut_of_a_table_is_survived(void **state)
{
	uint8_t room[4096];
	struct span bytes = table_make(room, 0xfffffff0, 0x400000, go_names, 5);

	(void)state;
	for (size_t n = 0; n < bytes.len; n++) {
		struct guard g = guard_copy(bytes.ptr, n);
		struct gotable_function found[5];
		struct gotable t;

		if (gotable_open(g.bytes, &t) == GOTABLE_OK)
			assert_true(gotable_find(&t, go_names, 5, found) <= 5);
		guard_free(&g);
	}
}

static void versions_are_told_apart(void **state)
{
	uint8_t room[4096];
	struct gotable t;

	(void)state;
	assert_int_equal(gotable_open(table_make(room, 0xfffffffa, 1, go_names, 5), &t),
			 GOTABLE_OLD);
	assert_int_equal(gotable_open(table_make(room, 0xfffffffb, 1, go_names, 5), &t),
			 GOTABLE_OLD);
	assert_int_equal(gotable_open(table_make(room, 0xfffffff2, 1, go_names, 5), &t),
			 GOTABLE_BAD);
	assert_int_equal(gotable_open(span_text("short"), &t), GOTABLE_BAD);
}

/* A Go program whose Write and Read are this code. */
static struct span go_make(struct elfmaker *m, uint64_t text, struct span code)
{
	uint8_t room[4096];

	elfmaker_begin(m);
	elfmaker_code(m, 64, code);
	elfmaker_code(m, 192, code);
	elfmaker_section(m, ".gopclntab", SHT_PROGBITS, 0,
			 table_make(room, 0xfffffff1, text, go_names, 5));
	return elfmaker_end(m);
}

static void go_find(uint64_t text, struct span code, struct target *t)
{
	static struct elfmaker m;
	struct span bytes = go_make(&m, text, code);
	struct elf_input in = elfmaker_input(&bytes);
	struct elf *e;

	assert_int_equal(elf_open(&in, &e), ELF_OK);
	target_find(e, true, t);
	elf_close(e);
}

#if defined(__x86_64__)
static void each_return_of_go_is_probed_and_no_other_byte(void **state)
{
	uint8_t code[64];
	struct target t;
	size_t returns = 0;

	(void)state;
	memset(code, 0xcc, sizeof(code));
	memcpy(code, (const uint8_t[]){ 0xe8, 0xc3, 0xc3, 0xc3, 0xc3, 0xc3, 0x90, 0xc3 }, 8);
	go_find(ELFMAKER_CODE, span_make(code, sizeof(code)), &t);
	assert_int_equal(t.kind, TARGET_GO);
	for (size_t i = 0; i < t.places_cnt; i++) {
		uint64_t off = t.places[i].off - ELFMAKER_CODE_OFF;

		if (t.places[i].probe != PROBE_GO_WRITTEN && t.places[i].probe != PROBE_GO_HAS_READ)
			continue;
		returns++;
		assert_true(off % 64 == 5 || off % 64 == 7);
	}
	assert_int_equal(returns, 4);
	/* An instruction that is not known: nothing is probed. */
	code[6] = 0x06;
	go_find(ELFMAKER_CODE, span_make(code, sizeof(code)), &t);
	assert_int_equal(t.kind, TARGET_UNSEEN);
	assert_int_equal(t.places_cnt, 0);
	/* One that goes beyond the end of the function. */
	memset(code, 0x90, sizeof(code));
	code[10] = 0xc3;
	code[63] = 0xe8;
	go_find(ELFMAKER_CODE, span_make(code, sizeof(code)), &t);
	assert_int_equal(t.kind, TARGET_UNSEEN);
	/* No return at all. */
	memset(code, 0x90, sizeof(code));
	go_find(ELFMAKER_CODE, span_make(code, sizeof(code)), &t);
	assert_int_equal(t.kind, TARGET_UNSEEN);
}
#endif

static void go_without_a_fixed_place_is_refused(void **state)
{
	struct target t;

	(void)state;
	go_find(0, span_make("\xc3", 1), &t);
	assert_int_equal(t.kind, TARGET_UNSEEN);
	assert_non_null(strstr(t.name, "PIE"));
	/* Outside of the code. */
	go_find(ELFMAKER_CODE + ELFMAKER_CODE_LEN, span_make("\xc3", 1), &t);
	assert_int_equal(t.kind, TARGET_UNSEEN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(instructions_have_their_lengths),
#if defined(__x86_64__)
		cmocka_unit_test(functions_end_where_they_end),
		cmocka_unit_test(each_return_of_go_is_probed_and_no_other_byte),
#endif
		cmocka_unit_test(functions_are_found_by_name),
		cmocka_unit_test(every_cut_of_a_table_is_survived),
		cmocka_unit_test(versions_are_told_apart),
		cmocka_unit_test(go_without_a_fixed_place_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
