/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * quic: connections that speak QUIC, which carries HTTP/3: told apart and counted, never read, for
 * everything but their first packets' form is encrypted with keys that nobody else has.
 *
 * In:   UDP datagrams.
 * Out:  whether one begins a connection that was not met before.
 * Spec: RFC 9000, 17.2 and 14.1; RFC 9369, 3 for version 2.
 */
#ifndef NET_QUIC_H
#define NET_QUIC_H

#include "base/limits.h"
#include "base/span.h"
#include "net/endpoint.h"

struct quic {
	uint64_t met[NET_QUIC_MET]; /* hashes of connections, each in its slot; 0: none */
	uint64_t seed;
};

void quic_init(struct quic *q, uint64_t seed);

/* Whether datagram begins a connection. One that gave its slot to another is new again. */
bool quic_is_new(struct quic *q, const struct endpoint *src, const struct endpoint *dst,
		 struct span datagram);

#endif
