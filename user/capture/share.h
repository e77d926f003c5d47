/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * share: one input for several readers, on a thread each, every one of which sees all of its bytes.
 *
 * In:   the descriptor of a capture, plain or compressed.
 * Out:  the same bytes for each reader, in blocks. A block is read once, by the reader that is
 *       first to want it; a reader that finds it being read reads the one after it meanwhile.
 *
 * Copying a file out of the page cache is a third of the work of reading it; here it is shared,
 * and so is the cache: readers are never more than SHARE_BLOCKS apart.
 */
#ifndef CAPTURE_SHARE_H
#define CAPTURE_SHARE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>

#include "capture/input.h"

struct share;

/* Some of the input's bytes; what is in here does not change while a reader has it. */
struct share_block {
	uint8_t *bytes;
	size_t len;               /* SHARE_BLOCK, or less; 0 only with a status */
	enum input_status status; /* what comes after these bytes */
	int err;                  /* errno of INPUT_ERROR */
	uint64_t used;            /* bytes of the input itself up to the block's end */
};

/*
 * Take over fd for so many readers.
 *
 * 0       *out is there, until each reader has left
 * -errno  as input_init(); fd is closed
 */
int share_open(int fd, unsigned readers, const volatile sig_atomic_t *stop, struct share **out);

/* The block of this number, from 0 on; waits for it. Each reader asks for one after the other. */
const struct share_block *share_get(struct share *s, uint64_t number);
/* The reader is done with it. */
void share_put(struct share *s, uint64_t number);

/* A reader has no use for anything from block number on. The last one frees s. */
void share_leave(struct share *s, uint64_t number);

/* How the input is compressed, its size: see struct input. */
const struct codec *share_codec(const struct share *s);
uint64_t share_size(const struct share *s);

/* The inputs of a run, each of which is opened by the first reader that comes to it. */
struct share_pool;

/* NULL when memory is short. */
struct share_pool *share_pool_new(size_t inputs, unsigned readers);
/* After the last reader has left. Takes NULL. */
void share_pool_free(struct share_pool *p);

/*
 * Input i. open(path) is asked for a descriptor once; every reader gets the same answer.
 *
 * 0       *out is to be left
 * -errno  of open() or share_open()
 */
int share_pool_open(struct share_pool *p, size_t i, const char *path, int (*open)(const char *path),
		    const volatile sig_atomic_t *stop, struct share **out);

#endif
