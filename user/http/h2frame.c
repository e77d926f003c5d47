/* SPDX-License-Identifier: BSD-2-Clause */
#include "http/h2frame.h"

/* What a type's frames look like. */
struct shape {
	uint8_t flags;      /* those that are defined */
	uint8_t len_min;    /* of the payload */
	uint8_t len_unit;   /* the length is len_min and a multiple of it; 1: any */
	bool is_fixed;      /* the length is len_min */
	bool on_connection; /* its stream may be 0 */
	bool on_stream;     /* its stream may be another */
};

static const struct shape shapes[] = {
	[H2FRAME_DATA] = { 0x09, 0, 1, false, false, true },
	[H2FRAME_HEADERS] = { 0x2d, 0, 1, false, false, true },
	[H2FRAME_PRIORITY] = { 0x00, 5, 1, true, false, true },
	[H2FRAME_RST_STREAM] = { 0x00, 4, 1, true, false, true },
	[H2FRAME_SETTINGS] = { 0x01, 0, 6, false, true, false },
	[H2FRAME_PUSH_PROMISE] = { 0x0c, 4, 1, false, false, true },
	[H2FRAME_PING] = { 0x01, 8, 1, true, true, false },
	[H2FRAME_GOAWAY] = { 0x00, 8, 1, false, true, false },
	[H2FRAME_WINDOW_UPDATE] = { 0x00, 4, 1, true, true, true },
	[H2FRAME_CONTINUATION] = { 0x04, 0, 1, false, false, true },
};

#define SHAPES_CNT (sizeof(shapes) / sizeof(shapes[0]))

/* In the middle of other bytes a longer frame proves little: it is what senders use, too, unless
 * they were asked for more (RFC 9113, 4.2). */
#define PROOF_LEN_MAX 16384

void h2frame_read(const uint8_t b[static H2FRAME_HEADER], struct h2frame *out)
{
	*out = (struct h2frame){
		.len = (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2],
		.type = b[3],
		.flags = b[4],
		.stream = (uint32_t)(b[5] & 0x7f) << 24 | (uint32_t)b[6] << 16 |
			  (uint32_t)b[7] << 8 | b[8],
	};
}

bool h2frame_is_sound(const struct h2frame *f)
{
	const struct shape *s;

	/* Extensions may do as they like (RFC 9113, 5.5). */
	if (f->type >= SHAPES_CNT)
		return true;
	s = &shapes[f->type];
	if (f->stream ? !s->on_stream : !s->on_connection)
		return false;
	if (s->is_fixed)
		return f->len == s->len_min;
	return f->len >= s->len_min && f->len % s->len_unit == 0;
}

/* Whether a frame is one that is seen every day. The rest of another's header often looks like
 * one without a payload: of these, only the end of a stream and an acknowledgement are sent. */
static bool is_usual(const uint8_t *bytes, const struct h2frame *f)
{
	if (!f->len && f->flags != H2FRAME_END_STREAM)
		return false;
	return f->type < SHAPES_CNT && !(bytes[5] & 0x80) && f->len <= PROOF_LEN_MAX &&
	       !(f->flags & ~shapes[f->type].flags) && h2frame_is_sound(f);
}

bool h2frame_is_proof(struct span bytes)
{
	unsigned cnt = 0;

	while (bytes.len >= H2FRAME_HEADER) {
		struct h2frame f;

		h2frame_read(bytes.ptr, &f);
		if (!is_usual(bytes.ptr, &f))
			return false;
		cnt++;
		if (bytes.len - H2FRAME_HEADER < f.len)
			break;
		bytes = span_from(bytes, H2FRAME_HEADER + f.len);
		/* Nine bytes alone are too few, but for the same nine that everyone sends. */
		if (!bytes.len)
			return cnt > 1 || f.len || f.type == H2FRAME_SETTINGS;
	}
	return cnt > 1;
}
