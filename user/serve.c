/* SPDX-License-Identifier: BSD-2-Clause */
#include "serve.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/limits.h"
#include "options.h"
#include "report/publisher.h"
#include "signals.h"
#include "tell.h"
#include "web/page.h"
#include "web/server.h"

/* How long a stop may go unseen. */
#define STOP_LOOK_NS (NS_PER_S / 10)

struct serve {
	const struct options *o;
	struct shelf *shelf;
	struct server *server;
};

static void on_say(void *ctx, const char *name, const char *message)
{
	(void)ctx;
	tell(name, message);
}

int serve_open(const struct options *o, struct serve **out, char *why, size_t why_cap)
{
	struct serve *s;
	struct server_config config = { .addresses = o->web.listen,
					.addresses_cnt = o->web.listen_cnt,
					.file = o->web.config,
					.say = on_say };
	int err = -ENOMEM;

	*out = NULL;
	if (!o->web.listen_cnt)
		return 0;
	s = calloc(1, sizeof(*s));
	if (s)
		s->shelf = config.shelf = shelf_new();
	if (s && s->shelf)
		err = server_open(&config, &s->server, why, why_cap);
	else
		snprintf(why, why_cap, "memory is short");
	if (err) {
		serve_close(s);
		return err;
	}
	s->o = o;
	*out = s;
	return 0;
}

int serve_start(struct serve *s, char *why, size_t why_cap)
{
	return server_start(s->server, why, why_cap);
}

static int on_publish(void *ctx, struct edition *e, bool is_final)
{
	struct serve *s = ctx;

	(void)is_final;
	shelf_publish(s->shelf, e);
	server_told(s->server);
	return 0;
}

static uint64_t now_ns(void *ctx)
{
	struct timespec now;

	(void)ctx;
	clock_gettime(CLOCK_REALTIME, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

/* Resident, by the kernel's word; 0 where it does not say. */
static uint64_t memory_bytes(void *ctx)
{
	unsigned long all = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "re");

	(void)ctx;
	if (f && fscanf(f, "%lu %lu", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return (uint64_t)resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

struct sink *serve_sink(struct serve *s)
{
	struct publisher_config config = { .is_live = options_is_live(s->o),
					   .publish = on_publish,
					   .now_ns = now_ns,
					   .memory_bytes = memory_bytes,
					   .ctx = s };

	memcpy(config.labels, s->o->web.labels, sizeof(config.labels));
	return publisher_new(&config);
}

bool serve_moment(struct serve *s, const struct signals *signals)
{
	const struct timespec nap = { .tv_nsec = STOP_LOOK_NS };

	if (signals->stop)
		return false;
	nanosleep(&nap, NULL);
	server_told(s->server);
	return !signals->stop;
}

void serve_close(struct serve *s)
{
	if (!s)
		return;
	server_close(s->server);
	shelf_free(s->shelf);
	free(s);
}

static int on_report(void *ctx, struct edition *e, bool is_final)
{
	struct serve_report *r = ctx;
	int err = page_save(r->path, e);

	(void)is_final;
	edition_free(e);
	if (err) {
		r->has_failed = true;
		tell(r->path, strerror(-err));
	}
	return 0;
}

struct sink *serve_report_sink(struct serve_report *r, bool is_live)
{
	return publisher_new(&(struct publisher_config){ .is_live = is_live,
							 .is_once = true,
							 .publish = on_report,
							 .now_ns = now_ns,
							 .ctx = r });
}
