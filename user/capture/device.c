/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/device.h"

#include <errno.h>
#include <net/if.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"

/* LINKTYPE_RAW; libpcap's own number for it differs from that of files. */
#define LINK_RAW 101

const struct counter device_counters[] = {
#define ROW(name, class, help) COUNTER_ROW(device_stats, name, class, help)
	DEVICE_COUNTERS(ROW)
#undef ROW
};
const size_t device_counters_cnt = sizeof(device_counters) / sizeof(device_counters[0]);

struct device {
	struct device_config config;
	pcap_t *pcap; /* NULL while the interface is gone */
	int fd;
	unsigned index; /* the interface's; 0 for "any", which is none */
	uint32_t link;
	enum device_state state;
	enum rung rung;
	char rung_why[LADDER_WHY_CAP];
	struct device_stats stats;
	struct pcap_stat last; /* as libpcap counted when stats was brought up to date */
};

static bool is_any(const struct device *d)
{
	return strcmp(d->config.name, "any") == 0;
}

/* The program's own path, for a command that can be copied. */
static void own_path(char *path, size_t cap)
{
	ssize_t n = readlink("/proc/self/exe", path, cap - 1);

	if (n < 0)
		(void)snprintf(path, cap, "cors-sniff");
	else
		path[n] = '\0';
}

/* Why libpcap could not activate the handle, for people and as -errno. */
static int activate_failed(const struct device *d, int rc, char *why, size_t why_cap)
{
	char path[512];

	switch (rc) {
	case PCAP_ERROR_PERM_DENIED:
	case PCAP_ERROR_PROMISC_PERM_DENIED:
		own_path(path, sizeof(path));
		(void)snprintf(why, why_cap,
			       "capturing needs CAP_NET_RAW: run as root, or give it once with: "
			       "sudo setcap cap_net_raw,cap_bpf,cap_perfmon+ep %s",
			       path);
		return -EPERM;
	case PCAP_ERROR_NO_SUCH_DEVICE:
		(void)snprintf(why, why_cap, "no such interface (-D lists them)");
		return -ENODEV;
	case PCAP_ERROR_IFACE_NOT_UP:
		(void)snprintf(why, why_cap, "the interface is down");
		return -ENETDOWN;
	default:
		(void)snprintf(why, why_cap, "%s: %s", pcap_statustostr(rc), pcap_geterr(d->pcap));
		return -EIO;
	}
}

/* All that must be said before the handle is activated. */
static void handle_configure(struct device *d, uint32_t buffer_kib)
{
	const struct device_config *c = &d->config;

	(void)pcap_set_snaplen(d->pcap, (int)c->snaplen);
	(void)pcap_set_promisc(d->pcap, c->is_promiscuous);
	/* Not immediate mode: its ring cuts packets that the kernel merged beyond 64 KB. */
	(void)pcap_set_timeout(d->pcap, CAPTURE_BLOCK_MS);
	(void)pcap_set_buffer_size(d->pcap, (int)(buffer_kib * 1024));
	(void)pcap_set_tstamp_precision(d->pcap, PCAP_TSTAMP_PRECISION_NANO);
}

/* Make d->pcap a handle with a ring of this size, and a filter. On failure there is none. */
static int handle_open_ring(struct device *d, uint32_t buffer_kib, char *why, size_t why_cap)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	int err, rc;

	d->pcap = pcap_create(d->config.name, text);
	if (!d->pcap) {
		(void)snprintf(why, why_cap, "%s", text);
		return -ENOMEM;
	}
	handle_configure(d, buffer_kib);
	rc = pcap_activate(d->pcap);
	if (rc < 0) {
		err = activate_failed(d, rc, why, why_cap);
		goto out_close;
	}
	/* Version 2 of the header that "any" gives names the interface. */
	if (is_any(d))
		(void)pcap_set_datalink(d->pcap, DLT_LINUX_SLL2);
	if (pcap_setnonblock(d->pcap, 1, text) != 0) {
		(void)snprintf(why, why_cap, "%s", text);
		err = -EIO;
		goto out_close;
	}
	rc = pcap_datalink(d->pcap);
	d->link = rc == DLT_RAW ? LINK_RAW : (uint32_t)rc;
	d->fd = pcap_get_selectable_fd(d->pcap);
	d->rung = ladder_climb(d->config.ladder, d->fd, rc, d->rung_why);
	d->index = is_any(d) ? 0 : if_nametoindex(d->config.name);
	d->last = (struct pcap_stat){ 0 };
	d->state = DEVICE_UP;
	return 0;

out_close:
	pcap_close(d->pcap);
	d->pcap = NULL;
	return err;
}

/* The same with a ring of the size that was asked for, or that the filter in force needs. */
static int handle_open(struct device *d, char *why, size_t why_cap)
{
	uint32_t kib = d->config.buffer_kib;
	int err = handle_open_ring(d, kib ? kib : CAPTURE_RING_CUT_KIB, why, why_cap);

	if (!err && !kib && d->rung != RUNG_BODY_CUT) {
		pcap_close(d->pcap);
		err = handle_open_ring(d, CAPTURE_RING_KIB, why, why_cap);
	}
	if (err || !d->config.fanout)
		return err;
	err = fanout_join(d->config.fanout, d->fd, why, why_cap);
	if (err) {
		pcap_close(d->pcap);
		d->pcap = NULL;
		d->fd = -1;
	}
	return err;
}

