/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * frame: Ethernet and what stands between it and IP: tags, LLC/SNAP, PPP, PPPoE, MPLS. These
 * occur below a link type and inside tunnels alike.
 *
 * In:   cursor at the header.
 * Out:  what follows it, by its type. Where the type is a length, the frame's padding is cut off.
 * Spec: IEEE 802.3, 802.1Q, 802.1ad, 802.1ah, 802.1BR, 802.2; RFC 1042 (SNAP), 1661 and 1662
 *       (PPP), 2516 (PPPoE), 3032 (MPLS), 4385 (control word).
 */
#ifndef NET_FRAME_H
#define NET_FRAME_H

#include "net/walk.h"

/* Numbers from here on are ethertypes; below are lengths, and Linux's own protocols. */
#define FRAME_ETHERTYPE_MIN 0x0600

/* Destination, source, ethertype or 802.3 length. */
enum walk_next frame_ethernet(struct walk *w);

/* An LLC header, with SNAP when it says so. */
enum walk_next frame_llc(struct walk *w);

/* What follows ethertype w->type: a step for it, or for what lies behind the tag it names. */
enum walk_next frame_ethertype(struct walk *w);

/* PPP, with or without address and control, protocol compressed or not. */
enum walk_next frame_ppp(struct walk *w);

/* A PPPoE header (RFC 2516, 4). Its length is the PPP frame's; what follows is padding. */
enum walk_next frame_pppoe(struct walk *w);

/* MPLS label stack; then IP, or an Ethernet pseudowire with or without control word, whichever
 * the bytes prove. */
enum walk_next frame_mpls(struct walk *w);

/* True when an Ethernet frame that ends in something we know may begin at c. For tunnels, whose
 * content is not typed or whose port proves nothing. missing: as in struct walk. */
bool frame_is_ethernet(struct cursor c, size_t missing);

#endif
