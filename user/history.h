/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * history: from a store to the reports, without packets.
 */
#ifndef HISTORY_H
#define HISTORY_H

#include "options.h"
#include "tell.h"

struct signals;

/* Read what --from-store names and report it; with --listen, serve it until signals say stop. */
enum exit_code history_run(const struct options *o, struct signals *signals);

#endif
