/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * asset: the files of the page, which are part of the program: no other host is ever asked.
 *
 * The scripts of page/ make one file in the order of their names; charts are Chart.js, as Debian
 * has it when the program is built.
 */
#ifndef WEB_ASSET_H
#define WEB_ASSET_H

#include "base/span.h"

struct asset {
	const char *path; /* "/app.js" */
	const char *type;
	struct span bytes;
};

/* The asset of this path, or false. */
bool asset_find(const char *path, struct asset *out);

/* The page without its style and scripts, for page_write(). */
struct span asset_frame(void);

#endif
