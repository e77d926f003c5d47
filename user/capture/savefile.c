/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/savefile.h"

#include <stdio.h>

#include "base/cursor.h"
#include "base/limits.h"

#define MAGIC_MICRO        0xa1b2c3d4u
#define MAGIC_NANO         0xa1b23c4du
#define MAGIC_NANO_SWAPPED 0x4d3cb2a1u
#define RECORD_HEADER      16
/* Magic number and version. */
#define KNOWN_LEN 8

bool savefile_is(struct span head)
{
	/* In big-endian order; the version is 2.4. Others differ in their records. */
	static const uint8_t known[4][KNOWN_LEN] = {
		{ 0xa1, 0xb2, 0xc3, 0xd4, 0, 2, 0, 4 },
		{ 0xa1, 0xb2, 0x3c, 0x4d, 0, 2, 0, 4 },
		{ 0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0 },
		{ 0x4d, 0x3c, 0xb2, 0xa1, 2, 0, 4, 0 },
	};

	head = span_first(head, KNOWN_LEN);
	for (int i = 0; i < 4 && head.len; i++)
		if (memcmp(head.ptr, known[i], head.len) == 0)
			return true;
	return false;
}

static enum record_kind file_header(struct savefile *f, struct span seen, struct record *r)
{
	struct cursor c = cursor_make(seen);
	uint32_t magic;

	if (seen.len < SAVEFILE_HEADER_LEN)
		return record_short(r, "file header", SAVEFILE_HEADER_LEN);
	magic = cursor_be32(&c);
	f->big = magic == MAGIC_MICRO || magic == MAGIC_NANO;
	f->tick_ns = magic == MAGIC_NANO || magic == MAGIC_NANO_SWAPPED ? 1 : 1000;
	/* Version, time zone, accuracy (never used), snapshot length (not binding). */
	cursor_skip(&c, 16);
	f->link = record_u32(&c, f->big) & 0xffff;
	f->in_records = true;
	r->what = "file header";
	r->begun = 0;
	r->total = r->take = SAVEFILE_HEADER_LEN;
	return RECORD_OTHER;
}

enum record_kind savefile_next(struct savefile *f, struct span seen, struct packet *out,
			       struct record *r)
{
	const uint8_t *p = seen.ptr;
	uint32_t sec, tick, caplen, len;

	if (!f->in_records)
		return file_header(f, seen, r);
	if (seen.len < RECORD_HEADER)
		return record_short(r, "packet record's header", RECORD_HEADER);
	sec = record_u32_at(p, f->big);
	tick = record_u32_at(p + 4, f->big);
	caplen = record_u32_at(p + 8, f->big);
	len = record_u32_at(p + 12, f->big);
	if (caplen > CAPTURE_PACKET_MAX) {
		(void)snprintf(r->why, sizeof(r->why), "a packet record claims %u bytes (limit %u)",
			       caplen, CAPTURE_PACKET_MAX);
		return RECORD_BAD;
	}
	if (seen.len - RECORD_HEADER < caplen)
		return record_short(r, "packet record", (uint64_t)RECORD_HEADER + caplen);
	out->data = p + RECORD_HEADER;
	out->caplen = caplen;
	out->len = len < caplen ? caplen : len;
	out->link = f->link;
	out->time_ns = sec * NS_PER_S + (uint64_t)tick * f->tick_ns;
	out->source = f->source;
	out->comment = (struct span){ 0 };
	r->take = RECORD_HEADER + caplen;
	return RECORD_PACKET;
}
