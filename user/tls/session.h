/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * session: one TLS connection, read with the secrets of a key log.
 *
 * In:   the chunks of its two directions.
 * Out:  the chunks of what was inside, by the connection that it stands for.
 * Spec: RFC 5246, RFC 8446.
 *
 * Each direction goes through epochs, each with a key of its own. The number of a record is part
 * of its protection: as long as nothing is lost it is known, afterwards it is found by trying, and
 * a record that authenticates proves the place.
 *
 *	TLS 1.2              PLAIN --ChangeCipherSpec--> DATA
 *	TLS 1.3, server      PLAIN --ServerHello--> HANDSHAKE --Finished--> DATA --KeyUpdate--> DATA
 *	TLS 1.3, client      PLAIN [--> EARLY --EndOfEarlyData] --> HANDSHAKE --Finished--> DATA
 */
#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include "net/chunk.h"
#include "tls/framer.h"
#include "tls/handshake.h"
#include "tls/hello.h"
#include "tls/tls.h"
#include "tls/waiting.h"

enum epoch {
	EPOCH_PLAIN,
	EPOCH_EARLY,
	EPOCH_HANDSHAKE,
	EPOCH_DATA,
};

#define SESSION_DIR_UNKNOWN 2

/* A hole that the consumer was not told yet. */
enum hole {
	HOLE_NONE,
	HOLE_MAYBE, /* there may have been data in it: the next number tells */
	HOLE_SURE,
};

/* One direction. */
struct side {
	struct framer framer;
	struct handshake handshake;
	struct cipher cipher;     /* of this epoch; closed until its secret is there */
	struct tls_secret secret; /* of TLS 1.3: what cipher was made of */
	uint64_t seq;             /* of the next record; with is_unsure, the least it can be */
	uint64_t skip;            /* what the consumer has no use for, as it counts */
	uint8_t epoch;            /* enum epoch */
	uint8_t looks;            /* how often a secret was looked for in vain */
	uint8_t fails;            /* records that no key and number fitted */
	bool is_unsure;           /* epoch, seq and generation may be later ones */
	uint8_t hole;             /* enum hole */
	bool is_dead;             /* nothing more of it will be read */
	bool is_death_told;       /* as a hole */
};

/* Why a connection's content is not seen. */
enum session_trouble {
	SESSION_FINE,
	SESSION_NO_HELLO,
	SESSION_BAD_HELLO,
	SESSION_VERSION,
	SESSION_CIPHER,
	SESSION_NO_KEY,
	SESSION_NO_MEMORY,
};

struct session {
	struct session *prev, *next; /* all of the owner */
	struct connection plain;     /* what is inside; the consumer's */
	struct side sides[2];
	struct waiting waiting;    /* records of the client that come before they can be read */
	const struct suite *suite; /* NULL until ServerHello */
	uint8_t client_random[TLS_RANDOM_LEN];
	uint8_t server_random[TLS_RANDOM_LEN];
	uint8_t client_dir; /* or SESSION_DIR_UNKNOWN */
	uint8_t trouble;    /* enum session_trouble, the first */
	bool has_client_random;
	bool has_retry; /* HelloRetryRequest */
	bool has_early; /* early data was offered, and it is not known yet what of it */
	bool is_etm;    /* see struct cipher */
	bool is_told;   /* the consumer knows of plain */
	bool lacks_key; /* a record could not be read for want of a secret */
	bool is_opened; /* content was read */
};

/* What all connections share. */
struct session_env {
	struct tls_config config;
	struct tls_stats stats;
	struct cipher_env cipher;
	struct buffers buffers;
	struct waiting_env waiting;
	uint8_t text[RECORD_BODY_MAX]; /* of the record that is being read */
};

static inline bool session_is_13(const struct session *s)
{
	return s->suite && s->suite->is_13;
}

/* outer is the connection that carries it. */
void session_init(struct session *s, const struct connection *outer);
/* Counts what became of it. */
void session_fini(struct session *s, struct session_env *env);

/* Follow c, which is not the last. False when nothing of it can be read any more, and the consumer
 * was never told of it. *skip is what tls_chunk() is to return. */
bool session_chunk(struct session *s, struct session_env *env, const struct chunk *c,
		   uint64_t *skip);

/* Follow c, the last. */
void session_end(struct session *s, struct session_env *env, const struct chunk *c);

/* The direction dir goes on in another epoch, at its first record. */
void session_enter(struct session *s, unsigned dir, enum epoch epoch);

/* It cannot be read, for this reason; the first one counts. */
void session_fail(struct session *s, enum session_trouble why);

#endif
