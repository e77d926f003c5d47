/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * names: strings that outlive whoever brought them. Packets and exchanges name
 * their interface by a pointer; the interface's name stands in a file that may be
 * closed long before the last exchange is told. Each different string is kept once.
 *
 * One thread at a time.
 */
#ifndef BASE_NAMES_H
#define BASE_NAMES_H

#include <stdint.h>

#include "base/span.h"

struct names;

/* NULL when there is no memory. Free with names_free() after the last use of any name. */
struct names *names_new(void);
/* Takes NULL. */
void names_free(struct names *n);

/*
 * The kept copy of text, NUL-terminated; the same pointer for the same bytes, valid
 * until names_free(). Text should hold no NUL, which would end the string early.
 *
 * NULL when there is no memory or NAMES_MAX others are kept already: the caller uses
 * a more general name. names_refused() counts these.
 */
const char *names_keep(struct names *n, struct span text);
uint64_t names_refused(const struct names *n);

#endif
