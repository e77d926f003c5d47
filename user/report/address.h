/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * address: where a request went and what it was, in the words of other tools' formats.
 *
 * In:   struct exchange.
 * Out:  spans into the caller's buffer, or into the exchange.
 */
#ifndef REPORT_ADDRESS_H
#define REPORT_ADDRESS_H

#include "base/limits.h"
#include "base/span.h"
#include "http/exchange.h"

/* Room for any URL: a scheme, an authority from a Host line, and a target. */
#define ADDRESS_CAP (HTTP_VALUE_MAX + HTTP_TARGET_MAX + 16)

/* "http" or "https", as this hop saw it: behind a TLS terminator it is "http", although the
 * browser's was https. */
const char *address_scheme(const struct http_request *r);

/* "http://api.example.com/s.json?id=1": bytes as on the wire. Without a Host line, the server's
 * address stands for it. */
struct span address_url(const struct exchange *x, char buf[static ADDRESS_CAP]);

/* The value of the first such field; absent when there is none. */
struct span address_field(const struct http_message *m, enum http_name id);

#endif
