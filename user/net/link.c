/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/link.h"

#include "net/frame.h"
#include "net/wifi.h"

/* Names and numbers as in the registry of link types, which is not libpcap's list of DLT_ values:
 * those differ between systems. */
enum link_type {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_ARCNET_BSD = 7,
	LINK_PPP = 9,
	LINK_RAW_BSD = 12,
	LINK_RAW_OPENBSD = 14,
	LINK_PPP_HDLC = 50,
	LINK_PPP_ETHER = 51,
	LINK_ATM_RFC1483 = 100,
	LINK_RAW = 101,
	LINK_C_HDLC = 104,
	LINK_IEEE802_11 = 105,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_IEEE802_11_PRISM = 119,
	LINK_IEEE802_11_RADIOTAP = 127,
	LINK_ARCNET_LINUX = 129,
	LINK_IEEE802_11_AVS = 163,
	LINK_PPP_WITH_DIR = 204,
	LINK_C_HDLC_WITH_DIR = 205,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_NFLOG = 239,
	LINK_NETANALYZER = 240,
	LINK_LINUX_SLL2 = 276,
};

/* Cisco's HDLC: address, control, ethertype. */
static enum walk_next cisco_hdlc(struct walk *w)
{
	cursor_skip(&w->c, 2);
	w->type = cursor_be16(&w->c);
	return w->c.bad ? WALK_SHORT_LINK : WALK_ETHERTYPE;
}

/* LINKTYPE_PPP_HDLC: a first byte of 0F or 8F is Cisco's format instead. */
static enum walk_next ppp_hdlc(struct walk *w)
{
	struct cursor peek = w->c;
	uint8_t address = cursor_u8(&peek);

	return address == 0x0f || address == 0x8f ? cisco_hdlc(w) : WALK_PPP;
}

/* The direction is one byte that is not of the packet. */
static enum walk_next with_direction(struct walk *w, enum walk_next (*rest)(struct walk *w))
{
	cursor_skip(&w->c, 1);
	return rest(w);
}

/* BSD null and loop: an address family of 4 bytes, in the order of the machine that captured
 * (null) or the network's (loop); files are found with either in both. */
static enum walk_next bsd_family(struct walk *w)
{
	uint32_t family = cursor_be32(&w->c);

	if (w->c.bad)
		return WALK_SHORT_LINK;
	if (family > UINT16_MAX)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2: return WALK_IP4;
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* Darwin */ return WALK_IP6;
	default: break;
	}
	w->type = family;
	return family >= FRAME_ETHERTYPE_MIN && family <= UINT16_MAX
		       ? WALK_ETHERTYPE
		       : walk_unknown(w, "address family", family);
}

/* ARPHRD_ values of Linux cooked captures, with which the protocol is not an ethertype. */
#define ARPHRD_NETLINK  824
#define ARPHRD_IPGRE    778
#define ARPHRD_RADIOTAP 803
#define ARPHRD_WIFI     801

/* What follows a cooked header: protocol is an ethertype, or one of Linux's own small numbers. */
static enum walk_next cooked(struct walk *w, uint16_t hardware, uint16_t protocol)
{
	w->type = protocol;
	if (hardware == ARPHRD_NETLINK)
		return WALK_OTHER;
	if (hardware == ARPHRD_RADIOTAP)
		return wifi_radiotap(w);
	if (hardware == ARPHRD_WIFI)
		return WALK_WIFI;
	if (protocol >= FRAME_ETHERTYPE_MIN)
		return WALK_ETHERTYPE;
	switch (protocol) {
	case 0x0004: return WALK_LLC;
	case 0x0001: /* Novell's IPX without LLC */
	case 0x000c: /* CAN */
	case 0x000d: /* CAN FD */ return WALK_OTHER;
	default: return walk_unknown(w, "Linux cooked protocol", protocol);
	}
}

/* Packet type, hardware type, address length, address (8), protocol. */
static enum walk_next cooked_v1(struct walk *w)
{
	uint16_t hardware, protocol;

	cursor_skip(&w->c, 2);
	hardware = cursor_be16(&w->c);
	cursor_skip(&w->c, 10);
	protocol = cursor_be16(&w->c);
	return w->c.bad ? WALK_SHORT_LINK : cooked(w, hardware, protocol);
}

/* Protocol, reserved (2), interface (4), hardware type, packet type, address length, address. */
static enum walk_next cooked_v2(struct walk *w)
{
	uint16_t protocol = cursor_be16(&w->c);
	uint16_t hardware;

	cursor_skip(&w->c, 6);
	hardware = cursor_be16(&w->c);
	cursor_skip(&w->c, 10);
	return w->c.bad ? WALK_SHORT_LINK : cooked(w, hardware, protocol);
}

