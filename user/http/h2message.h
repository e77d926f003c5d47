/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * h2message: what becomes of the header blocks of a connection in HTTP/2, and of the requests that
 * wait on its streams.
 *
 * In:   whole blocks, and what else was said of a stream.
 * Out:  exchanges (step.h).
 * Spec: RFC 9113, 8.1.
 */
#ifndef HTTP_H2MESSAGE_H
#define HTTP_H2MESSAGE_H

#include "http/h2.h"
#include "http/step.h"

/* A whole block, the one that d->block is about: a message, trailers, or a promise. */
void h2message_take(const struct step *s, struct h2_dir *d, struct span bytes);

/* The same when it gives no message: what is known is which stream it was on. The role is known. */
void h2message_miss(const struct step *s, const struct h2_dir *d, enum http_outcome outcome);

/* The request of stream is missing, or of no use. */
void h2message_request_miss(struct h2 *h, uint32_t stream);

/* Tell the request at row, which gets no response, and take it out. Of parts, outcome and who
 * reset it count. */
void h2message_unanswered(const struct step *s, struct h2stream *row, struct step_parts parts);
/* The same for all requests on streams above last. */
void h2message_unanswered_above(const struct step *s, uint32_t last, struct step_parts parts);
/* The same for those that the server refused by going away. */
void h2message_refused(const struct step *s);

#endif
