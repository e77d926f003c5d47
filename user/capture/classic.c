/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/classic.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

_Static_assert(sizeof(struct classic_insn) == sizeof(struct sock_filter), "the kernel's layout");
_Static_assert(offsetof(struct classic_insn, k) == offsetof(struct sock_filter, k),
	       "the kernel's layout");

/* Extension headers that are walked, and the lists below: as in bpf/headers.h. */
#define EXTENSIONS_MAX 6

/* Beginnings of parts of the program. Jumps lead forward only. */
enum label {
	LABEL_TYPE, /* ethertype in A, X where its header begins */
	LABEL_V4,
	LABEL_V6,
	LABEL_FRAGMENT, /* protocol in MEM_PROTOCOL */
	LABEL_PROTOCOL, /* the same, X at its header */
	LABEL_UDP,
	LABEL_QUIC_V1,
	LABEL_QUIC_V2,
	LABEL_TCP,
	LABEL_EXTENSIONS, /* LABELS_OF_EXTENSION for each, and one behind the last */
	LABEL_CNT = LABEL_EXTENSIONS + EXTENSIONS_MAX * 5 + 1,
};
#define LABELS_OF_EXTENSION 5

/* The program's memory. */
enum { MEM_PROTOCOL, MEM_HEAD_LEN };

#define JUMPS_MAX 192

struct builder {
	struct classic *out;
	uint32_t snaplen;
	bool is_full; /* something did not fit */
	size_t labels[LABEL_CNT];
	struct {
		size_t at;
		enum label to;
	} jumps[JUMPS_MAX];
	size_t jumps_cnt;
};

static void emit(struct builder *b, unsigned code, unsigned jt, unsigned jf, uint32_t k)
{
	if (b->out->cnt == CLASSIC_INSNS_MAX) {
		b->is_full = true;
		return;
	}
	b->out->insns[b->out->cnt++] =
		(struct classic_insn){ (uint16_t)code, (uint8_t)jt, (uint8_t)jf, k };
}

static void op(struct builder *b, unsigned code, uint32_t k)
{
	emit(b, code, 0, 0, k);
}

static void jump(struct builder *b, enum label to)
{
	if (b->jumps_cnt == JUMPS_MAX) {
		b->is_full = true;
		return;
	}
	b->jumps[b->jumps_cnt].at = b->out->cnt;
	b->jumps[b->jumps_cnt++].to = to;
	op(b, BPF_JMP | BPF_JA, 0);
}

static void label(struct builder *b, enum label here)
{
	b->labels[here] = b->out->cnt;
}

static void accept_packet(struct builder *b)
{
	op(b, BPF_RET | BPF_K, b->snaplen);
}

static void reject_packet(struct builder *b)
{
	op(b, BPF_RET | BPF_K, 0);
}

/* Conditions on A: the next instruction runs when it holds, the one after it in any case. */
static void when_equal(struct builder *b, uint32_t k)
{
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 1, k);
}

static void when_not_equal(struct builder *b, uint32_t k)
{
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, k);
}

static void when_below(struct builder *b, uint32_t k)
{
	emit(b, BPF_JMP | BPF_JGE | BPF_K, 1, 0, k);
}

static void when_set(struct builder *b, uint32_t k)
{
	emit(b, BPF_JMP | BPF_JSET | BPF_K, 0, 1, k);
}

static void load_byte(struct builder *b, uint32_t behind_x)
{
	op(b, BPF_LD | BPF_B | BPF_IND, behind_x);
}

static void load_half(struct builder *b, uint32_t behind_x)
{
	op(b, BPF_LD | BPF_H | BPF_IND, behind_x);
}

static void load_word(struct builder *b, uint32_t behind_x)
{
	op(b, BPF_LD | BPF_W | BPF_IND, behind_x);
}

/* X += A */
static void advance(struct builder *b)
{
	op(b, BPF_ALU | BPF_ADD | BPF_X, 0);
	op(b, BPF_MISC | BPF_TAX, 0);
}

static const uint16_t vlan_types[] = { 0x8100, 0x88a8, 0x9100, 0x9200 };
#define VLAN_TYPES (sizeof(vlan_types) / sizeof(vlan_types[0]))

