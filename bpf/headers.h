/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * headers: a packet's headers, as far as a filter must know them; a part of prefilter.h.
 *
 * In:   the packet, through prefilter_load().
 * Out:  struct prefilter_segment, or the word for what else it is.
 * Spec: IEEE 802.1Q, 9; RFC 791, 3.1; 8200, 4; 2675; 4302, 2.2; 9293, 3.1; 9000, 17.2.2; 9369, 3.2.
 *
 * What user space would look into and this cannot (a tunnel, a fragment, a route that changes the
 * destination) passes whole. The lists must hold what user/net/ decodes.
 */
#ifndef BPF_HEADERS_H
#define BPF_HEADERS_H

/* Extension headers that are walked; RFC 8200 recommends an order with six at the most. A packet
 * with more passes as damaged. */
#define PREFILTER_EXTENSIONS_MAX 6

#define PREFILTER_QUIC_V1 0x00000001u
#define PREFILTER_QUIC_V2 0x6b3343cfu

enum prefilter_kind {
	PREFILTER_KIND_TCP,      /* a segment */
	PREFILTER_KIND_FRAGMENT, /* of TCP, or of what may be a tunnel; key has the addresses */
	PREFILTER_KIND_TUNNEL,   /* something else may be inside */
	PREFILTER_KIND_QUIC,  /* the begin of a connection, which is counted; key has addresses */
	PREFILTER_KIND_OTHER, /* nothing for us */
	PREFILTER_KIND_ENCRYPTED, /* IPsec ESP */
	PREFILTER_KIND_DAMAGED,   /* user space counts it by name */
};

enum prefilter_protocol {
	PREFILTER_PROTO_HOPOPT = 0,
	PREFILTER_PROTO_IPIP = 4,
	PREFILTER_PROTO_TCP = 6,
	PREFILTER_PROTO_UDP = 17,
	PREFILTER_PROTO_IPV6 = 41,
	PREFILTER_PROTO_ROUTING = 43,
	PREFILTER_PROTO_FRAGMENT = 44,
	PREFILTER_PROTO_GRE = 47,
	PREFILTER_PROTO_ESP = 50,
	PREFILTER_PROTO_AH = 51,
	PREFILTER_PROTO_DSTOPTS = 60,
	PREFILTER_PROTO_ETHERIP = 97,
	PREFILTER_PROTO_MOBILITY = 135,
	PREFILTER_PROTO_MPLS = 137,
	PREFILTER_PROTO_HIP = 139,
	PREFILTER_PROTO_SHIM6 = 140,
	PREFILTER_PROTO_ETHERNET = 143,
};

PREFILTER_INLINE int prefilter_is_vlan(__u16 type)
{
	return type == 0x8100 || type == 0x88a8 || type == 0x9100 || type == 0x9200;
}

/* Encapsulations that begin at the link layer: LLC, Ethernet in Ethernet, PPPoE sessions, PPP,
 * MPLS, backbone and fabric tags, NSH. */
PREFILTER_INLINE int prefilter_is_link_tunnel(__u16 type)
{
	switch (type) {
	case 0x6558:
	case 0x8847:
	case 0x8848:
	case 0x8864:
	case 0x8870:
	case 0x880b:
	case 0x88e7:
	case 0x8909:
	case 0x8926:
	case 0x892f:
	case 0x893f:
	case 0x894f: return 1;
	default: return type <= 1500;
	}
}

PREFILTER_INLINE int prefilter_is_ip_tunnel(__u8 protocol)
{
	return protocol == PREFILTER_PROTO_IPIP || protocol == PREFILTER_PROTO_IPV6 ||
	       protocol == PREFILTER_PROTO_GRE || protocol == PREFILTER_PROTO_ETHERIP ||
	       protocol == PREFILTER_PROTO_MPLS || protocol == PREFILTER_PROTO_ETHERNET;
}

/* L2TP, GTP-U, Teredo, GRE in UDP, VXLAN, VXLAN-GPE, AYIYA, Geneve, MPLS in UDP, Linux's VXLAN. */
PREFILTER_INLINE int prefilter_is_udp_tunnel(__u16 port)
{
	switch (port) {
	case 1701:
	case 2152:
	case 3544:
	case 4754:
	case 4789:
	case 4790:
	case 5072:
	case 6081:
	case 6635:
	case 8472: return 1;
	default: return 0;
	}
}

/* Where IP begins, and by which ethertype: behind up to two tags in the frame. More are left to
 * user space, as a tunnel. */
