/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * classic: the selection by ports as classic BPF, for where eBPF is not allowed.
 *
 * In:   the ports and the link type.
 * Out:  a program for SO_ATTACH_FILTER: the instructions are laid out as the kernel's struct
 *       sock_filter, and libpcap's struct bpf_insn.
 *
 * It lets through what the pre-filter lets through without the body cut: TCP from or to the ports,
 * over IPv4 or IPv6 with extension headers, behind up to two VLAN tags in the frame (and any that
 * the kernel keeps beside it); IP fragments; tunnels; and what begins a connection of QUIC, of any
 * port. "tcp port N" would lose most of these.
 * Only of packets that end inside a header it differs: classic BPF drops them by itself.
 */
#ifndef CAPTURE_CLASSIC_H
#define CAPTURE_CLASSIC_H

#include <stddef.h>
#include <stdint.h>

/* The kernel's own limit (BPF_MAXINSNS). */
#define CLASSIC_INSNS_MAX 4096

struct classic_insn {
	uint16_t code;
	uint8_t jt, jf;
	uint32_t k;
};

struct classic {
	size_t cnt;
	struct classic_insn insns[CLASSIC_INSNS_MAX];
};

/*
 * Build the program. ports: as in struct prefilter_config, NULL for any. l2_len: 14 for Ethernet, 0
 * for packets that begin at IP; these ask the kernel for the ethertype, so that the program is not
 * for pcap_setfilter(), which would take it for one with a link header. snaplen: what it returns
 * for a packet that is wanted.
 *
 * 0        *out is the program
 * -E2BIG   more ranges of ports than fit; *out lets TCP of all ports through
 * -EINVAL  another l2_len; *out is not to be used
 */
int classic_build(const uint64_t *ports, unsigned l2_len, uint32_t snaplen, struct classic *out);

/* Put it on a packet socket and lock it there. 0 or -errno. */
int classic_attach(const struct classic *c, int fd);

#endif