int device_open(const struct device_config *config, struct device **out, char *why, size_t why_cap)
{
	struct device *d = calloc(1, sizeof(*d));
	int err;

	*out = NULL;
	if (!d) {
		(void)snprintf(why, why_cap, "memory is short");
		return -ENOMEM;
	}
	d->config = *config;
	d->fd = -1;
	err = handle_open(d, why, why_cap);
	if (err) {
		free(d);
		return err;
	}
	*out = d;
	return 0;
}

/* Bring stats up to date. libpcap's counters are narrower than ours and wrap. */
static void stats_take(struct device *d)
{
	struct pcap_stat now;

	if (!d->pcap || pcap_stats(d->pcap, &now) != 0)
		return;
	d->stats.received += (unsigned)(now.ps_recv - d->last.ps_recv);
	d->stats.ring_dropped += (unsigned)(now.ps_drop - d->last.ps_drop);
	d->stats.interface_dropped += (unsigned)(now.ps_ifdrop - d->last.ps_ifdrop);
	d->last = now;
}

static void handle_close(struct device *d)
{
	if (!d->pcap)
		return;
	stats_take(d);
	if (d->config.fanout)
		fanout_leave(d->config.fanout);
	pcap_close(d->pcap);
	d->pcap = NULL;
	d->fd = -1;
}

void device_close(struct device *d)
{
	if (!d)
		return;
	handle_close(d);
	free(d);
}

int device_read(struct device *d, struct packet *out)
{
	uint64_t since_ns = d->config.fanout ? fanout_since_ns(d->config.fanout) : 0;
	struct pcap_pkthdr *h;
	const u_char *data;
	int rc;

	if (!d->pcap)
		return -ENODEV;
	do {
		rc = pcap_next_ex(d->pcap, &h, &data);
		if (rc == 0)
			return 0;
		if (rc != 1) {
			handle_close(d);
			return -EIO;
		}
		/* tv_usec holds nanoseconds: that precision was asked for. */
		out->time_ns = (uint64_t)h->ts.tv_sec * NS_PER_S + (uint64_t)h->ts.tv_usec;
	} while (out->time_ns < since_ns);
	out->data = data;
	out->caplen = h->caplen;
	out->len = h->len < h->caplen ? h->caplen : h->len;
	out->link = d->link;
	out->source = d->config.name;
	out->comment = (struct span){ 0 };
	return 1;
}

int device_fd(const struct device *d)
{
	return d->fd;
}

/* The state of the interface that d was opened on. */
static enum device_state state_now(const struct device *d)
{
	struct ifreq r = { 0 };

	if (is_any(d))
		return DEVICE_UP;
	/* One of the same name may have taken its place. */
	if (!d->pcap || if_nametoindex(d->config.name) != d->index)
		return DEVICE_GONE;
	(void)snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", d->config.name);
	if (ioctl(d->fd, SIOCGIFFLAGS, &r) != 0)
		return DEVICE_UP;
	return (r.ifr_flags & IFF_UP) && (r.ifr_flags & IFF_RUNNING) ? DEVICE_UP : DEVICE_DOWN;
}

/* Try to open an interface that was gone. True when it was. */
static bool device_return(struct device *d)
{
	char why[PCAP_ERRBUF_SIZE + 64];
	int err;

	if (!if_nametoindex(d->config.name))
		return false;
	if (d->config.raise)
		d->config.raise(true);
	err = handle_open(d, why, sizeof(why));
	if (d->config.raise)
		d->config.raise(false);
	d->stats.reopened += !err;
	return !err;
}

bool device_look(struct device *d, char *why, size_t why_cap)
{
	static const char *const said[] = {
		[DEVICE_UP] = "is back: going on",
		[DEVICE_DOWN] = "is down: waiting for it",
		[DEVICE_GONE] = "is gone: waiting for it",
	};
	enum device_state before = d->state;
	uint64_t reopened = d->stats.reopened;

	if (before != DEVICE_GONE)
		d->state = state_now(d);
	if (d->state == DEVICE_GONE) {
		handle_close(d);
		if (device_return(d))
			d->state = DEVICE_UP;
	}
	if (d->state == before && d->stats.reopened == reopened)
		return false;
	(void)snprintf(why, why_cap, "%s", said[d->state]);
	return true;
}

enum device_state device_state(const struct device *d)
{
	return d->state;
}

enum rung device_rung(const struct device *d, const char **why)
{
	*why = d->rung_why;
	return d->rung;
}

const char *device_name(const struct device *d)
{
	return d->config.name;
}

const struct device_stats *device_stats(struct device *d)
{
	stats_take(d);
	return &d->stats;
}
