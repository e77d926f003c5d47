/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * signals: what a user asks a running program for.
 *
 * SIGINT, SIGTERM and the end of --duration: read no further, but report. A second one kills.
 * SIGUSR1: statistics now. SIGHUP: go on, with the output files opened anew.
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>

struct signals {
	volatile sig_atomic_t stop;   /* set for good */
	volatile sig_atomic_t stats;  /* cleared by whoever gives them */
	volatile sig_atomic_t reopen; /* cleared by whoever does it */
};

/* Catch them from now on. Returns the program's only struct of its kind. */
struct signals *signals_catch(void);

/* Also SIGHUP, which without it ends the program. */
void signals_catch_reopen(void);

/* Stop after so many seconds; 0: never. */
void signals_stop_after(double seconds);

#endif
