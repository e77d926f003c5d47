/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/frame.h"

#include "base/limits.h"
#include "net/ip.h"

enum ethertype {
	ETHERTYPE_LENGTH_MAX = 1500, /* up to here it is an 802.3 length */
	ETHERTYPE_IP4 = 0x0800,
	ETHERTYPE_ARP = 0x0806,
	ETHERTYPE_TEB = 0x6558, /* an Ethernet frame, as tunnels name it */
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_IP6 = 0x86dd,
	ETHERTYPE_PPP = 0x880b,
	ETHERTYPE_MPLS = 0x8847,
	ETHERTYPE_MPLS_UP = 0x8848,
	ETHERTYPE_PPPOE = 0x8864,
	ETHERTYPE_JUMBO_LLC = 0x8870,
	ETHERTYPE_8021AD = 0x88a8,
	ETHERTYPE_8021AH = 0x88e7,
	ETHERTYPE_8021BR = 0x893f, /* E-TAG */
	ETHERTYPE_VNTAG = 0x8926,
	ETHERTYPE_HSR = 0x892f,
	ETHERTYPE_CISCO_METADATA = 0x8909,
	ETHERTYPE_NSH = 0x894f,
	ETHERTYPE_QINQ1 = 0x9100,
	ETHERTYPE_QINQ2 = 0x9200,
};

/* Ethertypes that are common and carry nothing for us: CDP and its kin, ARP, ... LLDP, PTP, CFM,
 * FCoE, RoCE, loopback. */
static bool is_known_other(uint32_t ethertype)
{
	static const uint16_t known[] = {
		0x0842, ETHERTYPE_ARP, 0x2000, 0x2001, 0x2003, 0x2004, 0x6002, 0x6003, 0x6004,
		0x8035, 0x809b,        0x80f3, 0x8137, 0x8138, 0x8808, 0x8809, 0x8863, 0x887b,
		0x888e, 0x8892,        0x8899, 0x889a, 0x88a2, 0x88a4, 0x88b8, 0x88ba, 0x88c7,
		0x88cc, 0x88e1,        0x88e3, 0x88f5, 0x88f6, 0x88f7, 0x88fb, 0x8902, 0x8906,
		0x8914, 0x8915,        0x891d, 0x9000, 0x9003,
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i] == ethertype)
			return true;
	return false;
}

/* A tag of len bytes, whose last two are the ethertype of what follows, or a length as in
 * 802.3. What the tag says besides (priority, network, port) does not matter here: a connection
 * is told by its addresses alone, since its two directions may carry different tags. */
static enum walk_next tag(struct walk *w, size_t len)
{
	cursor_skip(&w->c, len - 2);
	w->type = cursor_be16(&w->c);
	if (w->c.bad)
		return WALK_SHORT_LINK;
	if (w->type > ETHERTYPE_LENGTH_MAX)
		return WALK_ETHERTYPE;
	walk_limit(w, w->type);
	return WALK_LLC;
}

enum walk_next frame_ethernet(struct walk *w)
{
	struct cursor h;

	if (!walk_head(w, 14, &h))
		return WALK_SHORT_LINK;
	cursor_skip(&h, 12);
	w->type = cursor_be16(&h);
	if (w->type == ETHERTYPE_IP4) /* saves nearly every packet a step */
		return WALK_IP4;
	if (w->type > ETHERTYPE_LENGTH_MAX)
		return WALK_ETHERTYPE;
	walk_limit(w, w->type);
	return WALK_LLC;
}

enum walk_next frame_pppoe(struct walk *w)
{
	uint8_t version_type = cursor_u8(&w->c);
	uint8_t code = cursor_u8(&w->c);
	uint16_t len;

	cursor_skip(&w->c, 2);
	len = cursor_be16(&w->c);
	if (w->c.bad)
		return WALK_SHORT_LINK;
	if (version_type != 0x11)
		return WALK_BAD_LINK;
	if (code != 0) /* discovery */
		return WALK_OTHER;
	walk_limit(w, len);
	return WALK_PPP;
}

/* The tag of a provider backbone bridge (802.1ah): flags and service, then the customer's frame. */
static enum walk_next backbone_tag(struct walk *w)
{
	cursor_skip(&w->c, 4);
	return w->c.bad ? WALK_SHORT_LINK : WALK_ETHERNET;
}

enum walk_next frame_ethertype(struct walk *w)
{
	switch (w->type) {
	case ETHERTYPE_IP4: return WALK_IP4;
	case ETHERTYPE_IP6: return WALK_IP6;
	case ETHERTYPE_VLAN:
	case ETHERTYPE_8021AD:
	case ETHERTYPE_QINQ1:
	case ETHERTYPE_QINQ2: return tag(w, 4);
	case ETHERTYPE_VNTAG:
	case ETHERTYPE_HSR: return tag(w, 6);
	case ETHERTYPE_CISCO_METADATA:
	case ETHERTYPE_8021BR: return tag(w, 8);
	case ETHERTYPE_8021AH: return backbone_tag(w);
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_UP: return WALK_MPLS;
	case ETHERTYPE_PPPOE: return frame_pppoe(w);
	case ETHERTYPE_PPP: return WALK_PPP;
	case ETHERTYPE_TEB: return WALK_ETHERNET;
	case ETHERTYPE_JUMBO_LLC: return WALK_LLC;
	case ETHERTYPE_NSH: return WALK_NSH;
	default:
		return is_known_other(w->type) ? WALK_OTHER : walk_unknown(w, "ethertype", w->type);
	}
}

