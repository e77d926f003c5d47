/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * files: a web configuration with the certificate and key that it names, and whether any of these
 * files has changed since.
 */
#ifndef WEB_FILES_H
#define WEB_FILES_H

#include <sys/stat.h>

#include "web/config.h"

struct web_files {
	struct web_config config;
	char *cert, *key;    /* PEM; NULL: no TLS */
	struct stat seen[3]; /* configuration, certificate, key, as they were read */
};

/* Read all of them. path NULL: a configuration of nothing. 0, and *out is to be given to
 * files_fini(); or -errno with why[]. */
int files_read(const char *path, struct web_files *out, char *why, size_t why_cap);

/* True when one was written or replaced since. */
bool files_have_changed(const char *path, const struct web_files *f);

/* Take over what was seen now, so that a change that could not be read is told once. */
void files_look(const char *path, struct web_files *f);

/* Takes a zeroed struct. The key is wiped. */
void files_fini(struct web_files *f);

#endif
