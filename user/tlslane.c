/* SPDX-License-Identifier: BSD-2-Clause */
#include "tlslane.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"
#include "probe/process.h"
#include "probe/twins.h"
#include "probe/watcher.h"

#define TLSLANE_ROW(name, class, help) COUNTER_ROW(tlslane_stats, name, class, help)
const struct counter tlslane_counters[] = { TLSLANE_COUNTERS(TLSLANE_ROW) };
const size_t tlslane_counters_cnt = sizeof(tlslane_counters) / sizeof(tlslane_counters[0]);

/* Processes whose name and container are remembered, so that /proc is read once for each. */
#define KNOWN_MAX 256

struct known {
	struct process process;
	uint64_t time_ns;
};

struct tlslane {
	struct tlslane_config config;
	struct tlsprobe *probe;
	struct watcher *watcher; /* NULL: it has ended */
	struct plain *plain;
	struct http *http;
	struct twins *twins;
	const struct connection *conn; /* whose chunk is followed */
	struct known known[KNOWN_MAX];
	uint64_t ahead_ns; /* of the packets' clock, before the events' */
	uint64_t now_ns, tick_ns;
	struct tlslane_stats stats;
};

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

/* The clocks are read one after the other, so this is right to some microseconds. */
static void clocks_read(struct tlslane *l)
{
	l->now_ns = clock_ns(CLOCK_REALTIME);
	l->ahead_ns = l->now_ns - clock_ns(CLOCK_MONOTONIC);
}

static void on_want(void *ctx, const struct tls_key *key, enum tls_want want)
{
	struct tlslane *l = ctx;

	tlsprobe_want(l->probe, key, want);
}

/* Ids are used again, so what is known of one is looked at again after a while. */
static void on_describe(void *ctx, struct process *p)
{
	struct tlslane *l = ctx;
	struct known *k = &l->known[p->pid % KNOWN_MAX];

	if (k->process.pid != p->pid || l->now_ns - k->time_ns > NS_PER_S) {
		*k = (struct known){ .process = *p, .time_ns = l->now_ns };
		(void)process_command(p->pid, k->process.command, sizeof(k->process.command));
		process_container(p->pid, k->process.container);
	}
	*p = k->process;
}

static bool on_gone(void *ctx, uint32_t pid)
{
	(void)ctx;
	return !process_is_there(pid);
}

static uint64_t on_chunk(void *ctx, struct connection *conn, const struct chunk *c)
{
	struct tlslane *l = ctx;

	l->conn = conn;
	if (!conn->is_unaddressed)
		twins_note(l->twins, &conn->ends[0], &conn->ends[1], c->time_ns);
	return http_chunk(l->http, conn, c);
}

/* ends[0] is the probed process. */
static bool is_client(const struct tlslane *l, const struct exchange *x)
{
	return memcmp(&x->client.addr, &l->conn->ends[0].addr, sizeof(x->client.addr)) == 0 &&
	       x->client.port == l->conn->ends[0].port;
}

static void on_exchange(void *ctx, const struct exchange *x)
{
	struct tlslane *l = ctx;

	if (x->is_client_known && is_client(l, x) &&
	    twins_has(l->twins, &x->server, &x->client, x->end_ns)) {
		l->stats.twins++;
		return;
	}
	l->config.emit(l->config.ctx, x);
}

static void on_event(void *ctx, const struct tls_event *e, struct span data)
{
	struct tlslane *l = ctx;

	plain_event(l->plain, e, data, e->time_ns + l->ahead_ns);
}

static int parts_open(struct tlslane *l, char *why, size_t why_cap)
{
	struct tlsprobe_config probe = { .body_cut = !l->config.no_body_cut };
	struct plain_config plain = { .emit = on_chunk,
				      .want = on_want,
				      .describe = on_describe,
				      .is_gone = on_gone,
				      .ctx = l,
				      .seed = l->config.seed,
				      .source = "tls" };
	int err = tlsprobe_open(&probe, &l->probe, why, why_cap);

	if (err)
		return err;
	l->http = http_new(on_exchange, l);
	l->plain = plain_new(&plain);
	l->twins = twins_new(l->config.seed);
	if (!l->http || !l->plain || !l->twins) {
		(void)snprintf(why, why_cap, "memory is short");
		return -ENOMEM;
	}
	l->config.say(l->config.ctx, tlsprobe_addresses(l->probe));
	return watcher_start(l->probe, l->config.who, l->config.keep, l->config.say, l->config.ctx,
			     &l->watcher, why, why_cap);
}

int tlslane_open(const struct tlslane_config *config, struct tlslane **out, char *why,
		 size_t why_cap)
{
	struct tlslane *l = calloc(1, sizeof(*l));
	int err;

	*out = NULL;
	if (!l) {
		(void)snprintf(why, why_cap, "memory is short");
		return -ENOMEM;
	}
	l->config = *config;
	err = parts_open(l, why, why_cap);
	if (err) {
		tlslane_close(l);
		return err;
	}
	*out = l;
	return 0;
}

void tlslane_close(struct tlslane *l)
{
	if (!l)
		return;
	watcher_stop(l->watcher);
	plain_free(l->plain);
	http_free(l->http);
	twins_free(l->twins);
	tlsprobe_close(l->probe);
	free(l);
}

/* What the process that holds the probes has to say, and whether it is still there. */
static void watcher_look(struct tlslane *l)
{
	if (!l->watcher || watcher_read(l->watcher, l->config.say, l->config.ctx))
		return;
	watcher_stop(l->watcher);
	l->watcher = NULL;
	l->stats.watcher_lost++;
	l->config.say(l->config.ctx, "the process that holds the probes has ended: nothing more "
				     "is seen inside TLS");
}

/* Read up to what was there when this began: probes may be faster than this is. */
static void events_read(struct tlslane *l)
{
	struct tlsprobe_stats stats;

	clocks_read(l);
	(void)tlsprobe_read(l->probe, on_event, l);
	if (tlsprobe_stats(l->probe, &stats) == 0)
		plain_note_lost(l->plain, stats.lost_bytes + stats.lost_ends);
}

uint64_t tlslane_look(struct tlslane *l)
{
	events_read(l);
	if (l->now_ns >= l->tick_ns) {
		l->tick_ns = l->now_ns + PROBE_SCAN_MS * (NS_PER_S / 1000);
		watcher_look(l);
		plain_tick(l->plain, l->now_ns);
	}
	return l->now_ns;
}

void tlslane_finish(struct tlslane *l)
{
	events_read(l);
	plain_finish(l->plain, l->now_ns);
}

const struct http *tlslane_http(const struct tlslane *l)
{
	return l->http;
}

const struct plain_stats *tlslane_plain(const struct tlslane *l)
{
	return plain_stats(l->plain);
}

const struct tlslane_stats *tlslane_stats(const struct tlslane *l)
{
	return &l->stats;
}

void tlslane_probes(struct tlslane *l, struct tlsprobe_stats *out)
{
	if (tlsprobe_stats(l->probe, out) != 0)
		*out = (struct tlsprobe_stats){ 0 };
}
