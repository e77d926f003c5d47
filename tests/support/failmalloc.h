/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * failmalloc: make the n-th allocation fail (linked with --wrap=malloc,calloc,realloc).
 *
 *	for (unsigned n = 1; ; n++) {
 *		failmalloc_arm(n);
 *		run();
 *		if (!failmalloc_disarm())
 *			break;		// it needed fewer than n
 *	}
 */
#ifndef SUPPORT_FAILMALLOC_H
#define SUPPORT_FAILMALLOC_H

#include <stdbool.h>

/* The n-th allocation from now on fails (n counts from 1), and every one after it works. */
void failmalloc_arm(unsigned n);

/* Stop. True when one was made to fail. */
bool failmalloc_disarm(void);

#endif
