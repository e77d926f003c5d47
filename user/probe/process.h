/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * process: what /proc tells of a process.
 *
 * In:   its id.
 * Out:  its name, its container, whether it is the one that the user means.
 */
#ifndef PROBE_PROCESS_H
#define PROBE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The name that ps shows; false: the process is gone, or hidden. */
bool process_command(uint32_t pid, char *out, size_t cap);

/* The program's file; false as above. */
bool process_program(uint32_t pid, char *out, size_t cap);

/* The first 12 digits of its container's id, as Docker and Podman show it, into out[13]; "" for
 * none. */
void process_container(uint32_t pid, char out[static 13]);

/* The id in a line of /proc/PID/cgroup, into out[13]; false: it has none. */
bool process_container_parse(const char *line, char out[static 13]);

/* False: it is certain that there is no such process. */
bool process_is_there(uint32_t pid);

/* Whether a filter of system calls is on it (seccomp mode 2). */
bool process_is_confined(uint32_t pid);

/* Whether this kernel, by its release, lets such a filter see the system call that ends a probed
 * function, which most filters answer by killing the process. */
bool process_kernel_kills(const char *release);

#endif
