/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/pcapng.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/cursor.h"
#include "base/limits.h"

/* The section header's type reads the same in both byte orders, on purpose. */
#define BLOCK_SECTION   0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_PACKET    2u /* obsolete, still written by old tools */
#define BLOCK_SIMPLE    3u
#define BLOCK_ENHANCED  6u
#define BLOCK_SECRETS   10u

#define SECRETS_TLS 0x544c534bu /* "TLSK" */

#define ORDER_MAGIC   0x1a2b3c4du
#define BLOCK_HEAD    8  /* type and length */
#define BLOCK_TRAILER 4  /* the length again */
#define BLOCK_MIN     12 /* and what must be seen of any block, for a section's byte order */
#define SECTION_MIN   28

#define OPTION_END      0
#define OPTION_COMMENT  1
#define OPTION_NAME     2
#define OPTION_TSRESOL  9
#define OPTION_TSOFFSET 14

bool pcapng_is(struct span head)
{
	static const uint8_t known[4] = { 0x0a, 0x0d, 0x0d, 0x0a };

	head = span_first(head, 4);
	return head.len && memcmp(head.ptr, known, head.len) == 0;
}

/* Wrong by one number, which why names. */
static enum record_kind is_bad(struct record *r, const char *why, uint32_t number)
{
	(void)snprintf(r->why, sizeof(r->why), "%s %u", why, number);
	return RECORD_BAD;
}

/* Leave all of a block but its trailer unseen; the next call checks that. */
static enum record_kind skip_block(struct pcapng *f, uint32_t len, struct record *r)
{
	f->trailing = len;
	r->what = "block";
	r->begun = 0;
	r->take = len - BLOCK_TRAILER;
	r->total = len;
	return RECORD_OTHER;
}

static enum record_kind lengths_differ(struct record *r, uint32_t head, uint32_t trailer)
{
	(void)snprintf(r->why, sizeof(r->why), "a block's two lengths differ, %u and %u", head,
		       trailer);
	return RECORD_BAD;
}

static enum record_kind skipped_trailer(struct pcapng *f, struct span seen, struct record *r)
{
	struct cursor c = cursor_make(seen);
	uint32_t len = f->trailing, trailer;

	r->what = "block";
	r->take = BLOCK_TRAILER;
	r->begun = len - BLOCK_TRAILER;
	r->total = len;
	if (seen.len < BLOCK_TRAILER)
		return RECORD_SHORT;
	trailer = record_u32(&c, f->big);
	if (trailer != len)
		return lengths_differ(r, len, trailer);
	f->trailing = 0;
	return RECORD_OTHER;
}

/* A section begins: a new byte order, and interfaces are numbered from 0 again. */
static enum record_kind section(struct pcapng *f, struct span seen, struct record *r)
{
	struct cursor c = cursor_make(span_from(seen, BLOCK_HEAD)), head = cursor_make(seen);
	uint32_t magic = cursor_be32(&c), len;
	uint16_t major;

	f->big = magic == ORDER_MAGIC;
	if (!f->big && magic != __builtin_bswap32(ORDER_MAGIC)) {
		(void)snprintf(r->why, sizeof(r->why),
			       "a section has no byte order (its mark is 0x%08x)", magic);
		return RECORD_BAD;
	}
	cursor_skip(&head, 4);
	len = record_u32(&head, f->big);
	if (len < SECTION_MIN || len % 4)
		return is_bad(r, "a section header's length is", len);
	if (seen.len < SECTION_MIN - BLOCK_TRAILER)
		return record_short(r, "section header", SECTION_MIN - BLOCK_TRAILER);
	major = record_u16(&c, f->big);
	if (major != 1)
		return is_bad(r, "a section is not of version 1 of pcapng but of", major);
	f->iface_cnt = 0;
	return skip_block(f, len, r);
}

/*
 * See a whole block and check its frame. RECORD_OTHER with *body on what stands between the
 * lengths, or why not.
 */
