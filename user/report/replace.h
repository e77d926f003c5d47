/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * replace: a file that appears whole, in place of what had its name before. Readers see the old
 * one or the new one, never a part.
 */
#ifndef REPORT_REPLACE_H
#define REPORT_REPLACE_H

#include <stdio.h>

struct replace {
	FILE *file;       /* to be written to */
	const char *path; /* borrowed until the end */
	char *temp;       /* what it is called meanwhile, beside path */
};

/* 0, or -errno with nothing to be undone. */
int replace_open(struct replace *r, const char *path);

/* Give the file its name. 0, or -errno: the old file, if any, is still there. */
int replace_commit(struct replace *r);

/* Leave the old file as it was. */
void replace_drop(struct replace *r);

#endif
