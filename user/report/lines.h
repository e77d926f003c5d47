/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * lines: the field lines of a head as one text that people can read, and back.
 *
 * Out:  "Name: value" lines, each ended by LF. A backslash stands before itself; CR, LF and NUL
 *       inside a line are \r, \n and \0; a value that was cut ends in \. ; blanks before the colon
 *       stay as one. All other bytes are as on the wire.
 */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include "http/exchange.h"

struct lines {
	char *buf; /* owned */
	size_t len, cap;
	struct http_field *fields; /* of lines_read(); owned */
	size_t fields_cnt;
};

/* Put a message's lines into l, in place of what was there. 0, or -ENOMEM. */
int lines_write(struct lines *l, const struct http_message *m);

/* Read text into l: its fields borrow l. Whatever the bytes are, they give fields. 0, or -ENOMEM.
 */
int lines_read(struct lines *l, struct span text);

/* Free what l owns; takes a zeroed struct. */
void lines_fini(struct lines *l);

#endif