/* Who numbers the protocols in a SNAP header. Other companies' are their own. */
#define SNAP_ETHERTYPE 0x000000 /* RFC 1042: they are ethertypes */
#define SNAP_BRIDGE    0x0000f8 /* 802.1H: the same, from a bridge */
#define SNAP_802_1     0x0080c2 /* RFC 2684, 5.1: whole frames */

static enum walk_next snap(struct walk *w)
{
	uint32_t company = cursor_be24(&w->c);

	w->type = cursor_be16(&w->c);
	if (w->c.bad)
		return WALK_SHORT_LINK;
	if (company == SNAP_ETHERTYPE || company == SNAP_BRIDGE)
		return WALK_ETHERTYPE;
	/* With and without the frame's check sequence, which lies behind IP's end anyway. */
	if (company == SNAP_802_1 && (w->type == 0x0001 || w->type == 0x0007)) {
		cursor_skip(&w->c, 2); /* padding of the ATM form */
		return WALK_ETHERNET;
	}
	return WALK_OTHER;
}

enum walk_next frame_llc(struct walk *w)
{
	uint8_t dsap = cursor_u8(&w->c);
	uint8_t ssap = cursor_u8(&w->c);
	uint8_t control = cursor_u8(&w->c);

	if (w->c.bad)
		return WALK_SHORT_LINK;
	if (control != 3) /* not unnumbered information */
		return WALK_OTHER;
	if (dsap == 0xaa && ssap == 0xaa)
		return snap(w);
	if (dsap == 0x06 && ssap == 0x06) /* RFC 948 */
		return WALK_IP4;
	return WALK_OTHER; /* spanning tree, IS-IS, NetBIOS, IPX, ... */
}

/* Numbers above these belong to protocols that set PPP up (RFC 1661, 2). */
#define PPP_CONTROL_MIN 0x4000

enum walk_next frame_ppp(struct walk *w)
{
	struct cursor peek = w->c;

	/* HDLC's address and control may be left out, the protocol's first byte too when it is 0
	 * (RFC 1661, 6.5 and 6.6); FF begins no protocol number, and only a last byte is odd. */
	if (cursor_be16(&peek) == 0xff03)
		w->c = peek;
	w->type = cursor_u8(&w->c);
	if (!(w->type & 1))
		w->type = w->type << 8 | cursor_u8(&w->c);
	if (w->c.bad)
		return WALK_SHORT_LINK;
	switch (w->type) {
	case 0x0021: return WALK_IP4;
	case 0x0057: return WALK_IP6;
	case 0x0281:
	case 0x0283: return WALK_MPLS;
	default:
		return w->type >= PPP_CONTROL_MIN ? WALK_OTHER
						  : walk_unknown(w, "PPP protocol", w->type);
	}
}

/* Two bytes of an LLC header that leave little to chance: SNAP, spanning tree, OSI. */
static bool is_llc(uint16_t saps)
{
	return saps == 0xaaaa || saps == 0x4242 || saps == 0xfefe;
}

bool frame_is_ethernet(struct cursor c, size_t missing)
{
	uint32_t type;

	cursor_skip(&c, 12); /* any address is as good as another */
	type = cursor_be16(&c);
	for (unsigned tags = 0; tags < 3; tags++) {
		if (type != ETHERTYPE_VLAN && type != ETHERTYPE_8021AD)
			break;
		cursor_skip(&c, 2);
		type = cursor_be16(&c);
	}
	if (c.bad)
		return false;
	if (type == ETHERTYPE_IP4 || type == ETHERTYPE_IP6)
		return ip_is_plausible(c, missing);
	if (type > ETHERTYPE_LENGTH_MAX)
		return type == ETHERTYPE_MPLS || type == ETHERTYPE_PPPOE || is_known_other(type);
	if (type < 3 || type > cursor_left(&c) + missing)
		return false;
	return is_llc(cursor_be16(&c));
}

/* What a label stack carries is not said; RFC 4928 lets IP be told by its version, and gives a
 * pseudowire's control word a first nibble of 0. Ethernet addresses may begin with any. */
static enum walk_next mpls_content(struct walk *w)
{
	struct cursor inner = w->c;
	uint8_t nibble = cursor_u8(&inner) >> 4;

	if (inner.bad)
		return WALK_SHORT_LINK;
	if (ip_is_plausible(w->c, w->missing))
		return WALK_IP;
	inner = w->c;
	cursor_skip(&inner, 4);
	if (nibble == 0 && frame_is_ethernet(inner, w->missing)) {
		w->c = inner;
		return WALK_ETHERNET;
	}
	if (frame_is_ethernet(w->c, w->missing))
		return WALK_ETHERNET;
	switch (nibble) {
	case 1: return WALK_OTHER; /* a pseudowire's associated channel: its own upkeep */
	case 4:
	case 6: return WALK_IP; /* longer than its frame says it is; IP counts what is missing */
	default: break;
	}
	return w->missing ? WALK_SHORT_LINK : walk_unknown(w, "MPLS content, first nibble", nibble);
}

enum walk_next frame_mpls(struct walk *w)
{
	/* Zeros are labels that say "more follow": a packet full of them must not cost more than
	 * other packets. */
	for (unsigned labels = 0; labels < NET_LAYERS_MAX; labels++) {
		uint32_t entry = cursor_be32(&w->c);

		if (w->c.bad)
			return WALK_SHORT_LINK;
		if (entry & 0x100) /* bottom of stack */
			return mpls_content(w);
	}
	return WALK_TOO_DEEP;
}
