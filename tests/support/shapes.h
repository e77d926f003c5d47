/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * shapes: packets of every shape that a port filter must see through, and what it must say.
 *
 *	for (unsigned n = 0; shapes_build(n, &s); n++)
 *		assert(filter(packets_bytes(&s.packet)) == s.is_wanted);
 *
 * The ports that are wanted are 80 and 8080 to 8090.
 */
#ifndef SUPPORT_SHAPES_H
#define SUPPORT_SHAPES_H

#include <stdbool.h>
#include <stdint.h>

#include "support/packets.h"

struct shape {
	struct packets packet;
	bool is_wanted;
	unsigned l2_len;   /* 14: Ethernet; 0: it begins at IP, or behind the first of two tags */
	uint16_t protocol; /* what the kernel calls it when l2_len is 0 */
	char name[160];    /* for people: "vlan, ip6, hop-by-hop, tcp to port 80" */
};

/* The n-th shape; false when there are not so many. */
bool shapes_build(unsigned n, struct shape *out);

/* The ports that are wanted. */
void shapes_ports(uint64_t ports[65536 / 64]);

#endif
