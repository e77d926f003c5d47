/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/share.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"

#define PAGE 4096u

enum slot_state {
	SLOT_FREE,
	SLOT_FILLING,
	SLOT_READY,
};

/* A place for a block: block n is in slot n modulo SHARE_BLOCKS. */
struct slot {
	struct share_block block;
	enum slot_state state;
	uint64_t number; /* of the block, unless free */
	unsigned users;  /* readers that have not put it yet */
};

struct share {
	struct input in;
	bool is_plain;        /* blocks may be read in any order */
	uint64_t begin;       /* where a plain input began in its file */
	uint8_t *memory;      /* of all blocks */
	pthread_mutex_t lock; /* over what follows; taken a few times for each block */
	pthread_cond_t changed;
	unsigned readers;
	uint64_t next; /* the block to be read next */
	bool is_busy;  /* somebody reads an input that is not plain */
	bool is_over;  /* the last block was begun */
	struct slot slots[SHARE_BLOCKS];
};

/* Memory for the blocks, page by page as the file has them: copying between pages that lie a few
 * bytes apart costs five times as much. */
static int slots_init(struct share *s)
{
	s->memory = aligned_alloc(PAGE, (size_t)SHARE_BLOCKS * SHARE_BLOCK);
	if (!s->memory)
		return -ENOMEM;
	for (size_t i = 0; i < SHARE_BLOCKS; i++)
		s->slots[i].block.bytes = s->memory + i * SHARE_BLOCK;
	return 0;
}

int share_open(int fd, unsigned readers, const volatile sig_atomic_t *stop, struct share **out)
{
	struct share *s = calloc(1, sizeof(*s));
	int err = s ? slots_init(s) : -ENOMEM;

	if (err) {
		close(fd);
		free(s);
		return err;
	}
	err = input_init(&s->in, fd, stop);
	if (err) {
		free(s->memory);
		free(s);
		return err;
	}
	s->is_plain = !s->in.can_wait && !s->in.codec;
	if (s->is_plain)
		s->begin = s->in.raw_bytes ? (uint64_t)lseek(fd, 0, SEEK_CUR) - s->in.raw_bytes : 0;
	s->readers = readers;
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->changed, NULL);
	*out = s;
	return 0;
}

static void share_free(struct share *s)
{
	pthread_cond_destroy(&s->changed);
	pthread_mutex_destroy(&s->lock);
	input_fini(&s->in);
	free(s->memory);
	free(s);
}

/* Any reader may do this while others read other blocks. */
static void fill_plain(const struct share *s, struct share_block *b, uint64_t number)
{
	uint64_t from = number * SHARE_BLOCK;

	b->status = INPUT_OK;
	for (b->len = 0; b->len < SHARE_BLOCK && b->status == INPUT_OK;) {
		ssize_t n = pread(s->in.fd, b->bytes + b->len, SHARE_BLOCK - b->len,
				  (off_t)(s->begin + from + b->len));

		if (n > 0) {
			b->len += (size_t)n;
		} else if (n == 0) {
			b->status = INPUT_END;
		} else if (errno != EINTR) {
			b->status = INPUT_ERROR;
			b->err = errno;
		}
	}
	b->used = from + b->len;
}

/* One reader at a time. What comes is given at once: more may be long in coming. */
static void fill_stream(struct share *s, struct share_block *b)
{
	b->len = input_read(&s->in, b->bytes, SHARE_BLOCK);
	b->status = s->in.status;
	b->err = s->in.err;
	b->used = input_used(&s->in);
}

/* Read the next block, if that can be done now; the lock is given up meanwhile. */
static bool fill_next(struct share *s)
{
	uint64_t number = s->next;
	struct slot *slot = &s->slots[number % SHARE_BLOCKS];

	if (slot->state != SLOT_FREE || s->is_over || s->is_busy)
		return false;
	*slot = (struct slot){ .block.bytes = slot->block.bytes,
			       .state = SLOT_FILLING,
			       .number = number };
	s->next++;
	s->is_busy = !s->is_plain;
	pthread_mutex_unlock(&s->lock);
	if (s->is_plain)
		fill_plain(s, &slot->block, number);
	else
		fill_stream(s, &slot->block);
	pthread_mutex_lock(&s->lock);
	slot->state = SLOT_READY;
	slot->users = s->readers;
	s->is_busy = false;
	s->is_over |= slot->block.status != INPUT_OK;
	pthread_cond_broadcast(&s->changed);
	return true;
}

const struct share_block *share_get(struct share *s, uint64_t number)
{
	struct slot *slot = &s->slots[number % SHARE_BLOCKS];

	pthread_mutex_lock(&s->lock);
	while (slot->state != SLOT_READY || slot->number != number) {
		if (!fill_next(s))
			pthread_cond_wait(&s->changed, &s->lock);
	}
	pthread_mutex_unlock(&s->lock);
	return &slot->block;
}

/* One reader less for the block in slot; with the lock. */
static void slot_put(struct share *s, struct slot *slot)
{
	if (--slot->users == 0) {
		slot->state = SLOT_FREE;
		pthread_cond_broadcast(&s->changed);
	}
}

void share_put(struct share *s, uint64_t number)
{
	pthread_mutex_lock(&s->lock);
	slot_put(s, &s->slots[number % SHARE_BLOCKS]);
	pthread_mutex_unlock(&s->lock);
}

void share_leave(struct share *s, uint64_t number)
{
	bool is_last;

	pthread_mutex_lock(&s->lock);
	/* Whoever reads a block now counts the readers afterwards. */
	is_last = --s->readers == 0;
	for (size_t i = 0; i < SHARE_BLOCKS; i++) {
		if (s->slots[i].state == SLOT_READY && s->slots[i].number >= number)
			slot_put(s, &s->slots[i]);
	}
	pthread_mutex_unlock(&s->lock);
	if (is_last)
		share_free(s);
}

const struct codec *share_codec(const struct share *s)
{
	return s->in.codec;
}

uint64_t share_size(const struct share *s)
{
	return s->in.size_bytes;
}

/* An input, once somebody has tried to open it. */
struct pool_entry {
	struct share *share; /* NULL: err says why */
	int err;
	bool is_tried;
};

struct share_pool {
	pthread_mutex_t lock;
	unsigned readers;
	struct pool_entry entries[];
};

struct share_pool *share_pool_new(size_t inputs, unsigned readers)
{
	struct share_pool *p = calloc(1, sizeof(*p) + inputs * sizeof(p->entries[0]));

	if (!p)
		return NULL;
	p->readers = readers;
	pthread_mutex_init(&p->lock, NULL);
	return p;
}

void share_pool_free(struct share_pool *p)
{
	if (!p)
		return;
	pthread_mutex_destroy(&p->lock);
	free(p);
}

int share_pool_open(struct share_pool *p, size_t i, const char *path, int (*open)(const char *path),
		    const volatile sig_atomic_t *stop, struct share **out)
{
	struct pool_entry *e = &p->entries[i];

	pthread_mutex_lock(&p->lock);
	if (!e->is_tried) {
		int fd = open(path);

		e->is_tried = true;
		e->err = fd < 0 ? fd : share_open(fd, p->readers, stop, &e->share);
	}
	pthread_mutex_unlock(&p->lock);
	*out = e->share;
	return e->err;
}
