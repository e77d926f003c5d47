/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/fragment.h"

#include "base/limits.h"
#include "net/decoded.h"
#include "support/failmalloc.h"

#define DATAGRAM_LEN 61

/* A datagram whose bytes all differ, and the table that joins it. */
struct fixture {
	struct fragment_table *t;
	struct decode_stats stats;
	uint8_t bytes[NET_FRAG_BYTES_MAX + 1];
	struct span whole;
	uint8_t protocol;
};

static void setup(struct fixture *x)
{
	memset(x, 0, sizeof(*x));
	for (size_t i = 0; i < sizeof(x->bytes); i++)
		x->bytes[i] = (uint8_t)(i * 7 + i / 256);
	x->t = fragment_new(1);
	assert_non_null(x->t);
}

/* Bytes [off, end) of the datagram id, which is total long. */
static enum fragment_result add(struct fixture *x, uint32_t id, uint32_t off, uint32_t end,
				uint32_t total, uint64_t time_ns)
{
	struct guard g = guard_copy(x->bytes + off, end - off);
	struct fragment f = { .src = { { 1 } },
			      .dst = { { 2 } },
			      .id = id,
			      .protocol = 6,
			      .has_more = end != total,
			      .off = off,
			      .bytes = g.bytes,
			      .time_ns = time_ns };
	enum fragment_result r = fragment_add(x->t, &f, &x->stats, &x->whole, &x->protocol);

	guard_free(&g);
	return r;
}

static void is_whole(const struct fixture *x, size_t len)
{
	assert_int_equal(x->whole.len, len);
	assert_memory_equal(x->whole.ptr, x->bytes, len);
	assert_int_equal(x->protocol, 6);
}

static void every_order_of_fragments_gives_the_datagram(void **state)
{
	static const uint32_t cuts[] = { 0, 16, 24, 56, DATAGRAM_LEN };
	struct fixture x;

	(void)state;
	setup(&x);
	/* Every order of four: code is a number of four digits below 4, all different. */
	for (uint32_t code = 0, id = 0; code < 256; code++) {
		uint32_t order[4] = { code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 };
		uint32_t seen = 0;

		for (size_t i = 0; i < 4; i++)
			seen |= 1u << order[i];
		if (seen != 15)
			continue;
		id++;
		for (size_t i = 0; i < 4; i++)
			assert_int_equal(
				add(&x, id, cuts[order[i]], cuts[order[i] + 1], DATAGRAM_LEN, 0),
				i == 3 ? FRAGMENT_WHOLE : FRAGMENT_WAITING);
		is_whole(&x, DATAGRAM_LEN);
	}
	assert_int_equal(x.stats.fragments, 24 * 4);
	assert_int_equal(x.stats.fragments_joined, 24);
	fragment_free(x.t);
}

static void every_cut_in_two_gives_the_datagram(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	for (uint32_t cut = 8; cut < DATAGRAM_LEN; cut += 8) {
		assert_int_equal(add(&x, cut, cut, DATAGRAM_LEN, DATAGRAM_LEN, 0),
				 FRAGMENT_WAITING);
		assert_int_equal(add(&x, cut, 0, cut, DATAGRAM_LEN, 0), FRAGMENT_WHOLE);
		is_whole(&x, DATAGRAM_LEN);
	}
	fragment_free(x.t);
}

static void duplicates_change_nothing(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	for (unsigned i = 0; i < 3; i++)
		assert_int_equal(add(&x, 1, 0, 24, DATAGRAM_LEN, 0), FRAGMENT_WAITING);
	assert_int_equal(add(&x, 1, 8, 16, DATAGRAM_LEN, 0), FRAGMENT_WAITING); /* a part again */
	assert_int_equal(add(&x, 1, 24, DATAGRAM_LEN, DATAGRAM_LEN, 0), FRAGMENT_WHOLE);
	is_whole(&x, DATAGRAM_LEN);
	/* A mirror's copies come late and start nothing. */
	assert_int_equal(add(&x, 1, 0, 24, DATAGRAM_LEN, NET_FRAG_DONE_NS - 1), FRAGMENT_WAITING);
	assert_int_equal(add(&x, 1, 24, DATAGRAM_LEN, DATAGRAM_LEN, NET_FRAG_DONE_NS - 1),
			 FRAGMENT_WAITING);
	fragment_finish(x.t, &x.stats);
	assert_int_equal(x.stats.fragments_joined, 1);
	assert_int_equal(x.stats.fragments_lost, 0);
	assert_int_equal(x.stats.fragments_overlap, 0);
	fragment_free(x.t);
}

