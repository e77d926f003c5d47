/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * twice: every packet through two decoders, one of which remembers the packet before and may take
 * the short way for a train, while the other one does not. Both must say the same of it.
 */
#ifndef NET_TWICE_H
#define NET_TWICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net/content.h"
#include "net/decode.h"
#include "support/packets.h"

/* Of both decoders. */
#define TWICE_SEED 1

struct twice {
	struct decoder *seen;
	struct segment last; /* of the packet before that brought one, by the long way */
	bool has_last;
	uint64_t segments, goes_on;
};

/* Both are the same but for goes_on. Bytes put together from fragments are each decoder's own. */
static inline void twice_same(const struct segment *a, const struct segment *b,
			      const struct packet *p)
{
	bool is_borrowed = b->payload.ptr >= p->data && b->payload.ptr <= p->data + p->caplen;

	assert_memory_equal(&a->src.addr, &b->src.addr, sizeof(a->src.addr));
	assert_memory_equal(&a->dst.addr, &b->dst.addr, sizeof(a->dst.addr));
	assert_int_equal(a->src.port, b->src.port);
	assert_int_equal(a->dst.port, b->dst.port);
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->ack, b->ack);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->payload_len, b->payload_len);
	assert_int_equal(a->payload.len, b->payload.len);
	if (is_borrowed)
		assert_ptr_equal(a->payload.ptr, b->payload.ptr);
	else
		assert_memory_equal(a->payload.ptr, b->payload.ptr, b->payload.len);
	assert_int_equal(a->time_ns, b->time_ns);
	assert_int_equal(a->packet, b->packet);
	assert_ptr_equal(a->source, b->source);
	assert_true(a->ends_hash == b->ends_hash);
	assert_true(a->ends_hash == endpoints_hash(&a->src, &a->dst, TWICE_SEED));
	assert_int_equal(a->content, a->goes_on ? 0 : b->content);
	assert_int_equal(b->content, b->payload.len ? content_of(b->payload) : 0);
}

static inline bool twice_is_data(const struct segment *s)
{
	return s->payload_len && (s->flags == TCP_ACK || s->flags == (TCP_ACK | TCP_PSH));
}

/* Whether b goes on where a ended, as the header of decode.h has it. */
static inline bool twice_follows(const struct segment *a, const struct segment *b)
{
	return twice_is_data(a) && twice_is_data(b) && a->seq + a->payload_len == b->seq &&
	       a->ack == b->ack && memcmp(&a->src.addr, &b->src.addr, 16) == 0 &&
	       memcmp(&a->dst.addr, &b->dst.addr, 16) == 0 && a->src.port == b->src.port &&
	       a->dst.port == b->dst.port;
}

/* What every counter has grown by is the same: the stats are counters and nothing else. */
static inline void twice_counted(const struct decode_stats before[2],
				 const struct decode_stats after[2])
{
	for (size_t i = 0; i < decode_counters_cnt; i++) {
		const struct counter *c = &decode_counters[i];

		if (counter_get(&after[0], c) - counter_get(&before[0], c) !=
		    counter_get(&after[1], c) - counter_get(&before[1], c))
			fail_msg("%s differs", c->name);
	}
}

/* Whatever the decoder has seen before, no train goes on. */
static inline void twice_forget(struct decoder *d)
{
	static struct packets b;
	struct endpoint src = packets_endpoint("2001:db8::1", 1);
	struct endpoint dst = packets_endpoint("2001:db8::2", 2);
	struct packet p = packets_frame(&b, &src, &dst, 1, 1, TCP_ACK, "x", 1);
	struct segment s;

	assert_int_equal(decoder_packet(d, &p, &s), DECODE_TCP);
}

/* One packet; plain has nothing that it could go on from. What both say of it. */
static inline enum decode_result twice_packet(struct twice *t, struct decoder *plain,
					      const struct packet *p)
{
	struct decode_stats before[] = { *decoder_stats(t->seen), *decoder_stats(plain) };
	struct segment a = { 0 }, b = { 0 };
	enum decode_result result = decoder_packet(plain, p, &b);
	struct decode_stats after[2];

	assert_int_equal(decoder_packet(t->seen, p, &a), result);
	after[0] = *decoder_stats(t->seen);
	after[1] = *decoder_stats(plain);
	twice_counted(before, after);
	if (result != DECODE_TCP)
		return result;
	assert_false(b.goes_on);
	twice_same(&a, &b, p);
	if (a.goes_on)
		assert_true(t->has_last && twice_follows(&t->last, &b));
	t->segments++;
	t->goes_on += a.goes_on;
	t->last = b;
	t->has_last = true;
	return result;
}

#endif
