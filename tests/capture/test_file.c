/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Whole files through the public function: plain, piped, compressed, by libpcap.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/names.h"
#include "capture/file.h"
#include "capture/source.h"
#include "support/failmalloc.h"
#include "support/memfile.h"
#include "support/pcapwriter.h"
#include "support/squeeze.h"

/* The packets of a test's file; each differs in length and bytes. */
#define PACKETS 5

static struct names *names;

static int names_begin(void **state)
{
	(void)state;
	names = names_new();
	return names ? 0 : -1;
}

static int names_end(void **state)
{
	(void)state;
	names_free(names);
	return 0;
}

static struct span packet_data(size_t i)
{
	static const char text[] = "the bytes of a packet, of which each takes some more";

	return span_make(text + i, 7 * i);
}

/* How a file of the packets above is made, and where each of its records ends. */
struct sample {
	struct pcapwriter w;
	size_t section;       /* offset behind the file's first header */
	size_t header;        /* offset behind all that comes before the packets */
	size_t ends[PACKETS]; /* offset behind packet i */
};

static struct sample sample_pcap(uint32_t magic, bool big)
{
	struct sample s = { .w = { .big = big } };

	pcapwriter_header(&s.w, magic, 1);
	s.section = s.header = s.w.len;
	for (size_t i = 0; i < PACKETS; i++) {
		pcapwriter_record(&s.w, i * NS_PER_S, packet_data(i), 100);
		s.ends[i] = s.w.len;
	}
	return s;
}

static struct sample sample_pcapng(bool big)
{
	static const struct pcapwriter_iface eth0 = { .link = 1, .name = "eth0" };
	struct sample s = { .w = { .big = big } };

	pcapwriter_section(&s.w);
	s.section = s.w.len;
	pcapwriter_interface(&s.w, &eth0);
	s.header = s.w.len;
	for (size_t i = 0; i < PACKETS; i++) {
		pcapwriter_enhanced(&s.w, 0, i * 1000000, packet_data(i), 100);
		s.ends[i] = s.w.len;
	}
	return s;
}

static struct span sample_bytes(const struct sample *s)
{
	return span_make(s->w.bytes, s->w.len);
}

/* Read path to its end and compare each packet. */
static enum source_status read_all(const char *path, size_t *cnt, char message[256])
{
	enum source_status status;
	struct source *s = NULL;
	struct packet p;
	char why[256] = "";
	int err = file_open(path, names, NULL, &s, why, sizeof(why));

	*cnt = 0;
	if (err)
		fail_msg("%s: %s", path, why);
	while ((status = source_next(s, &p)) == SOURCE_PACKET) {
		struct span want = packet_data(*cnt);

		assert_true(*cnt < PACKETS);
		assert_int_equal(p.caplen, want.len);
		if (want.len)
			assert_memory_equal(p.data, want.ptr, want.len);
		assert_int_equal(p.len, 100);
		assert_int_equal(p.link, 1);
		assert_int_equal(p.time_ns, *cnt * NS_PER_S);
		assert_non_null(p.source);
		++*cnt;
	}
	/* What the end was is said again, as often as it is asked. */
	assert_int_equal(source_next(s, &p), status);
	assert_int_equal(status == SOURCE_DAMAGED, s->message[0] != '\0');
	(void)snprintf(message, 256, "%s", s->message);
	source_close(s);
	return status;
}

/* As a regular file, or as a pipe that gives it in so many pieces. */
static enum source_status read_bytes(struct span bytes, size_t pieces, size_t *cnt,
				     char message[256])
{
	struct memfile m = pieces ? memfile_pipe(bytes, pieces) : memfile_make(bytes);
	enum source_status status = read_all(m.path, cnt, message);

	memfile_close(&m);
	return status;
}

static void check_whole(struct span bytes)
{
	char message[256];
	size_t cnt;

	for (size_t pieces = 0; pieces <= MEMFILE_PIECES; pieces++) {
		assert_int_equal(read_bytes(bytes, pieces, &cnt, message), SOURCE_END);
		assert_int_equal(cnt, PACKETS);
	}
}

