/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * feed: the packets of files, read and decoded once, on a thread of their own, for every lane.
 *
 * In:   capture files.
 * Out:  batches: a word on every packet or train of them, the TCP segments with their lane,
 *       and what the files say beside packets, in order. Every lane sees every batch, so that all
 *       agree about the clock and about numbers, and follows the segments that are its own.
 *
 * Reading is as much work as following: copying the file out of the page cache is most of it. Done
 * beside it, it takes no time of its own, and no lane looks at another one's packets, which would
 * cost it a miss of the cache for each.
 */
#ifndef FEED_H
#define FEED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "capture/window.h"
#include "intake.h"
#include "net/decode.h"
#include "net/net.h"

struct pipeline_config;

/* A packet that is nothing to any lane but its time. */
#define FEED_NOBODY UINT16_MAX
/* The filter did not want the packet: it does not even move the clock on. */
#define FEED_UNWANTED (UINT16_MAX - 1)

/*
 * A packet. Or a train: packets whose segments each go on (see struct segment), that no note stands
 * between, and each of whose times the clock followed. Nearly all of a body comes in trains, of
 * which a lane need not look at a single packet.
 */
struct feed_run {
	uint64_t time_ns; /* of its last packet; any, as files may say anything */
	uint16_t packets;
	uint16_t part; /* the lane whose segments it brings, or one of the above */
	bool is_train;
	struct net_train train; /* with is_train */
};

enum feed_word {
	FEED_OPENED,   /* the file called name begins */
	FEED_CLOSED,   /* it ends; text, which ends in NUL: where and how it is damaged, if it is */
	FEED_UNOPENED, /* the file called name cannot be opened; text, which ends in NUL: why */
	FEED_REWOUND,  /* the clock goes back: whatever is open ends */
	FEED_SECRETS,  /* text: lines of a TLS key log */
	FEED_COMMENT,  /* text: what the file says of the next packet */
};

struct feed_note {
	uint32_t before; /* the run of the batch that it comes before */
	enum feed_word word;
	const char *name; /* lives as long as the feed */
	struct span text; /* as the batch */
};

struct feed_batch {
	uint64_t number; /* packets before it */
	struct feed_run *runs;
	size_t runs_cnt;
	struct segment *segments; /* of the packets that bring one, in their order */
	size_t segments_cnt;
	size_t packets_cnt, packets_cap; /* cap: of runs and of segments */
	struct feed_note *notes;
	size_t notes_cnt, notes_cap;
	uint64_t ports_ignored; /* segments of ports that were not asked for */
	struct intake intake;   /* of all packets so far */
	/* Where the segments' bytes are; the feed's own. */
	struct window_memory memory;
	struct feed_spill *spills;
};

/* How many segments the run brings, to whatever lane: one for each packet, or none. */
static inline size_t feed_segments(const struct feed_run *run)
{
	return run->part < FEED_UNWANTED ? run->packets : 0;
}

struct feed;

/* Open nothing yet. Read for so many lanes, whose tables have this seed.
 *
 * 0        *out is there
 * -EINVAL  the filter does not compile
 * -ENOMEM  memory is short; why[] says either
 */
int feed_new(const struct pipeline_config *config, unsigned lanes, uint64_t seed, struct feed **out,
	     char *why, size_t why_cap);

/* Begin. 0 or -errno. */
int feed_start(struct feed *f);

/* The next batch for this lane; waits for it. NULL: there is none, or nobody wants any more. */
const struct feed_batch *feed_get(struct feed *f, unsigned lane);
/* The lane is done with it. */
void feed_put(struct feed *f, unsigned lane);

/* From any thread: nobody wants any more. */
void feed_stop(struct feed *f);

/* Ends the thread first. Takes NULL. */
void feed_free(struct feed *f);

#endif
