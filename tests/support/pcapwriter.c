/* SPDX-License-Identifier: BSD-2-Clause */
#include "support/pcapwriter.h"

#include <stdlib.h>

#define NS_PER_SECOND 1000000000ull

void pcapwriter_free(struct pcapwriter *w)
{
	free(w->bytes);
	*w = (struct pcapwriter){ .bytes = NULL };
}

void pcapwriter_bytes(struct pcapwriter *w, struct span bytes)
{
	if (w->len + bytes.len > w->cap) {
		w->cap = 2 * (w->len + bytes.len);
		w->bytes = realloc(w->bytes, w->cap);
		if (!w->bytes)
			abort();
	}
	if (bytes.len)
		memcpy(w->bytes + w->len, bytes.ptr, bytes.len);
	w->len += bytes.len;
}

void pcapwriter_u16(struct pcapwriter *w, uint16_t v)
{
	uint8_t low = (uint8_t)v, high = (uint8_t)(v >> 8);
	uint8_t b[2] = { w->big ? high : low, w->big ? low : high };

	pcapwriter_bytes(w, span_make(b, 2));
}

static void encode32(const struct pcapwriter *w, uint8_t out[static 4], uint32_t v)
{
	for (int i = 0; i < 4; i++)
		out[w->big ? 3 - i : i] = (uint8_t)(v >> 8 * i);
}

void pcapwriter_u32(struct pcapwriter *w, uint32_t v)
{
	uint8_t b[4];

	encode32(w, b, v);
	pcapwriter_bytes(w, span_make(b, 4));
}

void pcapwriter_set32(struct pcapwriter *w, size_t at, uint32_t v)
{
	encode32(w, w->bytes + at, v);
}

void pcapwriter_header(struct pcapwriter *w, uint32_t magic, uint32_t link)
{
	w->magic = magic;
	pcapwriter_u32(w, magic);
	pcapwriter_u16(w, 2);
	pcapwriter_u16(w, 4);
	pcapwriter_u32(w, 0);
	pcapwriter_u32(w, 0);
	pcapwriter_u32(w, 262144);
	pcapwriter_u32(w, link);
}

void pcapwriter_record(struct pcapwriter *w, uint64_t time_ns, struct span data, uint32_t len)
{
	uint64_t fraction = time_ns % NS_PER_SECOND;

	pcapwriter_u32(w, (uint32_t)(time_ns / NS_PER_SECOND));
	pcapwriter_u32(w, (uint32_t)(w->magic == PCAPWRITER_NANO ? fraction : fraction / 1000));
	pcapwriter_u32(w, (uint32_t)data.len);
	pcapwriter_u32(w, len);
	if (w->magic == PCAPWRITER_MODIFIED) {
		pcapwriter_u32(w, 1); /* interface */
		pcapwriter_u32(w, 0); /* protocol, packet type, padding */
	}
	pcapwriter_bytes(w, data);
}

static void pad4(struct pcapwriter *w, size_t len)
{
	static const uint8_t zeros[3];

	pcapwriter_bytes(w, span_make(zeros, -len % 4));
}

/* Begin a block; the length is filled in by block_end(). The block's offset. */
static size_t block_begin(struct pcapwriter *w, uint32_t type)
{
	size_t at = w->len;

	pcapwriter_u32(w, type);
	pcapwriter_u32(w, 0);
	return at;
}

static void block_end(struct pcapwriter *w, size_t at)
{
	uint32_t len = (uint32_t)(w->len - at + 4);

	pcapwriter_set32(w, at + 4, len);
	pcapwriter_u32(w, len);
}

void pcapwriter_block(struct pcapwriter *w, uint32_t type, struct span body)
{
	size_t at = block_begin(w, type);

	pcapwriter_bytes(w, body);
	pad4(w, body.len);
	block_end(w, at);
}

void pcapwriter_section(struct pcapwriter *w)
{
	size_t at = block_begin(w, 0x0a0d0d0a);

	pcapwriter_u32(w, 0x1a2b3c4d);
	pcapwriter_u16(w, 1);
	pcapwriter_u16(w, 0);
	pcapwriter_u32(w, 0xffffffff); /* the section's length: not given */
	pcapwriter_u32(w, 0xffffffff);
	block_end(w, at);
}

static void option(struct pcapwriter *w, uint16_t code, struct span value)
{
	pcapwriter_u16(w, code);
	pcapwriter_u16(w, (uint16_t)value.len);
	pcapwriter_bytes(w, value);
	pad4(w, value.len);
}

void pcapwriter_interface(struct pcapwriter *w, const struct pcapwriter_iface *i)
{
	size_t at = block_begin(w, 1);
	uint64_t offset = (uint64_t)i->tsoffset;

	pcapwriter_u16(w, i->link);
	pcapwriter_u16(w, 0);
	pcapwriter_u32(w, i->snaplen);
	if (i->name)
		option(w, 2, span_text(i->name));
	if (i->tsresol)
		option(w, 9, span_make(i->tsresol, 1));
	if (i->tsoffset) {
		pcapwriter_u16(w, 14);
		pcapwriter_u16(w, 8);
		pcapwriter_u32(w, (uint32_t)(w->big ? offset >> 32 : offset));
		pcapwriter_u32(w, (uint32_t)(w->big ? offset : offset >> 32));
	}
	option(w, 0, span_make(NULL, 0));
	block_end(w, at);
}

static void stamped(struct pcapwriter *w, uint64_t stamp, struct span data, uint32_t len)
{
	pcapwriter_u32(w, (uint32_t)(stamp >> 32));
	pcapwriter_u32(w, (uint32_t)stamp);
	pcapwriter_u32(w, (uint32_t)data.len);
	pcapwriter_u32(w, len);
	pcapwriter_bytes(w, data);
	pad4(w, data.len);
}

void pcapwriter_enhanced(struct pcapwriter *w, uint32_t iface, uint64_t stamp, struct span data,
			 uint32_t len)
{
	size_t at = block_begin(w, 6);

	pcapwriter_u32(w, iface);
	stamped(w, stamp, data, len);
	block_end(w, at);
}

void pcapwriter_obsolete(struct pcapwriter *w, uint16_t iface, uint64_t stamp, struct span data,
			 uint32_t len)
{
	size_t at = block_begin(w, 2);

	pcapwriter_u16(w, iface);
	pcapwriter_u16(w, 0xffff); /* drops: unknown */
	stamped(w, stamp, data, len);
	block_end(w, at);
}

void pcapwriter_simple(struct pcapwriter *w, struct span data, uint32_t len)
{
	size_t at = block_begin(w, 3);

	pcapwriter_u32(w, len);
	pcapwriter_bytes(w, data);
	pad4(w, data.len);
	block_end(w, at);
}
