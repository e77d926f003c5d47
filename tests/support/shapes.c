/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/shapes.h"

#include <stdio.h>
#include <string.h>

#define CNT(array) (sizeof(array) / sizeof((array)[0]))
/* A datagram that begins so, with a connection's name and what nobody can read. */
#define QUIC_REST   "\x08........\0...................."
#define QUIC(begin) begin QUIC_REST, sizeof(begin QUIC_REST) - 1

enum transport {
	TCP_TO,
	TCP_FROM,
	TCP_IN_RANGE,
	TCP_BELOW_RANGE,
	TCP_ABOVE_RANGE,
	TCP_OTHER,
	UDP_OTHER,
	UDP_QUIC_V1,
	UDP_QUIC_V2,
	UDP_QUIC_HANDSHAKE,
	UDP_QUIC_SHORT,
	UDP_QUIC_OTHER_VERSION,
	UDP_EMPTY,
	UDP_VXLAN,
	UDP_FROM_GENEVE,
	GRE,
	IPIP,
	ICMP,
	ESP,
	FIRST_FRAGMENT,
	LATER_FRAGMENT,
	ICMP_FRAGMENT,
	TRANSPORT_CNT
};

static const struct {
	const char *name;
	uint8_t protocol;
	uint16_t sport, dport;
	bool is_wanted;
} transports[TRANSPORT_CNT] = {
	[TCP_TO] = { "tcp to port 80", 6, 50000, 80, true },
	[TCP_FROM] = { "tcp from port 80", 6, 80, 50000, true },
	[TCP_IN_RANGE] = { "tcp to port 8090", 6, 50000, 8090, true },
	[TCP_BELOW_RANGE] = { "tcp to port 8079", 6, 50000, 8079, false },
	[TCP_ABOVE_RANGE] = { "tcp from port 8091", 6, 8091, 50000, false },
	[TCP_OTHER] = { "tcp to port 65535", 6, 0, 65535, false },
	[UDP_OTHER] = { "udp to port 80", 17, 80, 80, false },
	[UDP_QUIC_V1] = { "quic, version 1", 17, 50000, 443, true },
	[UDP_QUIC_V2] = { "quic, version 2", 17, 443, 50000, true },
	[UDP_QUIC_HANDSHAKE] = { "quic, later", 17, 50000, 443, false },
	[UDP_QUIC_SHORT] = { "quic, short header", 17, 50000, 443, false },
	[UDP_QUIC_OTHER_VERSION] = { "quic, odd", 17, 50000, 443, false },
	[UDP_EMPTY] = { "udp without data", 17, 50000, 80, false },
	[UDP_VXLAN] = { "vxlan", 17, 1234, 4789, true },
	[UDP_FROM_GENEVE] = { "udp from port 6081", 17, 6081, 1234, true },
	[GRE] = { "gre", 47, 0, 0, true },
	[IPIP] = { "ip in ip", 4, 0, 0, true },
	[ICMP] = { "icmp", 1, 0, 0, false },
	[ESP] = { "esp", 50, 80, 80, false },
	[FIRST_FRAGMENT] = { "first fragment of tcp", 6, 50000, 81, true },
	[LATER_FRAGMENT] = { "later fragment of udp", 17, 0, 0, true },
	[ICMP_FRAGMENT] = { "fragment of icmp", 1, 0, 0, false },
};

/* What is not the begin of a response. */
static const struct {
	const char *ptr;
	size_t len;
} payloads[TRANSPORT_CNT] = {
	[UDP_QUIC_V1] = { QUIC("\xc3\0\0\0\1") },
	[UDP_QUIC_V2] = { QUIC("\xd0\x6b\x33\x43\xcf") },
	[UDP_QUIC_HANDSHAKE] = { QUIC("\xe3\0\0\0\1") },
	[UDP_QUIC_SHORT] = { QUIC("\x43\0\0\0\1") },
	[UDP_QUIC_OTHER_VERSION] = { QUIC("\xc3\0\0\0\2") },
	[UDP_EMPTY] = { "", 0 },
};