static void check_open_fails(struct span bytes, int err, const char *why)
{
	struct memfile m = memfile_make(bytes);
	struct source *s = (struct source *)&m;
	char got[256] = "";

	assert_int_equal(file_open(m.path, names, NULL, &s, got, sizeof(got)), err);
	assert_null(s);
	assert_string_equal(got, why);
	memfile_close(&m);
}

static void every_form_is_read_from_a_file_and_from_a_pipe_in_pieces(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct sample all[] = { sample_pcap(PCAPWRITER_MICRO, big),
					sample_pcap(PCAPWRITER_NANO, big),
					sample_pcap(PCAPWRITER_MODIFIED, big), sample_pcapng(big) };

		for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
			struct span gz = squeeze_gzip(sample_bytes(&all[i]));
			struct span zst = squeeze_zstd(sample_bytes(&all[i]));

			check_whole(sample_bytes(&all[i]));
			check_whole(gz);
			check_whole(zst);
			squeeze_free(gz);
			squeeze_free(zst);
			pcapwriter_free(&all[i].w);
		}
	}
}

static void check_cuts(struct sample *s, size_t pieces)
{
	for (size_t n = 1; n < s->w.len; n++) {
		char message[256], want[128];
		size_t cnt, whole = 0;
		bool at_end = n == s->header || n == s->section;
		enum source_status status;

		for (size_t i = 0; i < PACKETS; i++) {
			whole += n >= s->ends[i];
			at_end |= n == s->ends[i];
		}
		status = read_bytes(span_make(s->w.bytes, n), pieces, &cnt, message);
		assert_int_equal(cnt, whole);
		assert_int_equal(status, at_end ? SOURCE_END : SOURCE_DAMAGED);
		(void)snprintf(want, sizeof(want), "cut short: the file ends at offset %zu, ", n);
		if (!at_end && strncmp(message, want, strlen(want)) != 0)
			fail_msg("cut at %zu: %s", n, message);
	}
	pcapwriter_free(&s->w);
}

static void every_cut_gives_all_packets_before_it_and_its_offset(void **state)
{
	(void)state;
	for (int form = 0; form < 8; form++) {
		bool big = form & 1;
		size_t pieces = form & 2 ? MEMFILE_PIECES : 0;
		struct sample s =
			form & 4 ? sample_pcapng(big) : sample_pcap(PCAPWRITER_MICRO, big);

		check_cuts(&s, pieces);
	}
}

static void a_cut_tells_how_far_into_which_record(void **state)
{
	struct sample s = sample_pcap(PCAPWRITER_MICRO, false);
	char message[256];
	size_t cnt;

	(void)state;
	read_bytes(span_make(s.w.bytes, s.ends[3] + 15), 0, &cnt, message);
	assert_string_equal(message, "cut short: the file ends at offset 145, 15 bytes into a "
				     "packet record's header of 16");
	read_bytes(span_make(s.w.bytes, s.ends[3] + 18), 0, &cnt, message);
	assert_string_equal(message, "cut short: the file ends at offset 148, 18 bytes into a "
				     "packet record of 44");
	read_bytes(span_make(s.w.bytes, 3), 0, &cnt, message);
	assert_string_equal(
		message, "cut short: the file ends at offset 3, 3 bytes into a file header of 24");
	pcapwriter_free(&s.w);

	s = sample_pcapng(false);
	pcapwriter_block(&s.w, 4, span_text("twelve bytes"));
	read_bytes(span_make(s.w.bytes, s.ends[4] + 17), 0, &cnt, message);
	(void)snprintf(message + 200, 50, "%zu, 17 bytes into a block of 24", s.ends[4] + 17);
	assert_non_null(strstr(message, message + 200));
	read_bytes(span_make(s.w.bytes, s.ends[4] + 22), 0, &cnt, message);
	assert_non_null(strstr(message, ", 22 bytes into a block of 24"));
	pcapwriter_free(&s.w);
}

