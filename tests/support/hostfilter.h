/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * hostfilter: the pre-filter's decisions as an ordinary program, with plain memory in place of the
 * kernel's maps.
 *
 *	struct hostfilter *h = hostfilter_new(&settings);
 *
 *	h->ports[80 / 64] |= 1ull << 80 % 64;
 *	kept = hostfilter_run(h, &frame, bytes);
 *	hostfilter_free(h);
 */
#ifndef SUPPORT_HOSTFILTER_H
#define SUPPORT_HOSTFILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "bpf/shared.h"

#define HOSTFILTER_NETS_MAX  8
#define HOSTFILTER_HINTS_MAX 64

struct hostfilter_flow {
	struct prefilter_key key;
	struct prefilter_state state;
};

struct hostfilter_hint {
	struct prefilter_key key;
	struct prefilter_hint_entry entry;
};

/* All fields may be read and changed. */
struct hostfilter {
	struct prefilter_settings settings;
	uint64_t ports[PREFILTER_PORT_WORDS]; /* none at first */
	struct prefilter_net_key nets[HOSTFILTER_NETS_MAX];
	size_t nets_cnt; /* 0: any address */
	struct hostfilter_hint hints[HOSTFILTER_HINTS_MAX];
	size_t hints_cnt;
	uint32_t generation;
	uint64_t counts[PREFILTER_COUNT_CNT];
	size_t flows_max; /* what comes beyond takes the place of the oldest; 0: no memory at all */
	size_t flows_cnt, flows_next;
	struct hostfilter_flow flows[];
};

/* What the kernel tells of a packet besides its bytes. */
struct hostfilter_frame {
	uint16_t protocol; /* ethertype, for an l2_len of 0 */
	bool is_outgoing;
	uint32_t interface;
	uint32_t len; /* 0: as many bytes as there are */
};

/* Any port, loopback 0, room for flows_max directions. Fails the test when memory is short. */
struct hostfilter *hostfilter_new(const struct prefilter_settings *settings, size_t flows_max);
void hostfilter_free(struct hostfilter *h);

/* What the program returns for a packet. */
uint32_t hostfilter_run(struct hostfilter *h, const struct hostfilter_frame *f, struct span bytes);

/* As prefilter_hint(). */
void hostfilter_hint(struct hostfilter *h, const struct prefilter_key *key, uint32_t first,
		     enum prefilter_hint hint);

/* NULL: not remembered. */
struct prefilter_state *hostfilter_state(struct hostfilter *h, const struct prefilter_key *key);

/* Whether a payload may begin with a start line; nothing follows text in its segment. */
int hostfilter_look(struct span text);

/* Checks that the counters add up. */
bool hostfilter_adds_up(const uint64_t counts[PREFILTER_COUNT_CNT]);

#endif
