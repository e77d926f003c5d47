/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * record: what a capture format's parser says about the bytes at the front of the
 * window. Parsers read nothing and keep no offset; they are given what is seen and
 * answer what it is, so that one parser serves every kind of input.
 */
#ifndef CAPTURE_RECORD_H
#define CAPTURE_RECORD_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/cursor.h"
#include "base/span.h"

enum record_kind {
	RECORD_PACKET,  /* the packet is filled; go on take bytes further */
	RECORD_SECRETS, /* secrets is filled; go on take bytes further */
	RECORD_OTHER,   /* nothing for the reader; go on take bytes further, seen or not */
	RECORD_SHORT,   /* show take bytes, or it cannot be told */
	RECORD_BAD,     /* no capture goes on like this; why says it */
};

/* Beside the kind. Unused members are left alone: this is filled for every packet. */
struct record {
	uint64_t take;       /* bytes from the front of what was given */
	const char *what;    /* OTHER, SHORT: "packet record", static */
	uint64_t begun;      /* OTHER, SHORT: bytes of the same record that were taken before */
	uint64_t total;      /* OTHER, SHORT: bytes of the record, with those taken before */
	struct span secrets; /* SECRETS: lines of a TLS key log, borrowed from what was given */
	char why[160];       /* BAD */
};

/* RECORD_SHORT: the record named what begins here and takes so many bytes in all. */
static inline enum record_kind record_short(struct record *r, const char *what, uint64_t total)
{
	r->what = what;
	r->begun = 0;
	r->total = r->take = total;
	return RECORD_SHORT;
}

/* The formats are written in the byte order of the machine that captured. */
static inline uint16_t record_u16(struct cursor *c, bool big)
{
	return big ? cursor_be16(c) : cursor_le16(c);
}

/* Of four bytes that are there. */
static inline uint32_t record_u32_at(const uint8_t *p, bool big)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return big ? be32toh(value) : le32toh(value);
}

static inline uint32_t record_u32(struct cursor *c, bool big)
{
	return big ? cursor_be32(c) : cursor_le32(c);
}

#endif
