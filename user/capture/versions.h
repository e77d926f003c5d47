/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * versions: the libraries that read captures, as they are at run time.
 */
#ifndef CAPTURE_VERSIONS_H
#define CAPTURE_VERSIONS_H

#define CAPTURE_LIBRARIES 3

struct library {
	const char *name;
	const char *version; /* the library's own static text */
};

/* One row for each library, in a fixed order. */
void versions_get(struct library out[static CAPTURE_LIBRARIES]);

#endif
