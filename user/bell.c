/* SPDX-License-Identifier: BSD-2-Clause */
#include "bell.h"

#include <time.h>

#include "base/limits.h"

int bell_init(struct bell *b)
{
	pthread_condattr_t attr;
	int err = pthread_condattr_init(&attr);

	if (err)
		return -err;
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&b->lock, NULL);
	err = pthread_cond_init(&b->rung, &attr);
	pthread_condattr_destroy(&attr);
	atomic_init(&b->is_armed, false);
	return -err;
}

void bell_fini(struct bell *b)
{
	pthread_cond_destroy(&b->rung);
	pthread_mutex_destroy(&b->lock);
}

void bell_arm(struct bell *b)
{
	atomic_store(&b->is_armed, true);
}

void bell_wait(struct bell *b, unsigned timeout_ms)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += (long)timeout_ms * 1000000;
	end.tv_sec += end.tv_nsec / (long)NS_PER_S;
	end.tv_nsec %= (long)NS_PER_S;
	pthread_mutex_lock(&b->lock);
	while (atomic_load(&b->is_armed)) {
		if (pthread_cond_timedwait(&b->rung, &b->lock, &end) != 0)
			atomic_store(&b->is_armed, false);
	}
	pthread_mutex_unlock(&b->lock);
}

void bell_ring(struct bell *b)
{
	/* What the waiter is to find must be there before it is looked for. */
	atomic_thread_fence(memory_order_seq_cst);
	if (!atomic_load(&b->is_armed))
		return;
	pthread_mutex_lock(&b->lock);
	atomic_store(&b->is_armed, false);
	pthread_cond_signal(&b->rung);
	pthread_mutex_unlock(&b->lock);
}
