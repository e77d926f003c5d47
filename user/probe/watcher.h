/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * watcher: a process of its own that looks for programs to probe, and holds the probes.
 *
 * In:   the loaded programs; whom to probe.
 * Out:  probes in force; lines for people.
 *
 * Probing needs rights that the program gives up before it reads a byte of traffic. This process
 * keeps them, reads no traffic, and takes no orders. It ends, and the probes with it, when the
 * program that started it does, however that ends.
 */
#ifndef PROBE_WATCHER_H
#define PROBE_WATCHER_H

#include "probe/tlsprobe.h"

struct watcher;

/* A line for people, without a newline. */
typedef void (*watcher_say_fn)(void *ctx, const char *line);

/*
 * Start it, and wait until it has looked for the first time. who is as in scan_config. keep is
 * called in the new process, to give up the rights that probing does not need.
 *
 * 0, or -errno with why[]. Before there are threads.
 */
int watcher_start(struct tlsprobe *p, const char *who, void (*keep)(void), watcher_say_fn say,
		  void *ctx, struct watcher **out, char *why, size_t why_cap);

/* Hand on what it has to say. False: it has ended, and nothing is probed any more. */
bool watcher_read(struct watcher *w, watcher_say_fn say, void *ctx);

/* End it, without waiting for its end: removing all probes takes a few seconds. Takes NULL. */
void watcher_stop(struct watcher *w);

#endif
