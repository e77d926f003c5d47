/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Any packets in any order: chunks keep the contract of net/chunk.h.
 *
 * The input is a list of records: link type, time step, flags, lengths, bytes. Most of them are
 * turned into well-formed segments of a few connections, since random bytes seldom are.
 */
#include <stdlib.h>

#include "base/cursor.h"
#include "net/net.h"

struct world {
	struct cursor in;
	unsigned open; /* connections that were told of and not ended */
};

static void check(bool fact)
{
	if (!fact)
		abort();
}

static uint64_t on_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct world *w = ctx;

	check(c->dir < 2);
	if (!conn->consumer) {
		conn->consumer = malloc(1);
		check(conn->consumer != NULL);
		w->open++;
	}
	if (c->kind == CHUNK_DATA) {
		volatile uint8_t sum = 0;

		check(c->data.len > 0);
		for (size_t i = 0; i < c->data.len; i++)
			sum = (uint8_t)(sum + c->data.ptr[i]); /* every byte can be read */
	}
	if (chunk_is_last(c->kind)) {
		free(conn->consumer);
		conn->consumer = NULL;
		w->open--;
		return 0;
	}
	switch (cursor_u8(&w->in) % 8) {
	case 0: return CHUNK_SKIP_ALL;
	case 1: return cursor_be16(&w->in);
	case 2: return cursor_be32(&w->in);
	default: return 0;
	}
}

/* Ethernet, IPv4 and TCP from a few choices, so that segments meet. */
static size_t make_segment(struct cursor *in, uint8_t *out, size_t room)
{
	static const uint8_t head[54] = { [12] = 8, [14] = 0x45, [22] = 64, [23] = 6, [46] = 0x50 };
	uint8_t who = cursor_u8(in), flags = cursor_u8(in);
	size_t len = cursor_u8(in) % 64;
	unsigned dir = who & 1;

	if (54 + len > room)
		return 0;
	memcpy(out, head, sizeof(head));
	out[17] = (uint8_t)(40 + len);
	out[29 + dir * 4] = 1;
	out[33 - dir * 4] = 2;
	out[35 + dir * 2] = (uint8_t)(who >> 1 & 3);
	out[37 - dir * 2] = 80;
	out[40] = out[44] = 0xff; /* numbers wrap */
	out[41] = cursor_u8(in);
	out[45] = cursor_u8(in);
	out[47] = flags & 0x17;
	for (size_t i = 0; i < len; i++)
		out[54 + i] = cursor_u8(in);
	return 54 + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct world w = { .in = cursor_make(span_make(data, size)) };
	struct net_config config = {
		.emit = on_chunk, .ctx = &w, .flows_max = 3, .hold_max = 512, .seed = 1
	};
	struct net *n = net_new(&config);
	struct packet p = { .source = "fuzz", .time_ns = 1 };

	check(n != NULL);
	while (cursor_left(&w.in)) {
		uint8_t kind = cursor_u8(&w.in);
		uint8_t frame[256];

		p.number++;
		p.time_ns += (uint64_t)(kind >> 2) * 20000000;
		if (kind & 3) {
			p.link = 1;
			p.len = p.caplen = (uint32_t)make_segment(&w.in, frame, sizeof(frame));
			if ((kind & 3) == 3 && p.caplen > 54)
				p.caplen -= 1; /* as a snap length cuts it */
		} else {
			size_t len = cursor_u8(&w.in);
			const uint8_t *raw;

			p.link = cursor_u8(&w.in);
			if (len > cursor_left(&w.in))
				len = cursor_left(&w.in);
			raw = cursor_take(&w.in, len);
			memcpy(frame, raw, len);
			p.len = p.caplen = (uint32_t)len;
		}
		p.data = frame;
		net_packet(n, &p);
	}
	net_finish(n);
	check(w.open == 0 && net_open(n) == 0);
	net_free(n);
	return 0;
}
