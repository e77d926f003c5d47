/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * handshake: the messages of one direction, put together from records.
 *
 * In:   what handshake records hold, in order.
 * Out:  one message after the other.
 * Spec: RFC 8446, 4 and 5.1: messages may share records and span them.
 *
 * Only what is read is kept (hellos, extensions), and of that no more than TLS_HELLO_MAX.
 */
#ifndef TLS_HANDSHAKE_H
#define TLS_HANDSHAKE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

enum handshake_type {
	HANDSHAKE_CLIENT_HELLO = 1,
	HANDSHAKE_SERVER_HELLO = 2,
	HANDSHAKE_END_OF_EARLY_DATA = 5,
	HANDSHAKE_EXTENSIONS = 8,
	HANDSHAKE_FINISHED = 20,
	HANDSHAKE_KEY_UPDATE = 24,
};

struct handshake {
	uint8_t head[4]; /* type and length */
	uint8_t head_len;
	bool is_broken; /* bytes were lost: where the next message begins is not known */
	uint32_t left;  /* of the message, once head is whole */
	uint8_t *kept;  /* its body so far; NULL: it lies in one record, or is not kept. Owned */
	uint32_t kept_len;
};

struct handshake_message {
	uint8_t type;
	struct span body; /* borrowed until the next call; empty of types that are not read */
};

enum handshake_event {
	HANDSHAKE_NONE,    /* *rest is used up */
	HANDSHAKE_MESSAGE, /* *out is filled; call again */
	HANDSHAKE_NO_MEMORY,
};

/* Read on in *rest, what is left of a record. Nothing comes of it once h is broken. */
enum handshake_event handshake_next(struct handshake *h, struct span *rest,
				    struct handshake_message *out);

/* Bytes are missing. */
void handshake_break(struct handshake *h);

/* At the first byte of a message: after new keys, for one. Frees what is kept. */
void handshake_reset(struct handshake *h);

#endif
