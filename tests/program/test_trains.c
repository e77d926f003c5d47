/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The shipped captures, packet by packet: of each, the short way that a decoder takes for plain
 * headers says what the long one says. tests/net/ has what captures do not.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/names.h"
#include "capture/file.h"
#include "capture/source.h"
#include "net/twice.h"

/* All captures; beside them is what each must yield. */
#define CAPTURES "pcaps/*.pcap*"
/* Packets of all of them, at least; bodies are short, and trains few. */
#define PACKETS_LEAST 3000

/* One file, behind those before it. False: it is no capture. */
static bool file_read(const char *path, struct twice *t, uint64_t *packets)
{
	struct names *names = names_new();
	struct source *s;
	struct packet p;
	char why[256];

	assert_non_null(names);
	if (file_open(path, names, NULL, &s, why, sizeof(why))) {
		names_free(names);
		return false;
	}
	while (source_next(s, &p) == SOURCE_PACKET) {
		p.number = ++*packets;
		(void)twice_packet(t, &p);
	}
	source_close(s);
	names_free(names);
	return true;
}

static void captures_are_decoded_alike(void **state)
{
	struct twice t;
	uint64_t packets = 0;
	unsigned files = 0;
	glob_t found;

	(void)state;
	twice_begin(&t);
	assert_int_equal(glob(CAPTURES, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		files += file_read(found.gl_pathv[i], &t, &packets);
	globfree(&found);
	assert_true(files > 30);
	assert_true(packets > PACKETS_LEAST);
	assert_true(t.goes_on > 0);
	twice_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(captures_are_decoded_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
