/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * replay: a connection's bytes written down in a test, played into a consumer of chunks as net/
 * would: in any segmentation, with any hole, and with what the consumer wants to skip skipped.
 *
 * In:   steps, in causal order.
 * Out:  calls of a chunk_fn; exchanges as lines of text.
 *
 * Each chunk's bytes end at an unreadable page, and are overwritten when the call returns.
 */
#ifndef SUPPORT_REPLAY_H
#define SUPPORT_REPLAY_H

#include "http/exchange.h"
#include "net/chunk.h"

#define REPLAY_TEXT_MAX (1u << 18)

struct replay_step {
	enum chunk_kind kind; /* CHUNK_DATA when nothing is said */
	uint8_t dir;          /* 0: ends[0] sends */
	const char *text;     /* CHUNK_DATA: a C string, or len bytes */
	size_t len;           /* 0: up to the NUL; CHUNK_GAP: gap_len */
};

/* A conversation. */
#define REPLAY_C(string)                                                                           \
	{                                                                                          \
		.dir = 0, .text = string, .len = sizeof(string) - 1                                \
	}
#define REPLAY_S(string)                                                                           \
	{                                                                                          \
		.dir = 1, .text = string, .len = sizeof(string) - 1                                \
	}
#define REPLAY_END(what)                                                                           \
	{                                                                                          \
		.kind = what                                                                       \
	}

/* How the data is cut. All offsets count the data of all steps, one after the other. */
struct replay_plan {
	size_t split;  /* cut here; 0 for nowhere */
	unsigned seed; /* not 0: cut at random besides, into pieces of 1 to piece_max */
	size_t piece_max;
	size_t gap_at;       /* the capture lacks gap_len bytes from here on; they stay within a */
	size_t gap_len;      /* step, whose rest is delivered. 0: nothing is missing */
	bool is_gap_unknown; /* the hole's length is not told */
};

struct replay {
	chunk_fn consume;
	void *ctx;
	struct connection conn;
	uint64_t skip[2];
	uint64_t packet; /* of the last chunk */
	uint64_t chunks; /* how many were delivered */
};

/* A new connection, 10.0.0.1:50000 to 10.0.0.2:80. */
void replay_init(struct replay *r, chunk_fn consume, void *ctx);

/* Play n steps. */
void replay_run(struct replay *r, const struct replay_step *steps, size_t n,
		const struct replay_plan *plan);

/* Bytes of data in the steps. */
size_t replay_size(const struct replay_step *steps, size_t n);

/* A consumer of exchanges that writes each as one line, without times and packet numbers:
 * "METHOD target {host path} [fields] flaws > status [fields] flaws = outcome", and of HTTP/2
 * " #stream code=N by client". */
struct replay_log {
	char text[REPLAY_TEXT_MAX];
	size_t len;
	size_t lines;
};
void replay_log_exchange(void *log, const struct exchange *x);

#endif