PREFILTER_INLINE __u16 prefilter_read_link(struct prefilter_env *env, __u32 *off)
{
	__u8 h[10]; /* type, tag, type, tag, type */
	__u16 type;

	/* No IP packet is too short for this. */
	if (prefilter_load(env, *off - 2, h, sizeof(h)))
		return 0xffff;
	type = prefilter_be16(h);
	if (!prefilter_is_vlan(type))
		return type;
	*off += 4;
	type = prefilter_be16(h + 4);
	if (!prefilter_is_vlan(type))
		return type;
	*off += 4;
	return prefilter_be16(h + 8);
}

/* Without a link header the kernel names the ethertype. It names a tag's when the packet was sent
 * with one, and has moved behind the tag all the same; or when two came, and has not moved. */
PREFILTER_INLINE __u16 prefilter_read_cooked(struct prefilter_env *env, __u16 type, __u32 *off)
{
	__u8 h[5];

	if (!prefilter_is_vlan(type))
		return type;
	if (prefilter_load(env, 0, h, sizeof(h)))
		return 0xffff;
	type = prefilter_be16(h + 2);
	if ((type == 0x0800 && h[4] >> 4 == 4) || (type == 0x86dd && h[4] >> 4 == 6)) {
		*off += 4;
		return type;
	}
	return h[0] >> 4 == 6 ? 0x86dd : 0x0800;
}

/* ports and flags of TCP at off; end is the datagram's. */
PREFILTER_INLINE enum prefilter_kind prefilter_read_tcp(struct prefilter_env *env, __u32 off,
							__u32 end, struct prefilter_segment *s)
{
	__u8 h[14];
	__u32 len;

	if (prefilter_load(env, off, h, sizeof(h)))
		return PREFILTER_KIND_DAMAGED;
	s->key.sport = prefilter_be16(h);
	s->key.dport = prefilter_be16(h + 2);
	s->seq = prefilter_be32(h + 4);
	s->ack = prefilter_be32(h + 8);
	s->flags = h[13];
	len = (__u32)(h[12] >> 4) * 4;
	if (len < 20 || end - off < len || end < off)
		return PREFILTER_KIND_DAMAGED;
	s->payload_off = off + len;
	s->payload_len = end - s->payload_off;
	return PREFILTER_KIND_TCP;
}

/* Whether the datagram at off may be an Initial packet of QUIC: a long header, and the type's
 * number in that version. A connection has a few of them, whatever it carries. */
PREFILTER_INLINE int prefilter_is_quic(struct prefilter_env *env, __u32 off)
{
	__u8 h[5];
	__u32 version;

	if (prefilter_load(env, off + 8, h, sizeof(h)))
		return 0;
	version = prefilter_be32(h + 1);
	return ((h[0] & 0xf0) == 0xc0 && version == PREFILTER_QUIC_V1) ||
	       ((h[0] & 0xf0) == 0xd0 && version == PREFILTER_QUIC_V2);
}

PREFILTER_INLINE enum prefilter_kind prefilter_read_protocol(struct prefilter_env *env,
							     __u8 protocol, __u32 off, __u32 end,
							     struct prefilter_segment *s)
{
	__u8 h[4];

	if (protocol == PREFILTER_PROTO_TCP)
		return prefilter_read_tcp(env, off, end, s);
	if (protocol == PREFILTER_PROTO_ESP)
		return PREFILTER_KIND_ENCRYPTED;
	if (prefilter_is_ip_tunnel(protocol))
		return PREFILTER_KIND_TUNNEL;
	if (protocol != PREFILTER_PROTO_UDP)
		return PREFILTER_KIND_OTHER;
	if (prefilter_load(env, off, h, sizeof(h)))
		return PREFILTER_KIND_DAMAGED;
	if (prefilter_is_udp_tunnel(prefilter_be16(h)) ||
	    prefilter_is_udp_tunnel(prefilter_be16(h + 2)))
		return PREFILTER_KIND_TUNNEL;
	return prefilter_is_quic(env, off) ? PREFILTER_KIND_QUIC : PREFILTER_KIND_OTHER;
}

/* Headers stand in the first fragment alone. */
PREFILTER_INLINE enum prefilter_kind prefilter_fragment(__u8 protocol)
{
	if (protocol == PREFILTER_PROTO_ESP)
		return PREFILTER_KIND_ENCRYPTED;
	return protocol == PREFILTER_PROTO_TCP || protocol == PREFILTER_PROTO_UDP ||
			       prefilter_is_ip_tunnel(protocol)
		       ? PREFILTER_KIND_FRAGMENT
		       : PREFILTER_KIND_OTHER;
}

/* The datagram's end: merged segments of 64 KiB and more have no length of their own, and short
 * frames are padded. */
PREFILTER_INLINE __u32 prefilter_end(__u32 off, __u32 len, __u32 frame_len)
{
	return len && off + len < frame_len ? off + len : frame_len;
}

