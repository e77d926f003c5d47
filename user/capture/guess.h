/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * guess: what a file that is no readable capture looks like, so that the message helps.
 */
#ifndef CAPTURE_GUESS_H
#define CAPTURE_GUESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* True when the first four bytes are a magic number of pcap's family, known or not. */
bool guess_is_dialect(struct span head);

/* Say in one line what head, the first bytes of a file, looks like. codec names the
 * compression that head was taken from, or is NULL. */
void guess_describe(struct span head, const char *codec, char *why, size_t why_cap);

#endif
