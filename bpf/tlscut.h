/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * tlscut: how much of what a program reads or writes inside TLS user space has a use for.
 *
 * In:   what the first bytes of one call look like, and how many there are; what is remembered of
 *       the connection.
 * Out:  how many of them pass: always the first ones. The memory, brought up to date.
 * Spec: RFC 9112, 2.1 and 3; 9113, 3.4 (start lines).
 *
 * The rules, when bodies are cut:
 *   1. Positions are exact here, so there are no holes. A call that may begin with a start line
 *      opens a window from its first byte on, and makes the connection one of HTTP/1.
 *   2. Bytes of a connection of HTTP/1 pass up to the window's end. Calls of less than TLS_SHORT
 *      bytes pass: start lines are split there.
 *   3. The preface of HTTP/2 makes both directions pass in full. So does a first call that begins
 *      with no start line, which may be the server's first frame: only the client's has words.
 *   4. A connection that is met in the middle passes in full until a start line shows HTTP/1.
 *   5. User space may ask for all, or for nothing.
 *
 * Why no header is lost: one TLS record does not hold the end of a body and the next head unless
 * somebody pipelines (see prefilter.h), and no library gives the bytes of two records in one read.
 */
#ifndef BPF_TLSCUT_H
#define BPF_TLSCUT_H

#include "bpf/startline.h"
#include "bpf/tlsshared.h"

/* Calls with less data pass in any case. */
#define TLS_SHORT 4

/* What a connection speaks, as far as the cut must know. */
enum tls_mode {
	TLS_MODE_JOINED, /* met in the middle: not known */
	TLS_MODE_NEW,    /* no byte of it was seen yet */
	TLS_MODE_HTTP1,
	TLS_MODE_FULL, /* HTTP/2, or something else: user space will tell */
};

struct tls_stream {
	__u64 pos;   /* bytes so far */
	__u64 until; /* bytes before here pass */
	__u64 lost;  /* bytes that should have come up, and did not */
};

/* What is remembered of a connection; written by the kernel alone. */
struct tls_conn {
	__u64 born_ns;
	struct tls_stream streams[2]; /* enum tls_dir */
	struct tls_addresses addresses;
	__u8 mode; /* enum tls_mode */
	__u8 is_from_start;
	__u8 is_told; /* an event of it went up */
	__u8 pad[5];
};
_Static_assert(sizeof(struct tls_conn) == 104, "no padding that is not named");

/* What the first bytes of a call show. */
PREFILTER_INLINE void tls_learn(struct tls_conn *c, enum prefilter_start start)
{
	if (start == PREFILTER_START_HTTP2)
		c->mode = TLS_MODE_FULL;
	else if (start == PREFILTER_START_HTTP1 && c->mode <= TLS_MODE_NEW)
		c->mode = TLS_MODE_HTTP1;
	else if (c->mode == TLS_MODE_NEW)
		c->mode = TLS_MODE_FULL;
}

/* How many of a call's n bytes, not 0, pass; start is what prefilter_look() says of them. pos is
 * the caller's to move on. */
PREFILTER_INLINE __u64 tls_decide(const struct tls_settings *set, struct tls_conn *c,
				  enum tls_dir dir, __u64 n, enum prefilter_start start, __u32 want)
{
	struct tls_stream *st = &c->streams[dir & 1];
	__u64 until = st->until;

	tls_learn(c, start);
	if (want == TLS_WANT_NOTHING)
		return 0;
	if (!set->body_cut || want == TLS_WANT_ALL || c->mode != TLS_MODE_HTTP1)
		return n;
	if (start != PREFILTER_START_NO && until < st->pos + set->window)
		until = st->pos + set->window;
	if (n < TLS_SHORT && until < st->pos + n)
		until = st->pos + n;
	st->until = until;
	if (until <= st->pos)
		return 0;
	return until - st->pos < n ? until - st->pos : n;
}

#endif