#define NFLOG_HEAD_LEN 4
#define NFLOG_PAYLOAD  9

static uint16_t read_u16(struct cursor *c, bool is_little)
{
	return is_little ? cursor_le16(c) : cursor_be16(c);
}

/* Family, version, resource; then attributes of length and type, in the byte order of the
 * machine that captured. Types are small, so their zero byte tells it. */
static enum walk_next nflog(struct walk *w)
{
	struct cursor c;
	bool is_little;

	cursor_skip(&w->c, NFLOG_HEAD_LEN);
	c = w->c;
	cursor_skip(&c, 3);
	is_little = cursor_u8(&c) == 0;
	for (;;) {
		size_t len = read_u16(&w->c, is_little);
		uint16_t type = read_u16(&w->c, is_little);

		if (w->c.bad)
			return WALK_SHORT_LINK;
		if (len < 4)
			return WALK_BAD_LINK;
		len -= 4;
		if (type == NFLOG_PAYLOAD) {
			walk_limit(w, len);
			return WALK_IP;
		}
		cursor_skip(&w->c, (len + 3) / 4 * 4);
	}
}

enum arcnet_protocol {
	ARCNET_IP6 = 0xc4,
	ARCNET_IP = 0xd4,
	ARCNET_ARP = 0xd5,
	ARCNET_IP_RFC1051 = 0xf0,
	ARCNET_ARP_RFC1051 = 0xf1,
};

/* Source, destination, on Linux an offset, and the protocol. RFC 1201's protocols then have a
 * split flag and a sequence number; packets longer than 504 bytes are split. BSD lets short
 * frames carry an exception header in front: FF FF FF and the protocol once more. */
static enum walk_next arcnet(struct walk *w, bool is_linux)
{
	uint8_t protocol, split;

	cursor_skip(&w->c, is_linux ? 4 : 2);
	protocol = cursor_u8(&w->c);
	if (protocol == ARCNET_IP_RFC1051)
		return w->c.bad ? WALK_SHORT_LINK : WALK_IP4;
	if (protocol == ARCNET_ARP_RFC1051)
		return WALK_OTHER;
	split = cursor_u8(&w->c);
	cursor_skip(&w->c, 2);
	if (!is_linux && split == 0xff) {
		cursor_skip(&w->c, 1);
		split = cursor_u8(&w->c);
		cursor_skip(&w->c, 2);
	}
	if (w->c.bad)
		return WALK_SHORT_LINK;
	if (protocol == ARCNET_ARP)
		return WALK_OTHER;
	if (protocol != ARCNET_IP && protocol != ARCNET_IP6)
		return walk_unknown(w, "ARCNET protocol", protocol);
	return split ? walk_unknown(w, "split ARCNET packet", split) : WALK_IP;
}

/* Hilscher's analyser puts 4 bytes in front of an Ethernet frame. */
static enum walk_next netanalyzer(struct walk *w)
{
	cursor_skip(&w->c, 4);
	return WALK_ETHERNET;
}

enum walk_next link_start(struct walk *w)
{
	/* Raw IP's types differ in the system that made them; IPV4 and IPV6 promise a version, but
	 * the version itself is there to be read. */
	switch (w->type) {
	case LINK_ETHERNET: return frame_ethernet(w);
	case LINK_LINUX_SLL: return cooked_v1(w);
	case LINK_LINUX_SLL2: return cooked_v2(w);
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_RAW:
	case LINK_IPV4:
	case LINK_IPV6: return WALK_IP;
	case LINK_NULL:
	case LINK_LOOP: return bsd_family(w);
	case LINK_PPP: return WALK_PPP;
	case LINK_PPP_HDLC: return ppp_hdlc(w);
	case LINK_PPP_WITH_DIR: return with_direction(w, ppp_hdlc);
	case LINK_PPP_ETHER: return frame_pppoe(w);
	case LINK_C_HDLC: return cisco_hdlc(w);
	case LINK_C_HDLC_WITH_DIR: return with_direction(w, cisco_hdlc);
	case LINK_ATM_RFC1483: return WALK_LLC;
	case LINK_IEEE802_11: return WALK_WIFI;
	case LINK_IEEE802_11_RADIOTAP: return wifi_radiotap(w);
	case LINK_IEEE802_11_PRISM:
	case LINK_IEEE802_11_AVS: return wifi_prism(w);
	case LINK_NFLOG: return nflog(w);
	case LINK_ARCNET_BSD: return arcnet(w, false);
	case LINK_ARCNET_LINUX: return arcnet(w, true);
	case LINK_NETANALYZER: return netanalyzer(w);
	default: return WALK_UNKNOWN_LINK;
	}
}
