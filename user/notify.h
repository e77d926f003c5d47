/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * notify: what a service manager is told (systemd, Type=notify). The protocol is one datagram of
 * lines to the socket that NOTIFY_SOCKET names, so that no library is needed.
 *
 * Spec: sd_notify(3).
 */
#ifndef NOTIFY_H
#define NOTIFY_H

#include <stdint.h>

struct notify {
	int fd;               /* -1: nobody wants to know */
	uint64_t watchdog_ns; /* between two signs of life, half of what is allowed; 0: none */
	uint64_t sent_ns;     /* when the last sign of life was sent */
};

/* Connect to whom the environment names. Before the user changes. */
struct notify notify_open(void);
void notify_close(struct notify *n);

/* Send lines: "READY=1\nSTATUS=...". Never waits; what cannot be sent is dropped. */
void notify_send(const struct notify *n, const char *lines);

/* A sign of life, when it is time for one; now_ns is of a clock that never goes back. */
void notify_alive(struct notify *n, uint64_t now_ns);

#endif
