/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * rest: what is left of a connection between its exchanges.
 *
 * In:   a connection that waits for nothing and holds nothing.
 * Out:  eight bytes, and the connection again when its next chunk comes.
 *
 * Of a million open connections nearly all are silent. A struct conn for each would cost more
 * memory than all else, and a cache miss for each of its lines; the few that are busy use the same
 * ones in turn instead.
 */
#ifndef HTTP_REST_H
#define HTTP_REST_H

#include "http/conn.h"

/* Whether k can rest; *note is then all that is to be kept. */
bool rest_pack(const struct conn *k, uint64_t *note);

/* k, which conn_init() has made, becomes what it was. */
void rest_unpack(struct conn *k, uint64_t note);

/* Whether it is known which end asks, so that HTTP is spoken. */
bool rest_has_role(uint64_t note);

#endif
