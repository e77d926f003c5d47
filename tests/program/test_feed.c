/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A feed gives every lane what a source and a decoder give whoever reads alone, in the same order.
 */
#include "feed.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/names.h"
#include "capture/file.h"
#include "capture/source.h"
#include "net/flow.h"
#include "net/net.h"
#include "pipeline.h"
#include "support/failmalloc.h"
#include "support/memfile.h"
#include "support/packets.h"
#include "support/pcapwriter.h"

#define LANES_MOST 3
#define SEED       77
/* More than all batches together hold. */
#define PACKETS (FEED_BATCHES * FEED_BYTES / 700)
/* cmocka's own checks are of its thread alone. */
#define CHECK(that)                                                                                \
	do {                                                                                       \
		if (!(that)) {                                                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #that);         \
			abort();                                                                   \
		}                                                                                  \
	} while (0)
/* For a test that hangs. */
#define PATIENCE_S 60

/* A packet of one of some connections: every 11th in two fragments, every 13th no TCP. */
static void packet_write(struct pcapwriter *w, uint64_t time_ns, unsigned i)
{
	static struct packets b;
	struct endpoint client = packets_endpoint("10.0.0.1", (uint16_t)(2000 + i % 50));
	struct endpoint server = packets_endpoint("10.0.0.2", i % 7 ? 80 : 81);
	uint8_t payload[1200];

	for (size_t k = 0; k < sizeof(payload); k++)
		payload[k] = (uint8_t)(k * i);
	packets_begin(&b, payload, 1000 + i % 200);
	if (i % 13 == 0)
		packets_udp(&b, client.port, server.port);
	else
		packets_tcp(&b, client.port, server.port, 1000 * i, 1, TCP_ACK);
	if (i % 11 == 0) {
		struct span datagram = span_make(b.room + b.off, sizeof(b.room) - b.off);
		uint8_t whole[1400];
		size_t len = datagram.len;

		memcpy(whole, datagram.ptr, len);
		for (int half = 0; half < 2; half++) {
			packets_begin(&b, whole + half * 512, half ? len - 512 : 512);
			packets_ip4_fragment(&b, &client.addr, &server.addr, i % 13 ? 6 : 17,
					     (uint16_t)i, (uint32_t)half * 512, half == 0);
			datagram = span_make(b.room + b.off, sizeof(b.room) - b.off);
			pcapwriter_record(w, time_ns, datagram, (uint32_t)datagram.len);
		}
		return;
	}
	packets_ip4(&b, &client.addr, &server.addr, i % 13 ? 6 : 17);
	pcapwriter_record(w, time_ns, span_make(b.room + b.off, sizeof(b.room) - b.off),
			  (uint32_t)(sizeof(b.room) - b.off));
}

/* LINKTYPE_RAW. */
static struct memfile capture(uint32_t magic, uint64_t begin_ns, unsigned packets)
{
	struct pcapwriter w = { .big = false };
	struct memfile m;

	pcapwriter_header(&w, magic, 101);
	for (unsigned i = 0; i < packets; i++)
		packet_write(&w, begin_ns + i * 1000, i);
	m = memfile_make(span_make(w.bytes, w.len));
	pcapwriter_free(&w);
	return m;
}

/* Read alone, one packet ahead of the feed. */
struct alone {
	const struct pipeline_config *config;
	struct names *names;
	struct decoder *decoder;
	struct source *source;
	size_t file;
	uint64_t number;
};

static bool alone_next(struct alone *a, struct packet *pkt)
{
	char why[512];

	for (;;) {
		if (!a->source) {
			if (a->file == a->config->files_cnt)
				return false;
			if (file_open(a->config->files[a->file++], a->names, NULL, &a->source, why,
				      sizeof(why)))
				continue;
		}
		if (source_next(a->source, pkt) == SOURCE_PACKET) {
			pkt->number = ++a->number;
			return true;
		}
		source_close(a->source);
		a->source = NULL;
	}
}

static void check_segment(const struct segment *a, const struct segment *b)
{
	CHECK(memcmp(&a->src.addr, &b->src.addr, sizeof(a->src.addr)) == 0);
	CHECK(memcmp(&a->dst.addr, &b->dst.addr, sizeof(a->dst.addr)) == 0);
	CHECK(a->src.port == b->src.port);
	CHECK(a->dst.port == b->dst.port);
	CHECK(a->seq == b->seq);
	CHECK(a->packet == b->packet);
	CHECK(a->time_ns == b->time_ns);
	CHECK(a->payload_len == b->payload_len);
	CHECK(a->payload.len == b->payload.len);
	CHECK(memcmp(a->payload.ptr, b->payload.ptr, a->payload.len) == 0);
}

/* One lane, on its thread. */
struct job {
	pthread_t thread;
	struct feed *feed;
	const struct pipeline_config *config;
	unsigned lane, lanes;
	unsigned notes[FEED_COMMENT + 1];
	uint64_t segments, ignored;
	struct intake intake;
};

