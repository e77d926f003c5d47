/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * thread: threads that no signal interrupts: those are the first thread's.
 */
#ifndef THREAD_H
#define THREAD_H

#include <pthread.h>

/* Run run(arg) on a new thread. 0 or -errno. */
int thread_begin(pthread_t *out, void *(*run)(void *arg), void *arg);

#endif
