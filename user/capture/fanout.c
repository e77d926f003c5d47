/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/fanout.h"

#include <errno.h>
#include <linux/if_packet.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "base/limits.h"

struct fanout {
	unsigned sockets;
	pthread_mutex_t lock; /* over what follows */
	unsigned joined;
	bool has_id;
	uint16_t id; /* of the kernel's group; unique in the network namespace */
	_Atomic uint64_t since_ns;
};

struct fanout *fanout_new(unsigned sockets)
{
	struct fanout *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->sockets = sockets;
	atomic_init(&f->since_ns, UINT64_MAX);
	pthread_mutex_init(&f->lock, NULL);
	return f;
}

void fanout_free(struct fanout *f)
{
	if (!f)
		return;
	pthread_mutex_destroy(&f->lock);
	free(f);
}

/* The first socket is given a number that no other group has. */
static int join(struct fanout *f, int fd)
{
	unsigned type = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG;
	unsigned word = f->has_id ? f->id | type << 16 : (type | PACKET_FANOUT_FLAG_UNIQUEID) << 16;
	socklen_t len = sizeof(word);

	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &word, sizeof(word)) != 0 ||
	    getsockopt(fd, SOL_PACKET, PACKET_FANOUT, &word, &len) != 0)
		return -errno;
	f->id = (uint16_t)word;
	f->has_id = true;
	return 0;
}

int fanout_join(struct fanout *f, int fd, char *why, size_t why_cap)
{
	struct timespec now;
	int err;

	pthread_mutex_lock(&f->lock);
	err = join(f, fd);
	if (!err && ++f->joined == f->sockets) {
		/* Whatever is stamped later finds all of them. */
		clock_gettime(CLOCK_REALTIME, &now);
		atomic_store(&f->since_ns, (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec);
	}
	pthread_mutex_unlock(&f->lock);
	if (err)
		(void)snprintf(why, why_cap, "packets cannot be dealt out to %u lanes: %s",
			       f->sockets, strerror(-err));
	return err;
}

void fanout_leave(struct fanout *f)
{
	pthread_mutex_lock(&f->lock);
	f->joined--;
	atomic_store(&f->since_ns, UINT64_MAX);
	pthread_mutex_unlock(&f->lock);
}

uint64_t fanout_since_ns(const struct fanout *f)
{
	return atomic_load_explicit(&f->since_ns, memory_order_relaxed);
}
