/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * process: whose plaintext it is.
 */
#ifndef NET_PROCESS_H
#define NET_PROCESS_H

#include <stdint.h>

struct process {
	uint32_t pid;       /* in the root namespace; 0: not known, as for all that packets bring */
	char command[16];   /* as ps shows it */
	char container[13]; /* the first digits of its container's id; "" for none */
};

#endif
