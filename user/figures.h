/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * figures: everything that a lane has counted, as a copy, and the same of all lanes, summed.
 *
 * In:   a reader, in its own thread, or after it.
 * Out:  numbers that anyone may look at.
 */
#ifndef FIGURES_H
#define FIGURES_H

#include "capture/device.h"
#include "http/http.h"
#include "intake.h"
#include "net/net.h"
#include "tls/keys.h"
#include "tls/tls.h"

struct reader;

struct figures_input {
	const char *name;    /* lives as long as the run */
	const char *trouble; /* as long as the reader */
	uint64_t packets;
	/* Of an interface: */
	struct device_stats device;
	enum rung rung;
	char rung_why[LADDER_WHY_CAP];
};

struct figures {
	struct intake intake;
	bool is_unopened, is_damaged, is_unwritten;
	uint64_t connections_open;
	struct net_stats net;
	struct tls_stats tls;
	struct tls_keys_stats keys; /* of one lane: all read the same */
	struct http_stats http;
	struct figures_input *inputs; /* owned */
	size_t inputs_cnt;
};

/* All zeros, with room for so many inputs. 0 or -ENOMEM. */
int figures_init(struct figures *f, size_t inputs_max);
void figures_fini(struct figures *f);

/* What r has counted so far. */
void figures_take(struct figures *f, struct reader *r);

/*
 * Add one of several lanes to the sum; the first is copied there. Where every lane reads every
 * packet (of files), what is counted of packets is the same in all, and counts once.
 */
void figures_add(struct figures *sum, const struct figures *one, bool is_first, bool is_shared);

#endif