static void an_identification_is_used_again(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	for (uint64_t round = 0; round < 3; round++) {
		uint64_t now = round * NET_FRAG_DONE_NS;

		assert_int_equal(add(&x, 1, 0, 24, DATAGRAM_LEN, now), FRAGMENT_WAITING);
		assert_int_equal(add(&x, 1, 24, DATAGRAM_LEN, DATAGRAM_LEN, now), FRAGMENT_WHOLE);
	}
	assert_int_equal(x.stats.fragments_joined, 3);
	fragment_free(x.t);
}

/* Each contradicts the fragment [8, 32) of a datagram of 61, or its end. */
static void a_contradiction_drops_the_datagram(void **state)
{
	static const struct {
		uint32_t off, end, total;
		bool differs; /* other bytes than before */
	} cases[] = {
		{ 0, 16, DATAGRAM_LEN, false },  /* overlaps the front */
		{ 24, 40, DATAGRAM_LEN, false }, /* overlaps the back */
		{ 0, 40, DATAGRAM_LEN, false },  /* covers it */
		{ 16, 24, DATAGRAM_LEN, true },  /* lies within and differs */
		{ 8, 32, DATAGRAM_LEN, true },   /* the same place, other bytes */
		{ 0, 8, 8, false },              /* would end the datagram before it */
		{ 8, 32, 32, false },            /* the same, but the last */
	};
	struct fixture x;

	(void)state;
	setup(&x);
	for (uint32_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(add(&x, i, 8, 32, DATAGRAM_LEN, 0), FRAGMENT_WAITING);
		x.bytes[17] ^= cases[i].differs;
		assert_int_equal(add(&x, i, cases[i].off, cases[i].end, cases[i].total, 0),
				 FRAGMENT_WAITING);
		x.bytes[17] ^= cases[i].differs;
		assert_int_equal(x.stats.fragments_overlap, i + 1);
		/* What is still to come is dropped as well. */
		assert_int_equal(add(&x, i, 0, 8, DATAGRAM_LEN, 0), FRAGMENT_WAITING);
		assert_int_equal(add(&x, i, 32, DATAGRAM_LEN, DATAGRAM_LEN, 0), FRAGMENT_WAITING);
	}
	assert_int_equal(x.stats.fragments_joined, 0);
	fragment_finish(x.t, &x.stats);
	assert_int_equal(x.stats.fragments_lost, 0);
	fragment_free(x.t);
}

static void two_ends_contradict_each_other(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	add(&x, 1, 56, DATAGRAM_LEN, DATAGRAM_LEN, 0);
	add(&x, 1, 56, 60, 60, 0);
	assert_int_equal(x.stats.fragments_overlap, 1);
	add(&x, 2, 56, DATAGRAM_LEN, DATAGRAM_LEN, 0);
	add(&x, 2, 64, 72, 100, 0); /* beyond the end */
	assert_int_equal(x.stats.fragments_overlap, 2);
	add(&x, 3, 56, 64, 64, 0);
	add(&x, 3, 56, 64, 100, 0); /* the last says it is not */
	assert_int_equal(x.stats.fragments_overlap, 3);
	fragment_free(x.t);
}

static void what_cannot_be_a_fragment_is_bad(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	assert_int_equal(add(&x, 1, 8, 8, DATAGRAM_LEN, 0), FRAGMENT_BAD);  /* empty */
	assert_int_equal(add(&x, 1, 0, 12, DATAGRAM_LEN, 0), FRAGMENT_BAD); /* no multiple of 8 */
	assert_int_equal(add(&x, 1, 65528, 65536, 65536, 0), FRAGMENT_BAD);
	assert_int_equal(x.stats.fragments, 0);
	fragment_free(x.t);
}

