/* SPDX-License-Identifier: BSD-2-Clause */
#include "pipeline_tls.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "parcel.h"
#include "pipeline_part.h"
#include "tlslane.h"

static void on_say(void *ctx, const char *line)
{
	struct pipeline_tls_lane *t = ctx;

	pipeline_say(t->p, "tls", line);
}

/* The ports are not a filter in the kernel here: the addresses become known late, or never. */
static bool is_wanted(const struct pipeline_tls_lane *t, const struct exchange *x)
{
	const struct port_set *ports = t->p->config->live->tls->ports;

	return !ports || !x->is_client_known || port_set_has(ports, x->client.port) ||
	       port_set_has(ports, x->server.port);
}

static void on_exchange(void *ctx, const struct exchange *x)
{
	struct pipeline_tls_lane *t = ctx;
	struct parcel_key key = { .rank = PARCEL_RANK_PACKET };
	size_t size = parcel_size(x);
	struct parcel *room;

	if (!is_wanted(t, x))
		return;
	if (!t->first_ns)
		t->first_ns = x->request.m.time_ns;
	if (x->end_ns > t->last_ns)
		t->last_ns = x->end_ns;
	/* What was told to have passed stays so. */
	if (x->end_ns > t->at)
		t->at = x->end_ns;
	room = size > PARCEL_MAX ? NULL : ring_reserve(&t->ring, size);
	if (!room) {
		t->missed++;
		t->dropped++;
		return;
	}
	key.at = t->at;
	parcel_make(room, &key, x);
	room->missed = t->missed;
	t->missed = 0;
	ring_commit(&t->ring);
}

int pipeline_tls_open(struct pipeline *p, struct pipeline_tls_lane **out)
{
	const struct pipeline_live *live = p->config->live;
	struct tlslane_config config = { .seed = p->seed, .emit = on_exchange, .say = on_say };
	char why[PIPELINE_NOTE_CAP] = "memory is short";
	struct pipeline_tls_lane *t;
	int err;

	if (!live || !live->tls)
		return 0;
	/* The ring keeps the lines of the cache of its two sides apart. */
	t = aligned_alloc(64, (sizeof(*t) + 63) / 64 * 64);
	if (!t)
		return -ENOMEM;
	*t = (struct pipeline_tls_lane){ .p = p };
	*out = t;
	config.who = live->tls->who;
	config.keep = live->tls->keep;
	config.no_body_cut = live->no_body_cut;
	config.ctx = t;
	err = ring_init(&t->ring, LANES_RING);
	if (!err)
		err = tlslane_open(&config, &t->probes, why, sizeof(why));
	if (err)
		pipeline_say(p, "tls", why);
	return err;
}

void pipeline_tls_close(struct pipeline_tls_lane *t)
{
	if (!t)
		return;
	tlslane_close(t->probes);
	ring_fini(&t->ring);
	free(t);
}

static void pass(struct pipeline_tls_lane *t, uint64_t at)
{
	if (at > t->at)
		t->at = at;
	atomic_store_explicit(&t->passed, t->at, memory_order_release);
}

void pipeline_tls_look(struct pipeline_tls_lane *t)
{
	uint64_t now_ns = pipeline_clock_ns();

	if (t->is_done || now_ns < t->look_ns)
		return;
	t->look_ns = now_ns + PROBE_LOOK_MS * (NS_PER_S / 1000);
	pass(t, tlslane_look(t->probes));
}

void pipeline_tls_finish(struct pipeline_tls_lane *t)
{
	if (t->is_done)
		return;
	tlslane_finish(t->probes);
	pass(t, UINT64_MAX);
	t->is_done = true;
}
