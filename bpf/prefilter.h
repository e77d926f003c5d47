/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * prefilter: which packets, and how much of them, user space has a use for.
 *
 * In:   a packet, through prefilter_load(); ports, prefixes, hints and what is remembered of the
 *       direction, through the other functions declared below, which the includer defines. The
 *       kernel's program includes this with maps behind them, the tests with plain memory, so that
 *       both run the same decisions.
 * Out:  the number of bytes to let through; the memory of the direction, brought up to date.
 * Spec: RFC 9293, 3.4 (sequence numbers); RFC 9112, 2.1 and 3, 9113, 3.4 (start lines).
 *
 * The rules, when bodies are cut:
 *   1. SYN, FIN and RST pass whole. A SYN begins the direction anew, in a window.
 *   2. Segments without data are cut; reassembly does not need them.
 *   3. A segment that may begin with a start line opens a window, up to so many bytes after it.
 *   4. A segment after a hole opens one too: the hole may have hidden a start line. So does the
 *      first segment of a direction that is not remembered.
 *   5. New bytes pass up to the window's end, and are cut behind it.
 *   6. Bytes that come late pass when they were not seen before, or lie in the last window. Other
 *      copies (retransmissions, a packet seen on two interfaces) are cut.
 *   7. Segments of less than PREFILTER_SHORT bytes pass: start lines are split there.
 *   8. The preface of HTTP/2 makes both directions pass in full, and so does a hint FULL. A hint
 *      IGNORE cuts all data.
 *
 * Why no header is lost: a client sends the next request when it has the whole response, and a
 * server responds to what it has read. So a start line begins a segment unless somebody pipelines,
 * also after segmentation offload and in retransmissions, since all before it is acknowledged. Of
 * its header block, byte for byte, each comes in order (5: the window reaches from 3 beyond the
 * block's end, and a later window never ends earlier), or first after a hole (4), or into a hole
 * (6). Whatever a body holds can open windows, and close none. A forgotten, damaged or outdated
 * memory is a hole, which costs copies. What pipelining costs is in the directions' memory, where
 * user space finds what was cut.
 *
 * Processors do not wait for each other. One that overwrites what another has just written throws
 * the memory back to what it was, which is a hole again. Only when two find different holes in one
 * direction in the same instant can one of these be forgotten.
 */
#ifndef BPF_PREFILTER_H
#define BPF_PREFILTER_H

#include "bpf/look.h"
#include "bpf/shared.h"

/* Segments with less data pass in any case. */
#define PREFILTER_SHORT 4

/* Whether the user wants this port, this address. */
PREFILTER_INLINE int prefilter_has_port(struct prefilter_env *env, __u16 port);
PREFILTER_INLINE int prefilter_has_address(struct prefilter_env *env, const __u8 addr[16]);
/* Changes whenever user space gives a hint. */
PREFILTER_INLINE __u32 prefilter_generation(struct prefilter_env *env);
/* NULL: none was given. */
PREFILTER_INLINE const struct prefilter_hint_entry *
prefilter_find_hint(struct prefilter_env *env, const struct prefilter_key *key);
/* What is remembered, to be changed in place; NULL: nothing. */
PREFILTER_INLINE struct prefilter_state *prefilter_find_state(struct prefilter_env *env,
							      const struct prefilter_key *key);
/* Remember this instead of what was. Not 0 when there is no memory. */
PREFILTER_INLINE long prefilter_put_state(struct prefilter_env *env,
					  const struct prefilter_key *key,
					  const struct prefilter_state *state);
PREFILTER_INLINE void prefilter_count(struct prefilter_env *env, enum prefilter_count what,
				      __u64 n);

/* What the kernel tells of a packet besides its bytes. */
struct prefilter_frame {
	__u32 len;        /* bytes, the link layer's header of l2_len among them */
	__u16 protocol;   /* ethertype, host order; looked at when l2_len is 0 */
	__u8 is_outgoing; /* sent by this machine */
	__u32 interface;  /* index */
};

/* A TCP segment, host byte order. */
struct prefilter_segment {
	struct prefilter_key key;
	__u32 seq, ack;
	__u32 payload_off; /* in the packet */
	__u32 payload_len;
	__u8 flags; /* as on the wire */
};

enum prefilter_tcp_flag {
	PREFILTER_FIN = 0x01,
	PREFILTER_SYN = 0x02,
	PREFILTER_RST = 0x04,
};

/* Two sequence numbers in a word. */
PREFILTER_INLINE __u64 prefilter_pair(__u32 a, __u32 b)
{
	return (__u64)a << 32 | b;
}

/* A stretch holds what is no further behind its beginning than its end is. */
PREFILTER_INLINE int prefilter_stretch_has(__u64 stretch, __u32 seq)
{
	__u32 from = (__u32)(stretch >> 32);

	return seq - from < (__u32)stretch - from;
}

/* Whether a stretch and the bytes from up to until, not none, have some in common. */
PREFILTER_INLINE int prefilter_stretch_meets(__u64 stretch, __u32 from, __u32 until)
{
	return prefilter_stretch_has(stretch, from) ||
	       prefilter_stretch_has(prefilter_pair(from, until), (__u32)(stretch >> 32));
}

/* The later of two sequence numbers. */
PREFILTER_INLINE __u32 prefilter_later(__u32 a, __u32 b)
{
	return (__s32)(b - a) > 0 ? b : a;
}

#include "bpf/headers.h"
#include "bpf/startline.h"

/* A direction whose first byte to be expected is seq. Anything just before it would be new. */
PREFILTER_INLINE struct prefilter_state prefilter_begin(__u32 seq, __u32 window, __u32 generation)
{
	return (struct prefilter_state){
		.window = prefilter_pair(seq, seq + window),
		.late = prefilter_pair(seq - PREFILTER_FAR, seq),
		.first = seq,
		.hint_seen = generation,
	};
}

/* Note that the bytes from up to until are cut. A run that grows beyond what sequence numbers can
 * tell loses its beginning. */
PREFILTER_INLINE void prefilter_note_cut(struct prefilter_state *st, __u32 from, __u32 until)
{
	__u64 *run = &st->runs[(st->runs_cnt - 1) % PREFILTER_RUNS];

	if (st->runs_cnt && (__u32)*run == from) {
		from = (__u32)(*run >> 32);
		if (until - from > PREFILTER_FAR)
			from = until - PREFILTER_FAR;
	} else {
		run = &st->runs[st->runs_cnt % PREFILTER_RUNS];
		/* A direction's first run is told from none. */
		st->runs_cnt = st->runs_cnt + 1 ? st->runs_cnt + 1 : PREFILTER_RUNS;
	}
	*run = prefilter_pair(from, until);
}

/* The bytes before seq were not all seen. They join the others that may come late; what is further
 * back than a segment can be late is forgotten. */
PREFILTER_INLINE void prefilter_note_hole(struct prefilter_state *st, __u32 next, __u32 seq)
{
	__u32 from = (__u32)(st->late >> 32);

	if (from == (__u32)st->late)
		from = next;
	if (seq - from > PREFILTER_FAR / 2 * 3)
		from = seq - PREFILTER_FAR / 2 * 3;
	st->late = prefilter_pair(from, seq);
}

/* What the user wants of this direction: looked up when any hint was given since the last time. */
PREFILTER_INLINE __u8 prefilter_hint_now(struct prefilter_env *env, const struct prefilter_key *key,
					 struct prefilter_state *st)
{
	__u32 now = prefilter_generation(env);
	const struct prefilter_hint_entry *e;

	if (st->hint_seen == now)
		return st->hint;
	e = prefilter_find_hint(env, key);
	st->hint = PREFILTER_HINT_NONE;
	if (e && e->hint == PREFILTER_HINT_FULL)
		st->hint = PREFILTER_HINT_FULL;
	else if (e && e->hint == PREFILTER_HINT_IGNORE && e->first == st->first)
		st->hint = PREFILTER_HINT_IGNORE;
	st->hint_seen = now;
	return st->hint;
}

/* HTTP/2 speaks in both directions, and only the client's begins with words. */
PREFILTER_INLINE void prefilter_make_full(struct prefilter_env *env,
					  const struct prefilter_segment *s,
					  struct prefilter_state *st, __u32 window)
{
	struct prefilter_key key;
	struct prefilter_state *other, fresh;

	st->is_full = 1;
	__builtin_memcpy(key.src, s->key.dst, sizeof(key.src));
	__builtin_memcpy(key.dst, s->key.src, sizeof(key.dst));
	key.sport = s->key.dport;
	key.dport = s->key.sport;
	other = prefilter_find_state(env, &key);
	if (other) {
		other->is_full = 1;
		return;
	}
	/* The generation before this one: a hint may be waiting. */
	fresh = prefilter_begin(s->ack, window, prefilter_generation(env) - 1);
	fresh.is_full = 1;
	prefilter_put_state(env, &key, &fresh);
}

/* How much of a segment passes: bytes of its payload. */
#define PREFILTER_ALL (~0u)

/* A segment all of whose bytes had their turn. */
PREFILTER_INLINE __u32 prefilter_decide_late(struct prefilter_env *env,
					     const struct prefilter_segment *s,
					     struct prefilter_state *st, __u32 window, __u32 start)
{
	__u32 end = s->seq + s->payload_len;
	__u32 until = (__u32)st->window;

	if (s->payload_len < PREFILTER_SHORT || until - s->seq - 1 < window ||
	    prefilter_stretch_meets(st->late, s->seq, end))
		return PREFILTER_ALL;
	if (!start) {
		prefilter_count(env, PREFILTER_COUNT_cut_copy, 1);
		return 0;
	}
	/* A copy, or the memory is of another time: of a connection that had these ports before, or
	 * made up. The direction goes on from here. */
	prefilter_count(env, PREFILTER_COUNT_windows, 1);
	st->window = prefilter_pair(end, s->seq + window);
	return PREFILTER_ALL;
}

/* A segment with new bytes, from fresh on; all before them were seen or are holes. */
PREFILTER_INLINE __u32 prefilter_decide_new(struct prefilter_env *env,
					    const struct prefilter_segment *s,
					    struct prefilter_state *st, __u32 window, __u32 start)
{
	__u32 next = (__u32)(st->window >> 32), until = (__u32)st->window;
	__u32 fresh = prefilter_later(s->seq, next), end = s->seq + s->payload_len;
	__u32 kept = PREFILTER_ALL;

	if (fresh != next) {
		prefilter_note_hole(st, next, fresh);
		prefilter_count(env, PREFILTER_COUNT_holes, 1);
		start = 1;
	} else if (start) {
		prefilter_count(env, PREFILTER_COUNT_windows, 1);
	} else if (fresh != s->seq && prefilter_stretch_meets(st->late, s->seq, fresh)) {
		start = 1; /* it fills a hole and goes on behind it */
	}
	if (start)
		until = prefilter_later(until, fresh + window);
	if (s->payload_len < PREFILTER_SHORT || s->flags & (PREFILTER_FIN | PREFILTER_RST))
		until = prefilter_later(until, end);
	if ((__s32)(end - until) > 0) {
		__u32 from = prefilter_later(until, fresh);

		kept = from == fresh ? 0 : from - s->seq;
		prefilter_note_cut(st, from, end);
		__sync_fetch_and_add(&st->cut_bytes, (__u64)(end - from));
		if (!kept) {
			__sync_fetch_and_add(&st->cut_packets, 1);
			prefilter_count(env, PREFILTER_COUNT_cut_body, 1);
		}
		/* Never so far behind that it would seem to lie ahead. */
		if (end - until > PREFILTER_FAR)
			until = end - PREFILTER_FAR / 2;
	}
	st->window = prefilter_pair(end, until);
	return kept;
}

/* A SYN: a new connection, unless it is the one that is known, sent once more. */
PREFILTER_INLINE void prefilter_decide_syn(struct prefilter_env *env,
					   const struct prefilter_segment *s,
					   const struct prefilter_state *known, __u32 window)
{
	struct prefilter_state st;

	if (known && known->first == s->seq + 1)
		return;
	st = prefilter_begin(s->seq + 1, window, prefilter_generation(env) - 1);
	/* Data in a SYN (RFC 7413). */
	st.window = prefilter_pair(s->seq + 1 + s->payload_len, (__u32)st.window);
	if (prefilter_put_state(env, &s->key, &st))
		prefilter_count(env, PREFILTER_COUNT_untracked, 1);
}

/* A segment with data or FIN of a direction that is not remembered. Its window is the one that a
 * hole would open, which all that came before is. */
PREFILTER_INLINE struct prefilter_state *
prefilter_join(struct prefilter_env *env, const struct prefilter_segment *s, __u32 window)
{
	struct prefilter_state st = prefilter_begin(s->seq, window, prefilter_generation(env) - 1);

	prefilter_count(env, PREFILTER_COUNT_joined, 1);
	if (prefilter_put_state(env, &s->key, &st))
		return 0;
	return prefilter_find_state(env, &s->key);
}

/* How much of a TCP segment's payload passes; 0: the packet is cut. */
PREFILTER_INLINE __u32 prefilter_decide(struct prefilter_env *env,
					const struct prefilter_segment *s, __u32 window)
{
	int must_pass = s->flags & (PREFILTER_FIN | PREFILTER_RST);
	struct prefilter_state *st;
	enum prefilter_start start;
	__u32 next, late;
	__u8 hint;

	if (!s->payload_len && !(s->flags & PREFILTER_SYN)) {
		if (must_pass)
			return PREFILTER_ALL;
		prefilter_count(env, PREFILTER_COUNT_cut_ack, 1);
		return 0;
	}
	st = prefilter_find_state(env, &s->key);
	if (s->flags & PREFILTER_SYN) {
		prefilter_decide_syn(env, s, st, window);
		return PREFILTER_ALL;
	}
	if (!st)
		st = prefilter_join(env, s, window);
	if (!st) {
		prefilter_count(env, PREFILTER_COUNT_untracked, 1);
		return PREFILTER_ALL;
	}
	hint = prefilter_hint_now(env, &s->key, st);
	if (hint == PREFILTER_HINT_FULL || st->is_full)
		return PREFILTER_ALL;
	if (hint == PREFILTER_HINT_IGNORE) {
		if (must_pass)
			return PREFILTER_ALL;
		prefilter_count(env, PREFILTER_COUNT_cut_ignored, 1);
		return 0;
	}
	next = (__u32)(st->window >> 32);
	if (s->seq - next + PREFILTER_FAR > 2 * PREFILTER_FAR) {
		/* Lost from sight, or made up. */
		st->window = prefilter_pair(s->seq, s->seq + window);
		st->late = prefilter_pair(s->seq - PREFILTER_FAR, s->seq);
		next = s->seq;
		prefilter_count(env, PREFILTER_COUNT_joined, 1);
	}
	start = prefilter_look(env, s->payload_off, s->payload_len);
	/* When a part came before, what is new may have a start line of its own. */
	late = next - s->seq;
	if (!start && (__s32)late > 0 && late < s->payload_len)
		start = prefilter_look(env, s->payload_off + late, s->payload_len - late);
	if (start == PREFILTER_START_HTTP2) {
		prefilter_make_full(env, s, st, window);
		return PREFILTER_ALL;
	}
	if ((__s32)(s->seq + s->payload_len - next) <= 0)
		return must_pass ? PREFILTER_ALL : prefilter_decide_late(env, s, st, window, start);
	return prefilter_decide_new(env, s, st, window, start);
}

/* A packet that passes whole. */
PREFILTER_INLINE __u32 prefilter_pass(struct prefilter_env *env, const struct prefilter_frame *f,
				      __u32 snaplen)
{
	prefilter_count(env, PREFILTER_COUNT_passed, 1);
	prefilter_count(env, PREFILTER_COUNT_passed_bytes, f->len < snaplen ? f->len : snaplen);
	return snaplen;
}

/* How many of the packet's first bytes to let through: 0, or up to snaplen, which stands for all
 * of a shorter packet. Counts it. */
PREFILTER_INLINE __u32 prefilter_run(struct prefilter_env *env, const struct prefilter_frame *f,
				     const struct prefilter_settings *set)
{
	struct prefilter_segment s = { 0 };
	enum prefilter_kind kind;
	__u32 kept;

	prefilter_count(env, PREFILTER_COUNT_seen, 1);
	prefilter_count(env, PREFILTER_COUNT_seen_bytes, f->len);
	if (set->loopback && f->is_outgoing && f->interface == set->loopback) {
		prefilter_count(env, PREFILTER_COUNT_cut_loopback, 1);
		return 0;
	}
	kind = prefilter_read(env, f, set->l2_len, &s);
	if (kind == PREFILTER_KIND_TUNNEL || kind == PREFILTER_KIND_DAMAGED) {
		if (kind == PREFILTER_KIND_TUNNEL)
			prefilter_count(env, PREFILTER_COUNT_tunnels, 1);
		return prefilter_pass(env, f, set->snaplen);
	}
	if (kind == PREFILTER_KIND_OTHER || kind == PREFILTER_KIND_ENCRYPTED) {
		prefilter_count(env,
				kind == PREFILTER_KIND_OTHER ? PREFILTER_COUNT_cut_protocol
							     : PREFILTER_COUNT_cut_encrypted,
				1);
		return 0;
	}
	if (kind == PREFILTER_KIND_TCP && !prefilter_has_port(env, s.key.sport) &&
	    !prefilter_has_port(env, s.key.dport)) {
		prefilter_count(env, PREFILTER_COUNT_cut_port, 1);
		return 0;
	}
	if (!prefilter_has_address(env, s.key.src) && !prefilter_has_address(env, s.key.dst)) {
		prefilter_count(env, PREFILTER_COUNT_cut_address, 1);
		return 0;
	}
	if (kind == PREFILTER_KIND_FRAGMENT)
		prefilter_count(env, PREFILTER_COUNT_fragments, 1);
	if (kind == PREFILTER_KIND_QUIC)
		prefilter_count(env, PREFILTER_COUNT_quic, 1);
	if (kind != PREFILTER_KIND_TCP || !set->body_cut)
		return prefilter_pass(env, f, set->snaplen);
	kept = prefilter_decide(env, &s, set->window);
	if (kept == PREFILTER_ALL)
		return prefilter_pass(env, f, set->snaplen);
	if (!kept)
		return 0;
	kept += s.payload_off;
	if (kept > set->snaplen)
		kept = set->snaplen;
	prefilter_count(env, PREFILTER_COUNT_truncated, 1);
	prefilter_count(env, PREFILTER_COUNT_passed_bytes, kept);
	return kept;
}

#endif
