/* SPDX-License-Identifier: BSD-2-Clause */
#include "probe/watcher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "probe/scan.h"

/* A message is a letter, and for people a line behind it. */
#define MESSAGE_CAP  4096
#define MESSAGE_SAY  's'
#define MESSAGE_DONE 'd'

struct watcher {
	pid_t pid;
	int fd;
};

/* The other process. */
struct worker {
	struct tlsprobe *probe;
	int fd;
};

/* Without waiting: who does not listen misses a line, and the probes go on. */
static void message_send(const struct worker *k, char what, const char *line)
{
	char message[MESSAGE_CAP];
	int n = snprintf(message, sizeof(message), "%c%s", what, line);
	size_t len = n < 0 ? 0 : (size_t)n < sizeof(message) ? (size_t)n : sizeof(message) - 1;

	(void)send(k->fd, message, len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void on_say(void *ctx, const char *line)
{
	message_send(ctx, MESSAGE_SAY, line);
}

static int on_attach(void *ctx, const struct target *t, const char *path, int pid, void **out)
{
	const struct worker *k = ctx;

	return tlsprobe_attach(k->probe, t, path, pid, out);
}

static void on_detach(void *ctx, void *attached)
{
	(void)ctx;
	tlsprobe_detach(attached);
}

/* Each probe takes two descriptors. */
static void raise_files(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
}

/* True when the program that started this has ended. */
static bool is_left(const struct worker *k)
{
	struct pollfd poll_fd = { .fd = k->fd, .events = POLLIN };

	return poll(&poll_fd, 1, PROBE_SCAN_MS) > 0;
}

static void worker_run(struct worker *k, const char *who)
{
	struct scan_config config = {
		.who = who, .attach = on_attach, .detach = on_detach, .say = on_say, .ctx = k
	};
	struct scan *s = scan_new(&config);

	if (!s)
		return;
	scan_look(s);
	message_send(k, MESSAGE_DONE, "");
	while (!is_left(k))
		scan_look(s);
	scan_free(s);
}

/* The new process's whole life. What is said to its group is meant for the other, whose end ends
 * it. */
static void worker_live(struct worker *k, const char *who, void (*keep)(void))
{
	static const int ignored[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGPIPE, SIGALRM };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(*ignored); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)prctl(PR_SET_NAME, "cors-sniff-tls");
	raise_files();
	keep();
	worker_run(k, who);
	_exit(0);
}

/* Read one message. False: there will be no more. *what is '\0' when there is none now. */
static bool message_read(const struct watcher *w, bool is_waiting, char *what, watcher_say_fn say,
			 void *ctx)
{
	char message[MESSAGE_CAP];
	ssize_t n;

	do
		n = recv(w->fd, message, sizeof(message) - 1, is_waiting ? 0 : MSG_DONTWAIT);
	while (n < 0 && errno == EINTR && is_waiting);
	*what = '\0';
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n == 0)
		return false;
	message[n] = '\0';
	*what = message[0];
	if (*what == MESSAGE_SAY)
		say(ctx, message + 1);
	return true;
}

int watcher_start(struct tlsprobe *p, const char *who, void (*keep)(void), watcher_say_fn say,
		  void *ctx, struct watcher **out, char *why, size_t why_cap)
{
	struct watcher *w = malloc(sizeof(*w));
	char what = '\0';
	int fds[2];

	*out = NULL;
	if (!w || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
		int err = w ? -errno : -ENOMEM;

		free(w);
		(void)snprintf(why, why_cap, "%s", strerror(-err));
		return err;
	}
	*w = (struct watcher){ .pid = fork(), .fd = fds[0] };
	if (w->pid == 0) {
		struct worker k = { p, fds[1] };

		close(fds[0]);
		worker_live(&k, who, keep);
	}
	close(fds[1]);
	if (w->pid > 0) {
		while (what != MESSAGE_DONE && message_read(w, true, &what, say, ctx))
			;
		if (what == MESSAGE_DONE) {
			*out = w;
			return 0;
		}
	}
	watcher_stop(w);
	(void)snprintf(why, why_cap, "the process that looks for programs did not start");
	return -ECHILD;
}

bool watcher_read(struct watcher *w, watcher_say_fn say, void *ctx)
{
	char what;
	bool is_there;

	do
		is_there = message_read(w, false, &what, say, ctx);
	while (is_there && what);
	return is_there;
}

void watcher_stop(struct watcher *w)
{
	if (!w)
		return;
	/* The kernel takes some 70 ms for each probe that it removes. Nobody is to wait for that.
	 */
	close(w->fd);
	if (w->pid > 0)
		(void)waitpid(w->pid, NULL, WNOHANG);
	free(w);
}
