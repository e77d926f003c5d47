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
#include "capture/filter.h"
#include "capture/source.h"
#include "net/clock.h"
#include "net/flow.h"
#include "net/net.h"
#include "pipeline.h"
#include "support/failmalloc.h"
#include "support/memfile.h"
#include "support/packets.h"
#include "support/pcapwriter.h"

#define LANES_MOST 3
#define SEED       77
#define ETHERNET   1
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

/* Bytes of a segment of which more are to be expected. */
#define SEGMENT 1100
/* Packets of a connection in a row. */
#define TURN 20

static void record(struct pcapwriter *w, uint64_t time_ns, struct packets *b)
{
	struct span bytes;

	packets_eth(b, 0x0800);
	bytes = packets_bytes(b);
	pcapwriter_record(w, time_ns, bytes, (uint32_t)bytes.len);
}

/* A packet of one of some connections, which take turns: every 11th in two fragments, every 13th no
 * TCP. The others follow each other. */
static void packet_write(struct pcapwriter *w, uint64_t time_ns, unsigned i)
{
	static struct packets b;
	unsigned turn = i / TURN;
	struct endpoint client = packets_endpoint("10.0.0.1", (uint16_t)(2000 + turn % 50));
	struct endpoint server = packets_endpoint("10.0.0.2", turn % 7 ? 80 : 81);
	uint8_t payload[SEGMENT];

	for (size_t k = 0; k < sizeof(payload); k++)
		payload[k] = (uint8_t)(k * i);
	packets_begin(&b, payload, sizeof(payload));
	if (i % 13 == 0)
		packets_udp(&b, client.port, server.port);
	else
		packets_tcp(&b, client.port, server.port, SEGMENT * i, turn, TCP_ACK);
	if (i % 11 == 0) {
		struct span datagram = packets_bytes(&b);
		uint8_t whole[SEGMENT + 20];
		size_t len = datagram.len;

		memcpy(whole, datagram.ptr, len);
		for (int half = 0; half < 2; half++) {
			packets_begin(&b, whole + half * 512, half ? len - 512 : 512);
			packets_ip4_fragment(&b, &client.addr, &server.addr, i % 13 ? 6 : 17,
					     (uint16_t)i, (uint32_t)half * 512, half == 0);
			record(w, time_ns, &b);
		}
		return;
	}
	packets_ip4(&b, &client.addr, &server.addr, i % 13 ? 6 : 17);
	record(w, time_ns, &b);
}

static struct memfile capture(uint32_t magic, uint64_t begin_ns, unsigned packets)
{
	struct pcapwriter w = { .big = false };
	struct memfile m;

