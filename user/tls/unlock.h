/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * unlock: find the key and the number that open a record.
 *
 * In:   a protected record of a session.
 * Out:  its text, with the session's place in the direction set right.
 * Spec: RFC 8446, 5.3, 7.2 and 7.3.
 */
#ifndef TLS_UNLOCK_H
#define TLS_UNLOCK_H

#include "tls/session.h"

/*
 * True with *text in env->text: of TLS 1.3 with inner type and padding. *seq is the number that it
 * was in its epoch. False when no secret that is known opens it; the direction is unsure then, and
 * dead when that was so too often.
 */
bool unlock_record(struct session *s, struct session_env *env, unsigned dir, const struct record *r,
		   struct span *text, uint64_t *seq);

/* Change to the next generation of a direction's secret (KeyUpdate). */
void unlock_update(struct session *s, struct session_env *env, unsigned dir);

#endif
