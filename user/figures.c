/* SPDX-License-Identifier: BSD-2-Clause */
#include "figures.h"

#include <errno.h>
#include <stdlib.h>

#include "capture/filter.h"
#include "lane.h"
#include "reader.h"

int figures_init(struct figures *f, size_t inputs_max)
{
	*f = (struct figures){ .inputs = calloc(inputs_max + 1, sizeof(*f->inputs)) };
	return f->inputs ? 0 : -ENOMEM;
}

void figures_fini(struct figures *f)
{
	free(f->inputs);
	f->inputs = NULL;
}

static void input_take(struct figures_input *out, const struct reader_input *in)
{
	const char *why;

	*out = (struct figures_input){ .name = in->name,
				       .trouble = in->trouble,
				       .packets = in->packets };
	if (!in->device)
		return;
	out->device = *device_stats(in->device);
	out->rung = device_rung(in->device, &why);
	memcpy(out->rung_why, why, sizeof(out->rung_why));
}

void figures_take(struct figures *f, struct reader *r)
{
	struct figures_input *inputs = f->inputs;

	if (!r->config.feed) {
		intake_decoder(&r->intake, net_decoder(lane_net(r->lane)));
		if (r->filter)
			r->intake.refused = filter_refused(r->filter, &r->intake.refused_why);
	}
	*f = (struct figures){ .intake = r->intake,
			       .is_unopened = r->is_unopened,
			       .is_damaged = r->is_damaged,
			       .is_unwritten = r->keep.has_failed,
			       .connections_open = net_open(lane_net(r->lane)),
			       .net = *net_stats(lane_net(r->lane)),
			       .tls = *tls_stats(lane_tls(r->lane)),
			       .keys = *tls_keys_stats(r->keys),
			       .http = *http_stats(lane_http(r->lane)),
			       .inputs = inputs,
			       .inputs_cnt = r->inputs_cnt };
	for (size_t i = 0; i < r->inputs_cnt; i++)
		input_take(&inputs[i], &r->inputs[i]);
}

static void counters_add(void *sum, const void *one, const struct counter *table, size_t cnt)
{
	for (size_t i = 0; i < cnt; i++)
		*(uint64_t *)(void *)((char *)sum + table[i].off) += counter_get(one, &table[i]);
}

/* What was met that nobody knows: each kind once. */
static void unknown_add(struct intake *sum, const struct decode_unknown *u)
{
	for (size_t i = 0; i < sum->unknown_cnt; i++) {
		struct decode_unknown *there = &sum->unknown[i];

		if (there->value == u->value && strcmp(there->layer, u->layer) == 0) {
			there->packets += u->packets;
			return;
		}
	}
	if (sum->unknown_cnt < DECODE_UNKNOWN_MAX)
		sum->unknown[sum->unknown_cnt++] = *u;
}

/* Every lane opens a lost interface anew, which is one event. */
static void device_add(struct device_stats *sum, const struct device_stats *one)
{
	uint64_t reopened = sum->reopened > one->reopened ? sum->reopened : one->reopened;

	counters_add(sum, one, device_counters, device_counters_cnt);
	sum->reopened = reopened;
}

/* What was counted of packets, where each lane has its own. */
static void intake_add(struct intake *sum, const struct intake *one)
{
	sum->packets += one->packets;
	sum->filtered += one->filtered;
	sum->refused += one->refused;
	if (!sum->refused_why)
		sum->refused_why = one->refused_why;
	if (one->first_ns && (!sum->first_ns || one->first_ns < sum->first_ns))
		sum->first_ns = one->first_ns;
	if (one->last_ns > sum->last_ns)
		sum->last_ns = one->last_ns;
	counters_add(&sum->decode, &one->decode, decode_counters, decode_counters_cnt);
	for (size_t i = 0; i < one->unknown_cnt; i++)
		unknown_add(sum, &one->unknown[i]);
}

static void inputs_add(struct figures *sum, const struct figures *one)
{
	for (size_t i = 0; i < sum->inputs_cnt && i < one->inputs_cnt; i++) {
		sum->inputs[i].packets += one->inputs[i].packets;
		device_add(&sum->inputs[i].device, &one->inputs[i].device);
		if (one->inputs[i].rung > sum->inputs[i].rung) {
			sum->inputs[i].rung = one->inputs[i].rung;
			memcpy(sum->inputs[i].rung_why, one->inputs[i].rung_why,
			       sizeof(sum->inputs[i].rung_why));
		}
	}
}

void figures_add(struct figures *sum, const struct figures *one, bool is_first, bool is_shared)
{
	struct figures_input *inputs = sum->inputs;

	if (is_first) {
		*sum = *one;
		sum->inputs = inputs;
		memcpy(inputs, one->inputs, one->inputs_cnt * sizeof(*inputs));
		return;
	}
	if (!is_shared) {
		intake_add(&sum->intake, &one->intake);
		inputs_add(sum, one);
	}
	sum->is_unwritten |= one->is_unwritten;
	sum->connections_open += one->connections_open;
	counters_add(&sum->net, &one->net, net_counters, net_counters_cnt);
	counters_add(&sum->tls, &one->tls, tls_counters, tls_counters_cnt);
	counters_add(&sum->http, &one->http, http_counters, http_counters_cnt);
}
