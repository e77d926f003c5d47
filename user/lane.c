/* SPDX-License-Identifier: BSD-2-Clause */
#include "lane.h"

#include <stdlib.h>

#include "base/limits.h"

struct lane {
	struct net *net;
	struct tls *tls;
	struct http *http;
};

struct lane *lane_new(const struct lane_config *config)
{
	struct net_config net = { .ports = config->ports,
				  .seed = config->seed,
				  .capture = config->capture };
	struct tls_config tls = { .keys = config->keys,
				  .more = config->more_keys,
				  .more_ctx = config->more_keys_ctx,
				  .emit = http_chunk };
	struct lane *l = calloc(1, sizeof(*l));

	if (!l)
		return NULL;
	if (config->sharers > 1) {
		net.flows_max = NET_FLOWS_MAX / config->sharers + 1;
		net.hold_max = NET_HOLD_TOTAL_MAX / config->sharers + 1;
	}
	l->http = http_new(config->emit, config->ctx);
	if (!l->http)
		goto out_free;
	tls.ctx = l->http;
	l->tls = tls_new(&tls);
	if (!l->tls)
		goto out_http;
	net.emit = tls_chunk;
	net.ctx = l->tls;
	l->net = net_new(&net);
	if (!l->net)
		goto out_tls;
	return l;

out_tls:
	tls_free(l->tls);
out_http:
	http_free(l->http);
out_free:
	free(l);
	return NULL;
}

void lane_free(struct lane *l)
{
	if (!l)
		return;
	net_free(l->net);
	tls_free(l->tls);
	http_free(l->http);
	free(l);
}

void lane_time(struct lane *l, uint64_t time_ns)
{
	net_time(l->net, time_ns);
}

void lane_packet_content(struct lane *l, const struct packet *p)
{
	net_packet_content(l->net, p);
}

void lane_segment(struct lane *l, const struct segment *s)
{
	net_segment(l->net, s);
}

bool lane_pass(struct lane *l, uint64_t time_ns, const struct net_train *train)
{
	return net_pass(l->net, time_ns, train);
}

void lane_ignored(struct lane *l, uint64_t segments)
{
	net_ignored(l->net, segments);
}

void lane_tick(struct lane *l, uint64_t now_ns)
{
	net_tick(l->net, now_ns);
}

void lane_finish(struct lane *l)
{
	net_finish(l->net);
}

const struct net *lane_net(const struct lane *l)
{
	return l->net;
}

const struct tls *lane_tls(const struct lane *l)
{
	return l->tls;
}

const struct http *lane_http(const struct lane *l)
{
	return l->http;
}
