/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The short way that a decoder takes for plain headers says what the long way says, and which
 * segments go on, of whatever comes behind a segment.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "net/twice.h"
#include "support/guard.h"
#include "support/packets.h"

#define ETHERNET 1
#define RAW      101

/* Where things are in a frame of Ethernet, IPv4 and TCP. */
#define IP_LENGTH 16
#define IP_FLAGS  20
#define IP_KIND   14
#define TCP_KIND  46
#define HEADERS   54
#define FRAME_MAX 800

/* A segment of which more are to be expected. */
#define LARGE 600

/* Two frames that follow each other, and how they look. */
struct pair {
	const char *name;
	uint8_t flags;
	size_t payload;  /* of each */
	size_t options;  /* of TCP, in bytes */
	size_t trailer;  /* Ethernet's padding */
	uint32_t seq;    /* of the first one */
	bool is_a_train; /* the second one goes on */
};

static const struct pair pairs[] = {
	{ "data", TCP_ACK, LARGE, 0, 0, 1000, true },
	{ "data with options", TCP_ACK | TCP_PSH, LARGE, 12, 0, 1000, true },
	{ "data that wraps", TCP_ACK, LARGE, 12, 0, UINT32_MAX - 20, true },
	{ "padded data", TCP_ACK, LARGE, 0, 5, 1000, true },
	{ "few data", TCP_ACK, 1, 0, 5, 1000, true },
	{ "acknowledgements", TCP_ACK, 0, 0, 0, 1000, false },
	{ "padded acknowledgements", TCP_ACK, 0, 0, 6, 1000, false },
	{ "the last data", TCP_ACK | TCP_FIN, LARGE, 0, 0, 1000, false },
	{ "data in SYNs", TCP_SYN, LARGE, 0, 0, 1000, false },
	{ "urgent data", TCP_ACK | TCP_URG, LARGE, 0, 0, 1000, false },
	{ "data that acknowledges nothing", 0, LARGE, 0, 0, 1000, false },
	{ "data in resets", TCP_ACK | TCP_RST, LARGE, 0, 0, 1000, false },
};
#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

struct frame {
	uint8_t bytes[FRAME_MAX];
	uint32_t caplen, len, link;
};

/* The n-th frame of such ones. */
static struct frame frame_of(const struct pair *how, unsigned n)
{
	static struct packets b;
	struct endpoint src = packets_endpoint("10.1.2.3", 1234);
	struct endpoint dst = packets_endpoint("10.4.5.6", 80);
	uint8_t payload[FRAME_MAX];
	struct frame f = { .link = ETHERNET };
	struct span bytes;

	for (size_t i = 0; i < sizeof(payload); i++)
		payload[i] = (uint8_t)(i * 7 + n);
	/* Options are what TCP's header length says, and no more. */
	packets_begin(&b, payload, how->options + how->payload);
	packets_tcp(&b, src.port, dst.port, how->seq + n * (uint32_t)how->payload, 77, how->flags);
	packets_ip4(&b, &src.addr, &dst.addr, 6);
	packets_eth(&b, 0x0800);
	if (how->trailer)
		packets_trailer(&b, payload, how->trailer);
	bytes = packets_bytes(&b);
	memcpy(f.bytes, bytes.ptr, bytes.len);
	f.bytes[TCP_KIND] = (uint8_t)((20 + how->options) / 4 << 4);
	f.caplen = f.len = (uint32_t)bytes.len;
	return f;
}

/* The frame in front of an unreadable page. */
static enum decode_result frame_decode(struct twice *t, const struct frame *f, uint64_t number)
{
	struct guard g = guard_copy(f->bytes, f->caplen);
	struct packet p = { .data = g.bytes.ptr,
			    .caplen = f->caplen,
			    .len = f->len,
			    .link = f->link,
			    .time_ns = number * 1000,
			    .number = number,
			    .source = "test" };
	enum decode_result result = twice_packet(t, &p);

	guard_free(&g);
	return result;
}

/* Decoders are costly to make: these have seen all that came in a test. */
static struct twice twice;

static int setup(void **state)
{
	(void)state;
	twice_begin(&twice);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	twice_end(&twice);
	return 0;
}

/* Frames in their order, behind something else. How many went on; whether each did is in *which, a
 * bit for each. */
