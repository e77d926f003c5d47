/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * intake: what is counted of packets before any lane follows them.
 */
#ifndef INTAKE_H
#define INTAKE_H

#include <stddef.h>
#include <stdint.h>

#include "net/decode.h"

struct intake {
	uint64_t packets;           /* read */
	uint64_t filtered;          /* that the filter did not want */
	uint64_t refused;           /* by the filter, which does not fit them */
	const char *refused_why;    /* lives as long as the filter */
	uint64_t first_ns, last_ns; /* 0: no packet has a time yet */
	uint64_t read_bytes;        /* of the input that is read; see struct source */
	uint64_t size_bytes;
	struct decode_stats decode;
	struct decode_unknown unknown[DECODE_UNKNOWN_MAX];
	size_t unknown_cnt;
};

/* One more. */
static inline void intake_packet(struct intake *in, uint64_t time_ns)
{
	in->packets++;
	if (!in->first_ns || (time_ns && time_ns < in->first_ns))
		in->first_ns = time_ns;
	if (time_ns > in->last_ns)
		in->last_ns = time_ns;
}

/* What d has counted. */
static inline void intake_decoder(struct intake *in, const struct decoder *d)
{
	const struct decode_unknown *unknown = decoder_unknown(d, &in->unknown_cnt);

	in->decode = *decoder_stats(d);
	memcpy(in->unknown, unknown, in->unknown_cnt * sizeof(*unknown));
}

#endif
