/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tls: chunks in, chunks out: connections that speak TLS become connections that speak what is
 * inside, where the key log has their secrets. All others pass by.
 *
 * In:   struct chunk of many connections (net/); the secrets (tls/keys.h).
 * Out:  struct chunk, through the function given at the start.
 * Spec: RFC 5246 (TLS 1.2), RFC 8446 (TLS 1.3).
 *
 * A connection inside is told with the addresses and the first packet of the one that carries it,
 * with is_tls, and with the protocol that ALPN chose. A record that is lost, or for which there is
 * no key, is a CHUNK_GAP: nothing is guessed.
 *
 * The libraries behind it take memory; nothing here reads, writes, or asks the time.
 */
#ifndef TLS_TLS_H
#define TLS_TLS_H

#include "base/counter.h"
#include "net/chunk.h"
#include "tls/keys.h"

#define TLS_COUNTERS(X)                                                                            \
	X(tls_followed, COUNTER_TRAFFIC, "TLS connections followed")                               \
	X(tls_opened, COUNTER_TRAFFIC, "TLS connections whose content was read")                   \
	X(records, COUNTER_TRAFFIC, "TLS records decrypted")                                       \
	X(records_passed, COUNTER_NOTE, "TLS records of bodies, passed over unread")               \
	X(silent, COUNTER_NOTE, "TLS connections that ended before any content")                   \
	X(no_key, COUNTER_LOSS, "TLS connections that the key log has no secret of")               \
	X(no_hello, COUNTER_LOSS, "TLS connections whose beginning was not captured")              \
	X(bad_hello, COUNTER_LOSS, "TLS connections that begin with what is no handshake")         \
	X(version_unknown, COUNTER_LOSS, "TLS connections older than TLS 1.2, which are not read") \
	X(cipher_unknown, COUNTER_LOSS, "TLS connections with a cipher that is not read")          \
	X(bad_records, COUNTER_LOSS, "TLS records that did not authenticate")                      \
	X(holes, COUNTER_LOSS, "times that TLS records were lost")                                 \
	X(resyncs, COUNTER_NOTE, "times that the place was found again after lost TLS records")    \
	X(given_up, COUNTER_LOSS, "directions of TLS connections that could not be read on")       \
	X(early_data, COUNTER_NOTE, "TLS connections with accepted early data")                    \
	X(early_refused, COUNTER_NOTE, "TLS connections with early data that does not count")      \
	X(early_unread, COUNTER_LOSS, "TLS records of early data that could not be read")          \
	X(key_updates, COUNTER_NOTE, "TLS key updates")                                            \
	X(over_limit, COUNTER_LOSS, "TLS connections not read because too many were open")         \
	X(held_over_limit, COUNTER_LOSS, "TLS records dropped because too many were waiting")      \
	X(no_memory, COUNTER_LOSS, "TLS connections not read because memory was short")

struct tls_stats {
	TLS_COUNTERS(COUNTER_FIELD)
};

extern const struct counter tls_counters[];
extern const size_t tls_counters_cnt;

struct tls_config {
	const struct tls_keys *keys; /* borrowed; may grow meanwhile */
	/* A secret is missing: bring what is new of the key log. Whether anything was. NULL when
	 * nothing can come. */
	bool (*more)(void *ctx);
	void *more_ctx;
	chunk_fn emit;
	void *ctx;
};

struct tls;

/* NULL when memory is short. The config is copied. */
struct tls *tls_new(const struct tls_config *config);

/* Takes NULL. Connections whose end was never told are dropped with it. */
void tls_free(struct tls *t);

/* Follow one chunk; a chunk_fn (net/chunk.h) with ctx a struct tls. As long as there are no
 * secrets and none can come, connections pass by. */
uint64_t tls_chunk(void *ctx, struct connection *conn, const struct chunk *c);

const struct tls_stats *tls_stats(const struct tls *t);

/* The version of the library behind it, as it is at run time; static text. */
const char *tls_library_version(void);

#endif
