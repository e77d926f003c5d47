/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * utf8: is it UTF-8, and which character.
 *
 * Spec: RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#ifndef REPORT_UTF8_H
#define REPORT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* The length of the character at p, of left (at least 1) bytes, with its number in *c; 0 when
 * no well-formed character begins there. */
size_t utf8_decode(const uint8_t *p, size_t left, uint32_t *c);

/* True when every byte belongs to a well-formed character; true for no bytes. */
bool utf8_is_valid(struct span s);

#endif
