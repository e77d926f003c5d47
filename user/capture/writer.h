/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * writer: packets kept in pcapng files.
 *
 * In:   struct packet, of any number of interfaces and link types.
 * Out:  a file, or several, named and rotated as tcpdump does with -C, -G and -W.
 * Spec: draft-ietf-opsawg-pcapng.
 *
 * Not libpcap's own dump: that writes pcap, which can hold one link type and no interface's name.
 */
#ifndef CAPTURE_WRITER_H
#define CAPTURE_WRITER_H

#include <stddef.h>
#include <stdint.h>

#include "capture/packet.h"

struct writer_config {
	const char *path;    /* with every_s, a strftime(3) pattern; borrowed */
	uint64_t file_bytes; /* -C: begin another file beyond so many; 0: never */
	uint32_t every_s;    /* -G: begin another file after so many seconds; 0: never */
	uint32_t files_max;  /* -W: with -C, so many files in turn; with -G alone, so many in all;
			      * 0: any number */
	uint32_t snaplen;    /* what the interfaces were told */
};

struct writer;

/*
 * Create the first file; now_ns is its time.
 *
 * 0       *out is to be closed with writer_close()
 * -errno  why[] says it in one line
 */
int writer_open(const struct writer_config *config, uint64_t now_ns, struct writer **out, char *why,
		size_t why_cap);

/* The packet is next: another file, if it is not for this one any more. Results as of
 * writer_packet(), which does this too when it was not done. */
int writer_turn(struct writer *w, const struct packet *p);

/*
 * Keep a packet, with its comment.
 *
 * 0            kept
 * WRITER_FULL  -W's number of files is reached: this packet is not in them, and none will be
 * -errno       of the system: the file is as far as it came
 */
#define WRITER_FULL 1
int writer_packet(struct writer *w, const struct packet *p);

/* Hand what was written to the kernel. 0 or -errno. */
int writer_flush(struct writer *w);

/* The file may have been moved away: when it is not at its name any more, begin it anew there.
 * 0 or -errno; writing goes on into the old one then. */
int writer_reopen(struct writer *w);

/* The file that is written now, for messages. */
const char *writer_name(const struct writer *w);

/* Takes NULL. 0, or -errno when the last bytes could not be written. */
int writer_close(struct writer *w);

#endif