static uint64_t check_all(const struct frame *frames, unsigned cnt, unsigned *which)
{
	uint64_t begin = twice.goes_on;

	*which = 0;
	twice_forget(&twice);
	for (unsigned i = 0; i < cnt; i++) {
		uint64_t before = twice.goes_on;

		(void)frame_decode(&twice, &frames[i], i + 1);
		*which |= (unsigned)(twice.goes_on > before) << i;
	}
	return twice.goes_on - begin;
}

/* Two frames, and a third that would follow the first. How many went on. */
static uint64_t check(const struct frame *first, const struct frame *second)
{
	const struct frame frames[] = { *first, *second, *first };
	unsigned which;

	return check_all(frames, 3, &which);
}

/* The same with decoders that truly have seen nothing. No fragments. */
static uint64_t check_fresh(const struct frame *first, const struct frame *second)
{
	const struct frame *frames[] = { first, second, first };
	struct twice t;

	twice_begin(&t);
	for (unsigned i = 0; i < 3; i++)
		(void)frame_decode(&t, frames[i], i + 1);
	twice_end(&t);
	return t.goes_on;
}

/* The next of some lengths up to max: every one near the headers and near max. */
static uint32_t length_after(uint32_t n, uint32_t max)
{
	enum { NEAR = 8 };

	return n > HEADERS + 12 + NEAR && n + NEAR < max ? max - NEAR : n + 1;
}

static void put_be16(struct frame *f, size_t at, uint32_t value)
{
	f->bytes[at] = (uint8_t)(value >> 8);
	f->bytes[at + 1] = (uint8_t)value;
}

static void data_that_follows_goes_on_and_nothing_else_does(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		struct frame first = frame_of(&pairs[i], 0), second = frame_of(&pairs[i], 1);

		if (check(&first, &second) != pairs[i].is_a_train ||
		    check_fresh(&first, &second) != pairs[i].is_a_train)
			fail_msg("%s", pairs[i].name);
	}
}

/* What may differ from one segment to the next that goes on: Ethernet's addresses; IP's class of
 * service, identification, time to live, and checksum; TCP's window, checksum and options. */
static bool may_differ(size_t at, size_t payload_at)
{
	return at < 12 || at == 15 || (at >= IP_LENGTH + 2 && at < IP_FLAGS) || at == 22 ||
	       (at >= 24 && at < 26) || (at >= TCP_KIND + 2 && at < payload_at);
}

static void any_bit_may_have_changed(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		size_t payload_at = HEADERS + pairs[i].options;

		for (size_t bit = 0; bit < payload_at * 8; bit++) {
			struct frame first = frame_of(&pairs[i], 0);
			struct frame second = frame_of(&pairs[i], 1);
			uint64_t goes_on;

			second.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			goes_on = check(&first, &second);
			if (i == 1)
				assert_int_equal(check_fresh(&first, &second), goes_on);
			if (pairs[i].is_a_train && may_differ(bit / 8, payload_at))
				assert_int_equal(goes_on, 1);
			/* The first one may have it, and the second one not. */
			(void)check(&second, &first);
		}
	}
}

static void both_may_have_changed_in_the_same_way(void **state)
{
	/* Type, version, flags and offset, protocol, ports, header length and flags. */
	static const size_t places[] = { 0,  12, 13, IP_KIND, 15,       IP_FLAGS,    IP_FLAGS + 1,
					 22, 23, 34, 36,      TCP_KIND, TCP_KIND + 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		for (unsigned value = 0; value < 256; value++) {
			struct frame first = frame_of(&pairs[1], 0);
			struct frame second = frame_of(&pairs[1], 1);

			first.bytes[places[i]] = second.bytes[places[i]] = (uint8_t)value;
			(void)check(&first, &second);
		}
	}
}

static void any_part_of_it_may_have_been_captured(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		struct frame first = frame_of(&pairs[i], 0), second = frame_of(&pairs[i], 1);
		uint32_t whole = second.len;

		for (uint32_t n = 0; n <= whole; n = length_after(n, whole)) {
			/* By the snap length, by the wire, and by who has no idea. */
			uint32_t lens[] = { whole, n, 0 };

			for (size_t k = 0; k < 3; k++) {
				second.caplen = n;
				second.len = lens[k];
				(void)check(&first, &second);
				(void)check(&second, &first);
				(void)check(&second, &second);
			}
		}
	}
}

