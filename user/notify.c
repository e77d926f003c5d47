/* SPDX-License-Identifier: BSD-2-Clause */
#include "notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* A watchdog that is meant for this process, not for one that started it. */
static uint64_t watchdog_ns(void)
{
	const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");

	if (!us || (pid && strtol(pid, NULL, 10) != (long)getpid()))
		return 0;
	return strtoull(us, NULL, 10) * 1000 / 2;
}

struct notify notify_open(void)
{
	struct notify n = { .fd = -1 };
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t len = path ? strlen(path) : 0;

	if (len < 2 || len >= sizeof(to.sun_path) || (*path != '/' && *path != '@'))
		return n;
	memcpy(to.sun_path, path, len);
	if (*path == '@') /* an abstract name */
		to.sun_path[0] = '\0';
	n.fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (n.fd < 0)
		return n;
	if (connect(n.fd, (const struct sockaddr *)(const void *)&to,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0)
		notify_close(&n);
	n.watchdog_ns = watchdog_ns();
	return n;
}

void notify_close(struct notify *n)
{
	if (n->fd >= 0)
		close(n->fd);
	n->fd = -1;
}

void notify_send(const struct notify *n, const char *lines)
{
	if (n->fd >= 0)
		(void)!send(n->fd, lines, strlen(lines), MSG_NOSIGNAL);
}

void notify_alive(struct notify *n, uint64_t now_ns)
{
	if (n->fd < 0 || !n->watchdog_ns || now_ns - n->sent_ns < n->watchdog_ns)
		return;
	n->sent_ns = now_ns;
	notify_send(n, "WATCHDOG=1");
}
