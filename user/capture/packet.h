/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * packet: what capture/ gives and net/ is given.
 */
#ifndef CAPTURE_PACKET_H
#define CAPTURE_PACKET_H

#include <stdint.h>

#include "base/span.h"

struct packet {
	const uint8_t *data; /* borrowed from the source until the next packet is asked for */
	uint32_t caplen;     /* bytes at data */
	uint32_t len;        /* bytes on the wire; more than caplen when the capture cut it */
	uint32_t link;       /* LINKTYPE_ value, https://www.tcpdump.org/linktypes.html */
	uint64_t time_ns;    /* since 1970-01-01T00:00:00Z; 0 where the capture has no time */
	uint64_t number;     /* 1 for the run's first packet; evidence names packets by it */
	const char *source;  /* interface or file, for people; lives as long as the run */
	struct span
		comment; /* what the capture file says of it; mostly absent. Borrowed, as data */
};

#endif
