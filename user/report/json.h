/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * json: JSON values, appended to an out.
 *
 * Spec: RFC 8259. Bytes off the wire that are UTF-8 stand as they are; a value that is not is
 * read as ISO 8859-1, each byte the character of its number (RFC 9110, 5.5 calls such bytes
 * opaque), so that no byte is lost or invented. Controls are escaped, DEL and the C1 ones
 * too: JSON lines are looked at in terminals.
 */
#ifndef REPORT_JSON_H
#define REPORT_JSON_H

#include <stdint.h>

#include "base/span.h"
#include "net/endpoint.h"
#include "report/out.h"

/* A string; null for an absent span. */
void json_span(struct out *o, struct span s);

/* A string; null for NULL. */
void json_text(struct out *o, const char *text);

/* Nanoseconds since 1970 as an RFC 3339 string in UTC; null for 0, which means no time. */
void json_time(struct out *o, uint64_t time_ns);

/* A number of milliseconds with three decimals, cut off, not rounded. */
void json_ms(struct out *o, uint64_t ns);

/* "192.0.2.1:80", "[2001:db8::1]:80". */
void json_endpoint(struct out *o, const struct endpoint *e);

/* "#12"; null for what no packet carried. */
void json_packet(struct out *o, uint64_t number);
/* The same for a connection; "probe-12" for one that a probe saw. */
void json_connection(struct out *o, uint64_t number);

/* true or false. */
static inline void json_bool(struct out *o, bool is)
{
	if (is)
		out_lit(o, "true");
	else
		out_lit(o, "false");
}

/* What stands before the i-th element of an array or object that is already open. */
static inline void json_next(struct out *o, size_t i)
{
	if (i)
		out_char(o, ',');
}

/* The name of an object's member with what stands before its value; all but the first. */
#define json_key(o, name) out_lit((o), ",\"" name "\":")

#endif
