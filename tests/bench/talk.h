/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * talk: what browsers and servers say to each other in ordinary traffic.
 *
 * In:   which exchange it is.
 * Out:  the bytes of a request, and of the response to it.
 *
 * Of four origins that ask, one is answered by name, one by "*", one is refused for the
 * hard-coded origin of a developer's machine, and one is no browser's and gets no CORS header.
 */
#ifndef BENCH_TALK_H
#define BENCH_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TALK_POLICIES    4
#define TALK_BLOCKED     2 /* the policy that a browser blocks */
#define TALK_REQUEST_MAX 1024

struct talk_bytes {
	char *ptr; /* of malloc */
	size_t len;
};

struct talk {
	struct talk_bytes responses[TALK_POLICIES];
};

/* Responses with bodies of body bytes. Aborts when memory is short: it serves tests alone. */
void talk_init(struct talk *t, size_t body, bool is_chunked);
void talk_fini(struct talk *t);

/* The request number i, whose response is responses[policy]. Its length; it has its own URL among
 * urls, and its own origin among origins, at least 1 of each. */
size_t talk_request(char to[TALK_REQUEST_MAX], uint64_t i, unsigned policy, uint64_t urls,
		    uint64_t origins);

#endif
