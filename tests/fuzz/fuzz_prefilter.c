/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fuzz_prefilter: any packets, and any conversation.
 *
 * Input: a byte that says which. Packets: settings, then packets of two bytes of length each.
 * Conversations: the choices that tests/support/conversation.h asks for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "support/conversation.h"
#include "support/hostfilter.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool is_true)
{
	if (!is_true)
		__builtin_trap();
}

/* Each packet in memory of its own, so that a byte too many is noticed. */
static void run_one(struct hostfilter *h, struct cursor *c)
{
	uint8_t kind = cursor_u8(c);
	size_t len = cursor_be16(c) % 512;
	struct hostfilter_frame f = {
		.protocol = kind & 1 ? 0x0800 : 0x86dd,
		.is_outgoing = kind & 2,
		.interface = kind >> 6,
	};
	uint8_t *bytes;
	uint32_t kept;

	if (len > cursor_left(c))
		len = cursor_left(c);
	if (kind & 4)
		f.protocol = 0x8100;
	if (kind & 8)
		f.len = (uint32_t)len + 100000;
	bytes = malloc(len ? len : 1);
	hold(bytes != NULL);
	if (len)
		memcpy(bytes, cursor_take(c, len), len);
	kept = hostfilter_run(h, &f, span_make(bytes, len));
	hold(kept <= h->settings.snaplen);
	hold(h->settings.body_cut || kept == 0 || kept == h->settings.snaplen);
	hold(hostfilter_adds_up(h->counts));
	free(bytes);
}

static void run_packets(struct cursor *c)
{
	uint8_t choice = cursor_u8(c);
	const struct prefilter_settings settings = {
		.window = 64,
		.snaplen = choice & 1 ? 262144 : 100,
		.loopback = choice & 2 ? 1 : 0,
		.l2_len = choice & 4 ? 14 : 0,
		.body_cut = !(choice & 8),
	};
	struct hostfilter *h = hostfilter_new(&settings, choice & 16 ? 4 : 0);

	if (choice & 32)
		h->nets_cnt = 1;
	h->nets[0].len = choice & 64 ? 96 : 128;
	h->nets[0].addr[10] = h->nets[0].addr[11] = 0xff;
	while (cursor_left(c) >= 3)
		run_one(h, c);
	hostfilter_free(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cursor c = cursor_make(span_make(data, size));
	uint8_t kind = cursor_u8(&c);
	const struct conversation_plan plan = { .is_pipelined = kind & 2,
						.is_meddled = kind & 4,
						.is_lossy = kind & 8 };
	struct conversation_tally tally = { 0 };
	struct dice d = { .bytes = c.ptr, .len = cursor_left(&c) };

	if (kind & 1)
		run_packets(&c);
	else
		hold(!size || conversation_play(&d, &plan, &tally) == NULL);
	return 0;
}