/* With an ethertype in A: what follows runs when it is a tag's. */
static void unless_tag_go(struct builder *b, enum label to)
{
	for (unsigned i = 0; i < VLAN_TYPES; i++)
		emit(b, BPF_JMP | BPF_JEQ | BPF_K, (unsigned)VLAN_TYPES - i, 0, vlan_types[i]);
	jump(b, to);
}

/* With the ethertype in A and where its header begins in X. */
static void select_ethertype(struct builder *b)
{
	static const uint16_t tunnels[] = { 0x6558, 0x8847, 0x8848, 0x8864, 0x8870, 0x880b,
					    0x88e7, 0x8909, 0x8926, 0x892f, 0x893f, 0x894f };

	label(b, LABEL_TYPE);
	when_equal(b, 0x0800);
	jump(b, LABEL_V4);
	when_equal(b, 0x86dd);
	jump(b, LABEL_V6);
	for (size_t i = 0; i < sizeof(tunnels) / sizeof(tunnels[0]); i++) {
		when_equal(b, tunnels[i]);
		accept_packet(b);
	}
	for (size_t i = 0; i < VLAN_TYPES; i++) {
		when_equal(b, vlan_types[i]);
		accept_packet(b);
	}
	when_below(b, 1501);
	accept_packet(b);
	reject_packet(b);
}

/* The type, behind two tags at the most. */
static void select_ethernet(struct builder *b)
{
	for (uint32_t off = 14; off <= 18; off += 4) {
		op(b, BPF_LD | BPF_H | BPF_ABS, off - 2);
		op(b, BPF_LDX | BPF_IMM, off);
		unless_tag_go(b, LABEL_TYPE);
	}
	op(b, BPF_LD | BPF_H | BPF_ABS, 20);
	op(b, BPF_LDX | BPF_IMM, 22);
}

/* A tag is at the beginning, of this ethertype, when the header behind it says the same. */
static void when_behind_tag_go(struct builder *b, uint32_t type, uint32_t version, enum label to)
{
	op(b, BPF_LD | BPF_H | BPF_ABS, 2);
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 5, type);
	op(b, BPF_LD | BPF_B | BPF_ABS, 4);
	op(b, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	emit(b, BPF_JMP | BPF_JEQ | BPF_K, 0, 2, version);
	op(b, BPF_LDX | BPF_IMM, 4);
	jump(b, to);
}

