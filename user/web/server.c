/* SPDX-License-Identifier: BSD-2-Clause */
#include "web/server.h"

#include <errno.h>
#include <gnutls/gnutls.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "web/answer.h"
#include "web/files.h"

/* One address, and who answers there. */
struct listener {
	struct answer answer;
	struct web_socket socket;
	struct MHD_Daemon *daemon; /* NULL: nobody yet */
};

struct server {
	struct server_config config;
	struct web_files files;
	struct events *events;
	uint64_t looked_ns; /* when the files were looked at last */
	size_t listeners_cnt;
	struct listener listeners[];
};

static uint64_t clock_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

int server_open(const struct server_config *config, struct server **out, char *why, size_t why_cap)
{
	size_t cnt = config->addresses_cnt;
	struct server *s = calloc(1, sizeof(*s) + cnt * sizeof(s->listeners[0]));
	int err;

	if (!s)
		goto out_memory;
	s->config = *config;
	err = files_read(config->file, &s->files, why, why_cap);
	for (; !err && s->listeners_cnt < cnt; s->listeners_cnt++)
		err = address_listen(&config->addresses[s->listeners_cnt],
				     &s->listeners[s->listeners_cnt].socket, why, why_cap);
	if (err) {
		server_close(s);
		return err;
	}
	s->events = events_new(config->shelf);
	if (s->events) {
		*out = s;
		return 0;
	}
	server_close(s);

out_memory:
	snprintf(why, why_cap, "memory is short");
	return -ENOMEM;
}

/* The daemon for a socket, with the configuration as it is now. */
static struct MHD_Daemon *daemon_new(struct server *s, struct listener *l)
{
	const struct web_files *f = &s->files;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_MEM_CERT, 0, f->cert },
		{ MHD_OPTION_HTTPS_MEM_KEY, 0, f->key },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0,
		  (void *)(uintptr_t)(f->config.is_tls13
					      ? "NORMAL:-VERS-ALL:+VERS-TLS1.3"
					      : "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2") },
		{ MHD_OPTION_END, 0, NULL },
	};
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
			 (f->cert ? MHD_USE_TLS : 0);

	l->answer = (struct answer){ .shelf = s->config.shelf,
				     .events = s->events,
				     .config = &f->config,
				     .is_loopback = l->socket.is_loopback };
	return MHD_start_daemon(flags, 0, NULL, NULL, answer_request, &l->answer,
				MHD_OPTION_LISTEN_SOCKET, l->socket.fd, MHD_OPTION_CONNECTION_LIMIT,
				(unsigned)WEB_CONNECTIONS_MAX, MHD_OPTION_CONNECTION_TIMEOUT,
				(unsigned)WEB_TIMEOUT_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
				(size_t)WEB_REQUEST_MAX, MHD_OPTION_ARRAY, f->cert ? tls : &tls[3],
				MHD_OPTION_END);
}

/* Signals are for the thread that reads. */
static int daemons_start(struct server *s)
{
	sigset_t all, before;
	int err = 0;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (size_t i = 0; i < s->listeners_cnt && !err; i++) {
		s->listeners[i].daemon = daemon_new(s, &s->listeners[i]);
		if (!s->listeners[i].daemon)
			err = -EIO;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return err;
}

/* The sockets stay open, and who comes meanwhile waits in their queues. */
static void daemons_stop(struct server *s)
{
	for (size_t i = 0; i < s->listeners_cnt; i++) {
		if (s->listeners[i].daemon)
			MHD_quiesce_daemon(s->listeners[i].daemon);
	}
	if (s->events)
		events_end(s->events);
	for (size_t i = 0; i < s->listeners_cnt; i++) {
		if (s->listeners[i].daemon)
			MHD_stop_daemon(s->listeners[i].daemon);
		s->listeners[i].daemon = NULL;
	}
}

int server_start(struct server *s, char *why, size_t why_cap)
{
	int err = daemons_start(s);

	if (err) {
		snprintf(why, why_cap, "the web server does not start");
		return err;
	}
	for (size_t i = 0; i < s->listeners_cnt; i++) {
		const struct listener *l = &s->listeners[i];
		char line[ADDRESS_TEXT_CAP + 96];

		snprintf(line, sizeof(line), "serving on http%s://%s/%s", s->files.cert ? "s" : "",
			 l->socket.text,
			 l->socket.is_loopback || s->files.config.users_cnt
				 ? ""
				 : "; whoever reaches it can read the findings (--web-config)");
		s->config.say(s->config.ctx, NULL, line);
	}
	return 0;
}

/* A certificate that was renewed, or a password that was changed. */
static void files_follow(struct server *s)
{
	struct web_files now;
	char why[512];

	if (!s->config.file || !files_have_changed(s->config.file, &s->files))
		return;
	if (files_read(s->config.file, &now, why, sizeof(why)) != 0) {
		files_look(s->config.file, &s->files);
		s->config.say(s->config.ctx, "--web-config is kept as it was", why);
		return;
	}
	daemons_stop(s);
	files_fini(&s->files);
	s->files = now;
	if (daemons_start(s) != 0)
		s->config.say(s->config.ctx, NULL, "the web server does not start again");
}

void server_told(struct server *s)
{
	uint64_t now_ns = clock_ns();

	events_wake(s->events, now_ns);
	if (now_ns - s->looked_ns < WEB_CERTIFICATE_LOOK_NS)
		return;
	s->looked_ns = now_ns;
	files_follow(s);
}

void server_close(struct server *s)
{
	if (!s)
		return;
	daemons_stop(s);
	for (size_t i = 0; i < s->listeners_cnt; i++)
		close(s->listeners[i].socket.fd);
	events_free(s->events);
	files_fini(&s->files);
	free(s);
}

const char *server_library_version(void)
{
	return MHD_get_version();
}
