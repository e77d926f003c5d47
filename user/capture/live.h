/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * live: interfaces as a source.
 *
 * In:   one device or several.
 * Out:  struct packet, ordered by time over all devices, so that a request that came in by one
 *       and its answer that left by another stand in their order; SOURCE_IDLE at least some
 *       times a second when nothing comes; SOURCE_NEWS when an interface goes or comes back.
 */
#ifndef CAPTURE_LIVE_H
#define CAPTURE_LIVE_H

#include <stddef.h>

#include "capture/device.h"
#include "capture/source.h"

/*
 * A source over cnt open devices, which become its own, also when memory is short: NULL then.
 * name is for people and lives as long as the run.
 */
struct source *live_new(struct device *const *devices, size_t cnt, const char *name);

#endif
