/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * pipeline_tls: plaintext from probes on TLS libraries, as one more lane beside those that read
 * packets, or alone.
 *
 * In:   what the probes see.
 * Out:  parcels in a ring, in the order of the clock, for the judge to take with the others'.
 *
 * It has no thread of its own: the judge's looks at it between exchanges, and the kernel's ring
 * holds what comes meanwhile.
 */
#ifndef PIPELINE_TLS_H
#define PIPELINE_TLS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "ring.h"

struct pipeline;
struct tlslane;

struct pipeline_tls_lane {
	struct pipeline *p;
	struct tlslane *probes;
	struct ring ring;
	_Atomic uint64_t passed;
	uint64_t at;                /* of the last parcel */
	uint64_t look_ns;           /* when to look again, by the clock */
	uint64_t first_ns, last_ns; /* of exchanges; 0: none */
	uint64_t missed;  /* exchanges that the ring had no room for, since the last one */
	uint64_t dropped; /* all of these */
	bool is_done;
};

/* Probe what the configuration says, before there are threads. *out stays NULL when it says
 * nothing. 0, or -errno and it was said. */
int pipeline_tls_open(struct pipeline *p, struct pipeline_tls_lane **out);
/* Takes NULL. */
void pipeline_tls_close(struct pipeline_tls_lane *t);

/* Follow what has come, if it is time to. */
void pipeline_tls_look(struct pipeline_tls_lane *t);

/* The capture ends: whatever is open ends with it. */
void pipeline_tls_finish(struct pipeline_tls_lane *t);

#endif
