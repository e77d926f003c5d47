/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * startline: the first line of a head.
 *
 * In:   the line without its end.
 * Out:  the parts of it in struct head.
 * Spec: RFC 9112, 3 and 4; RFC 1945, 5 for the request of HTTP/0.9. As in Chromium the name of
 *       the protocol may be in lower case and the reason may be missing.
 */
#ifndef HTTP_STARTLINE_H
#define HTTP_STARTLINE_H

#include "http/head.h"

/* False when it is none of this role; h is then half written. */
bool startline_read(struct head *h, struct span line, enum head_role role);

/* Whether the request line has the form that clients send: a method that is known, and a target
 * that is a path, a URL, an asterisk, or anything for CONNECT. In the middle of other bytes
 * another one proves nothing. */
bool startline_is_usual(const struct head *h);

/* As many bytes tell whether a head begins: the longest method, SP and a byte of the target. */
#define STARTLINE_PEEK_MAX 12

/*
 * Whether bytes, which may as well be a body's, begin a usual head. HEAD_MORE for too few; with
 * STARTLINE_PEEK_MAX of them it is told for certain.
 */
enum head_result startline_peek(struct span bytes, enum head_role role);

/* Cut the target into what stands before the path and the path. */
struct startline_target {
	struct span authority; /* of an absolute-form or authority-form target, without user
				* information; absent in the other forms */
	struct span path;      /* inside the target, or the constant "/" */
};
struct startline_target startline_split(struct span method, struct span target);

#endif
