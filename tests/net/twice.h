/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * twice: every packet through two decoders, as it is and with a VLAN tag, so that the second one
 * never takes the short way for plain headers. Both must say the same of it; and which segments go
 * on is as the header of decode.h has it.
 */
#ifndef NET_TWICE_H
#define NET_TWICE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "net/content.h"
#include "net/decode.h"
#include "support/packets.h"

/* Of both decoders. */
#define TWICE_SEED 1

/* LINKTYPE_ETHERNET: where its type is, the smallest that is no length, and a tag. */
#define TWICE_LINK     1
#define TWICE_TYPE     12
#define TWICE_TYPE_MIN 0x0600
#define TWICE_TAG      4

struct twice {
	struct decoder *decoder, *tagged;
	struct segment data; /* the last one that brought nothing else */
	bool is_train;       /* it is there, and all that came since acknowledges it */
	uint32_t acked;      /* the last of these; with has_acked */
	bool has_acked;
	uint64_t segments, goes_on;
};

static inline void twice_begin(struct twice *t)
{
	*t = (struct twice){ .decoder = decoder_new(TWICE_SEED),
			     .tagged = decoder_new(TWICE_SEED) };
	assert_non_null(t->decoder);
	assert_non_null(t->tagged);
}

static inline void twice_end(struct twice *t)
{
	decoder_free(t->decoder);
	decoder_free(t->tagged);
}

/* p with a tag; as it is where it is no frame that can have one. Its bytes are to be freed. */
static inline struct packet twice_tag(const struct packet *p)
{
	static const uint8_t tag[TWICE_TAG] = { 0x81, 0x00, 0x00, 0x07 };
	uint8_t *bytes = malloc(p->caplen + TWICE_TAG);
	struct packet tagged = *p;

	assert_non_null(bytes);
	tagged.data = bytes;
	if (p->link != TWICE_LINK || p->caplen < TWICE_TYPE + 2 ||
	    (p->data[TWICE_TYPE] << 8 | p->data[TWICE_TYPE + 1]) < TWICE_TYPE_MIN) {
		memcpy(bytes, p->data, p->caplen);
		return tagged;
	}
	memcpy(bytes, p->data, TWICE_TYPE);
	memcpy(bytes + TWICE_TYPE, tag, TWICE_TAG);
	memcpy(bytes + TWICE_TYPE + TWICE_TAG, p->data + TWICE_TYPE, p->caplen - TWICE_TYPE);
	tagged.caplen += TWICE_TAG;
	tagged.len += TWICE_TAG;
	return tagged;
}

static inline bool twice_is_within(const uint8_t *at, const struct packet *p)
{
	return at >= p->data && at <= p->data + p->caplen;
}

/* Both are the same, and what is borrowed from their packets is as far from the end. */
static inline void twice_same(const struct segment *a, const struct packet *ap,
			      const struct segment *b, const struct packet *bp)
{
	assert_true(endpoint_eq(&a->src, &b->src));
	assert_true(endpoint_eq(&a->dst, &b->dst));
	assert_int_equal(a->seq, b->seq);
	assert_int_equal(a->ack, b->ack);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->payload_len, b->payload_len);
	assert_int_equal(a->payload.len, b->payload.len);
	assert_memory_equal(a->payload.ptr, b->payload.ptr, b->payload.len);
	assert_int_equal(twice_is_within(a->payload.ptr, ap), twice_is_within(b->payload.ptr, bp));
	if (twice_is_within(a->payload.ptr, ap))
		assert_int_equal(ap->data + ap->caplen - a->payload.ptr,
				 bp->data + bp->caplen - b->payload.ptr);
	assert_int_equal(a->time_ns, b->time_ns);
	assert_int_equal(a->packet, b->packet);
	assert_ptr_equal(a->source, b->source);
	assert_true(a->ends_hash == b->ends_hash);
	assert_true(a->ends_hash == endpoints_hash(&a->src, &a->dst, TWICE_SEED));
	assert_int_equal(a->goes_on, b->goes_on);
	assert_int_equal(a->content, b->content);
	assert_int_equal(a->content, a->payload.len && !a->goes_on ? content_of(a->payload) : 0);
}

static inline bool twice_is_data(const struct segment *s)
{
	return s->payload_len && (s->flags == TCP_ACK || s->flags == (TCP_ACK | TCP_PSH));
}

/* Whether b follows a, as the header of decode.h has it. */
static inline bool twice_follows(const struct segment *a, const struct segment *b)
{
	return a->seq + a->payload_len == b->seq && a->ack == b->ack &&
	       endpoint_eq(&a->src, &b->src) && endpoint_eq(&a->dst, &b->dst);
}

/* Whether b is the word of the other end that it has a, or bytes before it, and nothing else. */
static inline bool twice_acknowledges(const struct segment *a, const struct segment *b)
{
	int64_t behind = (int32_t)(a->seq + a->payload_len - b->ack);

	return !b->payload_len && b->flags == TCP_ACK && behind >= 0 && behind <= NET_WINDOW_MAX &&
	       endpoint_eq(&a->src, &b->dst) && endpoint_eq(&a->dst, &b->src);
}

/* Whether the next segment goes on. It is remembered. */
static inline bool twice_goes_on(struct twice *t, const struct segment *s)
{
	bool does;

	if (twice_is_data(s)) {
		does = t->is_train && twice_follows(&t->data, s);
		t->has_acked &= does;
		t->data = *s;
		t->is_train = true;
		return does;
	}
	does = t->is_train && twice_acknowledges(&t->data, s) &&
	       !(t->has_acked && (int32_t)(s->ack - t->acked) < 0);
	t->acked = s->ack;
	t->has_acked = t->is_train = does;
	return does;
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

/* One packet. What both say of it. */
static inline enum decode_result twice_packet(struct twice *t, const struct packet *p)
{
	struct decode_stats before[] = { *decoder_stats(t->decoder), *decoder_stats(t->tagged) };
	struct packet tagged = twice_tag(p);
	struct segment a = { 0 }, b = { 0 };
	enum decode_result result = decoder_packet(t->tagged, &tagged, &b);
	struct decode_stats after[2];

	assert_int_equal(decoder_packet(t->decoder, p, &a), result);
	after[0] = *decoder_stats(t->decoder);
	after[1] = *decoder_stats(t->tagged);
	after[1].bytes -= tagged.len - p->len;
	twice_counted(before, after);
	if (result == DECODE_TCP) {
		twice_same(&a, p, &b, &tagged);
		assert_int_equal(a.goes_on, twice_goes_on(t, &a));
		t->segments++;
		t->goes_on += a.goes_on;
	}
	free((void *)(uintptr_t)tagged.data);
	return result;
}

/* No train goes on from here. */
static inline void twice_forget(struct twice *t)
{
	static struct packets b;
	struct endpoint src = packets_endpoint("2001:db8::1", 1);
	struct endpoint dst = packets_endpoint("2001:db8::2", 2);
	struct packet p = packets_frame(&b, &src, &dst, 1, 1, TCP_ACK | TCP_FIN, "x", 1);

	assert_int_equal(twice_packet(t, &p), DECODE_TCP);
	t->segments--;
}

#endif
