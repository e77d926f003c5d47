/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * keylog: the file of --keylog, read as far as it has grown.
 *
 * In:   a file that browsers, curl or servers write (SSLKEYLOGFILE).
 * Out:  its lines, to tls_keys_add().
 */
#ifndef KEYLOG_H
#define KEYLOG_H

#include <stdbool.h>
#include <stddef.h>

struct keylog;
struct tls_keys;

/*
 * Open path; nothing is read yet. keys is borrowed. is_growing: somebody may write it meanwhile, so
 * that a line without its end waits for it.
 *
 * 0        *out is to be closed
 * -errno   why[] says it in one line
 */
int keylog_open(const char *path, struct tls_keys *keys, bool is_growing, struct keylog **out,
		char *why, size_t why_cap);

/* Read what is new, or everything when the file was begun anew. Whether there was anything. */
bool keylog_read(struct keylog *k);

/* Takes NULL. */
void keylog_close(struct keylog *k);

#endif
