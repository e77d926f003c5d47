/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * negotiate: what handshake messages change in a session.
 *
 * In:   the messages of both directions, in order.
 * Out:  the session's suite, randoms, protocol and epochs.
 * Spec: RFC 5246, 7.3; RFC 8446, 2 and 4.
 */
#ifndef TLS_NEGOTIATE_H
#define TLS_NEGOTIATE_H

#include "tls/session.h"

void negotiate_message(struct session *s, struct session_env *env, unsigned dir,
		       const struct handshake_message *m);

/* The server's answer to early data cannot be read any more: what came of it is to be tried. */
void negotiate_early_unknown(struct session *s);

#endif