static void any_length_may_be_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < PAIRS; i++) {
		struct frame first = frame_of(&pairs[i], 0), second = frame_of(&pairs[i], 1);
		uint32_t whole = second.caplen;

		for (uint32_t total = 0; total <= whole + 20;
		     total = length_after(total, whole - 20)) {
			put_be16(&second, IP_LENGTH, total == whole + 20 ? UINT16_MAX : total);
			for (int is_cut = 0; is_cut < 2; is_cut++) {
				second.len = whole + (is_cut ? 1000 : 0);
				(void)check(&first, &second);
				(void)check(&second, &first);
			}
		}
	}
}

static void any_header_of_tcp_may_be_as_long_as_it_likes(void **state)
{
	(void)state;
	for (unsigned first_words = 0; first_words < 16; first_words++) {
		for (unsigned words = 0; words < 16; words++) {
			struct frame first = frame_of(&pairs[1], 0);
			struct frame second = frame_of(&pairs[1], 1);

			first.bytes[TCP_KIND] = (uint8_t)(first_words << 4);
			second.bytes[TCP_KIND] = (uint8_t)(words << 4 | 1);
			(void)check(&first, &second);
		}
	}
}

static void fragments_are_no_train(void **state)
{
	static const uint16_t flags[] = {
		0, 0x4000, 0x8000, 0xc000, 0x2000, 0x6000, 0x0001, 0x1fff
	};
	const size_t cnt = sizeof(flags) / sizeof(flags[0]);

	(void)state;
	for (size_t a = 0; a < cnt; a++) {
		for (size_t b = 0; b < cnt; b++) {
			struct frame first = frame_of(&pairs[0], 0);
			struct frame second = frame_of(&pairs[0], 1);
			bool is_whole = !((flags[a] | flags[b]) & 0x3fff);
			uint64_t goes_on;

			put_be16(&first, IP_FLAGS, flags[a]);
			put_be16(&second, IP_FLAGS, flags[b]);
			goes_on = check(&first, &second);
			assert_true(is_whole || !goes_on);
			if (is_whole && a == b)
				assert_int_equal(goes_on, 1);
		}
	}
}

/* The frame with bytes put in at a place; its IPv4 length is len more. */
static void put_in(struct frame *f, size_t at, const void *bytes, size_t len, size_t more)
{
	memmove(f->bytes + at + len, f->bytes + at, f->caplen - at);
	memcpy(f->bytes + at, bytes, len);
	f->caplen += (uint32_t)len;
	f->len = f->caplen;
	if (more)
		put_be16(f, IP_LENGTH, (uint32_t)(f->caplen - IP_KIND));
}

static void other_headers_do_not_end_a_train(void **state)
{
	static const uint8_t nops[] = { 1, 1, 1, 0 }, tag[] = { 0x81, 0, 0, 5 };

	(void)state;
	for (int variant = 0; variant < 9; variant++) {
		struct frame f[2];
		int which = variant / 3; /* the second one, the first one, both */

		for (int i = 0; i < 2; i++) {
			f[i] = frame_of(&pairs[0], (unsigned)i);
			if (which != 2 && which == i)
				continue;
			if (variant % 3 == 0) {
				put_in(&f[i], HEADERS - 20, nops, sizeof(nops), 4);
				f[i].bytes[IP_KIND] = 0x46;
			} else if (variant % 3 == 1) {
				put_in(&f[i], 12, tag, sizeof(tag), 0);
			} else {
				/* Nothing of Ethernet. */
				f[i].caplen = f[i].len -= IP_KIND;
				memmove(f[i].bytes, f[i].bytes + IP_KIND, f[i].caplen);
				f[i].link = RAW;
			}
		}
		assert_int_equal(check(&f[0], &f[1]), 1);
	}
}

/* A segment inside another packet. */
static void segments_inside_other_packets_go_on_too(void **state)
{
	static const uint8_t protocols[] = { 4, 47 }; /* IPv4 in IPv4, GRE */
	struct endpoint src = packets_endpoint("80.1.2.3", 1),
			dst = packets_endpoint("80.4.5.6", 2);

	(void)state;
	for (size_t i = 0; i < sizeof(protocols); i++) {
		struct frame f[2];

		for (unsigned k = 0; k < 2; k++) {
			static struct packets b;
			struct frame inner = frame_of(&pairs[0], k);

			packets_begin(&b, inner.bytes + IP_KIND, inner.caplen - IP_KIND);
			if (protocols[i] == 47)
				packets_gre(&b, 0x0800);
			packets_ip4(&b, &src.addr, &dst.addr, protocols[i]);
			packets_eth(&b, 0x0800);
			f[k] = (struct frame){ .link = ETHERNET };
			f[k].caplen = f[k].len = (uint32_t)packets_bytes(&b).len;
			memcpy(f[k].bytes, packets_bytes(&b).ptr, f[k].caplen);
		}
		assert_int_equal(check(&f[0], &f[1]), 1);
	}
	assert_int_equal(twice.segments, 3 * sizeof(protocols));
}