/* Those before the i-th packet. */
static void notes_check(struct job *j, struct alone *a, const struct feed_batch *b, size_t i)
{
	for (size_t k = 0; k < b->notes_cnt; k++) {
		CHECK(b->notes[k].before <= b->packets_cnt);
		if (b->notes[k].before != i)
			continue;
		j->notes[b->notes[k].word]++;
		if (b->notes[k].word == FEED_REWOUND)
			decoder_finish(a->decoder);
	}
}

/* What all batches take of memory is bounded, whatever reads the file. */
static void size_check(const struct feed_batch *b)
{
	size_t bytes = 0;

	for (size_t i = 0; i < b->segments_cnt; i++)
		bytes += b->segments[i].payload.len;
	CHECK(bytes <= CAPTURE_WINDOW);
}

static void batch_check(struct job *j, struct alone *a, const struct feed_batch *b)
{
	const struct segment *s = b->segments;

	size_check(b);
	CHECK(b->number == a->number);
	for (size_t i = 0; i < b->packets_cnt; i++) {
		struct segment expected;
		struct packet pkt;
		bool is_wanted;

		notes_check(j, a, b, i);
		CHECK(alone_next(a, &pkt));
		is_wanted =
			decoder_packet(a->decoder, &pkt, &expected) == DECODE_TCP &&
			port_set_has_either(j->config->ports, expected.src.port, expected.dst.port);
		CHECK(b->packets[i].time_ns == pkt.time_ns);
		CHECK(feed_has_segment(&b->packets[i]) == is_wanted);
		if (!is_wanted)
			continue;
		CHECK((b->packets[i].part) == (flow_part(&expected, SEED, j->lanes)));
		check_segment(s, &expected);
		s++;
	}
	notes_check(j, a, b, b->packets_cnt);
	CHECK(s == b->segments + b->segments_cnt);
	j->segments += b->segments_cnt;
	j->ignored += b->ports_ignored;
	j->intake = b->intake;
}

static void *follow(void *arg)
{
	struct job *j = arg;
	struct alone a = { .config = j->config,
			   .names = names_new(),
			   .decoder = decoder_new(SEED) };
	const struct feed_batch *b;
	struct packet pkt;

	while ((b = feed_get(j->feed, j->lane))) {
		batch_check(j, &a, b);
		feed_put(j->feed, j->lane);
	}
	CHECK(!alone_next(&a, &pkt));
	decoder_free(a.decoder);
	names_free(a.names);
	return NULL;
}

static struct feed *feed_of(const struct pipeline_config *config, unsigned lanes)
{
	struct feed *f;
	char why[512];

	alarm(PATIENCE_S);
	assert_int_equal(feed_new(config, lanes, SEED, &f, why, sizeof(why)), 0);
	assert_int_equal(feed_start(f), 0);
	return f;
}

static void run(const struct pipeline_config *config, unsigned lanes, struct job jobs[LANES_MOST])
{
	struct feed *f = feed_of(config, lanes);

	for (unsigned i = 0; i < lanes; i++) {
		jobs[i] = (struct job){ .feed = f, .config = config, .lane = i, .lanes = lanes };
		assert_int_equal(pthread_create(&jobs[i].thread, NULL, follow, &jobs[i]), 0);
	}
	for (unsigned i = 0; i < lanes; i++)
		pthread_join(jobs[i].thread, NULL);
	for (unsigned i = 1; i < lanes; i++)
		assert_int_equal(jobs[i].segments, jobs[0].segments);
	feed_free(f);
}

/* Two files, the second one earlier than the first. */
static void check_files(uint32_t magic)
{
	struct memfile first = capture(magic, 5000 * NS_PER_S, PACKETS);
	struct memfile second = capture(magic, 1000 * NS_PER_S, 500);
	const char *files[] = { first.path, second.path };
	struct pipeline_config config = { .files = files, .files_cnt = 2 };

	for (unsigned lanes = 1; lanes <= LANES_MOST; lanes++) {
		struct job jobs[LANES_MOST];

		run(&config, lanes, jobs);
		assert_true(jobs[0].segments > PACKETS * 9 / 10);
		assert_int_equal(jobs[0].notes[FEED_OPENED], 2);
		assert_int_equal(jobs[0].notes[FEED_CLOSED], 2);
		assert_int_equal(jobs[0].notes[FEED_REWOUND], 1);
		assert_int_equal(jobs[0].intake.decode.tcp_segments, jobs[0].segments);
		assert_int_equal(jobs[0].intake.first_ns, 1000 * NS_PER_S);
	}
	memfile_close(&first);
	memfile_close(&second);
}

static void every_lane_sees_every_packet(void **state)
{
	(void)state;
	check_files(PCAPWRITER_NANO);
}

static void packets_of_libpcap_are_kept_too(void **state)
{
	(void)state;
	check_files(PCAPWRITER_MODIFIED);
}

/* The bytes of a segment, which must be there still. */
static uint64_t sum_of(const struct segment *s)
{
	uint64_t sum = 1;

	for (size_t i = 0; i < s->payload.len; i++)
		sum = sum * 31 + s->payload.ptr[i];
	return sum;
}

