/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * alien: what a connection speaks that does not speak HTTP/1.
 *
 * In:   its first bytes.
 * Out:  a guess, for the counters.
 * Spec: RFC 8446, 5.1 (TLS records); RFC 9113, 4.1 and 6.5 (a server's first frame).
 */
#ifndef HTTP_ALIEN_H
#define HTTP_ALIEN_H

#include "base/span.h"

enum alien {
	ALIEN_OTHER,
	ALIEN_TLS,
	ALIEN_HTTP2, /* a server's SETTINGS; a client's preface is read as a start line */
};

/* bytes may be as few as one, and are then guessed from. */
enum alien alien_kind(struct span bytes);

#endif
