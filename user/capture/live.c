/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/live.h"

#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/limits.h"

/* One device, and the packet of it that is next. */
struct lead {
	struct device *device;
	bool has_packet;
	struct packet packet; /* meaningful with has_packet; borrowed from the device */
	uint64_t silent_ns;   /* without a packet: when that was seen last */
};

struct live {
	struct source base;
	struct lead *leads;
	struct pollfd *polls;
	size_t cnt;
	struct lead *given; /* its packet was given out last; NULL for none */
	uint64_t look_ns;   /* when the devices are to be looked at again */
	size_t look_next;   /* the device that is looked at next */
	uint64_t end_ns;    /* later packets are not wanted; 0 as long as all are */
};

static uint64_t clock_ns(void)
{
	struct timespec t;

	/* The clock that stamps the packets. */
	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

static struct live *live_of(struct source *s)
{
	return (struct live *)(void *)s;
}

/* Ask the device for its next packet, if it has none yet. */
static void lead_fill(struct lead *l)
{
	int rc;

	if (l->has_packet)
		return;
	rc = device_read(l->device, &l->packet);
	l->has_packet = rc == 1;
	if (rc != 1)
		l->silent_ns = clock_ns();
}

/* The time up to which all of a silent device's packets were seen. One that is gone has none. */
static uint64_t lead_seen_ns(const struct lead *l)
{
	if (l->has_packet)
		return l->packet.time_ns;
	return device_fd(l->device) < 0 ? l->silent_ns : l->silent_ns - CAPTURE_LAG_NS;
}

/* The earliest packet at hand, or NULL. */
static struct lead *lead_first(struct live *v)
{
	struct lead *first = NULL;

	for (size_t i = 0; i < v->cnt; i++) {
		struct lead *l = &v->leads[i];

		if (l->has_packet && (!first || l->packet.time_ns < first->packet.time_ns))
			first = l;
	}
	return first;
}

/* The time before which no device can still bring anything. */
static uint64_t seen_ns(const struct live *v)
{
	uint64_t seen = UINT64_MAX;

	for (size_t i = 0; i < v->cnt; i++) {
		uint64_t one = lead_seen_ns(&v->leads[i]);

		seen = one < seen ? one : seen;
	}
	return seen;
}

/* True when no silent device can still bring an earlier packet than first; those that were
 * silent too long ago are asked again, and first may then be another. */
static bool is_earliest(struct live *v, const struct lead *first)
{
	for (size_t i = 0; i < v->cnt; i++) {
		struct lead *l = &v->leads[i];

		if (l == first || lead_seen_ns(l) >= first->packet.time_ns)
			continue;
		lead_fill(l);
		if (lead_seen_ns(l) < first->packet.time_ns)
			return false;
	}
	return true;
}

/* Look at one device, if it is time to. True when there is something to say of it. */
static bool live_look(struct live *v)
{
	uint64_t now = clock_ns();

	while (now >= v->look_ns && !v->end_ns) {
		struct device *d = v->leads[v->look_next].device;
		char what[sizeof(v->base.message)];

		if (++v->look_next == v->cnt) {
			v->look_next = 0;
			v->look_ns = now + CAPTURE_LOOK_NS;
		}
		if (device_look(d, what, sizeof(what))) {
			(void)snprintf(v->base.message, sizeof(v->base.message), "%s %.200s",
				       device_name(d), what);
			return true;
		}
	}
	return false;
}

/* Wait until a device has something, or for so long. False when nothing came, or a signal. */
static bool live_wait(struct live *v, int timeout_ms)
{
	for (size_t i = 0; i < v->cnt; i++) {
		const struct lead *l = &v->leads[i];

		/* poll() passes over negative ones. */
		v->polls[i].fd = l->has_packet ? -1 : device_fd(l->device);
		v->polls[i].events = POLLIN;
	}
	return poll(v->polls, v->cnt, timeout_ms) > 0;
}

/* True when all that had arrived before the end was given, or does not come. */
static bool is_over(const struct live *v)
{
	if (!v->end_ns)
		return false;
	return seen_ns(v) > v->end_ns || clock_ns() > v->end_ns + CAPTURE_FINISH_NS;
}

static enum source_status live_idle(const struct live *v, struct packet *out)
{
	*out = (struct packet){ .time_ns = seen_ns(v) };
	return SOURCE_IDLE;
}

static enum source_status live_give(struct live *v, struct lead *l, struct packet *out)
{
	v->given = l;
	*out = l->packet;
	v->base.read_bytes += l->packet.caplen;
	return SOURCE_PACKET;
}

static enum source_status live_next(struct source *s, struct packet *out)
{
	struct live *v = live_of(s);
	struct lead *first;

	if (v->given) {
		v->given->has_packet = false;
		lead_fill(v->given);
		v->given = NULL;
	}
	for (;;) {
		bool came;

		first = lead_first(v);
		if (first && is_earliest(v, first)) {
			/* One that was asked again may have brought an earlier one. */
			first = lead_first(v);
			if (!v->end_ns || first->packet.time_ns <= v->end_ns)
				return live_give(v, first, out);
		}
		if (is_over(v))
			return SOURCE_END;
		if (live_look(v))
			return SOURCE_NEWS;
		came = live_wait(v, first ? CAPTURE_BLOCK_MS : CAPTURE_IDLE_MS);
		for (size_t i = 0; i < v->cnt; i++)
			lead_fill(&v->leads[i]);
		if (!came && !first)
			return live_idle(v, out);
	}
}

static void live_finish(struct source *s)
{
	struct live *v = live_of(s);

	if (!v->end_ns)
		v->end_ns = clock_ns();
}

static void live_close(struct source *s)
{
	struct live *v = live_of(s);

	for (size_t i = 0; i < v->cnt; i++)
		device_close(v->leads[i].device);
	free(v->leads);
	free(v->polls);
	free(v);
}

struct source *live_new(struct device *const *devices, size_t cnt, const char *name)
{
	static const struct source_ops ops = { live_next, live_close, live_finish };
	struct live *v = calloc(1, sizeof(*v));
	struct lead *leads = calloc(cnt, sizeof(*leads));
	struct pollfd *polls = calloc(cnt, sizeof(*polls));

	if (!v || !leads || !polls) {
		for (size_t i = 0; i < cnt; i++)
			device_close(devices[i]);
		free(v);
		free(leads);
		free(polls);
		return NULL;
	}
	for (size_t i = 0; i < cnt; i++)
		leads[i] = (struct lead){ .device = devices[i], .silent_ns = CAPTURE_LAG_NS };
	*v = (struct live){ .leads = leads, .polls = polls, .cnt = cnt };
	v->base.ops = &ops;
	v->base.name = name;
	return &v->base;
}
