/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pcapng: sections, interfaces, packets and TLS secrets of a pcapng file. Other blocks are skipped.
 *
 * In:   the bytes at the front of what is left of the file.
 * Out:  struct packet; lines of a key log.
 * Spec: draft-ietf-opsawg-pcapng, version 1.0 and 1.2.
 */
#ifndef CAPTURE_PCAPNG_H
#define CAPTURE_PCAPNG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/names.h"
#include "base/span.h"
#include "capture/packet.h"
#include "capture/record.h"
#include "capture/tick.h"

struct pcapng_iface {
	uint32_t link;      /* LINKTYPE_ value */
	uint32_t snaplen;   /* 0: no limit */
	struct tick tick;   /* its unit of time */
	const char *source; /* its name, or the file's */
};

/* All zeros, but for names and source, before the first byte. */
struct pcapng {
	struct names *names;         /* borrowed; keeps the interfaces' names */
	const char *source;          /* packet.source where an interface has no name */
	struct pcapng_iface *ifaces; /* of this section, by number; owned */
	uint32_t iface_cnt, iface_cap;
	bool big;          /* this section is big-endian */
	uint32_t trailing; /* length that the skipped block's trailer must repeat; 0: none is due */
};

/* True for the first bytes of a pcapng file; with fewer than four, as long as they could be. */
bool pcapng_is(struct span head);

/*
 * The next block. A packet in a Simple Packet Block has time_ns 0, for the block has none.
 * A packet of an interface that was not described is RECORD_BAD: its link type is unknown,
 * and a file that is whole never has one. No memory for an interface is RECORD_BAD too.
 */
enum record_kind pcapng_next(struct pcapng *f, struct span seen, struct packet *out,
			     struct record *r);

/* Free what f owns. */
void pcapng_fini(struct pcapng *f);

#endif
