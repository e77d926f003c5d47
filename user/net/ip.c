/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/ip.h"

#include "net/fragment.h"
#include "net/tunnel.h"

enum protocol {
	PROTOCOL_HOPOPT = 0,
	PROTOCOL_IPIP = 4,
	PROTOCOL_TCP = 6,
	PROTOCOL_UDP = 17,
	PROTOCOL_IPV6 = 41,
	PROTOCOL_ROUTING = 43,
	PROTOCOL_FRAGMENT = 44,
	PROTOCOL_GRE = 47,
	PROTOCOL_ESP = 50,
	PROTOCOL_AH = 51,
	PROTOCOL_NONE = 59,
	PROTOCOL_DSTOPTS = 60,
	PROTOCOL_ETHERIP = 97,
	PROTOCOL_MOBILITY = 135,
	PROTOCOL_MPLS = 137,
	PROTOCOL_HIP = 139,
	PROTOCOL_SHIM6 = 140,
	PROTOCOL_ETHERNET = 143,
};

/* Options in hop-by-hop and destination headers that change what the packet is. */
#define OPTION_PAD1         0x00
#define OPTION_JUMBO        0xc2 /* RFC 2675, 2 */
#define OPTION_HOME_ADDRESS 0xc9 /* RFC 6275, 6.3 */

#define IP4_HEAD_LEN 20
#define IP6_HEAD_LEN 40
#define TCP_HEAD_LEN 20

/* Protocols that are common and known to carry nothing for us, so that the report does not name
 * them as unknown: ICMP, IGMP, GGP, EGP, IGP, DCCP, RSVP, ICMPv6, EIGRP, OSPF, PIM, VRRP, SCTP,
 * UDP-Lite, ... */
static bool is_known_other(uint32_t protocol)
{
	static const uint8_t known[] = { 1,  2,  3,  5,   8,   9,   33,  46,  PROTOCOL_NONE,
					 58, 88, 89, 103, 112, 113, 132, 136, 255 };

	for (size_t i = 0; i < sizeof(known); i++)
		if (known[i] == protocol)
			return true;
	return false;
}

enum walk_next ip_any(struct walk *w)
{
	struct cursor c = w->c;
	uint8_t version = cursor_u8(&c) >> 4;

	if (c.bad)
		return WALK_SHORT_IP;
	if (version == 4)
		return WALK_IP4;
	return version == 6 ? WALK_IP6 : WALK_BAD_IP;
}

/* The header's version is not the one that the layer below named: tools that rewrite captures leave
 * such packets. They are read as what they are when all of the header agrees. */
static enum walk_next other_version(struct walk *w, struct cursor head, enum walk_next next)
{
	uint8_t version = next == WALK_IP6 ? 6 : 4;

	w->c.ptr = head.end - (next == WALK_IP6 ? IP4_HEAD_LEN : IP6_HEAD_LEN);
	head = w->c;
	return cursor_u8(&head) >> 4 == version && ip_is_plausible(w->c, w->missing) ? next
										     : WALK_BAD_IP;
}

/* Give a fragment to the table; go on with the datagram when it is whole. */
static enum walk_next reassemble(struct walk *w, struct fragment *f)
{
	struct span whole;
	uint8_t protocol;

	/* Others the kernel puts together before it deals them out. */
	w->is_apart |= f->is_ip6 || w->is_tunnelled;
	/* Bytes that are not there cannot be put together, and none are invented: the datagram
	 * stays incomplete, and is counted as lost in its time. */
	if (w->missing)
		return WALK_SHORT_IP;
	f->src = w->out->src.addr;
	f->dst = w->out->dst.addr;
	f->bytes = cursor_rest(&w->c);
	f->time_ns = w->time_ns;
	switch (fragment_add(w->fragments, f, w->stats, &whole, &protocol)) {
	case FRAGMENT_WAITING: return WALK_WAITING;
	case FRAGMENT_BAD: return WALK_BAD_IP;
	case FRAGMENT_WHOLE: break;
	}
	w->c = cursor_make(whole);
	w->type = protocol;
	return WALK_PROTOCOL;
}

static enum walk_next reassemble_v4(struct walk *w, uint16_t id, uint16_t flags_off,
				    uint8_t protocol)
{
	struct fragment f = {
		.id = id,
		.protocol = protocol,
		.has_more = flags_off & 0x2000,
		.off = (uint32_t)(flags_off & 0x1fff) * 8,
	};

	return reassemble(w, &f);
}

enum walk_next ip_v4(struct walk *w)
{
	struct cursor h;
	uint8_t first, protocol;
	uint16_t total_len, id, flags_off;
	size_t head_len;