static void the_longest_datagram_is_joined(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	for (uint32_t off = 0; off < 65528; off += 8)
		assert_int_equal(add(&x, 1, off, off + 8, NET_FRAG_BYTES_MAX, 0), FRAGMENT_WAITING);
	assert_int_equal(add(&x, 1, 65528, NET_FRAG_BYTES_MAX, NET_FRAG_BYTES_MAX, 0),
			 FRAGMENT_WHOLE);
	is_whole(&x, NET_FRAG_BYTES_MAX);
	fragment_free(x.t);
}

static void datagrams_are_kept_apart(void **state)
{
	struct fixture x;
	struct fragment f = { .id = 1, .protocol = 6, .has_more = true };

	(void)state;
	setup(&x);
	f.bytes = span_make(x.bytes, 8);
	for (unsigned i = 0; i < 5; i++) {
		f.src.bytes[0] = i == 1;
		f.dst.bytes[0] = i == 2;
		f.id = 1 + (i == 3);
		f.protocol = i == 4 ? 17 : 6;
		fragment_add(x.t, &f, &x.stats, &x.whole, &x.protocol);
	}
	fragment_finish(x.t, &x.stats);
	assert_int_equal(x.stats.fragments_lost, 5);
	fragment_free(x.t);
}

/* IPv6's later fragments may name another protocol; only the first one's counts. */
static void ipv6_takes_the_protocol_from_the_first_fragment(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	for (uint32_t first = 0; first < 2; first++) {
		for (uint32_t i = 0; i < 2; i++) {
			bool is_last = i != first;
			struct fragment f = { .is_ip6 = true,
					      .id = first,
					      .protocol = is_last ? 17 : 6,
					      .has_more = !is_last,
					      .off = is_last ? 8 : 0 };

			f.bytes = span_make(x.bytes + f.off, 8);
			assert_int_equal(fragment_add(x.t, &f, &x.stats, &x.whole, &x.protocol),
					 i ? FRAGMENT_WHOLE : FRAGMENT_WAITING);
		}
		is_whole(&x, 16);
	}
	fragment_free(x.t);
}

static void an_incomplete_datagram_times_out(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	add(&x, 1, 0, 8, DATAGRAM_LEN, 5);
	add(&x, 2, 0, 8, DATAGRAM_LEN, 4 + NET_FRAG_TIMEOUT_NS);
	assert_int_equal(x.stats.fragments_lost, 0);
	add(&x, 3, 0, 8, DATAGRAM_LEN, 5 + NET_FRAG_TIMEOUT_NS);
	assert_int_equal(x.stats.fragments_lost, 1);
	add(&x, 4, 0, 8, DATAGRAM_LEN, 0); /* the clock does not go back */
	assert_int_equal(x.stats.fragments_lost, 1);
	fragment_finish(x.t, &x.stats);
	assert_int_equal(x.stats.fragments_lost, 4);
	fragment_free(x.t);
}

static void the_oldest_goes_when_too_many_wait(void **state)
{
	struct fixture x;
	uint32_t id;

	(void)state;
	setup(&x);
	for (id = 0; id < NET_FRAG_DATAGRAMS_MAX; id++)
		add(&x, id, 0, 8, 16, 0);
	assert_int_equal(x.stats.fragments_evicted, 0);
	add(&x, id, 0, 8, 16, 0);
	assert_int_equal(x.stats.fragments_evicted, 1);
	assert_int_equal(add(&x, 1, 8, 16, 16, 0), FRAGMENT_WHOLE);
	assert_int_equal(add(&x, 0, 8, 16, 16, 0), FRAGMENT_WAITING);
	fragment_free(x.t);
}

static void held_bytes_are_bounded(void **state)
{
	const uint32_t fit = NET_FRAG_HELD_MAX / 65528;
	struct fixture x;
	uint32_t id;

	(void)state;
	setup(&x);
	for (id = 0; id < fit; id++)
		add(&x, id, 65520, 65528, 65529, 0);
	assert_int_equal(x.stats.fragments_evicted, 0);
	add(&x, id, 65520, 65528, 65529, 0);
	assert_int_equal(x.stats.fragments_evicted, 1);
	fragment_finish(x.t, &x.stats);
	assert_int_equal(x.stats.fragments_lost, fit);
	fragment_free(x.t);
}