/* The last fragment to come brings the segment; that it is a first one must not be forgotten. */
static void a_datagram_is_whole_when_its_first_fragment_comes_last(void **state)
{
	enum { HALF = 640 };
	struct frame first = frame_of(&pairs[0], 0), rest = first;
	uint32_t behind = first.caplen - (HEADERS - 20);

	(void)state;
	assert_true(behind > HALF - 40 && behind < 2 * HALF);
	put_be16(&first, IP_FLAGS, 0x2000);
	put_be16(&first, IP_LENGTH, 20 + 600);
	first.caplen = first.len = HEADERS - 20 + 600;
	memmove(rest.bytes + HEADERS - 20, rest.bytes + HEADERS - 20 + 600, behind - 600);
	rest.caplen = rest.len = HEADERS - 20 + behind - 600;
	put_be16(&rest, IP_LENGTH, 20 + behind - 600);
	put_be16(&rest, IP_FLAGS, 600 / 8);
	/* The third one is another datagram's, which waits. */
	assert_int_equal(check(&rest, &first), 0);
	assert_int_equal(twice.segments, 1);
	put_be16(&first, IP_LENGTH + 2, 7);
	assert_int_equal(frame_decode(&twice, &first, 4), DECODE_OTHER);
}

/* What would be a frame of Ethernet, IPv4 and TCP by some of its bytes is raw IP. */
static void what_looks_like_ethernet_takes_the_long_way(void **state)
{
	struct endpoint src = packets_endpoint("8.0.69.0", 0x4000);
	struct endpoint dst = packets_endpoint("10.0.0.1", 6);
	static struct packets b;
	uint8_t payload[LARGE] = { 0 };
	struct frame f[2];

	(void)state;
	for (unsigned k = 0; k < 2; k++) {
		packets_begin(&b, payload, sizeof(payload));
		packets_tcp(&b, src.port, dst.port, 1000 + (k << 16), 1, TCP_ACK);
		packets_ip4(&b, &src.addr, &dst.addr, 6);
		f[k] = (struct frame){ .link = RAW };
		f[k].caplen = f[k].len = (uint32_t)packets_bytes(&b).len;
		memcpy(f[k].bytes, packets_bytes(&b).ptr, f[k].caplen);
		assert_int_equal(f[k].bytes[12] << 8 | f[k].bytes[13], 0x0800);
		assert_int_equal(f[k].bytes[IP_KIND], 0x45);
		assert_int_equal(f[k].bytes[23], 6);
	}
	assert_int_equal(check(&f[0], &f[1]), 0);
	assert_int_equal(twice.segments, 3);
}

static void other_links_take_the_long_way(void **state)
{
	(void)state;
	for (uint32_t link = 0; link < 300; link++) {
		struct frame first = frame_of(&pairs[0], 0), second = frame_of(&pairs[0], 1);
		uint64_t expected = link == ETHERNET;

		second.link = link;
		assert_int_equal(check(&first, &second), expected);
		first.link = link;
		(void)check(&first, &second);
		second.link = ETHERNET;
		assert_int_equal(check(&first, &second), expected);
	}
}

/* The other side has the first n frames of such ones; it has words of its own, of so many bytes,
 * and so many bytes of options. */
static struct frame ack_of(const struct pair *how, unsigned n, size_t payload, size_t options)
{
	static const uint8_t zeros[FRAME_MAX];
	static struct packets b;
	struct endpoint src = packets_endpoint("10.4.5.6", 80);
	struct endpoint dst = packets_endpoint("10.1.2.3", 1234);
	struct frame f = { .link = ETHERNET };
	struct span bytes;

	packets_begin(&b, zeros, options + payload);
	packets_tcp(&b, src.port, dst.port, 77, how->seq + n * (uint32_t)how->payload, TCP_ACK);
	packets_ip4(&b, &src.addr, &dst.addr, 6);
	packets_eth(&b, 0x0800);
	bytes = packets_bytes(&b);
	memcpy(f.bytes, bytes.ptr, bytes.len);
	f.bytes[TCP_KIND] = (uint8_t)((20 + options) / 4 << 4);
	f.caplen = f.len = (uint32_t)bytes.len;
	return f;
}

