/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/stream.h"

#include "net/content.h"
#include "net/seq.h"

void stream_open(struct stream *st, uint32_t seq)
{
	st->first = st->next = seq;
	st->is_open = true;
}

/* Pass over up to len bytes that the consumer does not want; how many were. */
static uint32_t stream_skip(struct stream *st, uint32_t len)
{
	uint32_t n = st->skip < len ? (uint32_t)st->skip : len;

	if (st->skip != CHUNK_SKIP_ALL)
		st->skip -= n;
	st->next += n;
	return n;
}

static void stream_emit(const struct stream_out *o, struct flow *f, unsigned dir,
			const struct chunk *c)
{
	enum connection_want before = f->conn.want;
	uint64_t skip;

	f->is_told = true;
	skip = o->emit(o->ctx, &f->conn, c);
	if (c->kind == CHUNK_DATA || c->kind == CHUNK_GAP)
		f->dir[dir].skip = skip;
	if (o->capture && f->conn.want != before)
		o->capture->want(o->capture->ctx, &f->conn,
				 (const uint32_t[]){ f->dir[0].first, f->dir[1].first },
				 (const bool[]){ f->dir[0].is_open, f->dir[1].is_open });
}

static void stream_data(const struct stream_out *o, struct flow *f, unsigned dir, struct span data,
			const struct stream_bytes *b)
{
	struct stream *st = &f->dir[dir];
	struct chunk c = { .kind = CHUNK_DATA,
			   .dir = (uint8_t)dir,
			   .data = data,
			   .time_ns = b->time_ns,
			   .packet = b->packet };

	st->last_seq = st->next;
	st->last_len = (uint32_t)data.len;
	/* What was passed over is not in its fingerprint. */
	st->last_hash = b->content && data.len == b->data.len ? b->content : content_of(data);
	st->next += (uint32_t)data.len;
	stream_emit(o, f, dir, &c);
}

static void stream_fin(const struct stream_out *o, struct flow *f, unsigned dir,
		       const struct stream_bytes *b)
{
	struct chunk c = {
		.kind = CHUNK_FIN, .dir = (uint8_t)dir, .time_ns = b->time_ns, .packet = b->packet
	};

	f->dir[dir].has_fin = true;
	if (f->is_told)
		stream_emit(o, f, dir, &c);
}

void stream_pass(const struct stream_out *o, struct flow *f, unsigned dir, uint32_t len)
{
	o->stats->payload_bytes += len;
	o->stats->skipped_bytes += stream_skip(&f->dir[dir], len);
}

void stream_deliver(const struct stream_out *o, struct flow *f, unsigned dir,
		    const struct stream_bytes *b)
{
	struct stream *st = &f->dir[dir];
	struct span data = b->data;
	uint32_t left = b->len, skipped;

	o->stats->payload_bytes += b->len;
	if (st->skip && left) {
		skipped = stream_skip(st, left);
		o->stats->skipped_bytes += skipped;
		left -= skipped;
		data = span_from(data, skipped);
	}
	if (data.len) {
		left -= (uint32_t)data.len;
		stream_data(o, f, dir, data, b);
	}
	if (left)
		stream_lose(o, f, dir, left, b->time_ns);
	if (b->has_fin)
		stream_fin(o, f, dir, b);
}

bool stream_was_cut(const struct stream_out *o, const struct flow *f, unsigned dir, uint32_t end)
{
	const struct stream *st = &f->dir[dir];

	return o->capture && st->next != end &&
	       o->capture->was_cut(o->capture->ctx, &f->conn.ends[dir], &f->conn.ends[1 - dir],
				   st->next, end);
}

void stream_lose(const struct stream_out *o, struct flow *f, unsigned dir, uint32_t len,
		 uint64_t time_ns)
{
	struct stream *st = &f->dir[dir];
	uint32_t skipped = stream_skip(st, len);
	uint32_t left = len - skipped;
	struct chunk c = { .kind = CHUNK_GAP,
			   .dir = (uint8_t)dir,
			   .gap_len = left,
			   .is_cut = stream_was_cut(o, f, dir, st->next + left),
			   .time_ns = time_ns };

	o->stats->body_bytes_missed += skipped;
	if (len && len == skipped)
		return;
	if (c.is_cut) {
		o->stats->cut_gaps++;
	} else if (len) {
		o->stats->gaps++;
		o->stats->gap_bytes += left;
	}
	st->next += left;
	stream_emit(o, f, dir, &c);
}

bool stream_jump(const struct stream_out *o, struct stream *st, uint32_t seq)
{
	int32_t ahead = seq_distance(st->next, seq);

	if (ahead < 0 || st->skip < (uint64_t)ahead)
		return false;
	o->stats->body_bytes_missed += stream_skip(st, (uint32_t)ahead);
	return true;
}

bool stream_differs(const struct stream *st, uint32_t seq, const struct segment *s)
{
	return st->last_len && seq == st->last_seq && s->payload.len == st->last_len &&
	       content_of(s->payload) != st->last_hash;
}
