/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * leftout: which missing bytes a capture left out on purpose, kept in the file of -w.
 *
 * In:   the kernel's answers while packets are captured; the comments of packets that are read.
 * Out:  a comment for the packet that is kept, one line for each stretch that was asked for and had
 *       been left out; the same answers when the file is read.
 *
 * Only while it captures can the program ask what the kernel's filter cut. Reading the packets it
 * kept, it asks the same questions at the same packets, so the answers stand with them. In a
 * packet's comment, people see them too:
 *
 *	cors-sniff left out 192.0.2.1:80 > 192.0.2.9:50123 1000-21000
 */
#ifndef LEFTOUT_H
#define LEFTOUT_H

#include "base/span.h"
#include "net/net.h"

/* Bytes of one packet's comment: what one packet shows to be missing is a stretch or two. */
#define LEFTOUT_CAP 2048

struct leftout {
	struct net_capture capture;      /* for a lane; over this struct, which is not moved */
	const struct net_capture *inner; /* a live capture's; NULL: only comments are asked */
	struct span said;                /* comment of the packet that is followed now; borrowed */
	char text[LEFTOUT_CAP];          /* answers since leftout_clear() */
	size_t len;
};

void leftout_init(struct leftout *l, const struct net_capture *inner);

/* What was answered since the last leftout_clear(), as a comment; absent when nothing was. */
struct span leftout_comment(const struct leftout *l);
void leftout_clear(struct leftout *l);

#endif
