/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * turn: the messages of an HTTP/1 connection as they take turns: a request waits, the next response
 * is its; what a hole puts in doubt, and what a response makes of the connection.
 *
 * In:   heads as the framer finds them (step.h's connection), and what came in their place.
 * Out:  exchanges.
 * Spec: RFC 9112, 9.3; RFC 9110, 7.8, 9.3.6 and 15.2.
 */
#ifndef HTTP_TURN_H
#define HTTP_TURN_H

#include "http/step.h"

/* A head in either direction is whole; the first one gives the roles. */
enum conn_result turn_head(const struct step *s, unsigned dir);

/* Where a start line was due, something else came. */
enum conn_result turn_alien(const struct step *s, unsigned dir);

/* Messages may be missing from here on in this direction. */
void turn_hole(const struct step *s, unsigned dir, bool is_at_head);

/* Tell every request that waits; for everything that ends the direction of responses. */
void turn_unanswered(const struct step *s, enum http_outcome outcome);

/* HTTP/2 from here on. What still waits for a response of HTTP/1 gets none. */
enum conn_result turn_h2(const struct step *s, enum h2_begin begin, unsigned client_dir);

#endif
