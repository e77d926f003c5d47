/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tunnel: packets inside packets: GRE and what rides on UDP.
 *
 * A UDP port proves nothing. What is not the tunnel that its port suggests, by its header and
 * by what lies inside, is a UDP datagram like any other.
 *
 * Spec: GRE RFC 2784, 2890, 7637 (NVGRE), 2637 (PPTP), ERSPAN draft-foschiano-erspan; VXLAN
 *       RFC 7348, GPE draft-ietf-nvo3-vxlan-gpe; Geneve RFC 8926; GTP-U 3GPP TS 29.281; Teredo
 *       RFC 4380; GRE-in-UDP RFC 8086; MPLS-in-UDP RFC 7510; AYIYA draft-massar-v6ops-ayiya;
 *       L2TP RFC 2661; EtherIP RFC 3378; NSH RFC 8300.
 */
#ifndef NET_TUNNEL_H
#define NET_TUNNEL_H

#include "net/walk.h"

/* GRE version 0, and 1 as PPTP uses it. */
enum walk_next tunnel_gre(struct walk *w);

/* EtherIP: two bytes in front of an Ethernet frame. */
enum walk_next tunnel_etherip(struct walk *w);

/* Network service header. */
enum walk_next tunnel_nsh(struct walk *w);

/* UDP, and what it carries when that proves to be a tunnel. */
enum walk_next tunnel_udp(struct walk *w);

#endif