static void a_broken_record_ends_the_file_there(void **state)
{
	struct sample s = sample_pcap(PCAPWRITER_MICRO, true);
	struct span zst;
	char message[256];
	size_t cnt;

	(void)state;
	pcapwriter_set32(&s.w, s.ends[2] + 8, 0xffffffff);
	assert_int_equal(read_bytes(sample_bytes(&s), 0, &cnt, message), SOURCE_DAMAGED);
	assert_int_equal(cnt, 3);
	assert_string_equal(message, "broken at offset 93: a packet record claims 4294967295 "
				     "bytes (limit 16777216)");
	zst = squeeze_zstd(sample_bytes(&s));
	assert_int_equal(read_bytes(zst, 0, &cnt, message), SOURCE_DAMAGED);
	assert_int_equal(cnt, 3);
	assert_string_equal(message, "broken at offset 93 of the decompressed stream: a packet "
				     "record claims 4294967295 bytes (limit 16777216)");
	squeeze_free(zst);
	pcapwriter_free(&s.w);
}

static void check_compressed_cuts(struct span squeezed, const char *name)
{
	for (size_t n = 1; n < squeezed.len; n++) {
		char message[256], want[128];
		size_t cnt;

		assert_int_equal(read_bytes(span_first(squeezed, n), n & 1, &cnt, message),
				 SOURCE_DAMAGED);
		(void)snprintf(want, sizeof(want),
			       "cut short: the %s data ends in its middle at byte %zu,", name, n);
		if (strncmp(message, want, strlen(want)) != 0)
			fail_msg("cut at %zu: %s", n, message);
	}
	squeeze_free(squeezed);
}

static void every_cut_of_a_compressed_file_is_told(void **state)
{
	struct sample s = sample_pcap(PCAPWRITER_MICRO, false);

	(void)state;
	check_compressed_cuts(squeeze_gzip(sample_bytes(&s)), "gzip");
	check_compressed_cuts(squeeze_zstd(sample_bytes(&s)), "zstd");
	pcapwriter_free(&s.w);
}

/* Two members or frames, divided at every offset of the file. */
static void check_members(struct span (*squeeze)(struct span))
{
	struct sample s = sample_pcapng(true);
	char message[256];
	size_t cnt;

	for (size_t n = 0; n <= s.w.len; n++) {
		struct span a = squeeze(span_first(sample_bytes(&s), n));
		struct span b = squeeze(span_from(sample_bytes(&s), n));
		struct pcapwriter both = { .len = 0 };

		pcapwriter_bytes(&both, a);
		pcapwriter_bytes(&both, b);
		assert_int_equal(read_bytes(span_make(both.bytes, both.len), n & 1, &cnt, message),
				 SOURCE_END);
		assert_int_equal(cnt, PACKETS);
		pcapwriter_free(&both);
		squeeze_free(a);
		squeeze_free(b);
	}
	pcapwriter_free(&s.w);
}

static void members_and_frames_in_a_row_are_one_stream(void **state)
{
	(void)state;
	check_members(squeeze_gzip);
	check_members(squeeze_zstd);
}

static void zeros_behind_gzip_are_padding_and_other_bytes_are_damage(void **state)
{
	static const uint8_t zeros[512];
	struct sample s = sample_pcap(PCAPWRITER_MICRO, false);
	struct span gz = squeeze_gzip(sample_bytes(&s));
	struct pcapwriter w = { .len = 0 };
	char message[256];
	size_t cnt;

	(void)state;
	pcapwriter_bytes(&w, gz);
	pcapwriter_bytes(&w, span_make(zeros, sizeof(zeros)));
	check_whole(span_make(w.bytes, w.len));
	pcapwriter_bytes(&w, span_text("something else"));
	assert_int_equal(read_bytes(span_make(w.bytes, w.len), 0, &cnt, message), SOURCE_DAMAGED);
	assert_int_equal(cnt, PACKETS);
	assert_non_null(strstr(message, "incorrect header check"));
	squeeze_free(gz);
	pcapwriter_free(&w);
	pcapwriter_free(&s.w);
}

static void a_wrong_checksum_of_compressed_data_is_damage(void **state)
{
	struct sample s = sample_pcap(PCAPWRITER_MICRO, false);
	struct span gz = squeeze_gzip(sample_bytes(&s));
	struct pcapwriter w = { .len = 0 };
	char message[256];
	size_t cnt;

	(void)state;
	pcapwriter_bytes(&w, gz);
	w.bytes[w.len - 8] ^= 1;
	assert_int_equal(read_bytes(span_make(w.bytes, w.len), 1, &cnt, message), SOURCE_DAMAGED);
	assert_int_equal(cnt, PACKETS);
	assert_non_null(strstr(message, "of the decompressed stream, near byte"));
	assert_non_null(strstr(message, "of the gzip data: incorrect data check"));
	squeeze_free(gz);
	pcapwriter_free(&w);
	pcapwriter_free(&s.w);
}

