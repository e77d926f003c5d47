/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * cipher: records of one direction, decrypted and authenticated.
 *
 * In:   a suite with its keys, the sequence number and the bytes of a record.
 * Out:  what it protects.
 * Spec: RFC 8446, 5.2 and 5.3; RFC 5246, 6.2.3; RFC 5288, RFC 7905, RFC 7366.
 */
#ifndef TLS_CIPHER_H
#define TLS_CIPHER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <openssl/types.h>

#include "base/span.h"
#include "tls/suite.h"

#define RECORD_HEAD_LEN 5
/* RFC 8446, 5.2 and RFC 5246, 6.2.3: 2^14 bytes, and what protection adds at most. */
#define RECORD_BODY_MAX (16384 + 2048)

/* The library's algorithms, looked up when the first connection needs them: that takes it some
 * milliseconds, and most captures have no secrets. All zeros until then. */
struct cipher_env {
	EVP_CIPHER *ciphers[SUITE_CIPHERS];
	EVP_MAC *hmac;
};

void cipher_env_fini(struct cipher_env *env);

/* Whether the library has what the suite takes. */
bool cipher_env_has(struct cipher_env *env, const struct suite *suite);

/* Storage of the caller; all zeros until opened. */
struct cipher {
	const struct suite *suite; /* NULL: not open */
	EVP_CIPHER_CTX *ctx;
	EVP_MAC_CTX *mac; /* of CBC */
	uint8_t iv[12];
	bool is_etm; /* CBC: the MAC is over the ciphertext (RFC 7366) */
};

/* Open for TLS 1.3. False when memory is short; c stays closed. env has what the suite takes. */
bool cipher_open_13(struct cipher *c, struct cipher_env *env, const struct suite *suite,
		    struct span secret);

/* What a key block of TLS 1.2 is made of. */
struct cipher_keys {
	struct span master;
	uint8_t randoms[64]; /* the server's, then the client's */
	bool is_client;      /* which end writes the records */
	bool is_etm;
};

/* Open for TLS 1.2. As above. */
bool cipher_open_12(struct cipher *c, struct cipher_env *env, const struct suite *suite,
		    const struct cipher_keys *keys);

/* Closes, and wipes. An all-zero c is fine. */
void cipher_close(struct cipher *c);

/*
 * Read a record that would be number seq: head has RECORD_HEAD_LEN bytes, body what the head
 * announces. out has room for body.len bytes. False when it does not authenticate. *out_len is what
 * was protected: of TLS 1.3 still with its inner type and padding.
 */
bool cipher_read(struct cipher *c, uint64_t seq, const uint8_t *head, struct span body,
		 uint8_t *out, size_t *out_len);

/* The bytes that a body of body_len protects, where its length alone tells: of TLS 1.2's AEADs.
 * False where it does not. */
bool cipher_exact_len(const struct cipher *c, size_t body_len, size_t *len);

#endif
