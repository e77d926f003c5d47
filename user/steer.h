/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * steer: between net, which follows connections, and the kernel's filter, which cuts bodies.
 *
 * In:   what net asks (was this cut?) and what http wants of a connection.
 * Out:  the filter's answer, and hints to it.
 */
#ifndef STEER_H
#define STEER_H

#include "net/net.h"

struct ladder;

/* The functions for a lane's config, over a ladder; *ladder is borrowed, and may still be NULL
 * when this is called. */
struct net_capture steer_make(struct ladder *const *ladder);

#endif
