/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/tunnel.h"

#include "net/frame.h"
#include "net/ip.h"

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING  0x4000
#define GRE_KEY      0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACK      0x0080 /* version 1 */
#define GRE_VERSION  0x0007

enum gre_protocol {
	GRE_KEEPALIVE = 0x0000,
	GRE_OSI = 0x00fe,
	GRE_NHRP = 0x2001,
	GRE_ERSPAN3 = 0x22eb,
	GRE_PPP = 0x880b,
	GRE_ERSPAN = 0x88be, /* types I and II */
	GRE_WCCP = 0x883e,
};

/* Type I has no header, and its GRE header no sequence number; type II has 8 bytes. */
static enum walk_next erspan(struct walk *w, bool has_sequence)
{
	if (has_sequence)
		cursor_skip(&w->c, 8);
	return w->c.bad ? WALK_SHORT_TUNNEL : WALK_ETHERNET;
}

/*
 *	version, VLAN 2, priority, session 2, time 4, group 2, frame type and flags 2
 *	[platform's own 8]
 *
 * 12 bytes, 8 more when the last bit says so; the frame type's bits tell Ethernet from IP.
 */
static enum walk_next erspan3(struct walk *w)
{
	uint16_t last;

	cursor_skip(&w->c, 10);
	last = cursor_be16(&w->c);
	if (last & 1)
		cursor_skip(&w->c, 8);
	if (w->c.bad)
		return WALK_SHORT_TUNNEL;
	return (last >> 10 & 31) == 2 ? WALK_IP : WALK_ETHERNET;
}

/* Version 2 of the protocol puts 4 bytes in front of the redirected packet, version 1 none. */
static enum walk_next wccp(struct walk *w)
{
	if (!ip_is_plausible(w->c, w->missing))
		cursor_skip(&w->c, 4);
	return w->c.bad ? WALK_SHORT_TUNNEL : WALK_IP;
}

/* RFC 1701's source routes: entries of family, offset, length; the last has length 0. */
static void gre_skip_routes(struct cursor *c)
{
	uint8_t len;

	do {
		cursor_skip(c, 3);
		len = cursor_u8(c);
		cursor_skip(c, len);
	} while (len && !c->bad);
}

/* The protocol is an ethertype, but for those that GRE alone uses. */
static enum walk_next gre_content(struct walk *w, uint16_t flags, uint16_t protocol)
{
	switch (protocol) {
	case GRE_ERSPAN: return erspan(w, flags & GRE_SEQUENCE);
	case GRE_ERSPAN3: return erspan3(w);
	case GRE_WCCP: return wccp(w);
	case GRE_KEEPALIVE:
	case GRE_OSI:
	case GRE_NHRP: return WALK_OTHER;
	default: break;
	}
	w->type = protocol;
	return WALK_ETHERTYPE;
}

/* RFC 2637, 4.1: the key is the payload's length and a call number. */
static enum walk_next gre_pptp(struct walk *w, uint16_t flags, uint16_t protocol)
{
	uint16_t len = cursor_be16(&w->c);

	cursor_skip(&w->c, 2);
	if (flags & GRE_SEQUENCE)
		cursor_skip(&w->c, 4);
	if (flags & GRE_ACK)
		cursor_skip(&w->c, 4);
	if (w->c.bad)
		return WALK_SHORT_TUNNEL;
	if (protocol != GRE_PPP)
		return walk_unknown(w, "PPTP protocol", protocol);
	if (!(flags & GRE_SEQUENCE)) /* an acknowledgment alone */
		return WALK_OTHER;
	walk_limit(w, len);
	return WALK_PPP;
}

/* Fields that the flags announce come in this order (RFC 2890, 2); the checksum shares its word
 * with the routes' offset (RFC 1701), so that either flag brings both. */
enum walk_next tunnel_gre(struct walk *w)
{
	uint16_t flags = cursor_be16(&w->c);
	uint16_t protocol = cursor_be16(&w->c);