	if (!walk_head(w, IP4_HEAD_LEN, &h))
		return WALK_SHORT_IP;
	first = cursor_u8(&h);
	cursor_skip(&h, 1); /* class of service */
	total_len = cursor_be16(&h);
	id = cursor_be16(&h);
	flags_off = cursor_be16(&h);
	cursor_skip(&h, 1); /* time to live */
	protocol = cursor_u8(&h);
	cursor_skip(&h, 2); /* checksum */
	head_len = (first & 15u) * 4;
	if (first >> 4 != 4)
		return other_version(w, h, WALK_IP6);
	if (head_len < IP4_HEAD_LEN || (total_len && total_len < head_len))
		return WALK_BAD_IP;
	w->out->src.addr = address_from_v4(cursor_take(&h, 4));
	w->out->dst.addr = address_from_v4(cursor_take(&h, 4));
	if (total_len)
		walk_limit(w, (size_t)total_len - IP4_HEAD_LEN);
	cursor_skip(&w->c, head_len - IP4_HEAD_LEN);
	if (w->c.bad)
		return WALK_SHORT_IP;
	if (flags_off & 0x3fff) /* more fragments follow, or this is not the first */
		return reassemble_v4(w, id, flags_off, protocol);
	if (protocol == PROTOCOL_TCP)
		return WALK_TCP;
	w->type = protocol;
	return WALK_PROTOCOL;
}

enum walk_next ip_v6(struct walk *w)
{
	struct cursor h;
	uint16_t payload_len;

	if (!walk_head(w, IP6_HEAD_LEN, &h))
		return WALK_SHORT_IP;
	if (cursor_be32(&h) >> 28 != 6)
		return other_version(w, h, WALK_IP4);
	payload_len = cursor_be16(&h);
	w->type = cursor_u8(&h);
	cursor_skip(&h, 1);
	memcpy(w->out->src.addr.bytes, cursor_take(&h, 16), 16);
	memcpy(w->out->dst.addr.bytes, cursor_take(&h, 16), 16);
	w->ip6_is_sizeless = payload_len == 0;
	if (payload_len)
		walk_limit(w, payload_len);
	return w->type == PROTOCOL_TCP ? WALK_TCP : WALK_PROTOCOL;
}

/* The data of the first such option, or one that is not present. */
static struct span option_find(struct cursor options, uint8_t wanted)
{
	while (cursor_left(&options)) {
		uint8_t type = cursor_u8(&options);
		size_t len;
		const uint8_t *data;

		if (type == OPTION_PAD1)
			continue;
		len = cursor_u8(&options);
		data = cursor_take(&options, len);
		if (options.bad)
			break;
		if (type == wanted)
			return span_make(data, len);
	}
	return span_make(NULL, 0);
}

/* A jumbogram's length counts from the end of the IPv6 header; ext_len bytes of it are read. */
static void hop_by_hop(struct walk *w, struct cursor options, size_t ext_len)
{
	struct span jumbo = option_find(options, OPTION_JUMBO);
	struct cursor c = cursor_make(jumbo);
	uint32_t len;

	if (!w->ip6_is_sizeless || jumbo.len != 4)
		return;
	len = cursor_be32(&c);
	if (len >= ext_len)
		walk_limit(w, len - ext_len);
}

/* A packet on its way through a list of hops belongs to the connection with the last of them:
 * both directions must give one pair of addresses. */
static void routing(struct walk *w, struct cursor body)
{
	uint8_t type = cursor_u8(&body);
	uint8_t hops_left = cursor_u8(&body);
	const uint8_t *last;

	if (hops_left == 0)
		return;
	cursor_skip(&body, 4);
	/* Segment routing lists the hops from the last to the first (RFC 8754, 2), type 0 the
	 * other way round (RFC 2460, 4.4); type 2 has one (RFC 6275, 6.4). */
	if (type == 0 && cursor_left(&body) >= 16)
		cursor_skip(&body, cursor_left(&body) / 16 * 16 - 16);
	else if (type != 2 && type != 4)
		return;
	last = cursor_take(&body, 16);
	if (last)
		memcpy(w->out->dst.addr.bytes, last, 16);
}

/* A mobile node away from home is known to its peer by its home address. */
static void destination_options(struct walk *w, struct cursor options)
{
	struct span home = option_find(options, OPTION_HOME_ADDRESS);

	if (home.len == 16)
		memcpy(w->out->src.addr.bytes, home.ptr, 16);
}

/* Headers of the common form (RFC 8200, 4): next header, length in units of 8 bytes beyond the
 * first 8. Each is a step of its own, so that their number is bounded by the packet's depth. */
static enum walk_next extension(struct walk *w)
{
	uint32_t kind = w->type;
	uint8_t next = cursor_u8(&w->c);
	size_t len = (cursor_u8(&w->c) + 1u) * 8;
	const uint8_t *body = cursor_take(&w->c, len - 2);
	struct cursor c;

	if (!body)
		return walk_cut(w, WALK_SHORT_IP, WALK_BAD_IP);
	c = cursor_make(span_make(body, len - 2));
	w->type = next;
	if (kind == PROTOCOL_HOPOPT)
		hop_by_hop(w, c, len);
	else if (kind == PROTOCOL_ROUTING)
		routing(w, c);
	else if (kind == PROTOCOL_DSTOPTS)
		destination_options(w, c);
	return WALK_PROTOCOL;
}

