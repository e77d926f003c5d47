/* SPDX-License-Identifier: BSD-2-Clause */

/* What /proc says: lines of maps, containers, kernels; and pairs of addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "probe/maps.h"
#include "probe/process.h"
#include "probe/twins.h"

static bool parse(const char *line, struct mapping *m, char room[static 256])
{
	strncpy(room, line, 255);
	room[255] = '\0';
	return mapping_parse(room, m);
}

static void a_mapped_file_is_read(void **state)
{
	char room[256];
	struct mapping m;

	(void)state;
	assert_true(parse("7f00a000-7f00b000 r-xp 0001f000 fe:01 41943 "
			  "                   /usr/lib/libssl.so.3",
			  &m, room));
	assert_int_equal(m.start, 0x7f00a000);
	assert_int_equal(m.end, 0x7f00b000);
	assert_int_equal(m.dev, 0xfeull << 32 | 1);
	assert_int_equal(m.ino, 41943);
	assert_true(m.is_executable);
	assert_false(m.is_deleted);
	assert_string_equal(m.path, "/usr/lib/libssl.so.3");
	assert_true(parse("1-2 r--p 0 0:1 5 /a b (deleted)", &m, room));
	assert_false(m.is_executable);
	assert_true(m.is_deleted);
	assert_string_equal(m.path, "/a b");
}

static void what_is_no_mapped_file_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"7f00a000",
		"7f00a000-7f00b000",
		"7f00a000-7f00b000 r-x",
		"7f00a000-7f00b000 r-xp 0 0:0 0",
		"7f00a000-7f00b000 r-xp 0 0:0 0 [heap]",
		"7f00a000-7f00b000 r-xp 0 0:1 7 [heap]",
		"7f00a000-7f00b000 r-xp 0 0:1 7",
		"7f00a000-7f00b000 r-xp 0 0:1 x /a",
		"7f00a000-7f00b000 r-xp -1 0:1 7 /a",
		" 7f00a000-7f00b000 r-xp 0 0:1 7 /a",
		"g-7f00b000 r-xp 0 0:1 7 /a",
	};
	static const char whole[] = "7f00a000-7f00b000 r-xp 0001f000 fe:01 41943 /x";
	char room[256];
	struct mapping m;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		assert_false(parse(lines[i], &m, room));
	for (size_t n = 0; n < sizeof(whole) - 2; n++) {
		char part[sizeof(whole)] = "";

		memcpy(part, whole, n);
		assert_false(parse(part, &m, room));
	}
}

static void names_tell_which_libraries_to_look_into(void **state)
{
	static const struct {
		const char *path;
		enum maps_name name;
	} cases[] = {
		{ "/lib/libssl.so.3", MAPS_NAME_LIBRARY },
		{ "/x/site-packages/cryptography.libs/libssl-5d0b0c63.so.1.1", MAPS_NAME_LIBRARY },
		{ "/lib/libgnutls.so.30.34.3", MAPS_NAME_LIBRARY },
		{ "/lib/libgnutls-openssl.so.27.0.2", MAPS_NAME_OTHER },
		{ "/usr/lib/libssl3.so", MAPS_NAME_NSS },
		{ "/usr/lib/jvm/lib/server/libjvm.so", MAPS_NAME_JAVA },
		{ "/lib/libssl", MAPS_NAME_OTHER },
		{ "/libssl.so/other", MAPS_NAME_OTHER },
		{ "/lib/libc.so.6", MAPS_NAME_OTHER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(maps_name(cases[i].path), cases[i].name);
}

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void containers_are_told_by_their_ids(void **state)
{
	static const char *const with[] = {
		"0::/system.slice/docker-" ID ".scope\n",
		"12:cpu:/docker/" ID "\n",
		"0::/kubepods.slice/pod7/cri-containerd-" ID ".scope\n",
		ID,
	};
	static const char *const without[] = {
		"", "0::/\n", "0::/user.slice/session-c1.scope\n", "0::/x/" ID "0\n", "0::/abcdef",
	};
	char id[13];

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		assert_true(process_container_parse(with[i], id));
		assert_string_equal(id, "0123456789ab");
	}
	for (size_t i = 0; i < 5; i++)
		assert_false(process_container_parse(without[i], id));
}

static void kernels_that_kill_are_known(void **state)
{
	(void)state;
	assert_true(process_kernel_kills("6.11.0-13-generic"));
	assert_true(process_kernel_kills("6.13.2"));
	assert_false(process_kernel_kills("6.10.9"));
	assert_false(process_kernel_kills("6.14.0"));
	assert_false(process_kernel_kills("5.12.0"));
	assert_false(process_kernel_kills("6"));
	assert_false(process_kernel_kills(""));
}

static void this_process_is_there(void **state)
{
	char text[256], id[13];

	(void)state;
	assert_true(process_is_there((uint32_t)getpid()));
	assert_true(process_command((uint32_t)getpid(), text, sizeof(text)));
	assert_string_equal(text, "test_process");
	assert_true(process_program((uint32_t)getpid(), text, sizeof(text)));
	assert_non_null(strstr(text, "/test_process"));
	process_container((uint32_t)getpid(), id);
	/* Above any id that a kernel gives. */
	assert_false(process_is_there(0x7ffffff0));
	assert_false(process_command(0x7ffffff0, text, sizeof(text)));
	assert_false(process_program(0x7ffffff0, text, sizeof(text)));
	process_container(0x7ffffff0, id);
	assert_string_equal(id, "");
}

static void the_other_end_is_known_for_a_while(void **state)
{
	const struct endpoint a = { { { 1 } }, 1 }, b = { { { 2 } }, 2 };
	struct twins *t = twins_new(7);

	(void)state;
	assert_non_null(t);
	assert_false(twins_has(t, &a, &b, 5));
	twins_note(t, &a, &b, 5);
	assert_true(twins_has(t, &a, &b, 5));
	assert_true(twins_has(t, &a, &b, 4 + TWINS_NS));
	assert_false(twins_has(t, &a, &b, 5 + TWINS_NS));
	assert_false(twins_has(t, &b, &a, 5));
	twins_note(t, &a, &b, 5 + TWINS_NS);
	assert_true(twins_has(t, &a, &b, 5 + TWINS_NS));
	/* Of too many the oldest go first. */
	for (uint16_t i = 0; i < 60000; i++) {
		const struct endpoint other = { { { 3 } }, i };

		twins_note(t, &a, &other, 6 + TWINS_NS + i);
		assert_true(twins_has(t, &a, &other, 6 + TWINS_NS + i));
	}
	twins_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mapped_file_is_read),
		cmocka_unit_test(what_is_no_mapped_file_is_refused),
		cmocka_unit_test(names_tell_which_libraries_to_look_into),
		cmocka_unit_test(containers_are_told_by_their_ids),
		cmocka_unit_test(kernels_that_kill_are_known),
		cmocka_unit_test(this_process_is_there),
		cmocka_unit_test(the_other_end_is_known_for_a_while),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
