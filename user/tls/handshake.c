/* SPDX-License-Identifier: BSD-2-Clause */
#include "tls/handshake.h"

#include <stdlib.h>

#include "base/limits.h"

void handshake_reset(struct handshake *h)
{
	free(h->kept);
	*h = (struct handshake){ 0 };
}

void handshake_break(struct handshake *h)
{
	handshake_reset(h);
	h->is_broken = true;
}

static bool is_kept(uint8_t type)
{
	return type == HANDSHAKE_CLIENT_HELLO || type == HANDSHAKE_SERVER_HELLO ||
	       type == HANDSHAKE_EXTENSIONS;
}

/* Gather the head. False when *rest ends before. */
static bool head_read(struct handshake *h, struct span *rest)
{
	while (h->head_len < sizeof(h->head) && rest->len) {
		h->head[h->head_len++] = rest->ptr[0];
		*rest = span_from(*rest, 1);
		if (h->head_len == sizeof(h->head))
			h->left =
				(uint32_t)h->head[1] << 16 | (uint32_t)h->head[2] << 8 | h->head[3];
	}
	return h->head_len == sizeof(h->head);
}

/* Keep more of a message that goes on in another record. False when memory is short. */
static bool body_keep(struct handshake *h, struct span part)
{
	uint32_t room = TLS_HELLO_MAX - h->kept_len;
	size_t n = part.len < room ? part.len : room;
	uint8_t *more;

	if (!n)
		return true;
	more = realloc(h->kept, h->kept_len + n);
	if (!more)
		return false;
	memcpy(more + h->kept_len, part.ptr, n);
	h->kept = more;
	h->kept_len += (uint32_t)n;
	return true;
}

enum handshake_event handshake_next(struct handshake *h, struct span *rest,
				    struct handshake_message *out)
{
	struct span part;

	/* What was given out last. */
	if (h->head_len == sizeof(h->head) && !h->left)
		handshake_reset(h);
	if (h->is_broken || !head_read(h, rest))
		return HANDSHAKE_NONE;
	part = span_first(*rest, h->left);
	*rest = span_from(*rest, part.len);
	h->left -= (uint32_t)part.len;
	out->type = h->head[0];
	out->body = span_make("", 0);
	if (is_kept(out->type)) {
		bool is_alone = !h->left && !h->kept_len;

		if (!is_alone && !body_keep(h, part)) {
			handshake_break(h);
			return HANDSHAKE_NO_MEMORY;
		}
		out->body = is_alone ? span_first(part, TLS_HELLO_MAX)
				     : span_make(h->kept, h->kept_len);
	}
	if (h->left)
		return HANDSHAKE_NONE;
	return HANDSHAKE_MESSAGE;
}
