/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * h2text: what bytes a field line of HTTP/2 may have. Every line is looked at, eight bytes at a
 * time: malformed is a matter of all fields, of those that nobody reads, too.
 *
 * In:   names and values.
 * Out:  whether a message with them is malformed.
 * Spec: RFC 9113, 8.2.1; for values as browsers have it, who take no controls but the tabulator.
 */
#ifndef HTTP_H2TEXT_H
#define HTTP_H2TEXT_H

#include "base/span.h"

/* Not empty, in lower case, no blanks, no controls, nothing beyond ASCII, and no colon but at the
 * front. */
bool h2text_is_name(struct span name);

/* No controls but the tabulator. */
bool h2text_is_value(struct span value);

#endif