	if (w->c.bad)
		return WALK_SHORT_TUNNEL;
	if ((flags & GRE_VERSION) == 1)
		return gre_pptp(w, flags, protocol);
	if (flags & GRE_VERSION)
		return walk_unknown(w, "GRE version", flags & GRE_VERSION);
	if (flags & (GRE_CHECKSUM | GRE_ROUTING))
		cursor_skip(&w->c, 4);
	if (flags & GRE_KEY)
		cursor_skip(&w->c, 4);
	if (flags & GRE_SEQUENCE)
		cursor_skip(&w->c, 4);
	if (flags & GRE_ROUTING)
		gre_skip_routes(&w->c);
	return w->c.bad ? WALK_SHORT_TUNNEL : gre_content(w, flags, protocol);
}

enum walk_next tunnel_etherip(struct walk *w)
{
	uint16_t version = cursor_be16(&w->c);

	if (w->c.bad)
		return WALK_SHORT_TUNNEL;
	w->is_tunnelled = true;
	return version == 0x3000 ? WALK_ETHERNET : walk_unknown(w, "EtherIP version", version);
}

/* The "next protocol" numbers that VXLAN-GPE and NSH share. */
static enum walk_next next_protocol(struct walk *w, uint8_t protocol)
{
	switch (protocol) {
	case 1: return WALK_IP4;
	case 2: return WALK_IP6;
	case 3: return WALK_ETHERNET;
	case 4: return WALK_NSH;
	case 5: return WALK_MPLS;
	default: return walk_unknown(w, "NSH next protocol", protocol);
	}
}

enum walk_next tunnel_nsh(struct walk *w)
{
	/* Version, flags, TTL, length in words of 4 bytes; metadata type, next protocol; path. */
	size_t len = (cursor_be16(&w->c) & 0x3fu) * 4;
	uint8_t protocol;

	cursor_skip(&w->c, 1);
	protocol = cursor_u8(&w->c);
	if (len < 8)
		return w->c.bad ? WALK_SHORT_TUNNEL : WALK_BAD_LINK;
	cursor_skip(&w->c, len - 4);
	w->is_tunnelled = true;
	return w->c.bad ? WALK_SHORT_TUNNEL : next_protocol(w, protocol);
}

/*
 * The tunnels on UDP. Each reads its header and returns what lies inside, or WALK_UDP_END when
 * the header is not that tunnel's, or carries no packet.
 */

/* Flags 1, reserved 3, network 3, reserved 1. Only the flag that the header must have is asked for:
 * reserved bits are met set. */
static enum walk_next vxlan(struct walk *w)
{
	uint32_t flags = cursor_be32(&w->c);

	cursor_skip(&w->c, 4);
	return flags & 0x08000000 ? WALK_ETHERNET : WALK_UDP_END;
}

/* As VXLAN, but a further flag says that the last byte of the first word types the content. */
static enum walk_next vxlan_gpe(struct walk *w)
{
	uint32_t flags = cursor_be32(&w->c);

	cursor_skip(&w->c, 4);
	if (!(flags & 0x08000000))
		return WALK_UDP_END;
	return flags & 0x04000000 ? next_protocol(w, (uint8_t)flags) : WALK_ETHERNET;
}

/* Version 0, options counted in words of 4 bytes; what the options say is for the tunnel's ends. */
static enum walk_next geneve(struct walk *w)
{
	uint16_t version_len = cursor_be16(&w->c);

	w->type = cursor_be16(&w->c);
	cursor_skip(&w->c, 4 + (version_len >> 8 & 0x3fu) * 4);
	return version_len >> 14 ? WALK_UDP_END : WALK_ETHERTYPE;
}

