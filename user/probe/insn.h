/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * insn: how long an instruction is, so that a function can be walked from its entry to its end.
 *
 * In:   the bytes from an instruction on.
 * Out:  its length. What is not known for certain is refused: a probe in the middle of an
 *       instruction would change the program.
 * Spec: Intel SDM, volume 2, 2.1 to 2.7 and appendix A (64-bit mode); Arm ARM, C4.
 */
#ifndef PROBE_INSN_H
#define PROBE_INSN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* 0: not known, or cut. */
size_t insn_len(struct span code);

/* Whether it ends the function by going back to the caller. */
bool insn_is_return(struct span code);

/* The same for x86-64 and arm64, whatever this machine is. */
size_t insn_len_x86(struct span code);
size_t insn_len_arm64(struct span code);

#endif
