/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * fanout: one interface's packets dealt out to the sockets of several lanes by the kernel
 * (PACKET_FANOUT_HASH), each connection, both directions of it, to one of them.
 *
 * In:   packet sockets of one interface, in any thread.
 * Out:  the time from which on each of them has its own packets only.
 *
 * A socket alone is given everything, and so is one that has not joined yet. So nothing counts
 * before all have joined.
 *
 * Limits of the kernel's hash, which takes what it finds in the first headers: of tunnels over UDP
 * (VXLAN, Geneve) it takes the outer ports, which differ by direction; fragments of IPv6 have no
 * ports, so that they may come to another lane than the rest of their connection. IPv4 fragments
 * come joined. User space counts such packets (decode.h: apart), and the summary says so.
 */
#ifndef CAPTURE_FANOUT_H
#define CAPTURE_FANOUT_H

#include <stddef.h>
#include <stdint.h>

struct fanout;

/* For so many sockets; NULL when memory is short. */
struct fanout *fanout_new(unsigned sockets);
/* After the last socket has left. Takes NULL. */
void fanout_free(struct fanout *f);

/* Join a socket that is bound already. 0, or -errno with a line for people in why[]. */
int fanout_join(struct fanout *f, int fd, char *why, size_t why_cap);
/* One of them is closed. */
void fanout_leave(struct fanout *f);

/* Packets before this time, of the clock that stamps them, are to be passed over: another socket
 * may have been given them, too. UINT64_MAX while some socket is missing. */
uint64_t fanout_since_ns(const struct fanout *f);

#endif