/* zstd's library decompresses what it sees of a frame in one go, and gives nothing of it when
 * there is damage at its end. */
static void zstd_blocks_before_a_broken_one_are_read(void **state)
{
	const size_t block = 128 << 10, frame_header = 9, block_header = 3;
	struct pcapwriter w = { .big = false };
	struct span zst;
	struct memfile m;
	struct source *s;
	struct packet p;
	char why[256];
	size_t cnt = 0, record = 1016;
	uint32_t noise = 1;

	(void)state;
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	while (w.len < 3 * block) {
		uint8_t data[1000];

		/* Incompressible, so that blocks are stored and lie where they are expected. */
		for (size_t i = 0; i < sizeof(data); i++) {
			noise = noise * 1664525 + 1013904223;
			data[i] = (uint8_t)(noise >> 24);
		}
		pcapwriter_record(&w, 0, span_make(data, sizeof(data)), 1000);
	}
	zst = squeeze_zstd(span_make(w.bytes, w.len));
	pcapwriter_free(&w);
	pcapwriter_bytes(&w, zst);
	w.bytes[frame_header + 2 * (block_header + block)] |= 3 << 1; /* a reserved type */
	m = memfile_make(span_make(w.bytes, w.len));
	assert_int_equal(file_open(m.path, names, NULL, &s, why, sizeof(why)), 0);
	while (source_next(s, &p) == SOURCE_PACKET)
		cnt++;
	assert_int_equal(cnt, (2 * block - 24) / record);
	assert_non_null(strstr(s->message, "broken at offset 262144 of the decompressed stream"));
	source_close(s);
	memfile_close(&m);
	squeeze_free(zst);
	pcapwriter_free(&w);
}

static void standard_input_is_a_path_and_stays_open(void **state)
{
	struct sample s = sample_pcap(PCAPWRITER_NANO, true);
	struct memfile m = memfile_pipe(sample_bytes(&s), 3);
	int kept = dup(STDIN_FILENO);
	struct source *src;
	struct packet p;
	char why[256];

	(void)state;
	assert_true(dup2(m.fd, STDIN_FILENO) == STDIN_FILENO);
	assert_int_equal(file_open("-", names, NULL, &src, why, sizeof(why)), 0);
	assert_string_equal(src->name, "stdin");
	assert_int_equal(src->size_bytes, 0);
	for (size_t i = 0; i < PACKETS; i++)
		assert_int_equal(source_next(src, &p), SOURCE_PACKET);
	assert_string_equal(p.source, "stdin");
	assert_int_equal(src->read_bytes, s.w.len);
	assert_int_equal(source_next(src, &p), SOURCE_END);
	source_close(src);
	assert_int_equal(read(STDIN_FILENO, why, 1), 0);
	dup2(kept, STDIN_FILENO);
	close(kept);
	memfile_close(&m);
	pcapwriter_free(&s.w);
}

static void a_packets_source_outlives_its_file(void **state)
{
	struct sample s = sample_pcapng(false);
	struct memfile m = memfile_make(sample_bytes(&s));
	struct source *src;
	struct packet p;
	char why[256];

	(void)state;
	assert_int_equal(file_open(m.path, names, NULL, &src, why, sizeof(why)), 0);
	assert_int_equal(src->size_bytes, s.w.len);
	assert_int_equal(source_next(src, &p), SOURCE_PACKET);
	source_close(src);
	memfile_close(&m);
	pcapwriter_free(&s.w);
	assert_string_equal(p.source, "eth0");
	source_close(NULL);
}

