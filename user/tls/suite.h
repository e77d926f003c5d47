/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * suite: the cipher suites that are read.
 *
 * Spec: https://www.iana.org/assignments/tls-parameters (cipher suites); RFC 8446, B.4.
 *
 * How the master secret was agreed upon does not matter: the key log has the result.
 */
#ifndef TLS_SUITE_H
#define TLS_SUITE_H

#include <stdbool.h>
#include <stdint.h>

enum suite_cipher {
	SUITE_AES_128_GCM,
	SUITE_AES_256_GCM,
	SUITE_CHACHA20_POLY1305,
	SUITE_AES_128_CBC,
	SUITE_AES_256_CBC,
	SUITE_CIPHERS,
};

enum suite_hash {
	SUITE_SHA1, /* for the MAC of CBC only */
	SUITE_SHA256,
	SUITE_SHA384,
	SUITE_HASHES,
};

struct suite {
	uint16_t id;
	bool is_13;     /* of TLS 1.3 */
	uint8_t cipher; /* enum suite_cipher */
	uint8_t prf;    /* enum suite_hash: what keys are derived with */
	uint8_t mac;    /* enum suite_hash, of CBC */
};

/* NULL when it is not read. */
const struct suite *suite_find(uint16_t id);

static inline bool suite_is_cbc(const struct suite *s)
{
	return s->cipher >= SUITE_AES_128_CBC;
}

/* Bytes of what the hash gives, which are those of the secrets of TLS 1.3 too. */
static inline uint8_t suite_hash_len(unsigned hash)
{
	static const uint8_t len[SUITE_HASHES] = { 20, 32, 48 };

	return len[hash];
}

#endif
