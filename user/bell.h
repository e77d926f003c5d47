/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * bell: wakes one thread that waits for work.
 *
 * The waiter looks at its work once more after bell_arm(), so that no ring is missed in between.
 */
#ifndef BELL_H
#define BELL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

struct bell {
	pthread_mutex_t lock;
	pthread_cond_t rung;
	atomic_bool is_armed;
};

int bell_init(struct bell *b);
void bell_fini(struct bell *b);

/* The waiter's: from now on bell_ring() wakes it. */
void bell_arm(struct bell *b);
/* Wait until it was rung since bell_arm(), or for so long. */
void bell_wait(struct bell *b, unsigned timeout_ms);

/* Anyone's; costs a fence and a look at one word while nobody waits. */
void bell_ring(struct bell *b);

#endif
