/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * device: one network interface, captured by libpcap through the kernel's ring (TPACKET_V3).
 *
 * In:   an interface's name, or "any" for all of them.
 * Out:  struct packet, when there is one; never waits.
 *
 * An interface that vanishes is opened anew when one of its name comes back.
 */
#ifndef CAPTURE_DEVICE_H
#define CAPTURE_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/counter.h"
#include "capture/fanout.h"
#include "capture/ladder.h"
#include "capture/packet.h"

struct device;

struct device_config {
	const char *name;      /* borrowed, and packet.source: lives as long as the run */
	uint32_t snaplen;      /* bytes of a packet that are kept */
	uint32_t buffer_kib;   /* of the ring; 0: what the rung needs */
	bool is_promiscuous;   /* also what is not for this host */
	struct ladder *ladder; /* shared by all devices; borrowed */
	struct fanout *fanout; /* with other devices of this interface; NULL: alone. Borrowed */
	/* Called with true before an interface that vanished is opened anew, and with false
	 * afterwards: that needs a right which the program may have put aside. May be NULL. */
	void (*raise)(bool is_raised);
};

/* What the kernel counts; rows of a report. */
#define DEVICE_COUNTERS(X)                                                                         \
	X(received, COUNTER_TRAFFIC, "packets that the kernel's filter let through")               \
	X(ring_dropped, COUNTER_LOSS,                                                              \
	  "packets dropped because the kernel's ring was full (-B makes it larger)")               \
	X(interface_dropped, COUNTER_LOSS, "packets dropped by the interface or its driver")       \
	X(reopened, COUNTER_NOTE, "interfaces that vanished and were opened anew")

struct device_stats {
	DEVICE_COUNTERS(COUNTER_FIELD)
};

extern const struct counter device_counters[];
extern const size_t device_counters_cnt;

enum device_state {
	DEVICE_UP,
	DEVICE_DOWN, /* it is there, and nothing can come */
	DEVICE_GONE, /* there is no such interface now */
};

/*
 * Open an interface.
 *
 * 0        *out is to be freed with device_close()
 * -EPERM   the right to capture is missing; why[] says which, and how to give it
 * -ENODEV  there is no such interface; why[] says it
 * -errno   anything else; why[] has libpcap's words
 */
int device_open(const struct device_config *config, struct device **out, char *why, size_t why_cap);
/* Takes NULL. Its packets end here. */
void device_close(struct device *d);

/*
 * 1        *out is filled, but for number; borrowed until the next call
 * 0        nothing is there now; device_fd() becomes readable when there is
 * -errno   the device is not to be read any more, until device_look() brings it back
 */
int device_read(struct device *d, struct packet *out);

/* For poll(); -1 while the interface is gone. */
int device_fd(const struct device *d);

/*
 * Look at the interface's state, and open it anew when it is back; called now and then.
 * When the state has changed, why[] says to what and true is returned.
 */
bool device_look(struct device *d, char *why, size_t why_cap);

/* As of the last device_look(). */
enum device_state device_state(const struct device *d);

/* What the kernel filters, and why not more; "" for the best. */
enum rung device_rung(const struct device *d, const char **why);

const char *device_name(const struct device *d);

/* The kernel's counters since device_open(), over all re-openings. */
const struct device_stats *device_stats(struct device *d);

#endif
