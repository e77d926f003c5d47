/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * gotarget: Go's crypto/tls, which is compiled into each program.
 *
 * In:   an ELF file.
 * Out:  the places to probe: entries, and each return by itself. Go moves stacks, and looks at its
 *       return addresses when it does, so that a return probe would kill the program.
 */
#ifndef PROBE_GOTARGET_H
#define PROBE_GOTARGET_H

#include "probe/target.h"

/* False: it is no Go program, or has no TLS. Else *out is filled, with TARGET_GO, or with
 * TARGET_UNSEEN where a place cannot be told for certain. */
bool gotarget_find(const struct elf *e, struct target *out);

#endif