/*
 *	flags 1, message 1, length 2, tunnel 4
 *	[sequence 2, N-PDU 1, next extension 1]   with any of the last three flags
 *	[length in words 1, content, next extension 1] ...
 *
 * Version 1, protocol type GTP; message 255 carries a packet. The extension's type counts only with
 * its own flag, 4; the length counts from behind the first 8 bytes.
 */
static enum walk_next gtp_u(struct walk *w)
{
	uint8_t flags = cursor_u8(&w->c);
	uint8_t message = cursor_u8(&w->c);
	uint8_t extension = 0;

	/* Echo requests and other upkeep of the tunnel share the port. */
	if ((flags & 0xf0) != 0x30 || message != 255)
		return WALK_UDP_END;
	walk_limit(w, cursor_be16(&w->c) + 4u);
	cursor_skip(&w->c, 4);
	if (flags & 7) {
		cursor_skip(&w->c, 3);
		extension = cursor_u8(&w->c);
	}
	if (!(flags & 4))
		extension = 0;
	while (extension && !w->c.bad) {
		size_t len = cursor_u8(&w->c) * 4u;

		if (len == 0)
			return WALK_UDP_END;
		cursor_skip(&w->c, len - 2);
		extension = cursor_u8(&w->c);
	}
	return WALK_IP;
}

/* RFC 4380, 5.1.1: perhaps an authentication, perhaps an origin, then IPv6. Their first byte is
 * 0, which begins no IPv6 header. */
static enum walk_next teredo(struct walk *w)
{
	struct cursor c = w->c;
	uint16_t indicator = cursor_be16(&c);

	if (indicator == 1) {
		size_t id_len = cursor_u8(&c);
		size_t auth_len = cursor_u8(&c);

		cursor_skip(&c, id_len + auth_len + 9);
		w->c = c;
		indicator = cursor_be16(&c);
	}
	if (indicator == 0)
		cursor_skip(&w->c, 8);
	return WALK_IP6;
}

/* The flags that RFC 8086 keeps at 0 must be. */
static enum walk_next gre_in_udp(struct walk *w)
{
	struct cursor c = w->c;
	uint16_t flags = cursor_be16(&c);

	if (flags & ~(GRE_CHECKSUM | GRE_KEY | GRE_SEQUENCE))
		return WALK_UDP_END;
	return tunnel_gre(w);
}

/*
 *	identity length and type 1, signature length and hash 1, authentication and operation 1,
 *	next header 1, time 4, identity, signature
 *
 * The identity's length is a power of 2, the signature's is in words of 4 bytes. Operation 1 is to
 * forward a packet.
 */
static enum walk_next ayiya(struct walk *w)
{
	uint8_t identity = cursor_u8(&w->c) >> 4;
	uint8_t signature = cursor_u8(&w->c) >> 4;
	uint8_t operation = cursor_u8(&w->c) & 15;
	uint8_t next = cursor_u8(&w->c);

	cursor_skip(&w->c, 4 + ((size_t)1 << identity) + signature * 4u);
	if (operation != 1 || (next != 4 && next != 41))
		return WALK_UDP_END;
	return WALK_IP;
}

#define L2TP_CONTROL  0x8000
#define L2TP_LENGTH   0x4000
#define L2TP_SEQUENCE 0x0800
#define L2TP_OFFSET   0x0200
#define L2TP_VERSION  0x000f

/* Version 3 has no header that tells its own length: how long its cookie is was agreed between the
 * ends. It stays a UDP datagram. */
static enum walk_next l2tp(struct walk *w)
{
	uint16_t flags = cursor_be16(&w->c);

	if ((flags & L2TP_VERSION) != 2 || flags & L2TP_CONTROL)
		return WALK_UDP_END;
	if (flags & L2TP_LENGTH)
		cursor_skip(&w->c, 2);
	cursor_skip(&w->c, 4); /* tunnel, session */
	if (flags & L2TP_SEQUENCE)
		cursor_skip(&w->c, 4);
	if (flags & L2TP_OFFSET)
		cursor_skip(&w->c, cursor_be16(&w->c));
	return WALK_PPP;
}

