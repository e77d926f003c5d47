/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/writer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/names.h"
#include "capture/file.h"
#include "capture/source.h"
#include "support/failmalloc.h"

#define PACKETS 5

static char folder[] = "/tmp/cors-sniff-writer-XXXXXX";
static const uint8_t bytes[] = "bytes of packets, in any number";

/* The packet with this number, of two interfaces and three lengths; some have a comment. */
static struct packet packet(uint64_t i)
{
	return (struct packet){ .data = bytes,
				.caplen = (uint32_t)(20 + i % 3),
				.len = 100,
				.link = i % 2 ? 276 : 1,
				.time_ns = 1700000000 * NS_PER_S + i,
				.source = i % 2 ? "any" : "eth0",
				.comment =
					i % 5 ? (struct span){ 0 } : span_make(bytes, 1 + i % 7) };
}

static const char *path(const char *name)
{
	static char text[128];

	(void)snprintf(text, sizeof(text), "%s/%s", folder, name);
	return text;
}

static struct writer *open_well(const struct writer_config *config, uint64_t now_ns)
{
	struct writer *w;
	char why[128] = "";

	if (writer_open(config, now_ns, &w, why, sizeof(why)) != 0)
		fail_msg("%s", why);
	return w;
}

/* Read the file; its packets are those from number first on. How many. */
static size_t read_back(const char *name, uint64_t first)
{
	struct names *names = names_new();
	struct source *s;
	struct packet got;
	char why[256] = "";
	size_t cnt = 0;
	enum source_status status;

	if (file_open(path(name), names, NULL, &s, why, sizeof(why)) != 0)
		fail_msg("%s: %s", name, why);
	while ((status = source_next(s, &got)) == SOURCE_PACKET) {
		struct packet want = packet(first + cnt++);

		assert_int_equal(got.caplen, want.caplen);
		assert_memory_equal(got.data, want.data, want.caplen);
		assert_int_equal(got.len, want.len);
		assert_int_equal(got.link, want.link);
		assert_int_equal(got.time_ns, want.time_ns);
		assert_string_equal(got.source, want.source);
		assert_int_equal(span_is_present(got.comment), span_is_present(want.comment));
		assert_true(span_eq(got.comment, want.comment));
	}
	if (status != SOURCE_END)
		fail_msg("%s: %s", name, s->message);
	source_close(s);
	names_free(names);
	return cnt;
}

