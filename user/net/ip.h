/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * ip: IPv4, IPv6 with its extension headers, and TCP.
 *
 * In:   cursor at the IP header. Checksums are not verified: a capture on the sending machine
 *       sees packets before the network card fills them in.
 * Spec: RFC 791, 8200, 2675 (jumbograms), 4302 (AH), 5095 and 8754 (routing headers), 6275
 *       (home address), 9293.
 *
 * A length of 0 is what segmentation offload leaves for packets above 64 KB (IPv4, and IPv6
 * "BIG TCP"): then the packet is as long as the layer below says.
 */
#ifndef NET_IP_H
#define NET_IP_H

#include "net/walk.h"

/* IPv4 or IPv6, by the version in the first four bits. */
enum walk_next ip_any(struct walk *w);

/* Leaves w->c at the payload, ending at the total length; w->out has the addresses. A fragment
 * is given to the fragment table, and is followed when it completes its datagram. */
enum walk_next ip_v4(struct walk *w);

/* The same for IPv6, ending at the payload length; extension headers are steps of their own. */
enum walk_next ip_v6(struct walk *w);

/* What IP protocol number w->type stands for; walks one IPv6 extension header. */
enum walk_next ip_protocol(struct walk *w);

/* TCP: fills the rest of w->out. */
enum walk_next ip_tcp(struct walk *w);

/* True when an IP header that agrees with the bytes left may begin at c. missing: as in struct
 * walk. */
bool ip_is_plausible(struct cursor c, size_t missing);

#endif