static enum walk_next fragment_header(struct walk *w)
{
	uint8_t next = cursor_u8(&w->c);
	uint16_t off_flags;
	struct fragment f = { .is_ip6 = true, .protocol = next };

	cursor_skip(&w->c, 1);
	off_flags = cursor_be16(&w->c);
	f.id = cursor_be32(&w->c);
	if (w->c.bad)
		return walk_cut(w, WALK_SHORT_IP, WALK_BAD_IP);
	f.off = off_flags & 0xfff8;
	f.has_more = off_flags & 1;
	/* An atomic fragment is alone, and not to be matched with others (RFC 6946). */
	if (f.off == 0 && !f.has_more) {
		w->type = next;
		return WALK_PROTOCOL;
	}
	return reassemble(w, &f);
}

/* The length counts words of 4 bytes, without the first two of them (RFC 4302, 2.2). */
static enum walk_next authentication(struct walk *w)
{
	w->type = cursor_u8(&w->c);
	cursor_skip(&w->c, (cursor_u8(&w->c) + 2u) * 4 - 2);
	return w->c.bad ? walk_cut(w, WALK_SHORT_IP, WALK_BAD_IP) : WALK_PROTOCOL;
}

/* What follows is another packet, whose addresses replace this one's. */
static enum walk_next tunnelled(struct walk *w, enum walk_next next)
{
	w->is_tunnelled = true;
	return next;
}

enum walk_next ip_protocol(struct walk *w)
{
	switch (w->type) {
	case PROTOCOL_TCP: return WALK_TCP;
	case PROTOCOL_UDP: return WALK_UDP;
	case PROTOCOL_HOPOPT:
	case PROTOCOL_ROUTING:
	case PROTOCOL_DSTOPTS:
	case PROTOCOL_MOBILITY:
	case PROTOCOL_HIP:
	case PROTOCOL_SHIM6: return extension(w);
	case PROTOCOL_FRAGMENT: return fragment_header(w);
	case PROTOCOL_AH: return authentication(w);
	case PROTOCOL_ESP: return WALK_ENCRYPTED;
	case PROTOCOL_IPIP: return tunnelled(w, WALK_IP4);
	case PROTOCOL_IPV6: return tunnelled(w, WALK_IP6);
	case PROTOCOL_GRE: return tunnelled(w, WALK_GRE);
	case PROTOCOL_MPLS: return tunnelled(w, WALK_MPLS);
	case PROTOCOL_ETHERNET: return tunnelled(w, WALK_ETHERNET);
	case PROTOCOL_ETHERIP: return tunnel_etherip(w);
	default:
		return is_known_other(w->type) ? WALK_OTHER
					       : walk_unknown(w, "IP protocol", w->type);
	}
}

enum walk_next ip_tcp(struct walk *w)
{
	struct segment *out = w->out;
	struct cursor h;
	size_t head_len;

	if (!walk_head(w, TCP_HEAD_LEN, &h))
		return walk_cut(w, WALK_SHORT_TCP, WALK_BAD_TCP);
	out->src.port = cursor_be16(&h);
	out->dst.port = cursor_be16(&h);
	out->seq = cursor_be32(&h);
	out->ack = cursor_be32(&h);
	head_len = (size_t)(cursor_u8(&h) >> 4) * 4;
	out->flags = cursor_u8(&h);
	if (head_len < TCP_HEAD_LEN)
		return WALK_BAD_TCP;
	cursor_skip(&w->c, head_len - TCP_HEAD_LEN);
	if (w->c.bad)
		return walk_cut(w, WALK_SHORT_TCP, WALK_BAD_TCP);
	out->payload = cursor_rest(&w->c);
	out->payload_len = (uint32_t)(out->payload.len + w->missing);
	return WALK_SEGMENT;
}

/* The lengths agree with the bytes there are. They must not name more than these: a tunnel's
 * packet is whole inside its own, unless it was cut, and then missing tells by how much. */
static bool ip4_is_plausible(struct cursor c, size_t room)
{
	size_t head_len = (cursor_u8(&c) & 15u) * 4;
	size_t total_len;

	cursor_skip(&c, 1);
	total_len = cursor_be16(&c);
	if (total_len == 0)
		total_len = room > UINT16_MAX ? room : 0; /* offload; see the header */
	return head_len >= IP4_HEAD_LEN && total_len >= head_len && total_len <= room;
}

static bool ip6_is_plausible(struct cursor c, size_t room)
{
	cursor_skip(&c, 4);
	return (size_t)cursor_be16(&c) + IP6_HEAD_LEN <= room;
}

bool ip_is_plausible(struct cursor c, size_t missing)
{
	size_t room = cursor_left(&c) + missing;
	struct cursor peek = c;
	uint8_t version = cursor_u8(&peek) >> 4;

	if (version == 4)
		return ip4_is_plausible(c, room);
	return version == 6 && ip6_is_plausible(c, room);
}
