/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * file: capture files as a source.
 *
 * pcap and pcapng, both byte orders, micro- and nanoseconds, any number of
 * interfaces and sections; gzip and zstd are undone on the fly. What neither reader
 * knows (a modified pcap format, say) is tried with libpcap.
 *
 * Every input, plain or not, is read into one reused window, and packets borrow
 * it. That beats mapping the file: the copy stays in the second-level cache, where
 * a mapping takes each packet's header from memory (0.5 to 0.7 of the time for 2 GB
 * in 2 M packets), it holds 1 MB of memory whatever the file's size, and a file that
 * is cut while it is read ends instead of raising SIGBUS.
 *
 * Spec: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
#ifndef CAPTURE_FILE_H
#define CAPTURE_FILE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

struct names;
struct source;

/*
 * Open path ("-" is standard input) as a source. The names that its packets carry
 * are kept in names, which stays the caller's and must outlive them (packet.source
 * is read long after the source is closed). Once *stop is set, a pipe that brings nothing is
 * not waited for: the source ends; NULL waits for ever.
 *
 * 0        *out is open; close it with source_close()
 * -errno   the file cannot be opened or read; why[] says it in one line
 * -EPROTO  it opened, but it is no capture file; why[] says what it looks like
 *
 * *out is NULL on failure. A file that ends inside its first header is a capture
 * file that is damaged (SOURCE_DAMAGED from the first source_next), not -EPROTO;
 * an empty file is -EPROTO.
 */
int file_open(const char *path, struct names *names, const volatile sig_atomic_t *stop,
	      struct source **out, char *why, size_t why_cap);

/* Bytes of a regular file; 0 for anything else, and for an empty one. */
uint64_t file_bytes(const char *path);

#endif
