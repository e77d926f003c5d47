/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * walk: one packet on its way through its headers. Shared by the decoders of decode.h's
 * module and by nobody else.
 *
 * Each decoder reads one header at w->c, leaves w->c at what follows and returns what that is:
 * a step, for the loop in decode.c to take, or an end. Decoders never call each other in
 * circles, so a packet's depth is the number of steps and costs no stack.
 */
#ifndef NET_WALK_H
#define NET_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "net/decode.h"

struct fragment_table;

enum walk_next {
	/* Ends. Each has its counter, in decode.c. */
	WALK_SEGMENT,      /* w->out is filled */
	WALK_UDP_END,      /* a UDP datagram that carries no tunnel */
	WALK_OTHER,        /* a protocol that is known and is not for us */
	WALK_WAITING,      /* a fragment; the rest of its datagram is not here */
	WALK_ENCRYPTED,    /* ESP */
	WALK_UNKNOWN_LINK, /* w->type is a link type that nobody knows */
	WALK_UNKNOWN,      /* w->type is not known to the numbering that w->layer names */
	WALK_TOO_DEEP,
	WALK_SHORT_LINK, /* cut off ... */
	WALK_SHORT_IP,
	WALK_SHORT_TCP,
	WALK_SHORT_TUNNEL,
	WALK_BAD_LINK, /* a contradiction ... */
	WALK_BAD_IP,
	WALK_BAD_TCP,

	/* Steps. */
	WALK_ETHERNET,  /* destination, source, type */
	WALK_LLC,       /* IEEE 802.2 */
	WALK_ETHERTYPE, /* what w->type, an ethertype, stands for */
	WALK_PPP,       /* a PPP protocol number, perhaps after address and control */
	WALK_MPLS,      /* a label stack */
	WALK_WIFI,      /* IEEE 802.11 */
	WALK_IP,        /* of the version that its first four bits name */
	WALK_IP4,
	WALK_IP6,
	WALK_PROTOCOL, /* what w->type, an IP protocol number, stands for */
	WALK_GRE,
	WALK_NSH, /* network service header */
	WALK_UDP,
	WALK_TCP,
};

#define WALK_STEPS WALK_ETHERNET

struct walk {
	struct cursor c;      /* what is left, up to the nearest end that a header named */
	size_t missing;       /* bytes after c.end that were on the wire and were not captured */
	uint32_t type;        /* the number of what comes next, or of what is not known */
	const char *layer;    /* WALK_UNKNOWN: what numbers type belongs to; static text */
	bool is_tunnelled;    /* a tunnel's header has been passed */
	bool is_apart;        /* the kernel, which looks at the first headers when it deals
			       * connections out to sockets, cannot tell which one this is of */
	bool ip6_is_sizeless; /* the last IPv6 header gave no length: a jumbogram's option may */
	uint64_t time_ns;     /* the packet's */
	struct segment *out;  /* src.addr and dst.addr are those of the last IP header, the ports
			       * those of the last TCP or UDP header */
	struct decode_stats *stats;
	struct fragment_table *fragments;
};

/* A header says that exactly n bytes follow it. What comes after them is padding; what is not
 * there of them was cut off by the capture. */
static inline void walk_limit(struct walk *w, size_t n)
{
	size_t left = cursor_left(&w->c);

	w->missing = n > left ? n - left : 0;
	cursor_limit(&w->c, n);
}

/* The next n bytes as a cursor of their own, so that one check covers all reads in a header of
 * constant size. False when they are not all there. */
static inline bool walk_head(struct walk *w, size_t n, struct cursor *head)
{
	const uint8_t *p = cursor_take(&w->c, n);

	if (!p)
		return false;
	*head = cursor_make(span_make(p, n));
	return true;
}

/* w->type is a number that this packet cannot be followed through. layer: static text. */
static inline enum walk_next walk_unknown(struct walk *w, const char *layer, uint32_t value)
{
	w->layer = layer;
	w->type = value;
	return WALK_UNKNOWN;
}

/* End early when a header was cut: short_end by the snap length, bad_end when the lengths around
 * it leave no room for it. */
static inline enum walk_next walk_cut(const struct walk *w, enum walk_next short_end,
				      enum walk_next bad_end)
{
	return w->missing ? short_end : bad_end;
}

#endif