static void the_datagram_that_grows_is_not_the_one_to_go(void **state)
{
	const uint32_t fit = NET_FRAG_HELD_MAX / 65528;
	struct fixture x;
	uint32_t id;

	(void)state;
	setup(&x);
	add(&x, 1000, 0, 8, 65529, 0); /* the oldest */
	for (id = 0; id < fit; id++)
		add(&x, id, 65520, 65528, 65529, 0);
	add(&x, 1000, 8, 65528, 65529, 0);
	assert_int_equal(x.stats.fragments_evicted, 1);
	assert_int_equal(add(&x, 1000, 65528, 65529, 65529, 0), FRAGMENT_WHOLE);
	is_whole(&x, 65529);
	fragment_free(x.t);
}

static void memory_that_runs_out_loses_a_datagram(void **state)
{
	struct fixture x;

	(void)state;
	setup(&x);
	add(&x, 1, 0, 8, DATAGRAM_LEN, 0);
	failmalloc_arm(1);
	add(&x, 1, 8, 16, DATAGRAM_LEN, 0);
	assert_true(failmalloc_disarm());
	assert_int_equal(x.stats.fragments_evicted, 1);
	assert_int_equal(add(&x, 2, 0, 8, 16, 0), FRAGMENT_WAITING);
	assert_int_equal(add(&x, 2, 8, 16, 16, 0), FRAGMENT_WHOLE);
	fragment_free(x.t);
	for (unsigned n = 1; n <= 2; n++) {
		failmalloc_arm(n);
		assert_null(decoder_new(1));
		assert_true(failmalloc_disarm());
	}
	fragment_free(NULL);
	decoder_free(NULL);
}

/* Send the sample with each 8 bytes of TCP in a fragment of its own. */
static enum decode_result send_fragments(struct decoder *d, bool is_ip6, struct segment *out)
{
	enum decode_result r = DECODE_OTHER;
	struct packets whole;
	struct span bytes;

	decoded_begin(&whole, is_ip6 ? INNER_IP6 : INNER_IP4);
	bytes = span_from(packets_bytes(&whole), is_ip6 ? 40 : 20);
	for (uint32_t off = 0; off < bytes.len; off += 8) {
		struct endpoint src = packets_endpoint(is_ip6 ? "2001:db8::1" : "10.1.2.3", 0);
		struct endpoint dst = packets_endpoint(is_ip6 ? "2001:db8::2" : "10.4.5.6", 0);
		struct span part = span_first(span_from(bytes, off), 8);
		bool has_more = off + part.len < bytes.len;
		struct packets b;
		struct packet p;

		assert_int_equal(r, DECODE_OTHER);
		packets_begin(&b, part.ptr, part.len);
		if (is_ip6) {
			packets_ip6_fragment(&b, 6, 7, off, has_more);
			packets_ip6(&b, &src.addr, &dst.addr, 44);
		} else {
			packets_ip4_fragment(&b, &src.addr, &dst.addr, 6, 7, off, has_more);
		}
		p = packets_packet(&b, 101);
		p.time_ns = off;
		r = decoder_packet(d, &p, out);
	}
	return r;
}

static void fragments_of_both_versions_decode(void **state)
{
	(void)state;
	for (unsigned is_ip6 = 0; is_ip6 < 2; is_ip6++) {
		struct decoder *d = decoder_new(1);
		struct segment s;

		assert_int_equal(send_fragments(d, is_ip6, &s), DECODE_TCP);
		decoded_is_sample(&s, DECODED_LEN);
		assert_int_equal(s.time_ns, 24);
		assert_int_equal(decoder_stats(d)->fragments, 4);
		assert_int_equal(decoder_stats(d)->fragments_joined, 1);
		decoded_adds_up(decoder_stats(d));
		decoder_free(d);
	}
}