	pcapwriter_header(&w, magic, ETHERNET);
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
	struct filter *filter; /* NULL: none */
	struct clock clock;
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

/* The first ones, for tests of few packets. */
#define RUNS_KEPT 64

/* One lane, on its thread. */
struct job {
	pthread_t thread;
	struct feed *feed;
	const struct pipeline_config *config;
	unsigned lane, lanes;
	unsigned notes[FEED_COMMENT + 1];
	uint64_t batches, segments, ignored;
	uint64_t trains, in_trains; /* these, and packets in them */
	struct feed_run runs[RUNS_KEPT];
	size_t runs_cnt;
	struct intake intake;
};

/* Those before the i-th run. How many. */
static unsigned notes_check(struct job *j, struct alone *a, const struct feed_batch *b, size_t i)
{
	unsigned found = 0;

	for (size_t k = 0; k < b->notes_cnt; k++) {
		CHECK(b->notes[k].before <= b->runs_cnt);
		if (b->notes[k].before != i)
			continue;
		found++;
		j->notes[b->notes[k].word]++;
		if (b->notes[k].word == FEED_REWOUND) {
			decoder_finish(a->decoder);
			a->clock = (struct clock){ 0 };
		}
	}
	return found;
}

/* What all batches take of memory is bounded, whatever reads the file. */
static void size_check(const struct feed_batch *b)
{
	size_t bytes = 0;

	for (size_t i = 0; i < b->segments_cnt; i++)
		bytes += b->segments[i].payload.len;
	CHECK(bytes <= CAPTURE_WINDOW);
}

/* The next packet of the run. s: its segment, if the run has any. */
static void packet_check(struct job *j, struct alone *a, const struct feed_run *run,
			 const struct segment *s)
{
	struct segment expected;
	struct packet pkt;
	bool is_segment;

	CHECK(alone_next(a, &pkt));
	if (a->filter && !filter_match(a->filter, &pkt)) {
		CHECK(run->part == FEED_UNWANTED);
		CHECK(run->time_ns == pkt.time_ns);
		return;
	}
	(void)clock_follow(&a->clock, pkt.time_ns);
	is_segment = decoder_packet(a->decoder, &pkt, &expected) == DECODE_TCP;
	if (!is_segment ||
	    !port_set_has_either(j->config->ports, expected.src.port, expected.dst.port)) {
		CHECK(run->part == FEED_NOBODY);
		CHECK(run->time_ns == pkt.time_ns);
		return;
	}
	CHECK(run->part == flow_part(&expected, j->lanes));
	check_segment(s, &expected);
	CHECK(!run->is_train || (expected.goes_on && a->clock.now_ns == pkt.time_ns));
}

/* What the segments of a train bring together. */
static void train_check(const struct net_train *t, const struct segment *s, size_t cnt)
{
	uint64_t bytes = 0;
	uint32_t ack = 0;
	bool has_ack = false;

	for (const struct segment *end = s + cnt; s < end; s++) {
		bytes += s->payload_len;
		ack = s->payload_len ? ack : s->ack;
		has_ack |= !s->payload_len;
	}
	CHECK(t->bytes == bytes && bytes <= INT32_MAX - NET_WINDOW_MAX);
	CHECK(t->has_ack == has_ack && t->ack == ack);
}

static void run_check(struct job *j, struct alone *a, const struct feed_run *run,
		      const struct segment *s)
{
	size_t segments = feed_segments(run);

	CHECK(segments == 0 || segments == run->packets);
	CHECK(run->packets == 1 || run->is_train);
	CHECK(segments || !run->is_train);
	for (unsigned i = 0; i < run->packets; i++)
		packet_check(j, a, run, segments ? &s[i] : NULL);
	if (segments)
		CHECK(run->time_ns == s[segments - 1].time_ns);
	if (!run->is_train)
		return;
	train_check(&run->train, s, segments);
	j->trains++;
	j->in_trains += run->packets;
}

static void batch_check(struct job *j, struct alone *a, const struct feed_batch *b)
{
	const struct segment *s = b->segments;
	size_t packets = 0;

	size_check(b);
	CHECK(b->number == a->number);
	for (size_t i = 0; i < b->runs_cnt; i++) {
		const struct feed_run *run = &b->runs[i];

		/* What a note says is of one packet. */
		if (notes_check(j, a, b, i))
			CHECK(!run->is_train);
		run_check(j, a, run, s);
		if (j->runs_cnt < RUNS_KEPT)
			j->runs[j->runs_cnt++] = *run;
		s += feed_segments(run);
		packets += run->packets;
	}
	(void)notes_check(j, a, b, b->runs_cnt);
	CHECK(s == b->segments + b->segments_cnt);
	CHECK(packets == b->packets_cnt);
	j->batches++;
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
	char why[512];

	if (j->config->filter)
		CHECK(filter_new(j->config->filter, &a.filter, why, sizeof(why)) == 0);
	while ((b = feed_get(j->feed, j->lane))) {
		batch_check(j, &a, b);
		feed_put(j->feed, j->lane);
	}
	CHECK(!alone_next(&a, &pkt));
	filter_free(a.filter);
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
		/* Most packets are in trains, and some of these go over the end of a batch. */
		assert_true(jobs[0].batches > FEED_BATCHES);
		assert_true(jobs[0].in_trains > PACKETS / 2);
		assert_true(jobs[0].in_trains > jobs[0].trains * 3);
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

/* A packet, and what it is to the runs. */
struct row {
	const char *what;
	int64_t after_ns; /* the packet before */
	enum {
		DATA,
		FIN,
		UDP,
		LOST,
		AGAIN,
		ACKS,
		OTHER,
		/* The other side's: it has all, ... */
		ACK_ALL,
		ACK_LESS,
		ACK_MORE, /* than there is */
	} kind;
	const char *comment;
	enum { ALONE, BEGINS, CONTINUES } run;
};

static const struct row rows[] = {
	{ "the first", 1, DATA, NULL, ALONE },
	{ "the second", 1, DATA, NULL, BEGINS },
	{ "the third", 1, DATA, NULL, CONTINUES },
	{ "one at the same time", 0, DATA, NULL, CONTINUES },
	{ "one with a comment", 1, DATA, "look", ALONE },
	{ "one behind it", 1, DATA, NULL, BEGINS },
	{ "one that goes back", -1000, DATA, NULL, ALONE },
	{ "one that is back still", 10, DATA, NULL, ALONE },
	{ "one that has caught up", 2000, DATA, NULL, BEGINS },
	{ "one that leaps", 700 * (int64_t)NS_PER_S, DATA, NULL, ALONE },
	{ "one that confirms it", 1, DATA, NULL, BEGINS },
	{ "one behind both", 1, DATA, NULL, CONTINUES },
	{ "another connection's", 1, OTHER, NULL, ALONE },
	{ "the first one's again", 1, DATA, NULL, ALONE },
	{ "one behind that", 1, DATA, NULL, BEGINS },
	{ "the last one", 1, FIN, NULL, ALONE },
	{ "one behind the last", 1, DATA, NULL, ALONE },
	{ "and another", 1, DATA, NULL, BEGINS },
	{ "one behind a hole", 1, LOST, NULL, ALONE },
	{ "one behind that", 1, DATA, NULL, BEGINS },
	{ "a retransmission", 1, AGAIN, NULL, ALONE },
	{ "one behind what was sent again", 1, DATA, NULL, BEGINS },
	{ "one that acknowledges more", 1, ACKS, NULL, ALONE },
	{ "one that does not", 1, DATA, NULL, BEGINS },
	{ "no TCP", 1, UDP, NULL, ALONE },
	{ "one behind it", 1, DATA, NULL, BEGINS },
	{ "what acknowledges it", 1, ACK_ALL, NULL, CONTINUES },
	{ "one behind what acknowledged", 1, DATA, NULL, CONTINUES },
	{ "what acknowledges that", 1, ACK_ALL, NULL, CONTINUES },
	{ "the same again", 1, ACK_ALL, NULL, CONTINUES },
	{ "the same with a comment", 1, ACK_ALL, "look", ALONE },
	{ "the same without", 1, ACK_ALL, NULL, BEGINS },
	{ "the same in the past", -1000, ACK_ALL, NULL, ALONE },
	{ "the same in the present", 1000, ACK_ALL, NULL, BEGINS },
	{ "one behind acknowledgements", 1, DATA, NULL, CONTINUES },
	{ "what acknowledges less than before", 1, ACK_LESS, NULL, ALONE },
	{ "one behind that", 1, DATA, NULL, ALONE },
	{ "one behind both", 1, DATA, NULL, BEGINS },
	{ "what acknowledges bytes to come", 1, ACK_MORE, NULL, ALONE },
	{ "the bytes", 1, DATA, NULL, ALONE },
	{ "one behind them", 1, DATA, NULL, BEGINS },
	{ "the end", 1, DATA, NULL, CONTINUES },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

static bool is_ack(const struct row *r)
{
	return r->kind == ACK_ALL || r->kind == ACK_LESS || r->kind == ACK_MORE;
}

/* As an enhanced packet block, with a comment if there is one. */
static void row_record(struct pcapwriter *w, uint64_t time_ns, struct packets *b,
		       const char *comment)
{
	struct pcapwriter body = { .big = false };
	struct span bytes = packets_bytes(b);

	pcapwriter_u32(&body, 0);
	pcapwriter_u32(&body, (uint32_t)(time_ns >> 32));
	pcapwriter_u32(&body, (uint32_t)time_ns);
	pcapwriter_u32(&body, (uint32_t)bytes.len);
	pcapwriter_u32(&body, (uint32_t)bytes.len);
	pcapwriter_bytes(&body, bytes);
	while (body.len % 4)
		pcapwriter_bytes(&body, span_make((const uint8_t *)"", 1));
	if (comment) {
		pcapwriter_u16(&body, 1);
		pcapwriter_u16(&body, (uint16_t)strlen(comment));
		pcapwriter_bytes(&body, span_text(comment));
		while (body.len % 4)
			pcapwriter_bytes(&body, span_make((const uint8_t *)"", 1));
		pcapwriter_u32(&body, 0);
	}
	pcapwriter_block(w, 6, span_make(body.bytes, body.len));
	pcapwriter_free(&body);
}

/* The rows as pcapng. */
static struct memfile rows_write(void)
{
	static const uint8_t nanoseconds = 9;
	const struct pcapwriter_iface iface = { .link = ETHERNET, .tsresol = &nanoseconds };
	static struct packets b;
	struct endpoint src = packets_endpoint("10.0.0.2", 80);
	uint8_t payload[SEGMENT] = { 0 };
	struct pcapwriter w = { .big = false };
	uint64_t time_ns = 1000 * NS_PER_S;
	uint32_t seq = UINT32_MAX - 5 * SEGMENT, ack = 7;
	struct memfile m;

	pcapwriter_section(&w);
	pcapwriter_interface(&w, &iface);
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		struct endpoint dst = packets_endpoint("10.0.0.1", r->kind == OTHER ? 2001 : 2000);
		uint32_t acked = seq;

		time_ns += (uint64_t)r->after_ns;
		seq += r->kind == LOST ? SEGMENT : 0;
		seq -= r->kind == AGAIN ? SEGMENT : 0;
		ack += r->kind == ACKS;
		acked += r->kind == ACK_MORE ? 1 : 0;
		acked -= r->kind == ACK_LESS ? 2 * SEGMENT : 0;
		packets_begin(&b, payload, is_ack(r) ? 0 : sizeof(payload));
		if (is_ack(r))
			packets_tcp(&b, dst.port, src.port, ack, acked, TCP_ACK);
		else if (r->kind == UDP)
			packets_udp(&b, src.port, dst.port);
		else
			packets_tcp(&b, src.port, dst.port, seq, ack,
				    r->kind == FIN ? TCP_ACK | TCP_FIN : TCP_ACK);
		if (is_ack(r))
			packets_ip4(&b, &dst.addr, &src.addr, 6);
		else
			packets_ip4(&b, &src.addr, &dst.addr, r->kind == UDP ? 17 : 6);
		packets_eth(&b, 0x0800);
		row_record(&w, time_ns, &b, r->comment);
		seq += r->kind == UDP || r->kind == OTHER || is_ack(r) ? 0 : SEGMENT;
	}
	m = memfile_make(span_make(w.bytes, w.len));
	pcapwriter_free(&w);
	return m;
}

/* The runs that a lane was given are those of the rows. */
static void rows_check(const struct job *j)
{
	size_t run = 0;

	for (size_t i = 0; i < ROWS; run++) {
		const struct feed_run *r = &j->runs[run];
		size_t begin = i;

		assert_true(run < j->runs_cnt);
		for (i++; rows[begin].run == BEGINS && i < ROWS && rows[i].run == CONTINUES;)
			i++;
		if (r->packets != i - begin || r->is_train != (rows[begin].run == BEGINS))
			fail_msg("%s: %u packets, train: %d", rows[begin].what, r->packets,
				 r->is_train);
	}
	assert_int_equal(run, j->runs_cnt);
}

static void trains_end_where_anything_else_happens(void **state)
{
	struct memfile m = rows_write();
	const char *files[] = { m.path };
	/* Without a filter nobody wants UDP, but for its time; with it, not even that. */
	const char *const filters[] = { NULL, "tcp" };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pipeline_config config = { .files = files,
						  .files_cnt = 1,
						  .filter = filters[i] };

		for (unsigned lanes = 1; lanes <= LANES_MOST; lanes++) {
			struct job jobs[LANES_MOST];

			run(&config, lanes, jobs);
			for (unsigned k = 0; k < lanes; k++)
				rows_check(&jobs[k]);
			assert_int_equal(jobs[0].notes[FEED_COMMENT], 2);
			assert_int_equal(jobs[0].intake.filtered, i);
		}
	}
	memfile_close(&m);
}

/* Jumbograms (RFC 2675), of which little was captured: a few say more bytes than a run can count,
 * or each does. */
static void check_long_segments(uint32_t len)
{
	enum { CNT = 40 };
	struct endpoint src = packets_endpoint("2001:db8::1", 80);
	struct endpoint dst = packets_endpoint("2001:db8::2", 2000);
	struct pcapwriter w = { .big = false };
	static struct packets b;
	struct memfile m;
	const char *files[] = { NULL };
	struct pipeline_config config = { .files = files, .files_cnt = 1 };
	struct job jobs[LANES_MOST];

	pcapwriter_header(&w, PCAPWRITER_NANO, ETHERNET);
	for (uint32_t i = 0; i < CNT; i++) {
		packets_begin(&b, "abc", 3);
		packets_tcp(&b, src.port, dst.port, i * len, 7, TCP_ACK);
		packets_be32(&b, 8 + 20 + len);
		packets_be32(&b, 0x0600c204); /* next, length, jumbo option */
		packets_ip6(&b, &src.addr, &dst.addr, 0);
		memset(b.room + b.off + 4, 0, 2);
		packets_eth(&b, 0x86dd);
		pcapwriter_record(&w, NS_PER_S + i, packets_bytes(&b), 14 + 40 + 8 + 20 + len);
	}
	m = memfile_make(span_make(w.bytes, w.len));
	pcapwriter_free(&w);
	files[0] = m.path;
	run(&config, 1, jobs);
	assert_int_equal(jobs[0].segments, CNT);
	assert_int_equal(jobs[0].intake.decode.snapped, CNT);
	memfile_close(&m);
}

static void segments_of_any_length_are_counted(void **state)
{
	(void)state;
	check_long_segments(1u << 24);
	check_long_segments(1u << 28);
	check_long_segments(1u << 29);
	check_long_segments((1u << 29) + 1);
	check_long_segments(0x60000000);
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
		cmocka_unit_test(trains_end_where_anything_else_happens),
		cmocka_unit_test(segments_of_any_length_are_counted),
		cmocka_unit_test(damage_is_noted_behind_what_came_before),
		cmocka_unit_test(one_that_stops_ends_it_for_all),
		cmocka_unit_test(a_filter_that_does_not_compile_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
