/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture/filter.h"

#include <errno.h>
#include <pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "capture/packet.h"

/* The length that "accept" returns; the programs never cut. */
#define ACCEPT_LEN 262144

/* The expression for one link type. */
struct program {
	uint32_t link;
	bool fits; /* else code is empty: the expression means nothing there */
	struct bpf_program code;
};

struct filter {
	char *expression;
	struct program *programs; /* one for each link type met, in the order they came */
	size_t cnt, cap;
	size_t last; /* the one that the packet before used; most captures have one link type */
	uint64_t refused;
	char why[PCAP_ERRBUF_SIZE]; /* of the first refusal; empty before it */
};

/* libpcap's own number for a link type, where files use another (pcap-linktype(7)). */
static int link_to_dlt(uint32_t link)
{
	static const struct {
		uint32_t link;
		int dlt;
	} differ[] = {
		{ 100, DLT_ATM_RFC1483 }, { 101, DLT_RAW },      { 102, DLT_SLIP_BSDOS },
		{ 103, DLT_PPP_BSDOS },   { 106, DLT_ATM_CLIP },
	};

	for (size_t i = 0; i < sizeof(differ) / sizeof(differ[0]); i++)
		if (differ[i].link == link)
			return differ[i].dlt;
	return (int)link;
}

/* Compile for one link type. 0, -EINVAL with libpcap's words in why[], or -ENOMEM. */
static int compile(const char *expression, uint32_t link, struct bpf_program *code, char *why,
		   size_t why_cap)
{
	pcap_t *dead = pcap_open_dead(link_to_dlt(link), ACCEPT_LEN);
	int err = 0;

	if (!dead)
		return -ENOMEM;
	if (pcap_compile(dead, code, expression, 1, PCAP_NETMASK_UNKNOWN) < 0) {
		(void)snprintf(why, why_cap, "%s", pcap_geterr(dead));
		err = -EINVAL;
	}
	pcap_close(dead);
	return err;
}

int filter_new(const char *expression, struct filter **out, char *why, size_t why_cap)
{
	/* Ethernet and raw IP first, since their words explain best; then those that know
	 * directions, interfaces and radio. */
	static const uint32_t tried[] = { 1 /* Ethernet */, 101 /* raw IP */, 113 /* cooked */,
					  127 /* radiotap */ };
	struct filter *f = calloc(1, sizeof(*f));
	int err = -EINVAL;

	*out = NULL;
	if (!f)
		return -ENOMEM;
	for (size_t i = 0; i < sizeof(tried) / sizeof(tried[0]) && err == -EINVAL; i++) {
		struct bpf_program code;
		char other[PCAP_ERRBUF_SIZE];

		err = compile(expression, tried[i], &code, i ? other : why,
			      i ? sizeof(other) : why_cap);
		if (!err)
			pcap_freecode(&code);
	}
	if (!err) {
		f->expression = strdup(expression);
		err = f->expression ? 0 : -ENOMEM;
	}
	if (err) {
		filter_free(f);
		return err;
	}
	*out = f;
	return 0;
}

void filter_free(struct filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->cnt; i++)
		if (f->programs[i].fits)
			pcap_freecode(&f->programs[i].code);
	free(f->programs);
	free(f->expression);
	free(f);
}

/* Add the program for a link type that was not met before. NULL: no memory, now. */
static struct program *program_add(struct filter *f, uint32_t link)
{
	char why[PCAP_ERRBUF_SIZE];
	struct program *p;
	int err;

	if (f->cnt == f->cap) {
		size_t cap = f->cap ? f->cap * 2 : 4;
		struct program *more = realloc(f->programs, cap * sizeof(*more));

		if (!more)
			return NULL;
		f->programs = more;
		f->cap = cap;
	}
	p = &f->programs[f->cnt];
	*p = (struct program){ .link = link };
	err = compile(f->expression, link, &p->code, why, sizeof(why));
	if (err == -ENOMEM)
		return NULL;
	p->fits = !err;
	if (err && !f->why[0])
		(void)snprintf(f->why, sizeof(f->why), "link type %u: %.200s", link, why);
	f->last = f->cnt++;
	return p;
}

static struct program *program_for(struct filter *f, uint32_t link)
{
	if (f->cnt && f->programs[f->last].link == link)
		return &f->programs[f->last];
	for (size_t i = 0; i < f->cnt; i++)
		if (f->programs[i].link == link) {
			f->last = i;
			return &f->programs[i];
		}
	return program_add(f, link);
}

bool filter_match(struct filter *f, const struct packet *p)
{
	const struct program *code = program_for(f, p->link);
	struct pcap_pkthdr h = { .caplen = p->caplen, .len = p->len };

	if (!code || !code->fits) {
		if (!code && !f->why[0])
			(void)snprintf(f->why, sizeof(f->why), "out of memory");
		f->refused++;
		return false;
	}
	return pcap_offline_filter(&code->code, &h, p->data) != 0;
}

uint64_t filter_refused(const struct filter *f, const char **why)
{
	*why = f->why[0] ? f->why : NULL;
	return f->refused;
}