/* Two segments and what acknowledges them, twice: all but the first one. The short way is taken
 * from the second acknowledgement on. */
static void acknowledgements_go_on_with_the_data(void **state)
{
	unsigned which;

	(void)state;
	for (size_t options = 0; options <= 12; options += 12) {
		for (size_t i = 0; i < 3; i++) {
			const struct pair *how = &pairs[i];
			struct frame frames[] = {
				frame_of(how, 0),           frame_of(how, 1),
				ack_of(how, 2, 0, options), frame_of(how, 2),
				frame_of(how, 3),           ack_of(how, 4, 0, options),
				ack_of(how, 4, 0, options)
			};

			assert_int_equal(check_all(frames, 7, &which), 6);
			assert_int_equal(which, 0x7e);
		}
	}
}

/* Numbers tell nothing of the side: data of the other one, which has the same, are of no train, nor
 * an acknowledgement of the same one. */
static void sides_are_told_apart(void **state)
{
	const struct pair how = { .flags = TCP_ACK,
				  .payload = LARGE,
				  .seq = (uint32_t)(77 - LARGE) };
	struct frame data[] = { frame_of(&how, 0), ack_of(&how, 1, LARGE, 0), frame_of(&how, 1) };
	struct frame acks[] = { frame_of(&how, 0), frame_of(&how, 1), frame_of(&how, 1) };
	unsigned which;

	(void)state;
	/* 77 is what both say next, and what both have. */
	assert_int_equal(check_all(data, 3, &which), 0);
	acks[1].caplen = acks[1].len = HEADERS;
	put_be16(&acks[1], IP_LENGTH, HEADERS - IP_KIND);
	assert_int_equal(check_all(acks, 3, &which), 0);
}

/* As far back as a window is, and one byte further. */
static void acknowledgements_older_than_a_window_do_not_go_on(void **state)
{
	const struct pair *how = &pairs[0];
	unsigned which;

	(void)state;
	for (uint32_t more = 0; more < 2; more++) {
		struct pair old = *how;
		struct frame frames[2];

		old.seq -= NET_WINDOW_MAX + more;
		frames[0] = frame_of(how, 0);
		frames[1] = ack_of(&old, 1, 0, 0);
		assert_int_equal(check_all(frames, 2, &which), 1 - more);
	}
}

/* Less than before, more than there is, or with words of its own: these do not, nor does the next
 * segment. */
static void other_words_of_the_other_side_do_not_go_on(void **state)
{
	const struct pair *how = &pairs[1];
	const struct frame others[] = { ack_of(how, 1, 0, 0), ack_of(how, 3, 0, 0),
					ack_of(how, 2, 1, 0), ack_of(how, 2, 600, 0) };
	unsigned which;

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct frame frames[] = { frame_of(how, 0), frame_of(how, 1), ack_of(how, 2, 0, 0),
					  others[i],        frame_of(how, 2), frame_of(how, 3) };

		(void)check_all(frames, 6, &which);
		assert_int_equal(which & 0x1f, 0x06);
	}
}

/* Every bit of an acknowledgement's headers, behind one that it may be like, and before another. */
static void any_bit_of_an_acknowledgement_may_have_changed(void **state)
{
	const struct pair *how = &pairs[1];
	unsigned which;

	(void)state;
	for (size_t options = 0; options <= 12; options += 12) {
		for (size_t bit = 0; bit < (HEADERS + options) * 8; bit++) {
			struct frame frames[] = { frame_of(how, 0), ack_of(how, 1, 0, options),
						  frame_of(how, 1), ack_of(how, 2, 0, options),
						  frame_of(how, 2), ack_of(how, 3, 0, options),
						  frame_of(how, 3) };

			frames[3].bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
			(void)check_all(frames, 7, &which);
			if (may_differ(bit / 8, HEADERS + options))
				assert_int_equal(which, 0x7e);
		}
	}
}

