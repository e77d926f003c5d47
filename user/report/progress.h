/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * progress: one line on a terminal that tells how far a long read has come, or what a live
 * capture has seen.
 *
 * In:   how many bytes were read, of how many, at what time; or counts.
 * Out:  the line, redrawn in place; nothing remains of it after progress_clear().
 */
#ifndef REPORT_PROGRESS_H
#define REPORT_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Reads that are over sooner need no bar. */
#define PROGRESS_DELAY_NS 300000000ull
/* Ten redraws a second: more cannot be read, and each costs a system call. */
#define PROGRESS_INTERVAL_NS 100000000ull

struct progress {
	FILE *file;           /* the terminal; borrowed. NULL: never draw */
	const void *input;    /* which input this is about; another one starts anew */
	uint64_t begin_ns;    /* when it began */
	uint64_t begin_bytes; /* how much of it had been read then */
	uint64_t drawn_ns;    /* when the line was drawn last */
	bool is_drawn;        /* it stands there now */
};

/* What is known of an input that is being read. */
struct progress_now {
	const char *name; /* for people; the same pointer as long as the input is the same */
	uint64_t read_bytes, size_bytes; /* size 0: unknown, and nothing is drawn */
	uint64_t exchanges;
	uint64_t time_ns; /* of a clock that never goes back */
};

/* Draw, when it is time to; wipe the line when the input was read to its end. */
void progress_update(struct progress *p, const struct progress_now *now);

/* What is known of a live capture. */
struct progress_live {
	uint64_t exchanges, causes, packets, dropped;
	uint64_t time_ns; /* of a clock that never goes back */
};

/* Draw the live line, when it is time to. */
void progress_live(struct progress *p, const struct progress_live *now);

/* Wipe the line, before anything else is written to the terminal. */
void progress_clear(struct progress *p);

#endif
