/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * savefile: the pcap format, version 2.4, in both byte orders, with micro- or
 * nanoseconds.
 *
 * In:   the bytes at the front of what is left of the file.
 * Out:  struct packet.
 * Spec: draft-ietf-opsawg-pcap.
 */
#ifndef CAPTURE_SAVEFILE_H
#define CAPTURE_SAVEFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "capture/packet.h"
#include "capture/record.h"

#define SAVEFILE_HEADER_LEN 24

/* All zeros, but for source, before the first byte. */
struct savefile {
	const char *source; /* for packet.source */
	bool in_records;    /* the file's header was read */
	bool big;           /* big-endian */
	uint32_t tick_ns;   /* a unit of the second half of a time stamp: 1 or 1000 */
	uint32_t link;      /* LINKTYPE_ value */
};

/*
 * True for the first bytes of a file that savefile_next() reads; with fewer bytes than the
 * magic number and version take, true as long as they could be.
 */
bool savefile_is(struct span head);

/*
 * The next record: the file's header first, then packets. Link-type bits that hold the
 * length of the frame check sequence are masked off. A packet that claims fewer bytes on
 * the wire than were captured had as many as were captured.
 */
enum record_kind savefile_next(struct savefile *f, struct span seen, struct packet *out,
			       struct record *r);

#endif
