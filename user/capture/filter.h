/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * filter: a user's capture filter expression (pcap-filter(7)), compiled by libpcap
 * once for each link type that appears, and run in user space.
 */
#ifndef CAPTURE_FILTER_H
#define CAPTURE_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct filter;
struct packet;

/*
 * Check the expression before anything is opened.
 *
 * 0        *out is to be freed with filter_free()
 * -EINVAL  libpcap refuses it for Ethernet, raw IP, cooked and radiotap captures alike; why[]
 *          has libpcap's own words on Ethernet
 * -ENOMEM
 */
int filter_new(const char *expression, struct filter **out, char *why, size_t why_cap);
/* Takes NULL. Ends what filter_refused() said. */
void filter_free(struct filter *f);

/*
 * True when the packet is wanted. A packet whose link type the expression cannot be
 * compiled for ("ether host" on raw IP) is not wanted; filter_refused() counts them and
 * names the reason, since silence would look like an empty capture.
 */
bool filter_match(struct filter *f, const struct packet *p);

/* Packets dropped because the expression does not fit their link type; *why is the first
 * reason, or NULL. */
uint64_t filter_refused(const struct filter *f, const char **why);

#endif
