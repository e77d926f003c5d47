/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "capture/ladder.h"
#include "pipeline_part.h"
#include "reader.h"

/* Room for a line about an interface: its filter, and why, and a list of ports. */
#define LINE_CAP 1024

/* One line that says what is in force on an interface. */
static void tell_device(struct pipeline *p, const struct device *d)
{
	const char *ports = p->config->live->ports_text, *why;
	const char *rung = rung_text(device_rung(d, &why));
	char line[LINE_CAP];

	snprintf(line, sizeof(line), "listening, %s%s; filter: %s%s%s",
		 ports ? "ports " : "all ports", ports ? ports : "", rung, *why ? ": " : "", why);
	pipeline_say(p, device_name(d), line);
}

/* The lanes' sockets on an interface are a group. */
static int fanouts_init(struct pipeline *p)
{
	size_t cnt = p->config->live->devices_cnt;

	p->fanouts = calloc(cnt, sizeof(struct fanout *));
	for (size_t i = 0; p->fanouts && i < cnt; i++) {
		p->fanouts[i] = fanout_new(p->lanes);
		if (!p->fanouts[i])
			return -ENOMEM;
	}
	return p->fanouts ? 0 : -ENOMEM;
}

int pipeline_open_devices(struct pipeline *p, struct reader *r)
{
	const struct pipeline_live *live = p->config->live;
	struct ladder_config ladder = { .ports = p->config->ports ? p->config->ports->bits : NULL,
					.snaplen = live->snaplen,
					.no_ebpf = live->no_ebpf,
					.no_body_cut = live->no_body_cut };

	if (!p->ladder)
		p->ladder = ladder_new(&ladder);
	if (p->lanes > 1 && !p->fanouts && fanouts_init(p))
		return -ENOMEM;
	for (size_t i = 0; i < live->devices_cnt && p->ladder; i++) {
		struct device_config device = { .name = live->devices[i],
						.snaplen = live->snaplen,
						.buffer_kib = live->buffer_kib,
						.is_promiscuous = live->is_promiscuous,
						.ladder = p->ladder,
						.fanout = p->fanouts ? p->fanouts[i] : NULL,
						.raise = live->raise };
		char why[PIPELINE_NOTE_CAP * 2];
		struct device *d;
		int err = device_open(&device, &d, why, sizeof(why));

		if (err) {
			pipeline_say(p, live->devices[i], why);
			return err;
		}
		reader_add_device(r, d);
		if (r->config.index == 0)
			tell_device(p, d);
	}
	if (!p->ladder)
		return -ENOMEM;
	return reader_open_live(r, live->devices_cnt == 1 ? live->devices[0] : "interfaces");
}

void pipeline_live_fini(struct pipeline *p)
{
	for (size_t i = 0; p->fanouts && i < p->config->live->devices_cnt; i++)
		fanout_free(p->fanouts[i]);
	free(p->fanouts);
	ladder_free(p->ladder);
}

int pipeline_opened(struct pipeline *p)
{
	const struct pipeline_live *live = p->config->live;
	char why[PIPELINE_NOTE_CAP];
	int err = live->opened ? live->opened(p->config->ctx, why, sizeof(why)) : 0;

	if (err)
		pipeline_say(p, NULL, why);
	return err;
}
