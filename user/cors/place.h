/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * place: addresses and times of day in words, as clues tell them.
 */
#ifndef CORS_PLACE_H
#define CORS_PLACE_H

#include "base/text.h"
#include "cors/clue.h"
#include "net/endpoint.h"

/* An address as people write it: dotted, or in brackets (RFC 5952, 4). */
void place_address(struct text *t, const struct address *a);

/* Address and port; lasts as long as the clues. */
struct span place_server(const struct endpoint *e, struct clues *out);

/* Time of day: people look for "since when". The same. */
struct span place_time(uint64_t time_ns, struct clues *out);

/* A number; the same. */
struct span place_number(uint64_t n, struct clues *out);

#endif
