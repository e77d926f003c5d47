/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_fragment: any fragments of a few datagrams, in any order.
 *
 * Input: fragments of 6 bytes each: datagram, flags, offset and length in blocks of 8, bytes
 * over, step of the clock. A byte's value is made from its place, its datagram and one flag, so
 * that what comes out can be checked: every byte stands where a sender put it.
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "net/decode.h"
#include "net/fragment.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FLAG_MORE   1
#define FLAG_FORGED 2
#define FLAG_FAR    4 /* offsets at the end of the largest datagram */
#define FORGERY     0x80

static void hold(bool is_true)
{
	if (!is_true)
		__builtin_trap();
}

static uint8_t byte_at(uint32_t id, size_t off, bool is_forged)
{
	return (uint8_t)(((id * 31 + off * 7 + off / 256) & 0x7f) | (is_forged ? FORGERY : 0));
}

static void check_whole(struct span whole, uint32_t id, bool was_forged)
{
	for (size_t i = 0; i < whole.len; i++) {
		hold((whole.ptr[i] & 0x7f) == byte_at(id, i, false));
		hold(was_forged || !(whole.ptr[i] & FORGERY));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_make(span_make(data, size));
	struct fragment_table *t = fragment_new(1);
	struct decode_stats stats = { 0 };
	bool was_forged[8] = { false };
	uint64_t taken = 0, now = 0;

	hold(t != NULL);
	while (cursor_left(&c) >= 6) {
		uint32_t id = cursor_u8(&c) & 7;
		uint8_t flags = cursor_u8(&c);
		uint32_t off = cursor_u8(&c) * 8u + (flags & FLAG_FAR ? 63496 : 0);
		size_t len = cursor_u8(&c) * 8u;
		uint8_t *bytes;
		struct fragment f;
		struct span whole;
		uint8_t protocol;
		enum fragment_result r;

		len += cursor_u8(&c) & 7;
		now += cursor_u8(&c) * (NS_PER_S / 10);
		bytes = malloc(len ? len : 1);
		hold(bytes != NULL);
		for (size_t i = 0; i < len; i++)
			bytes[i] = byte_at(id, off + i, flags & FLAG_FORGED);
		was_forged[id] |= flags & FLAG_FORGED;
		f = (struct fragment){ .id = id,
				       .protocol = 6,
				       .is_ip6 = id & 1,
				       .has_more = flags & FLAG_MORE,
				       .off = off,
				       .bytes = span_make(bytes, len),
				       .time_ns = now };
		r = fragment_add(t, &f, &stats, &whole, &protocol);
		free(bytes);
		taken += r != FRAGMENT_BAD;
		if (r == FRAGMENT_WHOLE) {
			hold(whole.len > 0 && whole.len <= NET_FRAG_BYTES_MAX && protocol == 6);
			check_whole(whole, id, was_forged[id]);
		}
	}
	fragment_finish(t, &stats);
	hold(stats.fragments == taken);
	hold(stats.fragments_joined + stats.fragments_lost + stats.fragments_overlap +
		     stats.fragments_evicted <=
	     taken);
	fragment_free(t);
	return 0;
}