enum { FEW = 40 };

/* Read a file of a few packets; the sums of its segments, by the packets' numbers. Whether
 * something is said of it. */
static bool few_read(struct feed *f, uint64_t sums[FEW * 2 + 1])
{
	const struct feed_batch *b;
	bool is_said = false;

	assert_int_equal(feed_start(f), 0);
	while ((b = feed_get(f, 0))) {
		for (size_t i = 0; i < b->segments_cnt; i++)
			sums[b->segments[i].packet] = sum_of(&b->segments[i]);
		for (size_t i = 0; i < b->notes_cnt; i++)
			is_said |= b->notes[i].word != FEED_OPENED && b->notes[i].text.len;
		is_said |= b->intake.decode.fragments_evicted != 0;
		feed_put(f, 0);
	}
	feed_free(f);
	return is_said;
}

static void what_there_is_no_memory_for_is_missing_and_said(void **state)
{
	struct memfile m = capture(PCAPWRITER_MODIFIED, NS_PER_S, FEW);
	const char *files[] = { m.path };
	struct pipeline_config config = { .files = files, .files_cnt = 1 };
	uint64_t whole[FEW * 2 + 1] = { 0 };
	bool has_failed = true, is_said;
	char why[512];

	(void)state;
	for (unsigned n = 0; has_failed; n++) {
		uint64_t some[FEW * 2 + 1] = { 0 };
		struct feed *f;

		alarm(PATIENCE_S);
		assert_int_equal(feed_new(&config, 1, SEED, &f, why, sizeof(why)), 0);
		if (n)
			failmalloc_arm(n);
		is_said = few_read(f, n ? some : whole);
		has_failed = !n || failmalloc_disarm();
		for (unsigned i = 0; n && i < FEW * 2 + 1; i++)
			assert_true(some[i] == whole[i] || (!some[i] && is_said));
	}
	memfile_close(&m);
}

static void segments_of_other_ports_are_counted(void **state)
{
	struct memfile m = capture(PCAPWRITER_NANO, NS_PER_S, 1000);
	const char *files[] = { m.path };
	struct port_set ports = { { 0 } };
	struct pipeline_config config = { .files = files, .files_cnt = 1, .ports = &ports };
	struct job jobs[LANES_MOST];

	(void)state;
	port_set_add(&ports, 81);
	run(&config, 2, jobs);
	assert_true(jobs[0].ignored > 700);
	assert_int_equal(jobs[0].ignored + jobs[0].segments, jobs[0].intake.decode.tcp_segments);
	memfile_close(&m);
}

static void damage_is_noted_behind_what_came_before(void **state)
{
	struct memfile whole = capture(PCAPWRITER_NANO, NS_PER_S, 3000);
	struct memfile text = memfile_make(span_text("no capture at all, whatever its name says"));
	const char *files[] = { text.path, whole.path };
	struct pipeline_config config = { .files = files, .files_cnt = 2 };
	struct job jobs[LANES_MOST];

	(void)state;
	assert_int_equal(ftruncate(whole.fd, lseek(whole.fd, 0, SEEK_END) - 5), 0);
	run(&config, 2, jobs);
	assert_int_equal(jobs[1].notes[FEED_UNOPENED], 1);
	assert_int_equal(jobs[1].notes[FEED_CLOSED], 1);
	assert_true(jobs[1].segments > 2700);
	memfile_close(&whole);
	memfile_close(&text);
}

static void one_that_stops_ends_it_for_all(void **state)
{
	struct memfile m = capture(PCAPWRITER_NANO, NS_PER_S, PACKETS);
	const char *files[] = { m.path, m.path, m.path };
	struct pipeline_config config = { .files = files, .files_cnt = 3 };

	(void)state;
	for (unsigned batches = 0; batches < 3; batches++) {
		struct feed *f = feed_of(&config, 2);

		for (unsigned i = 0; i < batches; i++) {
			assert_non_null(feed_get(f, 0));
			feed_put(f, 0);
		}
		feed_stop(f);
		assert_null(feed_get(f, 0));
		assert_null(feed_get(f, 1));
		feed_free(f);
	}
	memfile_close(&m);
}

static void a_filter_that_does_not_compile_is_said(void **state)
{
	struct pipeline_config config = { .filter = "no such thing" };
	struct feed *f;
	char why[512] = "";

	(void)state;
	assert_int_equal(feed_new(&config, 1, SEED, &f, why, sizeof(why)), -EINVAL);
	assert_null(f);
	assert_true(why[0] != '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_lane_sees_every_packet),
		cmocka_unit_test(packets_of_libpcap_are_kept_too),
		cmocka_unit_test(what_there_is_no_memory_for_is_missing_and_said),
		cmocka_unit_test(segments_of_other_ports_are_counted),
		cmocka_unit_test(damage_is_noted_behind_what_came_before),
		cmocka_unit_test(one_that_stops_ends_it_for_all),
		cmocka_unit_test(a_filter_that_does_not_compile_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