static enum record_kind whole_block(const struct pcapng *f, struct span seen, uint32_t len,
				    const char *what, struct cursor *body, struct record *r)
{
	struct cursor trailer;
	uint32_t again;

	if (len > CAPTURE_BLOCK_MAX) {
		(void)snprintf(r->why, sizeof(r->why), "a %s claims %u bytes (limit %u)", what, len,
			       CAPTURE_BLOCK_MAX);
		return RECORD_BAD;
	}
	if (seen.len < len)
		return record_short(r, what, len);
	trailer = cursor_make(span_make(seen.ptr + len - BLOCK_TRAILER, BLOCK_TRAILER));
	again = record_u32(&trailer, f->big);
	if (again != len)
		return lengths_differ(r, len, again);
	*body = cursor_make(span_make(seen.ptr + BLOCK_HEAD, len - BLOCK_MIN));
	r->take = len;
	r->begun = 0;
	r->total = len;
	r->what = what;
	return RECORD_OTHER;
}

/* An interface's name as people may see it on a terminal; the file's where it has none. */
static const char *keep_name(const struct pcapng *f, struct span name)
{
	char text[CAPTURE_NAME_MAX];
	size_t n;
	const char *kept;

	name = span_first(name, sizeof(text));
	for (n = 0; n < name.len && name.ptr[n]; n++) {
		bool is_control = name.ptr[n] < 0x20 || name.ptr[n] == 0x7f;

		text[n] = is_control ? '?' : (char)name.ptr[n];
	}
	kept = n ? names_keep(f->names, span_make(text, n)) : NULL;
	return kept ? kept : f->source;
}

/* Read the options that matter. False when one runs past the block. */
static bool iface_options(const struct pcapng *f, struct cursor *c, struct pcapng_iface *i)
{
	uint8_t resolution = 6;
	uint64_t offset = 0;

	while (cursor_left(c)) {
		uint16_t code = record_u16(c, f->big), len = record_u16(c, f->big);
		struct span value = span_make(cursor_take(c, len), len);
		struct cursor v = cursor_make(value);

		if (c->bad)
			return false;
		if (code == OPTION_END)
			break;
		if (code == OPTION_NAME)
			i->source = keep_name(f, value);
		if (code == OPTION_TSRESOL && len >= 1)
			resolution = cursor_u8(&v);
		if (code == OPTION_TSOFFSET && len >= 8) {
			uint64_t first = record_u32(&v, f->big), second = record_u32(&v, f->big);

			offset = f->big ? first << 32 | second : second << 32 | first;
		}
		cursor_skip(c, -(size_t)len % 4);
	}
	i->tick = tick_make(resolution, (int64_t)offset);
	return true;
}

/* Room for one more interface. False: no memory. */
static bool ifaces_grow(struct pcapng *f)
{
	uint32_t cap = f->iface_cap ? f->iface_cap * 2 : 4;
	struct pcapng_iface *more;

	if (f->iface_cnt < f->iface_cap)
		return true;
	more = realloc(f->ifaces, cap * sizeof(*more));
	if (!more)
		return false;
	f->ifaces = more;
	f->iface_cap = cap;
	return true;
}

static enum record_kind interface(struct pcapng *f, struct cursor *c, struct record *r)
{
	struct pcapng_iface i = { .source = f->source };

	i.link = record_u16(c, f->big);
	cursor_skip(c, 2);
	i.snaplen = record_u32(c, f->big);
	if (c->bad)
		return is_bad(r, "an interface block is too short:", (uint32_t)r->total);
	if (!iface_options(f, c, &i))
		return is_bad(r, "an option runs past its interface block of", (uint32_t)r->total);
	if (f->iface_cnt == CAPTURE_INTERFACES_MAX)
		return is_bad(r, "a section has more interfaces than", CAPTURE_INTERFACES_MAX);
	if (!ifaces_grow(f))
		return is_bad(r, "no memory for an interface, number", f->iface_cnt);
	f->ifaces[f->iface_cnt++] = i;
	return RECORD_OTHER;
}

/* The first comment of a packet whose bytes c stands before. Options that make no sense are passed
 * over: nothing but the comment is wanted of them. */
static struct span packet_comment(const struct pcapng *f, struct cursor c, uint32_t caplen)
{
	cursor_skip(&c, caplen + (-caplen & 3));
	while (cursor_left(&c)) {
		uint16_t code = record_u16(&c, f->big), len = record_u16(&c, f->big);
		const uint8_t *value = cursor_take(&c, len);

		if (c.bad || code == OPTION_END)
			break;
		if (code == OPTION_COMMENT)
			return span_make(value, len);
		cursor_skip(&c, -(size_t)len % 4);
	}
	return (struct span){ 0 };
}

