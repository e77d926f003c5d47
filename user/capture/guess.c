/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/guess.h"

#include <stdint.h>
#include <stdio.h>

bool guess_is_dialect(struct span head)
{
	const uint8_t *p = head.ptr;

	if (head.len < 4)
		return false;
	return (p[0] == 0xa1 && (p[1] == 0xb2 || p[1] == 0x2b)) ||
	       (p[3] == 0xa1 && (p[2] == 0xb2 || p[2] == 0x2b));
}

/* What the leading bytes prove, or NULL. */
static const char *known_as(struct span head)
{
	static const struct {
		const char *magic, *what;
	} known[] = {
		{ "snoop", "a Solaris snoop capture" },
		{ "GMBU", "a Network Monitor capture" },
		{ "RTSS", "a Network Monitor capture" },
		{ "TRSNIFF data", "a Sniffer capture" },
		{ "\xfd"
		  "7zXZ",
		  "an xz file; decompress it first" },
		{ "BZh", "a bzip2 file; decompress it first" },
		{ "\x04\x22\x4d\x18", "an lz4 file; decompress it first" },
		{ "\x1f\x8b", "a gzip file within another" },
		{ "PK\x03\x04", "a zip file; unpack it first" },
		{ "\x7f"
		  "ELF",
		  "a program" },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (span_starts(head, known[i].magic))
			return known[i].what;
	return NULL;
}

static bool is_text(struct span head)
{
	for (size_t i = 0; i < head.len; i++) {
		uint8_t b = head.ptr[i];

		if (b < 0x20 && b != '\n' && b != '\r' && b != '\t')
			return false;
	}
	return true;
}

void guess_describe(struct span head, const char *codec, char *why, size_t why_cap)
{
	const char *what = known_as(head);
	char bytes[32] = "an unknown format";

	head = span_first(head, 24);
	if (!what && head.len == 0)
		what = "an empty file";
	else if (!what && is_text(head))
		what = "text";
	if (!what && head.len >= 4)
		(void)snprintf(bytes, sizeof(bytes), "bytes %02x %02x %02x %02x", head.ptr[0],
			       head.ptr[1], head.ptr[2], head.ptr[3]);
	(void)snprintf(why, why_cap, "not a capture file: it looks like %s%s%s",
		       what ? what : bytes, codec ? ", compressed with " : "", codec ? codec : "");
}
