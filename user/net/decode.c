/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/decode.h"

#include <stdlib.h>

#include "base/limits.h"
#include "net/content.h"
#include "net/fragment.h"
#include "net/frame.h"
#include "net/ip.h"
#include "net/link.h"
#include "net/plain.h"
#include "net/quic.h"
#include "net/train.h"
#include "net/tunnel.h"
#include "net/walk.h"
#include "net/wifi.h"

#define ROW(name, class, help) COUNTER_ROW(decode_stats, name, class, help)

const struct counter decode_counters[] = { DECODE_COUNTERS(ROW) };
const size_t decode_counters_cnt = sizeof(decode_counters) / sizeof(decode_counters[0]);

struct decoder {
	struct decode_stats stats;
	uint64_t seed;
	struct fragment_table *fragments;
	struct quic quic;
	struct train train;
	struct decode_unknown unknown[DECODE_UNKNOWN_MAX];
	size_t unknown_cnt;
};

/* What an end means to the caller, and the counter that takes it. */
struct end {
	enum decode_result result;
	size_t counter; /* offset in struct decode_stats; NO_COUNTER: counted elsewhere */
};

#define COUNTS(name) offsetof(struct decode_stats, name)
#define NO_COUNTER   SIZE_MAX

static const struct end ends[WALK_STEPS] = {
	[WALK_SEGMENT] = { DECODE_TCP, COUNTS(tcp_segments) },
	[WALK_UDP_END] = { DECODE_OTHER, COUNTS(udp_datagrams) },
	[WALK_OTHER] = { DECODE_OTHER, COUNTS(other_protocols) },
	[WALK_WAITING] = { DECODE_OTHER, NO_COUNTER },
	[WALK_ENCRYPTED] = { DECODE_OTHER, COUNTS(encrypted_ip) },
	[WALK_UNKNOWN_LINK] = { DECODE_OTHER, COUNTS(unknown_link) },
	[WALK_UNKNOWN] = { DECODE_OTHER, COUNTS(unknown_encapsulation) },
	[WALK_TOO_DEEP] = { DECODE_OTHER, COUNTS(too_deep) },
	[WALK_SHORT_LINK] = { DECODE_SHORT, COUNTS(short_link) },
	[WALK_SHORT_IP] = { DECODE_SHORT, COUNTS(short_ip) },
	[WALK_SHORT_TCP] = { DECODE_SHORT, COUNTS(short_tcp) },
	[WALK_SHORT_TUNNEL] = { DECODE_SHORT, COUNTS(short_tunnel) },
	[WALK_BAD_LINK] = { DECODE_BAD, COUNTS(bad_link) },
	[WALK_BAD_IP] = { DECODE_BAD, COUNTS(bad_ip) },
	[WALK_BAD_TCP] = { DECODE_BAD, COUNTS(bad_tcp) },
};

struct decoder *decoder_new(uint64_t seed)
{
	struct decoder *d = calloc(1, sizeof(*d));

	if (!d)
		return NULL;
	d->fragments = fragment_new(seed);
	if (!d->fragments) {
		free(d);
		return NULL;
	}
	quic_init(&d->quic, seed);
	d->seed = seed;
	return d;
}

void decoder_free(struct decoder *d)
{
	if (!d)
		return;
	fragment_free(d->fragments);
	free(d);
}

/* The first kinds met are named, the rest only counted: a report has room for a few, and a capture
 * of noise could bring 65536. */
static void note_unknown(struct decoder *d, const char *layer, uint32_t value)
{
	for (size_t i = 0; i < d->unknown_cnt; i++) {
		struct decode_unknown *u = &d->unknown[i];

		if (u->value == value && strcmp(u->layer, layer) == 0) {
			u->packets++;
			return;
		}
	}
	if (d->unknown_cnt < DECODE_UNKNOWN_MAX)
		d->unknown[d->unknown_cnt++] =
			(struct decode_unknown){ .layer = layer, .value = value, .packets = 1 };
}

