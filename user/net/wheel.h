/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * wheel: which flows to look at when the capture's clock moves on.
 *
 * One slot a second. A flow sits in the slot of the time at which it could be due at the
 * earliest; while it stays busy nobody moves it, and when its slot comes up, its owner says
 * whether it is due or when to look again. So a busy flow costs nothing for each packet.
 */
#ifndef NET_WHEEL_H
#define NET_WHEEL_H

#include <stdint.h>

#include "base/limits.h"
#include "net/flow.h"

/* More seconds than any timeout, so that a slot holds one second's flows only. */
#define WHEEL_SLOTS 1024
_Static_assert(NET_FLOW_IDLE_NS / NS_PER_S + 2 < WHEEL_SLOTS, "timeouts fit the wheel");

struct wheel {
	uint32_t heads[WHEEL_SLOTS]; /* ids of flows; 0 for none */
	uint64_t now_s;              /* slots up to this one have come up */
};

void wheel_init(struct wheel *w, uint64_t now_ns);

/* Look at f when the clock passes due_ns. f must not be in the wheel. */
void wheel_add(struct wheel *w, struct flow_table *t, struct flow *f, uint64_t due_ns);
void wheel_remove(struct wheel *w, struct flow_table *t, struct flow *f);

/*
 * Take out all flows whose slots have come up by now_ns, as a list by wheel_next in the order
 * in which their connections began. 0 when there are none.
 */
uint32_t wheel_due(struct wheel *w, struct flow_table *t, uint64_t now_ns);

/* The flow that would be looked at next, or NULL when there is none. */
struct flow *wheel_next(const struct wheel *w, const struct flow_table *t);

#endif
