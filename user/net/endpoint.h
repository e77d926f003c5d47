/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * endpoint: an address and a port.
 */
#ifndef NET_ENDPOINT_H
#define NET_ENDPOINT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* An IPv6 address in network order, or an IPv4 one as ::ffff:a.b.c.d (RFC 4291, 2.5.5.2). */
struct address {
	uint8_t bytes[16];
};

struct endpoint {
	struct address addr;
	uint16_t port; /* host order */
};

static inline struct address address_from_v4(const uint8_t v4[4])
{
	struct address a = { .bytes = { [10] = 0xff, [11] = 0xff } };

	memcpy(a.bytes + 12, v4, 4);
	return a;
}

static inline bool address_is_v4(const struct address *a)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(a->bytes, prefix, sizeof(prefix)) == 0;
}

#endif