/* The kernel's word for the type, which is a tag's in two cases; see prefilter_read_cooked(). */
static void select_cooked(struct builder *b)
{
	op(b, BPF_LDX | BPF_IMM, 0);
	op(b, BPF_LD | BPF_H | BPF_ABS, (uint32_t)SKF_AD_OFF + SKF_AD_PROTOCOL);
	unless_tag_go(b, LABEL_TYPE);
	when_behind_tag_go(b, 0x0800, 0x40, LABEL_V4);
	when_behind_tag_go(b, 0x86dd, 0x60, LABEL_V6);
	op(b, BPF_LD | BPF_B | BPF_ABS, 0);
	op(b, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	when_equal(b, 0x60);
	jump(b, LABEL_V6);
	jump(b, LABEL_V4);
}

static void select_v4(struct builder *b)
{
	label(b, LABEL_V4);
	load_byte(b, 0);
	op(b, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	when_not_equal(b, 0x40);
	accept_packet(b);
	load_byte(b, 0);
	op(b, BPF_ALU | BPF_AND | BPF_K, 0x0f);
	op(b, BPF_ALU | BPF_LSH | BPF_K, 2);
	when_below(b, 20);
	accept_packet(b);
	op(b, BPF_ST, MEM_HEAD_LEN);
	load_byte(b, 9);
	op(b, BPF_ST, MEM_PROTOCOL);
	load_half(b, 6);
	when_set(b, 0x3fff);
	jump(b, LABEL_FRAGMENT);
	op(b, BPF_LD | BPF_MEM, MEM_HEAD_LEN);
	advance(b);
	jump(b, LABEL_PROTOCOL);
}

static const uint8_t plain_extensions[] = { 0, 60, 135, 139, 140 };
#define ROUTING        43
#define FRAGMENT       44
#define AUTHENTICATION 51

/* Kind in MEM_PROTOCOL, X where it begins; the same for the next when it is over. What is no
 * extension header leaves for LABEL_PROTOCOL. */
static void select_extension(struct builder *b, unsigned depth)
{
	enum label base = LABEL_EXTENSIONS + depth * LABELS_OF_EXTENSION;
	enum label plain = base + 1, routing = base + 2, alone = base + 3, ah = base + 4;
	enum label next = base + LABELS_OF_EXTENSION;

	label(b, base);
	op(b, BPF_LD | BPF_MEM, MEM_PROTOCOL);
	when_equal(b, ROUTING);
	jump(b, routing);
	when_equal(b, FRAGMENT);
	jump(b, alone);
	when_equal(b, AUTHENTICATION);
	jump(b, ah);
	for (size_t i = 0; i < sizeof(plain_extensions); i++) {
		when_equal(b, plain_extensions[i]);
		jump(b, plain);
	}
	jump(b, LABEL_PROTOCOL);

	label(b, alone);
	load_byte(b, 0);
	op(b, BPF_ST, MEM_PROTOCOL);
	load_half(b, 2);
	when_set(b, 0xfff9); /* one that is alone (RFC 6946) is none */
	jump(b, LABEL_FRAGMENT);
	op(b, BPF_LD | BPF_IMM, 8);
	advance(b);
	jump(b, next);

	label(b, ah);
	load_byte(b, 0);
	op(b, BPF_ST, MEM_PROTOCOL);
	load_byte(b, 1);
	op(b, BPF_ALU | BPF_ADD | BPF_K, 2);
	op(b, BPF_ALU | BPF_LSH | BPF_K, 2);
	advance(b);
	jump(b, next);

	label(b, routing);
	load_byte(b, 3);
	when_not_equal(b, 0); /* with hops left the destination is not the connection's */
	accept_packet(b);

	label(b, plain);
	load_byte(b, 0);
	op(b, BPF_ST, MEM_PROTOCOL);
	load_byte(b, 1);
	op(b, BPF_ALU | BPF_ADD | BPF_K, 1);
	op(b, BPF_ALU | BPF_LSH | BPF_K, 3);
	advance(b);
}

static void select_v6(struct builder *b)
{
	static const uint8_t others[] = { ROUTING, FRAGMENT, AUTHENTICATION };

	label(b, LABEL_V6);
	load_byte(b, 0);
	op(b, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	when_not_equal(b, 0x60);
	accept_packet(b);
	load_byte(b, 6);
	op(b, BPF_ST, MEM_PROTOCOL);
	op(b, BPF_LD | BPF_IMM, 40);
	advance(b);
	for (unsigned i = 0; i < EXTENSIONS_MAX; i++)
		select_extension(b, i);
	label(b, LABEL_EXTENSIONS + EXTENSIONS_MAX * LABELS_OF_EXTENSION);
	op(b, BPF_LD | BPF_MEM, MEM_PROTOCOL);
	for (size_t i = 0; i < sizeof(plain_extensions); i++) {
		when_equal(b, plain_extensions[i]);
		accept_packet(b);
	}
	for (size_t i = 0; i < sizeof(others); i++) {
		when_equal(b, others[i]);
		accept_packet(b);
	}
	jump(b, LABEL_PROTOCOL);
}

/* With a protocol in A. */
static void accept_tunnels(struct builder *b)
{
	static const uint8_t tunnels[] = { 4, 41, 47, 97, 137, 143 };

	for (size_t i = 0; i < sizeof(tunnels); i++) {
		when_equal(b, tunnels[i]);
		accept_packet(b);
	}
}

static void select_fragment(struct builder *b)
{
	label(b, LABEL_FRAGMENT);
	op(b, BPF_LD | BPF_MEM, MEM_PROTOCOL);
	accept_tunnels(b);
	when_equal(b, 6);
	accept_packet(b);
	when_equal(b, 17);
	accept_packet(b);
	reject_packet(b);
}

static void select_protocol(struct builder *b)
{
	label(b, LABEL_PROTOCOL);
	op(b, BPF_LD | BPF_MEM, MEM_PROTOCOL);
	when_equal(b, 6);
	jump(b, LABEL_TCP);
	accept_tunnels(b);
	when_equal(b, 17);
	jump(b, LABEL_UDP);
	reject_packet(b);
}

/* An Initial packet: its type has another number in each version. */
static void select_quic(struct builder *b)
{
	load_byte(b, 8);
	op(b, BPF_ALU | BPF_AND | BPF_K, 0xf0);
	when_equal(b, 0xc0);
	jump(b, LABEL_QUIC_V1);
	when_equal(b, 0xd0);
	jump(b, LABEL_QUIC_V2);
	reject_packet(b);
	for (enum label l = LABEL_QUIC_V1; l <= LABEL_QUIC_V2; l++) {
		label(b, l);
		load_word(b, 9);
		when_equal(b, l == LABEL_QUIC_V1 ? 0x00000001 : 0x6b3343cf);
		accept_packet(b);
		reject_packet(b);
	}
}

static void select_udp(struct builder *b)
{
	static const uint16_t tunnels[] = { 1701, 2152, 3544, 4754, 4789,
					    4790, 5072, 6081, 6635, 8472 };

	label(b, LABEL_UDP);
	for (uint32_t off = 0; off <= 2; off += 2) {
		load_half(b, off);
		for (size_t i = 0; i < sizeof(tunnels) / sizeof(tunnels[0]); i++) {
			when_equal(b, tunnels[i]);
			accept_packet(b);
		}
	}
	select_quic(b);
}

static bool has_port(const uint64_t *ports, unsigned port)
{
	return port < 65536 && (ports[port / 64] >> (port % 64) & 1);
}

/* With a port in A. */
static void accept_ports(struct builder *b, const uint64_t *ports)
{
	for (unsigned port = 0; port < 65536 && !b->is_full; port++) {
		unsigned first = port;

		if (!has_port(ports, port))
			continue;
		while (has_port(ports, port + 1))
			port++;
		if (port == first) {
			when_equal(b, first);
		} else {
			emit(b, BPF_JMP | BPF_JGE | BPF_K, 0, 2, first);
			emit(b, BPF_JMP | BPF_JGT | BPF_K, 1, 0, port);
		}
		accept_packet(b);
	}
}

static void select_tcp(struct builder *b, const uint64_t *ports)
{
	label(b, LABEL_TCP);
	if (!ports) {
		accept_packet(b);
		return;
	}
	for (uint32_t off = 0; off <= 2; off += 2) {
		load_half(b, off);
		accept_ports(b, ports);
	}
	reject_packet(b);
}

/* False when it does not fit. */
static bool build(const uint64_t *ports, unsigned l2_len, uint32_t snaplen, struct classic *out)
{
	struct builder b = { .out = out, .snaplen = snaplen };

	out->cnt = 0;
	if (l2_len)
		select_ethernet(&b);
	else
		select_cooked(&b);
	select_ethertype(&b);
	select_v4(&b);
	select_v6(&b);
	select_fragment(&b);
	select_protocol(&b);
	select_udp(&b);
	select_tcp(&b, ports);
	for (size_t i = 0; i < b.jumps_cnt; i++)
		out->insns[b.jumps[i].at].k =
			(uint32_t)(b.labels[b.jumps[i].to] - b.jumps[i].at - 1);
	return !b.is_full;
}

int classic_build(const uint64_t *ports, unsigned l2_len, uint32_t snaplen, struct classic *out)
{
	if (l2_len != 0 && l2_len != 14)
		return -EINVAL;
	if (build(ports, l2_len, snaplen, out))
		return 0;
	(void)build(NULL, l2_len, snaplen, out);
	return -E2BIG;
}

int classic_attach(const struct classic *c, int fd)
{
	struct sock_filter insns[CLASSIC_INSNS_MAX];
	struct sock_fprog program = { .len = (unsigned short)c->cnt, .filter = insns };
	int on = 1;

	memcpy(insns, c->insns, c->cnt * sizeof(insns[0]));
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_LOCK_FILTER, &on, sizeof(on)) != 0)
		return -errno;
	return 0;
}