PREFILTER_INLINE enum prefilter_kind prefilter_read_v4(struct prefilter_env *env, __u32 off,
						       __u32 frame_len, struct prefilter_segment *s)
{
	__u8 h[20];
	__u32 head_len;

	if (prefilter_load(env, off, h, sizeof(h)) || h[0] >> 4 != 4)
		return PREFILTER_KIND_DAMAGED;
	head_len = (__u32)(h[0] & 15) * 4;
	if (head_len < sizeof(h))
		return PREFILTER_KIND_DAMAGED;
	s->key.src[10] = s->key.src[11] = s->key.dst[10] = s->key.dst[11] = 0xff;
	__builtin_memcpy(s->key.src + 12, h + 12, 4);
	__builtin_memcpy(s->key.dst + 12, h + 16, 4);
	if (prefilter_be16(h + 6) & 0x3fff) /* more fragments follow, or this is not the first */
		return prefilter_fragment(h[9]);
	return prefilter_read_protocol(env, h[9], off + head_len,
				       prefilter_end(off, prefilter_be16(h + 2), frame_len), s);
}

/* One extension header at off: its protocol becomes the next, its end the new off. KIND_TCP means
 * go on; anything else is the answer. */
PREFILTER_INLINE enum prefilter_kind prefilter_extension(struct prefilter_env *env, __u8 *protocol,
							 __u32 *off)
{
	__u8 h[4], kind = *protocol;

	if (prefilter_load(env, *off, h, sizeof(h)))
		return PREFILTER_KIND_DAMAGED;
	*protocol = h[0];
	if (kind == PREFILTER_PROTO_FRAGMENT) {
		*off += 8;
		/* One that is alone (RFC 6946) is no fragment. */
		return prefilter_be16(h + 2) & 0xfff9 ? prefilter_fragment(h[0])
						      : PREFILTER_KIND_TCP;
	}
	/* With hops left the destination is not the connection's. */
	if (kind == PREFILTER_PROTO_ROUTING && h[3])
		return PREFILTER_KIND_TUNNEL;
	*off += kind == PREFILTER_PROTO_AH ? (h[1] + 2u) * 4 : (h[1] + 1u) * 8;
	return PREFILTER_KIND_TCP;
}

PREFILTER_INLINE int prefilter_is_extension(__u8 protocol)
{
	return protocol == PREFILTER_PROTO_HOPOPT || protocol == PREFILTER_PROTO_ROUTING ||
	       protocol == PREFILTER_PROTO_FRAGMENT || protocol == PREFILTER_PROTO_AH ||
	       protocol == PREFILTER_PROTO_DSTOPTS || protocol == PREFILTER_PROTO_MOBILITY ||
	       protocol == PREFILTER_PROTO_HIP || protocol == PREFILTER_PROTO_SHIM6;
}

PREFILTER_INLINE enum prefilter_kind prefilter_read_v6(struct prefilter_env *env, __u32 off,
						       __u32 frame_len, struct prefilter_segment *s)
{
	__u8 h[40];
	__u8 protocol;
	__u32 len, end;

	if (prefilter_load(env, off, h, sizeof(h)) || h[0] >> 4 != 6)
		return PREFILTER_KIND_DAMAGED;
	__builtin_memcpy(s->key.src, h + 8, 16);
	__builtin_memcpy(s->key.dst, h + 24, 16);
	protocol = h[6];
	len = prefilter_be16(h + 4);
	end = prefilter_end(off, len ? len + (__u32)sizeof(h) : 0, frame_len);
	off += (__u32)sizeof(h);
	PREFILTER_UNROLL
	for (int i = 0; i < PREFILTER_EXTENSIONS_MAX && prefilter_is_extension(protocol); i++) {
		enum prefilter_kind kind = prefilter_extension(env, &protocol, &off);

		if (kind != PREFILTER_KIND_TCP)
			return kind;
	}
	if (prefilter_is_extension(protocol))
		return PREFILTER_KIND_DAMAGED;
	return prefilter_read_protocol(env, protocol, off, end, s);
}

/* Read the packet. s is filled for KIND_TCP, and has addresses for KIND_FRAGMENT and KIND_QUIC. */
PREFILTER_INLINE enum prefilter_kind prefilter_read(struct prefilter_env *env,
						    const struct prefilter_frame *f, __u16 l2_len,
						    struct prefilter_segment *s)
{
	__u32 off = l2_len;
	__u16 type = l2_len ? prefilter_read_link(env, &off)
			    : prefilter_read_cooked(env, f->protocol, &off);

	if (type == 0x0800)
		return prefilter_read_v4(env, off, f->len, s);
	if (type == 0x86dd)
		return prefilter_read_v6(env, off, f->len, s);
	return prefilter_is_link_tunnel(type) || prefilter_is_vlan(type) ? PREFILTER_KIND_TUNNEL
									 : PREFILTER_KIND_OTHER;
}

#endif
