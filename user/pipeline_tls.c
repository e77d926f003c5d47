/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Plaintext of TLS beside packets, or alone.
 */
#include <poll.h>
#include <time.h>

#include "base/limits.h"
#include "pipeline_part.h"
#include "signals.h"
#include "tlslane.h"

/* The program's state is looked at so often, when no packet gives the time. */
#define LOOK_NS (CAPTURE_IDLE_MS * (NS_PER_S / 1000))

static void on_say(void *ctx, const char *line)
{
	pipeline_say(ctx, "tls", line);
}

/* The ports are not a filter in the kernel here: the addresses become known late, or never. */
static void on_exchange(void *ctx, const struct exchange *x)
{
	struct pipeline *p = ctx;
	const struct port_set *ports = p->config->live->tls->ports;

	if (ports && x->is_client_known && !port_set_has(ports, x->client.port) &&
	    !port_set_has(ports, x->server.port))
		return;
	if (!p->first_ns)
		p->first_ns = x->request.m.time_ns;
	if (x->end_ns > p->last_ns)
		p->last_ns = x->end_ns;
	pipeline_exchange(p, x);
}

int pipeline_tls_open(struct pipeline *p)
{
	const struct pipeline_live *live = p->config->live;
	struct tlslane_config config = { .no_body_cut = live->no_body_cut,
					 .seed = p->seed,
					 .emit = on_exchange,
					 .say = on_say,
					 .ctx = p };
	char why[PIPELINE_NOTE_CAP];
	int err;

	if (!live->tls)
		return 0;
	config.who = live->tls->who;
	config.keep = live->tls->keep;
	err = tlslane_open(&config, &p->tls, why, sizeof(why));
	if (err)
		pipeline_say(p, "tls", why);
	return err;
}

void pipeline_tls_look(struct pipeline *p, uint64_t now_ns)
{
	if (!p->tls || now_ns < p->tls_look_ns)
		return;
	p->tls_look_ns = tlslane_look(p->tls) + PROBE_LOOK_MS * (NS_PER_S / 1000);
}

void pipeline_tls_run(struct pipeline *p)
{
	struct pollfd ready = { .fd = tlslane_fd(p->tls), .events = POLLIN };
	bool goes_on = true;

	while (goes_on) {
		uint64_t now_ns;

		(void)poll(&ready, 1, PROBE_LOOK_MS);
		now_ns = tlslane_look(p->tls);
		if (now_ns < p->look_ns && !(p->config->signals && p->config->signals->stop) &&
		    !(p->config->count && p->exchanges == p->config->count))
			continue;
		p->look_ns = now_ns + LOOK_NS;
		goes_on = pipeline_look_up(p, NULL);
	}
}
