/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * interfaces: which there are to capture on.
 */
#ifndef CAPTURE_INTERFACES_H
#define CAPTURE_INTERFACES_H

#include <stdio.h>

/*
 * One a line, as tcpdump -D shows them: number, name, description, state.
 *
 * 0, -errno of the file, or -EIO with libpcap's words in why[].
 */
int interfaces_print(FILE *file, char *why, size_t why_cap);

#endif
