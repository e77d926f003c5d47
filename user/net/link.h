/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * link: the outermost header, by the capture's link type. Many link types are a few bytes that
 * the capturing system put in front of something it did not want to tell otherwise.
 *
 * In:   the packet's first byte.
 * Out:  what follows the link type's own header; frame.h and wifi.h take it from there.
 * Spec: https://www.tcpdump.org/linktypes.html; RFC 1201 and 1051 (ARCNET).
 */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "net/walk.h"

/* Read the header that w->type, a LINKTYPE_ value, says is first. WALK_UNKNOWN_LINK when no
 * decoder here knows it. */
enum walk_next link_start(struct walk *w);

#endif
