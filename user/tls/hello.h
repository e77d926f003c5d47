/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * hello: the handshake messages that say how a connection is protected.
 *
 * In:   a message's body, without its type and length.
 * Out:  what of it matters for reading the connection.
 * Spec: RFC 8446, 4.1.2 to 4.1.4 and 4.3.1; RFC 7301 (ALPN).
 *
 * A body may be cut: what was there of it is read then.
 */
#ifndef TLS_HELLO_H
#define TLS_HELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "net/chunk.h"
#include "tls/keys.h"

enum tls_version {
	TLS_1_2 = 0x0303,
	TLS_1_3 = 0x0304,
};

struct hello_client {
	const uint8_t *random; /* TLS_RANDOM_LEN bytes, borrowed */
	bool has_early_data;   /* data before the server answered may follow */
};

struct hello_server {
	const uint8_t *random; /* as above */
	uint16_t version;      /* the one in force, extension considered */
	uint16_t suite;
	bool is_retry; /* HelloRetryRequest: both hellos come again */
	bool is_etm;   /* RFC 7366 */
	enum connection_protocol protocol;
};

struct hello_extensions {
	bool has_early_data; /* accepted */
	enum connection_protocol protocol;
};

/* False when the body is none. */
bool hello_client_read(struct span body, struct hello_client *out);
bool hello_server_read(struct span body, struct hello_server *out);
/* EncryptedExtensions. */
bool hello_extensions_read(struct span body, struct hello_extensions *out);

#endif
