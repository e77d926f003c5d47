/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/ladder.h"

#include <errno.h>
#include <net/if.h>
#include <pcap.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/classic.h"

/* Bytes before the IP header that a socket filter sees, for each program. */
static const unsigned link_lens[LADDER_PROGRAMS] = { 14, 0 };

struct ladder {
	struct ladder_config config;
	pthread_mutex_t lock; /* one climb at a time: programs are loaded when they are needed */
	/* NULL: not needed yet, or refused. Once there they stay. */
	struct prefilter *_Atomic programs[LADDER_PROGRAMS];
};

struct ladder *ladder_new(const struct ladder_config *config)
{
	struct ladder *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	l->config = *config;
	pthread_mutex_init(&l->lock, NULL);
	return l;
}

void ladder_free(struct ladder *l)
{
	if (!l)
		return;
	for (size_t i = 0; i < LADDER_PROGRAMS; i++)
		prefilter_close(l->programs[i]);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

/* Which program fits a link type; LADDER_PROGRAMS for none. */
static size_t program_of(int dlt)
{
	switch (dlt) {
	case DLT_EN10MB: return 0;
	/* Cooked headers are libpcap's own: the kernel's packet begins at IP. */
	case DLT_LINUX_SLL:
	case DLT_LINUX_SLL2:
	case DLT_RAW: return 1;
	default: return LADDER_PROGRAMS;
	}
}

/* Load the program, if that was not done before, and put it on the socket. */
static int climb_ebpf(struct ladder *l, int fd, int dlt, char *why)
{
	size_t i = program_of(dlt);
	struct prefilter_config c = {
		.ports = l->config.ports,
		.body_cut = !l->config.no_body_cut,
		.loopback = if_nametoindex("lo"),
		.snaplen = l->config.snaplen,
	};

	if (l->config.no_ebpf) {
		(void)snprintf(why, LADDER_WHY_CAP, "--no-ebpf");
		return -1;
	}
	if (i == LADDER_PROGRAMS) {
		(void)snprintf(why, LADDER_WHY_CAP, "no eBPF for link type %d", dlt);
		return -1;
	}
	c.l2_len = link_lens[i];
	if (!l->programs[i]) {
		struct prefilter *p;

		if (prefilter_open(&c, &p, why, LADDER_WHY_CAP) != 0)
			return -1;
		l->programs[i] = p;
	}
	return prefilter_attach(l->programs[i], fd, why, LADDER_WHY_CAP);
}

/* The hand-made classic program. Without it user space has more to do, and nothing is lost. */
static int climb_classic(const struct ladder *l, int fd, int dlt)
{
	size_t i = program_of(dlt);
	struct classic *c;
	int err = -EINVAL;

	if (i == LADDER_PROGRAMS)
		return err;
	c = malloc(sizeof(*c));
	if (!c)
		return -ENOMEM;
	err = classic_build(l->config.ports, link_lens[i], l->config.snaplen, c);
	/* Too many ports: all TCP comes up, which is still less than everything. */
	if (!err || err == -E2BIG)
		err = classic_attach(c, fd);
	free(c);
	return err;
}

enum rung ladder_climb(struct ladder *l, int fd, int dlt, char why[static LADDER_WHY_CAP])
{
	int err;

	*why = '\0';
	pthread_mutex_lock(&l->lock);
	err = climb_ebpf(l, fd, dlt, why);
	pthread_mutex_unlock(&l->lock);
	if (err == 0) {
		(void)snprintf(why, LADDER_WHY_CAP, "%s",
			       l->config.no_body_cut ? "--no-body-cut" : "");
		return l->config.no_body_cut ? RUNG_EBPF : RUNG_BODY_CUT;
	}
	return climb_classic(l, fd, dlt) == 0 ? RUNG_CLASSIC : RUNG_NONE;
}

const char *rung_text(enum rung r)
{
	static const char *const texts[] = {
		[RUNG_BODY_CUT] = "eBPF with body cut",
		[RUNG_EBPF] = "eBPF, ports only",
		[RUNG_CLASSIC] = "classic BPF",
		[RUNG_NONE] = "in user space",
	};

	return texts[r];
}

size_t ladder_prefilters(const struct ladder *l, struct prefilter *out[static LADDER_PROGRAMS])
{
	size_t cnt = 0;

	for (size_t i = 0; i < LADDER_PROGRAMS; i++) {
		if (l->programs[i])
			out[cnt++] = l->programs[i];
	}
	return cnt;
}

void ladder_stats(const struct ladder *l, struct prefilter_stats *out)
{
	*out = (struct prefilter_stats){ 0 };
	for (size_t i = 0; i < LADDER_PROGRAMS; i++) {
		struct prefilter_stats one;
		uint64_t *sum = (uint64_t *)out;

		if (!l->programs[i] || prefilter_stats(l->programs[i], &one) != 0)
			continue;
		for (size_t n = 0; n < sizeof(one) / sizeof(*sum); n++)
			sum[n] += ((const uint64_t *)&one)[n];
	}
}