/* No header of its own. */
static enum walk_next mpls_in_udp(struct walk *w)
{
	(void)w;
	return WALK_MPLS;
}

/* Registered ports, and Linux's own for VXLAN (8472). */
struct udp_tunnel {
	uint16_t port;
	enum walk_next (*read)(struct walk *w);
};

static const struct udp_tunnel udp_tunnels[] = {
	{ 1701, l2tp },        { 2152, gtp_u },     { 3544, teredo }, { 4754, gre_in_udp },
	{ 4789, vxlan },       { 4790, vxlan_gpe }, { 5072, ayiya },  { 6081, geneve },
	{ 6635, mpls_in_udp }, { 8472, vxlan },
};

static const struct udp_tunnel *udp_tunnel_find(uint16_t port)
{
	for (size_t i = 0; i < sizeof(udp_tunnels) / sizeof(udp_tunnels[0]); i++)
		if (udp_tunnels[i].port == port)
			return &udp_tunnels[i];
	return NULL;
}

/* What lies inside must lead to an IP header that fits, an Ethernet frame that ends in something
 * known, or a protocol we know. w is a copy: this looks ahead and leaves no trace. */
static bool is_plausible(struct walk w, enum walk_next next)
{
	for (unsigned headers = 0; headers < 3; headers++) {
		switch (next) {
		case WALK_IP:
		case WALK_IP4:
		case WALK_IP6: return ip_is_plausible(w.c, w.missing);
		case WALK_ETHERNET: return frame_is_ethernet(w.c, w.missing);
		case WALK_ETHERTYPE: next = frame_ethertype(&w); break;
		case WALK_PPP: next = frame_ppp(&w); break;
		case WALK_MPLS: next = frame_mpls(&w); break;
		case WALK_NSH: next = tunnel_nsh(&w); break;
		default: return next == WALK_OTHER && headers > 0;
		}
	}
	return false;
}

/* Bytes that the proof may need: Ethernet with a tag, and IPv6. */
#define PROOF_LEN (14 + 4 + 40)

/* The tunnel inside the datagram at w->c, or WALK_UDP_END with w as it was. */
static enum walk_next udp_tunnel_enter(struct walk *w, const struct udp_tunnel *tunnel)
{
	struct walk inner = *w;
	enum walk_next next = tunnel->read(&inner);

	if (inner.c.bad)
		return w->missing ? WALK_SHORT_TUNNEL : WALK_UDP_END;
	if (next == WALK_UDP_END)
		return WALK_UDP_END;
	if (!is_plausible(inner, next))
		return inner.missing && cursor_left(&inner.c) < PROOF_LEN ? WALK_SHORT_TUNNEL
									  : WALK_UDP_END;
	*w = inner;
	w->is_tunnelled = w->is_apart = true;
	return next;
}

enum walk_next tunnel_udp(struct walk *w)
{
	uint16_t ports[2];
	uint16_t len;

	ports[1] = cursor_be16(&w->c);
	ports[0] = cursor_be16(&w->c); /* the destination tells more */
	len = cursor_be16(&w->c);
	cursor_skip(&w->c, 2);
	if (w->c.bad)
		return walk_cut(w, WALK_SHORT_IP, WALK_BAD_IP);
	w->out->src.port = ports[1];
	w->out->dst.port = ports[0];
	if (len >= 8) /* 0 is offload's, as in IP; less is nonsense, and harmless here */
		walk_limit(w, len - 8u);
	for (size_t i = 0; i < 2; i++) {
		const struct udp_tunnel *tunnel = udp_tunnel_find(ports[i]);
		enum walk_next next = tunnel ? udp_tunnel_enter(w, tunnel) : WALK_UDP_END;

		if (next != WALK_UDP_END)
			return next;
	}
	return WALK_UDP_END;
}
