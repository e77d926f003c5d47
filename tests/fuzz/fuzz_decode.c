/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_decode: any bytes as packets of any link type.
 *
 * Input: packets, each a link type's index, flags, a length (2 bytes) and its bytes. Held: no
 * read outside the packet; each packet ends in one counter; a segment lies within its packet or
 * what was put together; and a packet that the capture cut never tells another connection than
 * the whole one.
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "net/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint32_t links[] = { 1,   0,   7,   9,   12,  14,  50,  51,  100, 101, 104, 105, 108,
				  113, 119, 127, 129, 163, 204, 205, 228, 229, 239, 240, 276, 147 };

static void hold(bool is_true)
{
	if (!is_true)
		__builtin_trap();
}

/* Decode a copy that ends where its allocation ends. */
static enum decode_result decode_copy(struct decoder *d, struct packet p, struct segment *out,
				      bool *is_within)
{
	uint8_t *copy = malloc(p.caplen ? p.caplen : 1);
	enum decode_result r;

	hold(copy != NULL);
	if (p.caplen)
		memcpy(copy, p.data, p.caplen);
	p.data = copy;
	r = decoder_packet(d, &p, out);
	*is_within = r == DECODE_TCP && out->payload.ptr >= copy &&
		     out->payload.ptr + out->payload.len <= copy + p.caplen;
	free(copy);
	return r;
}

/* d is one of its own, and forgets its fragments first. */
static void check_cut(struct decoder *d, struct packet p, uint32_t caplen)
{
	struct segment whole, cut;
	bool is_within;

	decoder_finish(d);
	if (decode_copy(d, p, &whole, &is_within) != DECODE_TCP)
		return;
	p.caplen = caplen;
	if (decode_copy(d, p, &cut, &is_within) != DECODE_TCP)
		return;
	hold(memcmp(&cut.src, &whole.src, sizeof(cut.src)) == 0);
	hold(memcmp(&cut.dst, &whole.dst, sizeof(cut.dst)) == 0);
	hold(cut.seq == whole.seq && cut.payload_len == whole.payload_len);
	hold(cut.payload.len <= whole.payload.len);
}

static void check_sums(const struct decode_stats *s)
{
	hold(s->packets == s->tcp_segments + s->udp_datagrams + s->other_protocols +
				   s->encrypted_ip + s->unknown_link + s->unknown_encapsulation +
				   s->too_deep + s->short_link + s->short_ip + s->short_tcp +
				   s->short_tunnel + s->bad_link + s->bad_ip + s->bad_tcp +
				   (s->fragments - s->fragments_joined));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_make(span_make(data, size));
	struct decoder *d = decoder_new(1), *alone = decoder_new(1);
	uint64_t number = 0;

	hold(d != NULL && alone != NULL);
	while (cursor_left(&c) >= 4) {
		uint32_t link = links[cursor_u8(&c) % (sizeof(links) / sizeof(links[0]))];
		uint8_t flags = cursor_u8(&c);
		size_t len = cursor_be16(&c);
		struct span bytes = span_first(cursor_rest(&c), len);
		struct packet p;
		struct segment s;
		bool is_within;

		cursor_skip(&c, bytes.len);
		p = (struct packet){ .data = bytes.ptr,
				     .caplen = (uint32_t)bytes.len,
				     .len = (uint32_t)bytes.len + (flags & 1 ? 100 : 0),
				     .link = link,
				     .time_ns = (flags >> 4) * NS_PER_S,
				     .number = ++number,
				     .source = "fuzz" };
		if (decode_copy(d, p, &s, &is_within) == DECODE_TCP) {
			hold(s.payload_len >= s.payload.len);
			hold(is_within || decoder_stats(d)->fragments_joined > 0);
			hold(s.packet == number && s.time_ns == p.time_ns);
		}
		check_cut(alone, p, p.caplen * (flags >> 1 & 7u) / 8);
	}
	decoder_finish(d);
	check_sums(decoder_stats(d));
	hold(decoder_stats(d)->packets == number);
	decoder_free(alone);
	decoder_free(d);
	return 0;
}