/* Extension headers, from the last to the first. */
static const struct {
	const char *name;
	uint8_t kinds[8];
	uint8_t cnt;
	uint8_t hops_left; /* of a routing header */
	bool is_passed;    /* whatever is behind them */
} extensions[] = {
	{ "no extension", { 0 }, 0, 0, false },
	{ "hop-by-hop", { 0 }, 1, 0, false },
	{ "destination", { 60 }, 1, 0, false },
	{ "routing at its end", { 43 }, 1, 0, false },
	{ "routing on its way", { 43, 0 }, 2, 1, true },
	{ "authentication", { 51 }, 1, 0, false },
	{ "lone fragment", { 44 }, 1, 0, false },
	{ "six of them", { 60, 51, 44, 43, 60, 0 }, 6, 0, false },
	{ "seven of them", { 60, 60, 60, 60, 60, 60, 60 }, 7, 0, true },
	{ "mobility, hip and shim", { 135, 139, 140 }, 3, 0, false },
};

static const struct {
	const char *name;
	uint16_t tags[3]; /* from the first to the last; ends with 0 */
	bool is_passed;
} links[] = {
	{ "ethernet", { 0 }, false },
	{ "vlan", { 0x8100 }, false },
	{ "802.1ad", { 0x88a8, 0x8100 }, false },
	{ "old QinQ", { 0x9100, 0x9200 }, false },
	{ "three tags", { 0x8100, 0x8100, 0x8100 }, true },
};
static const char *const cooked[] = { "cooked", "cooked, tag sent", "cooked, two tags received" };

#define LINKS      (CNT(links) + CNT(cooked))
#define SHAPES     (LINKS * 2 * CNT(extensions) * TRANSPORT_CNT)
#define OTHER_ETHS CNT(other_types)

/* Without IP. */
static const struct {
	const char *name;
	uint16_t type;
	bool is_wanted;
} other_types[] = {
	{ "arp", 0x0806, false },    { "lldp", 0x88cc, false }, { "mpls", 0x8847, true },
	{ "pppoe", 0x8864, true },   { "llc", 1500, true },     { "xns", 0x0600, false },
	{ "802.1ah", 0x88e7, true }, { "nsh", 0x894f, true },
};

static void put_transport(struct packets *b, enum transport t)
{
	if (payloads[t].ptr)
		packets_begin(b, payloads[t].ptr, payloads[t].len);
	else
		packets_begin(b, "HTTP/1.1 200 OK\r\n\r\n", 19);
	if (transports[t].protocol == 17)
		packets_udp(b, transports[t].sport, transports[t].dport);
	else
		packets_tcp(b, transports[t].sport, transports[t].dport, 1, 1, 0x10);
}

/* One extension header in front; its own lengths are all 8 but for some of 16. */
static void put_extension(struct packets *b, uint8_t kind, uint8_t next, uint8_t hops_left)
{
	uint8_t h[16] = { next, 1, 0, 0 };

	if (kind == 44) {
		packets_ip6_fragment(b, next, 7, 0, false);
		return;
	}
	if (kind == 51)
		h[1] = 2;
	if (kind == 43)
		h[3] = hops_left;
	packets_raw(b, h, sizeof(h));
}

static void put_ip6(struct packets *b, unsigned ext, enum transport t)
{
	struct endpoint src = packets_endpoint("2001:db8::1", 0);
	struct endpoint dst = packets_endpoint("2001:db8::2", 0);
	uint8_t next = transports[t].protocol;

	if (t >= FIRST_FRAGMENT) {
		packets_ip6_fragment(b, next, 7, t == LATER_FRAGMENT ? 80 : 0, t != LATER_FRAGMENT);
		next = 44;
	}
	for (unsigned i = 0; i < extensions[ext].cnt; i++) {
		put_extension(b, extensions[ext].kinds[i], next, extensions[ext].hops_left);
		next = extensions[ext].kinds[i];
	}
	packets_ip6(b, &src.addr, &dst.addr, next);
}

