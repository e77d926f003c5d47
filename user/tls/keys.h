/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * keys: the secrets of connections, by what a ClientHello shows of itself.
 *
 * In:   lines of a key log, as SSLKEYLOGFILE makes browsers, curl and OpenSSL write it.
 * Out:  the secret that is asked for.
 * Spec: draft-ietf-tls-keylogfile.
 *
 * Secrets never leave the process: nothing here prints, and what is freed is wiped.
 */
#ifndef TLS_KEYS_H
#define TLS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/counter.h"
#include "base/span.h"

#define TLS_RANDOM_LEN 32
#define TLS_SECRET_MAX 48

enum tls_secret_kind {
	TLS_SECRET_MASTER, /* TLS 1.2: the master secret. From here on TLS 1.3 */
	TLS_SECRET_CLIENT_EARLY,
	TLS_SECRET_CLIENT_HANDSHAKE,
	TLS_SECRET_SERVER_HANDSHAKE,
	TLS_SECRET_CLIENT_TRAFFIC,
	TLS_SECRET_SERVER_TRAFFIC,
	TLS_SECRET_KINDS,
};

struct tls_secret {
	uint8_t len; /* 48 of TLS 1.2, else as the suite's hash: 32 or 48; 0: not known */
	uint8_t bytes[TLS_SECRET_MAX];
};

#define TLS_KEYS_COUNTERS(X)                                                                       \
	X(secrets, COUNTER_TRAFFIC, "connections that the key log has secrets of")                 \
	X(lines_other, COUNTER_NOTE, "key log lines of a kind that is not needed")                 \
	X(lines_bad, COUNTER_LOSS, "key log lines that cannot be read")                            \
	X(forgotten, COUNTER_LOSS, "connections whose secrets were dropped for newer ones")        \
	X(no_memory, COUNTER_LOSS, "key log lines dropped because memory was short")

struct tls_keys_stats {
	TLS_KEYS_COUNTERS(COUNTER_FIELD)
};

extern const struct counter tls_keys_counters[];
extern const size_t tls_keys_counters_cnt;

struct tls_keys;

/* Holds TLS_KEYS_MAX connections; max, when not 0, replaces that. NULL when memory is short. */
struct tls_keys *tls_keys_new(uint64_t seed, uint32_t max);
/* Takes NULL. */
void tls_keys_free(struct tls_keys *k);

/* Take lines of a key log. The last one need not end with a newline. What is said twice counts as
 * it was said last. */
void tls_keys_add(struct tls_keys *k, struct span lines);

/* The secret, or NULL; good until the next tls_keys_add(). random has TLS_RANDOM_LEN bytes. */
const struct tls_secret *tls_keys_find(const struct tls_keys *k, const uint8_t *random,
				       enum tls_secret_kind kind);

/* False as long as there is nothing to be found. */
bool tls_keys_has_any(const struct tls_keys *k);

const struct tls_keys_stats *tls_keys_stats(const struct tls_keys *k);

#endif
