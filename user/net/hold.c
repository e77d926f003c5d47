/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/hold.h"

#include <stdlib.h>
#include <string.h>

#include "net/seq.h"

static uint32_t piece_end(const struct piece *p)
{
	return p->seq + p->len;
}

/* What a piece costs, its own struct included, so that a million empty ones are not free. */
static uint64_t piece_cost(const struct piece *p)
{
	return sizeof(*p) + p->cap;
}

/* Put bytes [from, to) of the segment that starts at seq behind *at. */
static bool piece_insert(struct piece **at, uint32_t seq, uint32_t from, uint32_t to,
			 const struct segment *s, uint64_t *bytes)
{
	uint32_t off = from - seq, len = to - from;
	uint32_t have = (uint32_t)s->payload.len;
	uint32_t cap = off >= have ? 0 : (have - off < len ? have - off : len);
	struct piece *p = malloc(sizeof(*p) + cap);

	if (!p)
		return false;
	*p = (struct piece){ .next = *at,
			     .seq = from,
			     .len = len,
			     .cap = cap,
			     .ack = s->ack,
			     .has_ack = s->flags & TCP_ACK,
			     .has_fin = (s->flags & TCP_FIN) && to == seq + s->payload_len,
			     .time_ns = s->time_ns,
			     .packet = s->packet };
	if (cap)
		memcpy(p->data, s->payload.ptr + off, cap);
	*at = p;
	*bytes += piece_cost(p);
	return true;
}

/* Whether the bytes that both have are the same. */
static bool piece_agrees(const struct piece *p, uint32_t seq, const struct segment *s)
{
	uint32_t from = seq_max(p->seq, seq);
	uint32_t to = seq_min(p->seq + p->cap, seq + (uint32_t)s->payload.len);

	if (!seq_before(from, to))
		return true;
	return memcmp(p->data + (from - p->seq), s->payload.ptr + (from - seq), to - from) == 0;
}

enum hold_result hold_add(struct piece **head, uint32_t seq, const struct segment *s,
			  uint64_t *bytes)
{
	uint32_t end = seq + s->payload_len, from = seq;
	struct piece **at = head;
	bool differs = false;

	while (*at && !seq_before(seq, piece_end(*at)) && (*at)->seq != seq)
		at = &(*at)->next;
	for (; *at && seq_before((*at)->seq, end); at = &(*at)->next) {
		struct piece *p = *at;

		differs |= !piece_agrees(p, seq, s);
		if (seq_before(from, p->seq)) {
			if (!piece_insert(at, seq, from, p->seq, s, bytes))
				return HOLD_NO_MEMORY;
			at = &(*at)->next;
		}
		from = seq_max(from, piece_end(p));
		if ((s->flags & TCP_FIN) && from == end)
			p->has_fin |= piece_end(p) == end;
	}
	if (seq_before(from, end) || (s->payload_len == 0 && (!*at || (*at)->seq != seq)))
		if (!piece_insert(at, seq, from, end, s, bytes))
			return HOLD_NO_MEMORY;
	return differs ? HOLD_DIFFERS : HOLD_OK;
}

struct piece *hold_pop(struct piece **head, uint64_t *bytes)
{
	struct piece *p = *head;

	*head = p->next;
	*bytes -= piece_cost(p);
	return p;
}

void hold_free(struct piece *p)
{
	free(p);
}

void hold_clear(struct piece **head, uint64_t *bytes)
{
	while (*head)
		hold_free(hold_pop(head, bytes));
}