static void what_is_written_reads_back_the_same(void **state)
{
	struct writer_config config = { .path = path("a"), .snaplen = 262144 };
	struct writer *w = open_well(&config, 0);
	struct stat st;

	(void)state;
	for (uint64_t i = 0; i < PACKETS; i++) {
		struct packet p = packet(i);

		assert_int_equal(writer_packet(w, &p), 0);
	}
	assert_string_equal(writer_name(w), path("a"));
	assert_int_equal(writer_close(w), 0);
	assert_int_equal(read_back("a", 0), PACKETS);
	assert_int_equal(stat(path("a"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

static void an_empty_file_is_a_capture_too(void **state)
{
	struct writer_config config = { .path = path("empty") };

	(void)state;
	assert_int_equal(writer_close(open_well(&config, 0)), 0);
	assert_int_equal(read_back("empty", 0), 0);
}

/* Write packets 0 to cnt - 1, a file a packet. */
static void write_in_turn(const char *name, uint32_t files_max, uint64_t cnt)
{
	struct writer_config config = { .path = path(name),
					.file_bytes = 1,
					.files_max = files_max };
	char pattern[128];
	struct writer *w;

	(void)snprintf(pattern, sizeof(pattern), "%s", config.path);
	config.path = pattern;
	w = open_well(&config, 0);
	for (uint64_t i = 0; i < cnt; i++) {
		struct packet p = packet(i);

		assert_int_equal(writer_packet(w, &p), 0);
	}
	assert_int_equal(writer_close(w), 0);
}

static void files_beyond_a_size_are_numbered(void **state)
{
	(void)state;
	/* The section header alone is beyond one byte: the first file stays empty. */
	write_in_turn("c", 0, 3);
	assert_int_equal(read_back("c", 0), 0);
	assert_int_equal(read_back("c1", 0), 1);
	assert_int_equal(read_back("c2", 1), 1);
	assert_int_equal(read_back("c3", 2), 1);
}

static void files_in_turn_are_written_over(void **state)
{
	(void)state;
	write_in_turn("d", 11, 12);
	assert_int_equal(access(path("d"), F_OK), -1);
	assert_int_equal(access(path("d11"), F_OK), -1);
	assert_int_equal(read_back("d00", 10), 1);
	assert_int_equal(read_back("d01", 11), 1);
	assert_int_equal(read_back("d02", 1), 1);
	assert_int_equal(read_back("d10", 9), 1);
}

static void files_of_a_time_are_named_by_it(void **state)
{
	char pattern[128];
	struct writer_config config = { .path = pattern, .every_s = 60, .files_max = 2 };
	struct writer *w;
	struct packet p = packet(0);

	(void)state;
	(void)snprintf(pattern, sizeof(pattern), "%s", path("e-%s"));
	w = open_well(&config, p.time_ns);
	assert_int_equal(writer_packet(w, &p), 0);
	p.time_ns += 60 * NS_PER_S - 1;
	assert_int_equal(writer_packet(w, &p), 0);
	p.time_ns += 1;
	assert_int_equal(writer_packet(w, &p), 0);
	p.time_ns += 60 * NS_PER_S;
	assert_int_equal(writer_packet(w, &p), WRITER_FULL);
	assert_int_equal(writer_packet(w, &p), WRITER_FULL);
	assert_int_equal(writer_close(w), 0);
	assert_int_equal(access(path("e-1700000000"), F_OK), 0);
	assert_int_equal(access(path("e-1700000060"), F_OK), 0);
	assert_int_equal(access(path("e-1700000120"), F_OK), -1);
}

static void a_file_that_was_moved_away_is_begun_anew(void **state)
{
	char name[128], moved[128];
	struct writer_config config = { .path = name };
	struct packet p = packet(0);
	struct writer *w;

	(void)state;
	(void)snprintf(name, sizeof(name), "%s", path("f"));
	(void)snprintf(moved, sizeof(moved), "%s", path("f.1"));
	w = open_well(&config, 0);
	assert_int_equal(writer_packet(w, &p), 0);
	assert_int_equal(writer_reopen(w), 0);
	p = packet(1);
	assert_int_equal(writer_packet(w, &p), 0);
	assert_int_equal(rename(name, moved), 0);
	assert_int_equal(writer_reopen(w), 0);
	p = packet(2);
	assert_int_equal(writer_packet(w, &p), 0);
	assert_int_equal(writer_close(w), 0);
	assert_int_equal(read_back("f.1", 0), 2);
	assert_int_equal(read_back("f", 2), 1);
}

static void a_full_disk_is_told(void **state)
{
	struct writer_config config = { .path = "/dev/full" };
	struct writer *w;
	char why[128];

	(void)state;
	assert_int_equal(writer_open(&config, 0, &w, why, sizeof(why)), -ENOSPC);
	assert_string_equal(why, strerror(ENOSPC));
	assert_null(w);
}

static void a_place_that_does_not_exist_is_told(void **state)
{
	struct writer_config config = { .path = path("no/such") };
	struct writer *w;
	char why[128];

	(void)state;
	assert_int_equal(writer_open(&config, 0, &w, why, sizeof(why)), -ENOENT);
	assert_null(w);
}

static void short_memory_is_told(void **state)
{
	char name[128];
	struct writer_config config = { .path = name };

	(void)state;
	(void)snprintf(name, sizeof(name), "%s", path("m"));
	for (unsigned n = 1;; n++) {
		struct writer *w;
		char why[128];
		struct packet p = packet(0);
		int err;

		failmalloc_arm(n);
		err = writer_open(&config, 0, &w, why, sizeof(why));
		if (!err)
			err = writer_packet(w, &p);
		(void)writer_close(w);
		if (!failmalloc_disarm()) {
			assert_int_equal(err, 0);
			break;
		}
		assert_int_equal(err, -ENOMEM);
	}
}

static int folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int folder_remove(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", folder);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_reads_back_the_same),
		cmocka_unit_test(an_empty_file_is_a_capture_too),
		cmocka_unit_test(files_beyond_a_size_are_numbered),
		cmocka_unit_test(files_in_turn_are_written_over),
		cmocka_unit_test(files_of_a_time_are_named_by_it),
		cmocka_unit_test(a_file_that_was_moved_away_is_begun_anew),
		cmocka_unit_test(a_full_disk_is_told),
		cmocka_unit_test(a_place_that_does_not_exist_is_told),
		cmocka_unit_test(short_memory_is_told),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