static void what_is_no_capture_is_named(void **state)
{
	struct span gz = squeeze_gzip(span_text("GET / HTTP/1.1\r\n"));

	(void)state;
	check_open_fails(span_make("", 0), -EPROTO,
			 "not a capture file: it looks like an empty file");
	check_open_fails(span_text("{\"type\":\"exchange\"}\n"), -EPROTO,
			 "not a capture file: it looks like text");
	check_open_fails(gz, -EPROTO,
			 "not a capture file: it looks like text, compressed with gzip");
	check_open_fails(span_make("snoop\0\0\0\0\0\0\2", 12), -EPROTO,
			 "not a capture file: it looks like a Solaris snoop capture");
	check_open_fails(span_make("\xfd"
				   "7zXZ\0",
				   6),
			 -EPROTO,
			 "not a capture file: it looks like an xz file; decompress it first");
	check_open_fails(span_make("\1\2\3\4\5", 5), -EPROTO,
			 "not a capture file: it looks like bytes 01 02 03 04");
	squeeze_free(gz);
}

static void what_cannot_be_opened_says_why(void **state)
{
	struct source *s;
	char why[256];

	(void)state;
	assert_int_equal(file_open("/nonexistent/x.pcap", names, NULL, &s, why, sizeof(why)),
			 -ENOENT);
	assert_string_equal(why, "No such file or directory");
	assert_null(s);
	assert_int_equal(file_open("/", names, NULL, &s, why, sizeof(why)), -EISDIR);
	assert_string_equal(why, "Is a directory");
}

static void libpcaps_damage_is_told_with_its_offset(void **state)
{
	struct sample s = sample_pcap(PCAPWRITER_MODIFIED, false);
	struct span gz = squeeze_gzip(sample_bytes(&s));
	char message[256];
	size_t cnt;

	(void)state;
	assert_int_equal(read_bytes(span_make(s.w.bytes, s.ends[3] - 1), 1, &cnt, message),
			 SOURCE_DAMAGED);
	assert_int_equal(cnt, 3);
	(void)snprintf(message + 200, 50, "broken at offset %zu: trunc", s.ends[3] - 1);
	assert_int_equal(strncmp(message, message + 200, strlen(message + 200)), 0);
	assert_int_equal(read_bytes(span_make(s.w.bytes, 10), 0, &cnt, message), SOURCE_DAMAGED);
	assert_string_equal(message, "cut short: the file ends at offset 10, 10 bytes into a file "
				     "header of 24");
	/* Only the checksum is missing: libpcap sees a clean end, the file has none. */
	assert_int_equal(read_bytes(span_first(gz, gz.len - 1), 0, &cnt, message), SOURCE_DAMAGED);
	assert_int_equal(cnt, PACKETS);
	squeeze_free(gz);
	pcapwriter_free(&s.w);
}

/* A file of records that are as long as i * step; each byte tells its record. */
static void check_long_records(size_t step, size_t cnt, bool is_squeezed)
{
	uint8_t *data = malloc(step * cnt);
	struct pcapwriter w = { .big = false };
	struct span squeezed = { .ptr = NULL };
	struct memfile m;
	struct source *s;
	struct packet p;
	char why[256];

	assert_non_null(data);
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	for (size_t i = 1; i <= cnt; i++) {
		memset(data, (int)i, i * step);
		pcapwriter_record(&w, 0, span_make(data, i * step), 0);
	}
	if (is_squeezed)
		squeezed = squeeze_zstd(span_make(w.bytes, w.len));
	m = memfile_make(is_squeezed ? squeezed : span_make(w.bytes, w.len));
	assert_int_equal(file_open(m.path, names, NULL, &s, why, sizeof(why)), 0);
	for (size_t i = 1; i <= cnt; i++) {
		assert_int_equal(source_next(s, &p), SOURCE_PACKET);
		assert_int_equal(p.caplen, i * step);
		memset(data, (int)i, i * step);
		assert_memory_equal(p.data, data, i * step);
	}
	assert_int_equal(source_next(s, &p), SOURCE_END);
	source_close(s);
	memfile_close(&m);
	squeeze_free(squeezed);
	pcapwriter_free(&w);
	free(data);
}

static void records_may_straddle_and_exceed_the_window(void **state)
{
	(void)state;
	for (int squeezed = 0; squeezed < 2; squeezed++) {
		check_long_records(997, 100, squeezed);
		check_long_records(65536 - 16, 40, squeezed);
		check_long_records(CAPTURE_WINDOW / 2 + 1, 8, squeezed);
		check_long_records(CAPTURE_PACKET_MAX, 1, squeezed);
	}
}

