/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pcapwriter: capture files built in memory, byte by byte as the formats say, in
 * both byte orders and any resolution. It checks nothing, so that tests can write
 * what is wrong: w.bytes[0 .. w.len) may be changed by hand.
 *
 *	struct pcapwriter w = { .big = true };
 *
 *	pcapwriter_header(&w, PCAPWRITER_NANO, 1);
 *	pcapwriter_record(&w, time_ns, span_text("packet"), 6);
 *	...
 *	pcapwriter_free(&w);
 *
 * Short of memory it aborts; it is for tests alone.
 */
#ifndef SUPPORT_PCAPWRITER_H
#define SUPPORT_PCAPWRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

#define PCAPWRITER_MICRO    0xa1b2c3d4u
#define PCAPWRITER_NANO     0xa1b23c4du
#define PCAPWRITER_MODIFIED 0xa1b2cd34u /* 8 more bytes in each record; libpcap reads it */

/* All zeros is an empty little-endian writer. */
struct pcapwriter {
	uint8_t *bytes; /* what was written; owned */
	size_t len, cap;
	bool big;       /* order of the numbers written from now on */
	uint32_t magic; /* of the last pcapwriter_header() */
};

void pcapwriter_free(struct pcapwriter *w);

/* Raw bytes, and numbers in the writer's order. */
void pcapwriter_bytes(struct pcapwriter *w, struct span bytes);
void pcapwriter_u16(struct pcapwriter *w, uint16_t v);
void pcapwriter_u32(struct pcapwriter *w, uint32_t v);
/* Overwrite four bytes that were written, in the writer's order. */
void pcapwriter_set32(struct pcapwriter *w, size_t at, uint32_t v);

/* pcap: the file's header, and a record of the resolution that its magic number says. */
void pcapwriter_header(struct pcapwriter *w, uint32_t magic, uint32_t link);
void pcapwriter_record(struct pcapwriter *w, uint64_t time_ns, struct span data, uint32_t len);

/* pcapng: any block with this body (padded to 4), and the blocks that are read. */
void pcapwriter_block(struct pcapwriter *w, uint32_t type, struct span body);
/* A section header in the writer's order, which may be changed before each. */
void pcapwriter_section(struct pcapwriter *w);

struct pcapwriter_iface {
	uint16_t link;
	uint32_t snaplen;
	const char *name;       /* NULL: no such option */
	const uint8_t *tsresol; /* NULL: no such option */
	int64_t tsoffset;       /* 0: no such option */
};

void pcapwriter_interface(struct pcapwriter *w, const struct pcapwriter_iface *i);
/* stamp counts the interface's unit of time. */
void pcapwriter_enhanced(struct pcapwriter *w, uint32_t iface, uint64_t stamp, struct span data,
			 uint32_t len);
void pcapwriter_obsolete(struct pcapwriter *w, uint16_t iface, uint64_t stamp, struct span data,
			 uint32_t len);
void pcapwriter_simple(struct pcapwriter *w, struct span data, uint32_t len);

#endif
