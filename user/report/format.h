/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * format: numbers of the records as the text that reports show.
 */
#ifndef REPORT_FORMAT_H
#define REPORT_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "http/exchange.h"
#include "net/endpoint.h"

/* "2026-11-23T14:46:14.000123456Z" and the NUL. */
#define FORMAT_TIME_CAP 31
/* "[", 39 characters of IPv6, "]:65535" and the NUL. */
#define FORMAT_ENDPOINT_CAP 48
/* 20 digits, six separators and the NUL. */
#define FORMAT_COUNT_CAP 27
/* "1023.9 PB" and the NUL; larger numbers do not exist in 64 bits but for "18.4 EB". */
#define FORMAT_SIZE_CAP 16

/* RFC 3339 in UTC with nanoseconds (every uint64_t is before the year 2555). Returns the
 * length without the NUL, as all of these do. */
size_t format_time(uint64_t time_ns, char out[static FORMAT_TIME_CAP]);

/* IPv6 as RFC 5952 writes it, in brackets before the port. */
size_t format_endpoint(const struct endpoint *e, char out[static FORMAT_ENDPOINT_CAP]);

/* "1,234,567". */
size_t format_count(uint64_t n, char out[static FORMAT_COUNT_CAP]);

/* "999 bytes", "1.5 MB": decimal units, one decimal, cut off. */
size_t format_size(uint64_t bytes, char out[static FORMAT_SIZE_CAP]);

/* "response", "reset", "closed", "timeout", "refused", "lost", "pending", "invalid". */
const char *format_outcome(enum http_outcome outcome);

/* "CANCEL", ... as RFC 9113, 7 has them; NULL for a code that has no name. */
const char *format_error_code(uint32_t code);

/* "http/0.9", "http/1.0", "http/1.1", "h2" (the ALPN names, and their like for the rest). */
const char *format_protocol(enum http_version version);

#endif
