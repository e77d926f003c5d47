/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * privileges: give up what is no longer needed once the interfaces are open.
 *
 * What remains is CAP_NET_RAW, permitted but not effective: it is raised for the moment in which
 * an interface that vanished is opened anew, and for nothing else. Probes are held by a process of
 * their own, which reads no traffic.
 */
#ifndef PRIVILEGES_H
#define PRIVILEGES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Become user, by name, and keep nothing but what is said above. NULL: root becomes whoever
 * called sudo, else nobody; others stay who they are. "root" keeps root's files, not its powers.
 *
 * 0        done; why[] is the name of the user it is now, "" when that did not change
 * -errno   it is as it was, or half done: do not go on; why[] says it in one line
 */
int privileges_drop(const char *user, char *why, size_t why_cap);

/* In the process that holds probes: stay root for the files of all processes, and keep only the
 * rights to look at these and to probe. */
void privileges_keep_probing(void);

/* Raise CAP_NET_RAW, or lower it again. Without it nothing happens, and opening says so. */
void privileges_raise(bool is_raised);

#endif
