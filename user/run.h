/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * run: one run of the pipeline as the command line asks for it: its sinks, what is said while it
 * goes on, the rights it gives up, its exit code.
 */
#ifndef RUN_H
#define RUN_H

#include "tell.h"

struct options;
struct signals;

/* Read captures, or capture, and report. Says all that there is to say. */
enum exit_code run(const struct options *o, struct signals *signals);

#endif