/* The three packet blocks differ in what comes before the packet's bytes. */
static enum record_kind packet(const struct pcapng *f, uint32_t type, struct cursor *c,
			       struct packet *out, struct record *r)
{
	uint32_t number = 0, caplen = 0, len;
	uint64_t stamp = 0;
	const struct pcapng_iface *i;

	if (type != BLOCK_SIMPLE) {
		number = type == BLOCK_ENHANCED ? record_u32(c, f->big) : record_u16(c, f->big);
		cursor_skip(c, type == BLOCK_ENHANCED ? 0 : 2); /* a drop count, seldom filled in */
		stamp = (uint64_t)record_u32(c, f->big) << 32;
		stamp |= record_u32(c, f->big);
		caplen = record_u32(c, f->big);
	}
	len = record_u32(c, f->big);
	if (c->bad)
		return is_bad(r, "a packet block is too short:", (uint32_t)r->total);
	if (number >= f->iface_cnt)
		return is_bad(r, "a packet is of an interface that was not described, number",
			      number);
	i = &f->ifaces[number];
	if (type == BLOCK_SIMPLE)
		caplen = i->snaplen && i->snaplen < len ? i->snaplen : len;
	if (caplen > cursor_left(c) || caplen > CAPTURE_PACKET_MAX) {
		(void)snprintf(r->why, sizeof(r->why),
			       "a packet block of %u bytes claims a packet of %u",
			       (uint32_t)r->total, caplen);
		return RECORD_BAD;
	}
	out->data = c->ptr;
	out->caplen = caplen;
	out->len = len < caplen ? caplen : len;
	out->link = i->link;
	out->time_ns = type == BLOCK_SIMPLE ? 0 : tick_ns(&i->tick, stamp);
	out->source = i->source;
	out->comment = (struct span){ 0 };
	if (cursor_left(c) > caplen + 3)
		out->comment = packet_comment(f, *c, caplen);
	return RECORD_PACKET;
}

/* Decryption Secrets Block: of several kinds, one is a key log. */
static enum record_kind secrets(const struct pcapng *f, struct cursor *c, struct record *r)
{
	uint32_t type = record_u32(c, f->big), len = record_u32(c, f->big);

	r->secrets = span_make(cursor_take(c, len), len);
	if (c->bad)
		return is_bad(r, "a secrets block claims more secrets than it has room for:", len);
	return type == SECRETS_TLS ? RECORD_SECRETS : RECORD_OTHER;
}

/* What is read whole, by its type; NULL for what is skipped. */
static const char *block_name(uint32_t type, uint32_t len)
{
	switch (type) {
	case BLOCK_ENHANCED:
	case BLOCK_PACKET:
	case BLOCK_SIMPLE: return "packet block";
	case BLOCK_INTERFACE: return "interface block";
	/* Packets are worth more than the secrets that are too long to be read. */
	case BLOCK_SECRETS: return len <= CAPTURE_BLOCK_MAX ? "secrets block" : NULL;
	default: return NULL;
	}
}

enum record_kind pcapng_next(struct pcapng *f, struct span seen, struct packet *out,
			     struct record *r)
{
	struct cursor c = cursor_make(seen);
	const char *what;
	uint32_t type, len;
	enum record_kind kind;

	if (f->trailing)
		return skipped_trailer(f, seen, r);
	if (seen.len < BLOCK_MIN)
		return record_short(r, "block's beginning", BLOCK_MIN);
	type = record_u32(&c, f->big);
	if (type == BLOCK_SECTION)
		return section(f, seen, r);
	len = record_u32(&c, f->big);
	if (len < BLOCK_MIN || len % 4)
		return is_bad(r, "a block's length is", len);
	what = block_name(type, len);
	if (!what)
		return skip_block(f, len, r);
	kind = whole_block(f, seen, len, what, &c, r);
	if (kind != RECORD_OTHER)
		return kind;
	if (type == BLOCK_INTERFACE)
		return interface(f, &c, r);
	return type == BLOCK_SECRETS ? secrets(f, &c, r) : packet(f, type, &c, out, r);
}

void pcapng_fini(struct pcapng *f)
{
	free(f->ifaces);
}