/* All that can be said of its lengths, and captured of it. */
static void any_length_of_an_acknowledgement_may_be_said(void **state)
{
	const struct pair *how = &pairs[1];
	unsigned which;

	(void)state;
	for (size_t payload = 0; payload <= 6; payload += 6) {
		for (uint32_t n = 0; n <= HEADERS + payload; n++) {
			struct frame frames[] = { frame_of(how, 0), ack_of(how, 1, 0, 0),
						  frame_of(how, 1), ack_of(how, 2, payload, 0),
						  frame_of(how, 2) };

			put_be16(&frames[3], IP_LENGTH, n);
			(void)check_all(frames, 5, &which);
			frames[3] = ack_of(how, 2, payload, 0);
			frames[3].caplen = n;
			(void)check_all(frames, 5, &which);
			frames[3].len = n;
			(void)check_all(frames, 5, &which);
		}
	}
	for (unsigned words = 0; words < 16; words++) {
		struct frame frames[] = { frame_of(how, 0), ack_of(how, 1, 0, 0), frame_of(how, 1),
					  ack_of(how, 2, 0, 0), frame_of(how, 2) };

		for (unsigned i = 1; i <= 3; i += 2) {
			frames[i].bytes[TCP_KIND] = (uint8_t)(words << 4);
			(void)check_all(frames, 5, &which);
		}
	}
}

/* Something that may come between: most often nothing. */
static void disturb(struct frame *f, unsigned *seed)
{
	unsigned what = (unsigned)rand_r(seed) % 24;

	if (what == 0)
		f->bytes[(unsigned)rand_r(seed) % HEADERS] ^= (uint8_t)(1 << rand_r(seed) % 8);
	else if (what == 1)
		f->caplen = (unsigned)rand_r(seed) % (f->caplen + 1);
	else if (what == 2)
		put_be16(f, IP_LENGTH, (unsigned)rand_r(seed) % 120);
	else if (what == 3)
		f->link = RAW;
	else if (what == 4)
		f->bytes[23] = 17; /* UDP */
	else if (what == 5)
		f->bytes[TCP_KIND + 1] = (uint8_t)rand_r(seed);
	else if (what == 6)
		f->bytes[33]++; /* another connection */
	else if (what == 7)
		f->bytes[45]++; /* another acknowledgement */
}

static void what_came_before_changes_nothing(void **state)
{
	enum { PACKETS = 30000 };
	unsigned seed = 1, n = 0;

	(void)state;
	for (uint64_t i = 1; i <= PACKETS; i++) {
		const struct pair *how = &pairs[(unsigned)rand_r(&seed) % 64 / 8 % 4];
		struct frame f = rand_r(&seed) % 3 ? frame_of(how, n) : ack_of(how, n, 0, 0);

		/* Now and then one is lost, or comes again. */
		n += rand_r(&seed) % 10 ? 1 : (unsigned)rand_r(&seed) % 3;
		disturb(&f, &seed);
		(void)frame_decode(&twice, &f, i);
	}
	assert_true(twice.goes_on > PACKETS / 20);
	assert_true(twice.segments < PACKETS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(data_that_follows_goes_on_and_nothing_else_does,
						setup, teardown),
		cmocka_unit_test_setup_teardown(any_bit_may_have_changed, setup, teardown),
		cmocka_unit_test_setup_teardown(both_may_have_changed_in_the_same_way, setup,
						teardown),
		cmocka_unit_test_setup_teardown(any_part_of_it_may_have_been_captured, setup,
						teardown),
		cmocka_unit_test_setup_teardown(any_length_may_be_said, setup, teardown),
		cmocka_unit_test_setup_teardown(any_header_of_tcp_may_be_as_long_as_it_likes, setup,
						teardown),
		cmocka_unit_test_setup_teardown(fragments_are_no_train, setup, teardown),
		cmocka_unit_test_setup_teardown(other_headers_do_not_end_a_train, setup, teardown),
		cmocka_unit_test_setup_teardown(segments_inside_other_packets_go_on_too, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_datagram_is_whole_when_its_first_fragment_comes_last, setup, teardown),
		cmocka_unit_test_setup_teardown(what_looks_like_ethernet_takes_the_long_way, setup,
						teardown),
		cmocka_unit_test_setup_teardown(other_links_take_the_long_way, setup, teardown),
		cmocka_unit_test_setup_teardown(acknowledgements_go_on_with_the_data, setup,
						teardown),
		cmocka_unit_test_setup_teardown(sides_are_told_apart, setup, teardown),
		cmocka_unit_test_setup_teardown(acknowledgements_older_than_a_window_do_not_go_on,
						setup, teardown),
		cmocka_unit_test_setup_teardown(other_words_of_the_other_side_do_not_go_on, setup,
						teardown),
		cmocka_unit_test_setup_teardown(any_bit_of_an_acknowledgement_may_have_changed,
						setup, teardown),
		cmocka_unit_test_setup_teardown(any_length_of_an_acknowledgement_may_be_said, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_came_before_changes_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