/* The one place that knows which decoder takes which step. */
static enum walk_next take_step(struct walk *w, enum walk_next step)
{
	switch (step) {
	case WALK_ETHERNET: return frame_ethernet(w);
	case WALK_LLC: return frame_llc(w);
	case WALK_ETHERTYPE: return frame_ethertype(w);
	case WALK_PPP: return frame_ppp(w);
	case WALK_MPLS: return frame_mpls(w);
	case WALK_WIFI: return wifi_frame(w);
	case WALK_IP: return ip_any(w);
	case WALK_IP4: return ip_v4(w);
	case WALK_IP6: return ip_v6(w);
	case WALK_PROTOCOL: return ip_protocol(w);
	case WALK_GRE: return tunnel_gre(w);
	case WALK_NSH: return tunnel_nsh(w);
	case WALK_UDP: return tunnel_udp(w);
	case WALK_TCP: return ip_tcp(w);
	default: return WALK_OTHER;
	}
}

static enum walk_next walk_run(struct walk *w)
{
	enum walk_next next = link_start(w);

	/* Nearly every packet goes this way; a predicted branch is cheaper than the switch. */
	if (next == WALK_IP4)
		next = ip_v4(w);
	if (next == WALK_TCP)
		return ip_tcp(w);
	for (unsigned layers = 2; next >= WALK_STEPS; layers++) {
		if (layers == NET_LAYERS_MAX)
			return WALK_TOO_DEEP;
		next = take_step(w, next);
	}
	return next;
}

/* Each header is looked at. */
static enum walk_next decode_walk(struct decoder *d, const struct packet *p, struct segment *out)
{
	struct walk w = {
		.c = cursor_make(span_make(p->data, p->caplen)),
		.missing = p->len > p->caplen ? p->len - p->caplen : 0,
		.type = p->link,
		.time_ns = p->time_ns,
		.out = out,
		.stats = &d->stats,
		.fragments = d->fragments,
	};
	enum walk_next end = walk_run(&w);

	d->stats.tunnelled += w.is_tunnelled;
	d->stats.apart += w.is_apart;
	if (end == WALK_UDP_END) {
		d->stats.quic_connections +=
			quic_is_new(&d->quic, &out->src, &out->dst, cursor_rest(&w.c));
	} else if (end == WALK_UNKNOWN_LINK) {
		note_unknown(d, "link type", w.type);
	} else if (end == WALK_UNKNOWN) {
		note_unknown(d, w.layer, w.type);
	}
	return end;
}

enum decode_result decoder_packet(struct decoder *d, const struct packet *p, struct segment *out)
{
	enum walk_next end = WALK_SEGMENT;

	if (!plain_segment(p, out))
		end = decode_walk(d, p, out);
	d->stats.packets++;
	d->stats.bytes += p->len;
	if (ends[end].counter != NO_COUNTER)
		++*(uint64_t *)(void *)((char *)&d->stats + ends[end].counter);
	if (end != WALK_SEGMENT)
		return ends[end].result;
	/* The headers filled the segment's own fields; these are the packet's. */
	out->time_ns = p->time_ns;
	out->packet = p->number;
	out->source = p->source;
	out->ends_hash = endpoints_hash(&out->src, &out->dst, d->seed);
	train_follow(&d->train, out);
	out->content = out->payload.len && !out->goes_on ? content_of(out->payload) : 0;
	d->stats.snapped += out->payload_len != out->payload.len;
	return DECODE_TCP;
}

void decoder_finish(struct decoder *d)
{
	fragment_finish(d->fragments, &d->stats);
}

const struct decode_stats *decoder_stats(const struct decoder *d)
{
	return &d->stats;
}

const struct decode_unknown *decoder_unknown(const struct decoder *d, size_t *cnt)
{
	*cnt = d->unknown_cnt;
	return d->unknown;
}
