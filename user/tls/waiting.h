/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * waiting: records that came before it is known how to read them.
 *
 * Early data comes before the server has chosen a suite, and counts only once it has accepted it.
 * So do records of a client that a capture shows before the ServerHello that they follow.
 */
#ifndef TLS_WAITING_H
#define TLS_WAITING_H

#include "tls/framer.h"

/* What all connections share; all zeros at first. */
struct waiting_env {
	uint64_t bytes; /* at most TLS_WAITING_TOTAL_MAX */
};

/* All zeros at first. */
struct waiting {
	uint8_t *bytes; /* struct record without its body, and the body, one after the other */
	uint32_t len;   /* at most TLS_WAITING_MAX */
	bool is_over;   /* some were dropped */
};

/* Keep r. Without room it is dropped. */
void waiting_add(struct waiting *w, struct waiting_env *env, const struct record *r);

/* The record at *at, which moves on; 0 is the first. False behind the last. Borrowed from w. */
bool waiting_next(const struct waiting *w, uint32_t *at, struct record *out);

/* Forget all. */
void waiting_clear(struct waiting *w, struct waiting_env *env);

#endif