/* With ext words of options. */
static void put_ip4(struct packets *b, unsigned ext, enum transport t)
{
	struct endpoint src = packets_endpoint("10.0.0.1", 0);
	struct endpoint dst = packets_endpoint("10.0.0.2", 0);
	static const uint8_t options[40] = { 0 };

	packets_raw(b, options, ext * 4);
	if (t >= FIRST_FRAGMENT)
		packets_ip4_fragment(b, &src.addr, &dst.addr, transports[t].protocol, 7,
				     t == LATER_FRAGMENT ? 80 : 0, t != LATER_FRAGMENT);
	else
		packets_ip4(b, &src.addr, &dst.addr, transports[t].protocol);
	b->room[b->off] = (uint8_t)(0x45 + ext);
}

static void put_link(struct shape *s, unsigned link, uint16_t type)
{
	s->l2_len = link < CNT(links) ? 14 : 0;
	s->protocol = type;
	if (link >= CNT(links)) {
		if (link != CNT(links))
			s->protocol = 0x8100;
		if (link == CNT(links) + 2)
			packets_vlan(&s->packet, 5, type);
		return;
	}
	for (unsigned i = 3; i-- > 0;) {
		if (!links[link].tags[i])
			continue;
		packets_vlan(&s->packet, 5, type);
		type = links[link].tags[i];
	}
	packets_eth(&s->packet, type);
}

static bool build_other(unsigned n, struct shape *s)
{
	static const uint8_t bytes[64] = { 0 };

	if (n >= OTHER_ETHS * 2)
		return false;
	packets_begin(&s->packet, bytes, sizeof(bytes));
	put_link(s, n < OTHER_ETHS ? 0 : CNT(links), other_types[n % OTHER_ETHS].type);
	s->is_wanted = other_types[n % OTHER_ETHS].is_wanted;
	(void)snprintf(s->name, sizeof(s->name), "%s in %s", other_types[n % OTHER_ETHS].name,
		       s->l2_len ? "ethernet" : "cooked");
	return true;
}

bool shapes_build(unsigned n, struct shape *s)
{
	unsigned link, ext;
	enum transport t;
	bool is_ip6;

	if (n >= SHAPES)
		return build_other(n - (unsigned)SHAPES, s);
	t = n % TRANSPORT_CNT;
	n /= TRANSPORT_CNT;
	ext = n % CNT(extensions);
	n /= CNT(extensions);
	is_ip6 = n % 2;
	link = n / 2;
	put_transport(&s->packet, t);
	if (is_ip6)
		put_ip6(&s->packet, ext, t);
	else
		put_ip4(&s->packet, ext, t);
	put_link(s, link, is_ip6 ? 0x86dd : 0x0800);
	s->is_wanted = transports[t].is_wanted;
	if ((is_ip6 && extensions[ext].is_passed) || (s->l2_len && links[link].is_passed))
		s->is_wanted = true;
	/* The fragment header is one of those that are counted. */
	if (is_ip6 && extensions[ext].cnt == 6 && t >= FIRST_FRAGMENT)
		s->is_wanted = true;
	(void)snprintf(s->name, sizeof(s->name), "%s, ip%c, %s, %s",
		       s->l2_len ? links[link].name : cooked[link - CNT(links)], is_ip6 ? '6' : '4',
		       is_ip6 ? extensions[ext].name : "options", transports[t].name);
	return true;
}

void shapes_ports(uint64_t ports[65536 / 64])
{
	memset(ports, 0, 65536 / 8);
	ports[80 / 64] |= 1ull << 80 % 64;
	for (unsigned port = 8080; port <= 8090; port++)
		ports[port / 64] |= 1ull << port % 64;
}