/* Fragments of IPv4 whose datagram holds a fragment of IPv6, each in two parts. */
static void fragments_inside_fragments_decode(void **state)
{
	struct endpoint a = packets_endpoint("192.0.2.1", 0);
	struct endpoint src = packets_endpoint("2001:db8::1", 0);
	struct endpoint dst = packets_endpoint("2001:db8::2", 0);
	struct decoder *d = decoder_new(1);
	struct packets sample;
	struct span bytes;
	struct segment s;
	enum decode_result r = DECODE_OTHER;

	(void)state;
	decoded_begin(&sample, INNER_IP6);
	bytes = span_from(packets_bytes(&sample), 40);
	for (unsigned part = 0; part < 2; part++) {
		struct packets inner;
		struct span datagram;

		packets_begin(&inner, bytes.ptr + part * 16, part ? bytes.len - 16 : 16);
		packets_ip6_fragment(&inner, 6, 7, part * 16, part == 0);
		packets_ip6(&inner, &src.addr, &dst.addr, 44);
		datagram = packets_bytes(&inner);
		for (unsigned half = 0; half < 2; half++) {
			struct packets b;
			struct packet p;

			assert_int_equal(r, DECODE_OTHER);
			packets_begin(&b, datagram.ptr + half * 32, half ? datagram.len - 32 : 32);
			packets_ip4_fragment(&b, &a.addr, &a.addr, 41, (uint16_t)part, half * 32,
					     half == 0);
			p = packets_packet(&b, 101);
			r = decoder_packet(d, &p, &s);
		}
	}
	assert_int_equal(r, DECODE_TCP);
	decoded_is_sample(&s, DECODED_LEN);
	assert_int_equal(decoder_stats(d)->fragments_joined, 3);
	decoded_adds_up(decoder_stats(d));
	decoder_free(d);
}

static void fragments_that_are_cut_or_impossible_are_not_kept(void **state)
{
	struct endpoint a = packets_endpoint("192.0.2.1", 0);
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	packets_begin(&b, "01234567", 8);
	packets_ip4_fragment(&b, &a.addr, &a.addr, 6, 7, 0, true);
	p = packets_packet(&b, 101);
	p.caplen--;
	assert_int_equal(decoded_once(&p, DECODE_SHORT, &s).short_ip, 1);
	p.caplen++;
	assert_int_equal(decoded_once(&p, DECODE_OTHER, &s).fragments, 1);
	packets_begin(&b, "0123456", 7);
	packets_ip4_fragment(&b, &a.addr, &a.addr, 6, 7, 0, true);
	p = packets_packet(&b, 101);
	assert_int_equal(decoded_once(&p, DECODE_BAD, &s).bad_ip, 1);
}

static void what_waits_at_the_end_is_lost(void **state)
{
	struct endpoint a = packets_endpoint("192.0.2.1", 0);
	struct decoder *d = decoder_new(1);
	struct packets b;
	struct packet p;
	struct segment s;

	(void)state;
	packets_begin(&b, "01234567", 8);
	packets_ip4_fragment(&b, &a.addr, &a.addr, 6, 7, 0, true);
	p = packets_packet(&b, 101);
	decoder_packet(d, &p, &s);
	decoder_finish(d);
	assert_int_equal(decoder_stats(d)->fragments_lost, 1);
	decoder_finish(d);
	assert_int_equal(decoder_stats(d)->fragments_lost, 1);
	decoder_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_order_of_fragments_gives_the_datagram),
		cmocka_unit_test(every_cut_in_two_gives_the_datagram),
		cmocka_unit_test(duplicates_change_nothing),
		cmocka_unit_test(an_identification_is_used_again),
		cmocka_unit_test(a_contradiction_drops_the_datagram),
		cmocka_unit_test(two_ends_contradict_each_other),
		cmocka_unit_test(what_cannot_be_a_fragment_is_bad),
		cmocka_unit_test(the_longest_datagram_is_joined),
		cmocka_unit_test(datagrams_are_kept_apart),
		cmocka_unit_test(ipv6_takes_the_protocol_from_the_first_fragment),
		cmocka_unit_test(an_incomplete_datagram_times_out),
		cmocka_unit_test(the_oldest_goes_when_too_many_wait),
		cmocka_unit_test(held_bytes_are_bounded),
		cmocka_unit_test(the_datagram_that_grows_is_not_the_one_to_go),
		cmocka_unit_test(memory_that_runs_out_loses_a_datagram),
		cmocka_unit_test(fragments_of_both_versions_decode),
		cmocka_unit_test(fragments_inside_fragments_decode),
		cmocka_unit_test(fragments_that_are_cut_or_impossible_are_not_kept),
		cmocka_unit_test(what_waits_at_the_end_is_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