static void a_file_cut_while_it_is_read_ends_in_damage(void **state)
{
	struct pcapwriter w = { .big = false };
	uint8_t data[1000] = { 0 };
	enum source_status status;
	struct memfile m;
	struct source *s;
	struct packet p;
	char why[256];
	size_t cnt = 1;

	(void)state;
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	while (w.len < 4 * CAPTURE_WINDOW)
		pcapwriter_record(&w, 0, span_make(data, sizeof(data)), 1000);
	m = memfile_make(span_make(w.bytes, w.len));
	assert_int_equal(file_open(m.path, names, NULL, &s, why, sizeof(why)), 0);
	assert_int_equal(source_next(s, &p), SOURCE_PACKET);
	assert_int_equal(ftruncate(m.fd, 2 * CAPTURE_WINDOW), 0);
	while ((status = source_next(s, &p)) == SOURCE_PACKET)
		cnt++;
	assert_int_equal(status, SOURCE_DAMAGED);
	assert_int_equal(cnt, (2 * CAPTURE_WINDOW - 24) / 1016);
	source_close(s);
	memfile_close(&m);
	pcapwriter_free(&w);
}

static void no_memory_is_told_and_leaks_nothing(void **state)
{
	struct pcapwriter w = { .big = false };
	uint8_t *data = calloc(1, 4 * CAPTURE_WINDOW);
	struct memfile m;

	(void)state;
	assert_non_null(data);
	pcapwriter_header(&w, PCAPWRITER_MICRO, 1);
	pcapwriter_record(&w, 0, span_text("short"), 0);
	pcapwriter_record(&w, 0, span_make(data, 4 * CAPTURE_WINDOW), 0);
	m = memfile_make(span_make(w.bytes, w.len));
	for (unsigned n = 1;; n++) {
		struct names *fresh = names_new();
		enum source_status status = SOURCE_END;
		struct source *s = NULL;
		struct packet p;
		char why[256];
		int err;

		failmalloc_arm(n);
		err = file_open(m.path, fresh, NULL, &s, why, sizeof(why));
		if (!err)
			while ((status = source_next(s, &p)) == SOURCE_PACKET)
				;
		if (!failmalloc_disarm()) {
			assert_int_equal(err, 0);
			assert_int_equal(status, SOURCE_END);
			source_close(s);
			names_free(fresh);
			break;
		}
		assert_true(err == -ENOMEM || status == SOURCE_DAMAGED);
		if (!err)
			assert_string_equal(s->message, "no memory for a packet record of 4194320 "
							"bytes at offset 45");
		source_close(s);
		names_free(fresh);
	}
	memfile_close(&m);
	pcapwriter_free(&w);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_is_read_from_a_file_and_from_a_pipe_in_pieces),
		cmocka_unit_test(every_cut_gives_all_packets_before_it_and_its_offset),
		cmocka_unit_test(a_cut_tells_how_far_into_which_record),
		cmocka_unit_test(a_broken_record_ends_the_file_there),
		cmocka_unit_test(every_cut_of_a_compressed_file_is_told),
		cmocka_unit_test(members_and_frames_in_a_row_are_one_stream),
		cmocka_unit_test(zeros_behind_gzip_are_padding_and_other_bytes_are_damage),
		cmocka_unit_test(a_wrong_checksum_of_compressed_data_is_damage),
		cmocka_unit_test(zstd_blocks_before_a_broken_one_are_read),
		cmocka_unit_test(standard_input_is_a_path_and_stays_open),
		cmocka_unit_test(a_packets_source_outlives_its_file),
		cmocka_unit_test(what_is_no_capture_is_named),
		cmocka_unit_test(what_cannot_be_opened_says_why),
		cmocka_unit_test(libpcaps_damage_is_told_with_its_offset),
		cmocka_unit_test(records_may_straddle_and_exceed_the_window),
		cmocka_unit_test(a_file_cut_while_it_is_read_ends_in_damage),
		cmocka_unit_test(no_memory_is_told_and_leaks_nothing),
	};

	return cmocka_run_group_tests(tests, names_begin, names_end);
}
