/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * order: a connection's bytes in order: each direction's own, and cause before effect.
 *
 * What cannot be delivered yet is held: a segment ahead of its turn, and one that acknowledges
 * bytes of the other direction which were not seen. Either way there is a hole; it is filled by
 * a packet that comes late, or given up by the limits of base/limits.h and told as a gap.
 */
#ifndef NET_ORDER_H
#define NET_ORDER_H

#include <stdbool.h>
#include <stdint.h>

struct flow;
struct segment;
struct tcp;

/* s has payload or FIN, its payload begins at seq, and its direction is open. Whether all of it was
 * delivered at once while nothing of the flow waited, so that its end is where the direction is. */
bool order_add(struct tcp *t, struct flow *f, unsigned dir, uint32_t seq, const struct segment *s);

/* f is stalled and one more of its segments was seen: whether its hole will not be filled. */
bool order_is_hopeless(const struct tcp *t, struct flow *f);

/* Tell the first hole as a gap and deliver what waited for it. */
void order_give_up(struct tcp *t, struct flow *f);

/* The same for every hole there is: nothing is held afterwards. */
void order_give_up_all(struct tcp *t, struct flow *f);

/* Drop what is held without a word. */
void order_clear(struct tcp *t, struct flow *f);

#endif
