/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * address: where to listen.
 *
 * In:   ":8123" (127.0.0.1: findings are not for everybody), "192.0.2.1:8123", "host:8123",
 *       "[::1]:8123"; port 0 is one that the kernel chooses.
 * Out:  a listening socket.
 */
#ifndef WEB_ADDRESS_H
#define WEB_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

/* A host name (RFC 1035, 2.3.4) and the NUL. */
#define ADDRESS_HOST_CAP 256
/* "http", an IPv6 address in brackets, a port. */
#define ADDRESS_TEXT_CAP 80

struct web_address {
	char host[ADDRESS_HOST_CAP]; /* without brackets */
	char port[6];
};

/* False, with why[], when word is no such address. Resolves nothing. */
bool address_parse(const char *word, struct web_address *out, char *why, size_t why_cap);

struct web_socket {
	int fd;                      /* does not block, and is closed by exec; -1: none */
	char text[ADDRESS_TEXT_CAP]; /* "127.0.0.1:8123", as it came to be */
	bool is_loopback;            /* only this host can reach it */
};

/* Bind and listen. 0, or -errno with why[]. */
int address_listen(const struct web_address *a, struct web_socket *out, char *why, size_t why_cap);

/*
 * Whether a request's Host field may be answered by a socket that only this host reaches: an IP
 * address, or localhost. Any other name is one that somebody else's page was made to resolve to
 * this address, to read the answers as its own (DNS rebinding).
 */
bool address_is_own_host(const char *host);

#endif
