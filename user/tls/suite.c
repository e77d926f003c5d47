/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/suite.h"

#include <stddef.h>

/* Beside AES-GCM's suites of SHA-384, those of TLS 1.2 derive keys by SHA-256 (RFC 5246, 5), except
 * where the suite says otherwise (RFC 5289). */
#define GCM_128(id)                                                                                \
	{                                                                                          \
		id, false, SUITE_AES_128_GCM, SUITE_SHA256, 0                                      \
	}
#define GCM_256(id)                                                                                \
	{                                                                                          \
		id, false, SUITE_AES_256_GCM, SUITE_SHA384, 0                                      \
	}
#define CHACHA(id)                                                                                 \
	{                                                                                          \
		id, false, SUITE_CHACHA20_POLY1305, SUITE_SHA256, 0                                \
	}
#define CBC_128(id, mac)                                                                           \
	{                                                                                          \
		id, false, SUITE_AES_128_CBC, SUITE_SHA256, mac                                    \
	}
#define CBC_256(id, mac)                                                                           \
	{                                                                                          \
		id, false, SUITE_AES_256_CBC, SUITE_SHA256, mac                                    \
	}
#define CBC_256_384(id)                                                                            \
	{                                                                                          \
		id, false, SUITE_AES_256_CBC, SUITE_SHA384, SUITE_SHA384                           \
	}
#define TLS_13(id, cipher, prf)                                                                    \
	{                                                                                          \
		id, true, cipher, prf, 0                                                           \
	}

static const struct suite suites[] = {
	TLS_13(0x1301, SUITE_AES_128_GCM, SUITE_SHA256),
	TLS_13(0x1302, SUITE_AES_256_GCM, SUITE_SHA384),
	TLS_13(0x1303, SUITE_CHACHA20_POLY1305, SUITE_SHA256),
	/* ECDHE with ECDSA, then RSA */
	GCM_128(0xc02b),
	GCM_256(0xc02c),
	CHACHA(0xcca9),
	CBC_128(0xc009, SUITE_SHA1),
	CBC_256(0xc00a, SUITE_SHA1),
	CBC_128(0xc023, SUITE_SHA256),
	CBC_256_384(0xc024),
	GCM_128(0xc02f),
	GCM_256(0xc030),
	CHACHA(0xcca8),
	CBC_128(0xc013, SUITE_SHA1),
	CBC_256(0xc014, SUITE_SHA1),
	CBC_128(0xc027, SUITE_SHA256),
	CBC_256_384(0xc028),
	/* RSA */
	GCM_128(0x009c),
	GCM_256(0x009d),
	CBC_128(0x002f, SUITE_SHA1),
	CBC_256(0x0035, SUITE_SHA1),
	CBC_128(0x003c, SUITE_SHA256),
	CBC_256(0x003d, SUITE_SHA256),
	/* DHE with RSA */
	GCM_128(0x009e),
	GCM_256(0x009f),
	CHACHA(0xccaa),
	CBC_128(0x0033, SUITE_SHA1),
	CBC_256(0x0039, SUITE_SHA1),
	CBC_128(0x0067, SUITE_SHA256),
	CBC_256(0x006b, SUITE_SHA256),
};

const struct suite *suite_find(uint16_t id)
{
	for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
		if (suites[i].id == id)
			return &suites[i];
	}
	return NULL;
}
