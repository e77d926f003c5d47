// SPDX-License-Identifier: BSD-2-Clause
/*
 * blast: writes the next frame of the traffic over whatever the frame was before, and sends it.
 *
 * It runs on one processor, one frame at a time.
 */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "tests/bench/blast.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

const volatile struct blast_settings settings;

__u64 next; /* number of the frame */
__u64 begin_ns;

#define FIN 0x01
#define SYN 0x02
#define ACK 0x10

/* Where a connection is. */
struct place {
	__u32 kind, client, server; /* enum blast_kind, and bytes that each has sent */
};

static __always_inline struct place place_of(__u32 frame)
{
	struct place p = { .kind = BLAST_BODY };
	__u32 exchange, segment;

	if (frame == 0)
		return (struct place){ .kind = BLAST_SYN };
	if (frame == 1)
		return (struct place){ .kind = BLAST_SYN_ACK };
	exchange = (frame - 2) / (1 + BLAST_SEGMENTS);
	segment = (frame - 2) % (1 + BLAST_SEGMENTS);
	p.client = exchange * BLAST_TEXT;
	p.server = exchange * BLAST_SEGMENTS * BLAST_SEGMENT;
	if (exchange == BLAST_EXCHANGES) {
		p.kind = segment ? BLAST_FIN_CLIENT : BLAST_FIN_SERVER;
	} else if (segment == 0) {
		p.kind = BLAST_REQUEST;
	} else {
		p.client += BLAST_TEXT;
		p.server += (segment - 1) * BLAST_SEGMENT;
		if (segment == 1)
			p.kind = BLAST_HEAD;
	}
	return p;
}

static __always_inline void put16(__u8 *to, __u32 n)
{
	to[0] = (__u8)(n >> 8);
	to[1] = (__u8)n;
}

static __always_inline void put32(__u8 *to, __u32 n)
{
	put16(to, n >> 16);
	put16(to + 2, n);
}

static __always_inline void put_tcp(__u8 *h, const struct place *p, __u32 port)
{
	/* SYN and FIN have a number of their own. */
	__u32 client = 1 + p->client, server = 1 + p->server;
	__u8 flags = ACK;

	if (p->kind == BLAST_SYN || p->kind == BLAST_SYN_ACK)
		flags = p->kind == BLAST_SYN ? SYN : SYN | ACK;
	else if (p->kind == BLAST_FIN_SERVER || p->kind == BLAST_FIN_CLIENT)
		flags = FIN | ACK;
	if (p->kind == BLAST_SYN || p->kind == BLAST_SYN_ACK)
		server -= 1;
	if (p->kind == BLAST_FIN_CLIENT)
		server += 1;
	if (p->kind == BLAST_SYN || p->kind == BLAST_REQUEST || p->kind == BLAST_FIN_CLIENT) {
		put16(h, port);
		put16(h + 2, settings.port);
		put32(h + 4, p->kind == BLAST_SYN ? 0 : client);
		put32(h + 8, p->kind == BLAST_SYN ? 0 : server);
	} else {
		put16(h, settings.port);
		put16(h + 2, port);
		put32(h + 4, server);
		put32(h + 8, client);
	}
	h[12] = 5 << 4;
	h[13] = flags;
	put16(h + 14, 0xffff);
	put32(h + 16, 0);
}

/* To an address that is nobody's, so that the host looks no further. IP's checksum is left out: the
 * kernel then joins no frames to larger ones, and captures do not look at it. */
static __always_inline void put_ip(__u8 *h, const struct place *p, __u32 len)
{
	__u32 from_client =
		p->kind == BLAST_SYN || p->kind == BLAST_REQUEST || p->kind == BLAST_FIN_CLIENT;

	put32(h, 0x02000000);
	put32(h + 4, 0x00010200);
	put32(h + 8, 0x00000002);
	put16(h + 12, 0x0800);
	h += 14;
	put16(h, 0x4500);
	put16(h + 2, len);
	put32(h + 4, 0x00004000);
	put32(h + 8, 0x40060000);
	put32(h + 12, from_client ? 0xcb007101 : 0xcb007102);
	put32(h + 16, from_client ? 0xcb007102 : 0xcb007101);
}

/* A frame waits for a millionth of a second; this is a second's worth of looks at the clock. */
#define LOOKS_MAX (1 << 23)

/* Not 0 when the frame is due. */
static long is_due(__u32 look, __u64 *due_ns)
{
	return bpf_ktime_get_ns() >= *due_ns;
}

SEC("xdp")
int handle_frame(struct xdp_md *ctx)
{
	__u64 number = next++, connection = number % BLAST_CONNECTIONS,
	      turn = number / BLAST_CONNECTIONS;
	struct place p = place_of(turn % BLAST_FRAMES);
	/* No port below 1024; the same one comes back when the connection is long gone. */
	__u32 port = 1024 + (turn / BLAST_FRAMES * BLAST_CONNECTIONS + connection) % 64512;
	__u32 payload = p.kind >= BLAST_HEAD      ? BLAST_SEGMENT
			: p.kind == BLAST_REQUEST ? BLAST_TEXT
						  : 0;
	__u64 due_ns = begin_ns + number * settings.frame_ns;
	__u8 *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;

	if (data + BLAST_HEADERS + BLAST_TEXT > end || p.kind >= BLAST_KINDS)
		return XDP_DROP;
	bpf_loop(LOOKS_MAX, is_due, &due_ns, 0);
	put_ip(data, &p, 40 + payload);
	put_tcp(data + 34, &p, port);
	__builtin_memcpy(data + BLAST_HEADERS, (const void *)settings.texts[p.kind], BLAST_TEXT);
	if (bpf_xdp_adjust_tail(ctx, (int)payload - BLAST_SEGMENT))
		return XDP_DROP;
	return (int)bpf_redirect(settings.device, 0);
}
